"""What must follow from each timeline entry, as data: the table that one reads to know what the bot will do.

A job makes something true outside ("the card shows the present state"), so running it twice does no harm and
several that wait become one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from incidents.model import facts
from incidents.model.facts import Fact
from incidents.model.timeline import Entry


class JobKind(StrEnum):
    """What there is to do outside; each has one handler."""

    OPEN_CHANNEL = "open_channel"
    GREET = "greet"
    INVITE = "invite"
    SHOW_CARD = "show_card"
    PIN_CARD = "pin_card"
    BOOKMARK_CARD = "bookmark_card"
    SET_TOPIC = "set_topic"
    ANNOUNCE = "announce"
    NOTICE = "notice"
    POST_COMMENT = "post_comment"
    SAY_FAREWELL = "say_farewell"
    TELL_SUBSCRIBER = "tell_subscriber"
    SHOW_ALERT = "show_alert"
    SHOW_STORM = "show_storm"
    SHOW_STORM_LIST = "show_storm_list"
    AUTO_DECLARE = "auto_declare"
    ESCALATE = "escalate"
    CALL = "call"
    CALL_OUTSIDE = "call_outside"


@dataclass(frozen=True)
class Pace:
    """How long changes are gathered before they are spoken of, so that slips and flurries stay quiet."""

    undo: timedelta = timedelta(seconds=20)
    """How long a change can be taken back; nobody outside the channel is told before."""
    notice: timedelta = timedelta(seconds=4)
    """One person's changes within this time are one notice."""
    topic: timedelta = timedelta(seconds=60)
    """Each change of topic is a line in the channel, so they are gathered longest."""


@dataclass(frozen=True)
class NewJob:
    """Work to be stored with what it follows from.

    ``subject`` is the number of the incident, alert, storm, escalation or call that the kind is about, ``first`` to
    ``last`` the stretch of it: entries of a timeline, the turn of an escalation. Jobs of one ``lane`` run one after
    the other, in order; its first part, up to a ``/``, is what the subject is called. A waiting job with the same
    ``coalesce`` key takes this one in: it keeps the earlier due time and spans the stretches of both.
    """

    kind: JobKind
    subject: int
    lane: str
    due_at: datetime
    first: int
    last: int
    coalesce: str | None
    detail: str = ""
    """Whom or what exactly it is about, where the subject does not say."""


@dataclass(frozen=True)
class Consequence:
    """One thing that follows: in which lane of its incident, how long after, and gathered by what."""

    job: JobKind
    lane: str
    wait: str | None = None
    """The name of the `Pace` to keep; none: at once."""
    gather: str | None = "incident"
    """``incident``: one waiting job for all; ``person``: one for each who acts; None: one for each entry."""


OPEN_CHANNEL = Consequence(JobKind.OPEN_CHANNEL, "channel")
INVITE = Consequence(JobKind.INVITE, "channel")
CARD = Consequence(JobKind.SHOW_CARD, "channel")
PIN = Consequence(JobKind.PIN_CARD, "pin")
BOOKMARK = Consequence(JobKind.BOOKMARK_CARD, "bookmark")
FIRST_TOPIC = Consequence(JobKind.SET_TOPIC, "topic")
TOPIC = Consequence(JobKind.SET_TOPIC, "topic", wait="topic")
ANNOUNCE = Consequence(JobKind.ANNOUNCE, "announcement")
UPDATE_ANNOUNCEMENT = Consequence(JobKind.ANNOUNCE, "announcement", wait="undo")
NOTICE = Consequence(JobKind.NOTICE, "notices", wait="notice", gather="person")
GREET = Consequence(JobKind.GREET, "greeting")
COMMENT = Consequence(JobKind.POST_COMMENT, "comments", gather=None)
FAREWELL = Consequence(JobKind.SAY_FAREWELL, "channel", gather=None)
CALL_PAGED = Consequence(JobKind.NOTICE, "channel", gather=None)

CONSEQUENCES: dict[type[Fact], tuple[Consequence, ...]] = {
    facts.Declared: (ANNOUNCE,),
    facts.TitleChanged: (CARD, UPDATE_ANNOUNCEMENT, NOTICE),
    facts.SummaryChanged: (CARD, NOTICE),
    facts.SeverityChanged: (CARD, TOPIC, UPDATE_ANNOUNCEMENT, NOTICE),
    facts.StatusChanged: (CARD, TOPIC, UPDATE_ANNOUNCEMENT, NOTICE),
    facts.Resolved: (CARD, TOPIC, UPDATE_ANNOUNCEMENT, NOTICE),
    facts.Reopened: (CARD, TOPIC, UPDATE_ANNOUNCEMENT, NOTICE),
    facts.ServiceAffected: (CARD, UPDATE_ANNOUNCEMENT, NOTICE),
    facts.ImpactChanged: (CARD, UPDATE_ANNOUNCEMENT, NOTICE),
    facts.ServiceCleared: (CARD, UPDATE_ANNOUNCEMENT, NOTICE),
    facts.Paged: (INVITE, CARD, NOTICE),
    facts.ResponderJoined: (INVITE, CARD, UPDATE_ANNOUNCEMENT, NOTICE),
    facts.ResponderLeft: (CARD, UPDATE_ANNOUNCEMENT, NOTICE),
    facts.CommanderChanged: (CARD, TOPIC, UPDATE_ANNOUNCEMENT, NOTICE),
    facts.ChannelAttached: (GREET, INVITE, CARD, FIRST_TOPIC, ANNOUNCE, CALL_PAGED),
    facts.ChannelDetached: (FAREWELL, UPDATE_ANNOUNCEMENT),
    facts.ChannelArchived: (UPDATE_ANNOUNCEMENT,),
    facts.Comment: (COMMENT,),
    facts.Message: (),
    facts.MessageEdited: (),
    facts.MessageDeleted: (),
    facts.MessagePinned: (),
}

CHANNEL_WANTED = (OPEN_CHANNEL,)
"""What follows when somebody wants a channel for the incident, at its declaration or later."""

CARD_POSTED = (PIN, BOOKMARK)
"""What follows once the card is up for the first time."""


def following(entries: Sequence[Entry], pace: Pace) -> list[NewJob]:
    """All the jobs that follow from ``entries``, in their order."""
    return [
        job(consequence, entry, entry.recorded_at, pace)
        for entry in entries
        for consequence in CONSEQUENCES[type(entry.fact)]
    ]


def job(consequence: Consequence, entry: Entry, at: datetime, pace: Pace) -> NewJob:
    """The job that ``consequence`` means for ``entry``, its wait counted from ``at``."""
    lane = f"INC-{entry.incident}/{consequence.lane}"
    keys = {"incident": f"{lane}/{consequence.job}", "person": f"{lane}/{consequence.job}/{entry.by}"}
    wait: timedelta = getattr(pace, consequence.wait) if consequence.wait else timedelta()
    return NewJob(
        kind=consequence.job,
        subject=entry.incident,
        lane=lane,
        due_at=at + wait,
        first=entry.number,
        last=entry.number,
        coalesce=keys[consequence.gather] if consequence.gather else None,
    )

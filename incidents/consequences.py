"""What must follow from each timeline entry, as data: the table that one reads to know what the bot will do.

A job makes something true outside ("the card shows the present state"), so running it twice does no harm and
several that wait become one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from incidents.model import facts
from incidents.model.alert import Alert
from incidents.model.escalation import Call, Escalation
from incidents.model.facts import Fact
from incidents.model.organisation import Outside, Target
from incidents.model.storm import STORM_LIST, Storm
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
    READ_BACK = "read_back"
    SAY_FAREWELL = "say_farewell"
    TELL_SUBSCRIBER = "tell_subscriber"
    SHOW_ALERT = "show_alert"
    SHOW_STORM = "show_storm"
    SHOW_STORM_LIST = "show_storm_list"
    AUTO_DECLARE = "auto_declare"
    ESCALATE = "escalate"
    CALL = "call"
    CALL_OUTSIDE = "call_outside"
    SHOW_DRAFT = "show_draft"
    SHOW_DRAFT_AGAIN = "show_draft_again"
    PUBLISH_DUE = "publish_due"
    REMIND_OF_UPDATE = "remind_of_update"
    REMIND_APPROVERS = "remind_approvers"
    TELL_READERS = "tell_readers"
    TELL_READER = "tell_reader"
    TELL_WEBHOOK = "tell_webhook"
    TELL_CHANNEL = "tell_channel"
    TELL_PEOPLE = "tell_people"
    ASK_READER = "ask_reader"
    PUBLISH_ELSEWHERE = "publish_elsewhere"


LOUDLY, QUIETLY = "loudly", "quietly"
"""Whether those who subscribed elsewhere are told of what is published there."""
ELSEWHERE = {JobKind.TELL_READER, JobKind.ASK_READER, JobKind.TELL_WEBHOOK, JobKind.PUBLISH_ELSEWHERE}
"""What waits for the servers of others, of which there may be thousands, and slow ones: it holds up nothing else."""


@dataclass(frozen=True)
class Pace:
    """How long changes are gathered before they are spoken of, so that slips and flurries stay quiet."""

    undo: timedelta = timedelta(seconds=20)
    """How long a change can be taken back; nobody outside the channel is told before."""
    notice: timedelta = timedelta(seconds=4)
    """One person's changes within this time are one notice."""
    topic: timedelta = timedelta(seconds=60)
    """Each change of topic is a line in the channel, so they are gathered longest."""
    alert: timedelta = timedelta(seconds=2)
    """How long an alert's firing again, and what comes in a storm, is gathered before its message is edited."""
    storm_list: timedelta = timedelta(seconds=1)
    """Between the lists of a storm that is coming in: as fast as a channel takes messages."""


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
    attempts: int = 0
    """How often it was tried before, under another number: above 0, it looks first whether that had its effect."""


@dataclass(frozen=True)
class Consequence:
    """One thing that follows: in which lane of its incident, how long after, and gathered by what."""

    job: JobKind
    lane: str
    wait: str | None = None
    """The name of the `Pace` to keep; none: at once."""
    gather: str | None = "incident"
    """``incident``: one waiting job for all; ``person``: one for each who acts; ``subscriber``: one for each who
    watches; ``update``: one for each status update; None: one for each entry."""


OPEN_CHANNEL = Consequence(JobKind.OPEN_CHANNEL, "channel")
INVITE = Consequence(JobKind.INVITE, "inviting")
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
READ_BACK = Consequence(JobKind.READ_BACK, "mirror", wait="notice")
FAREWELL = Consequence(JobKind.SAY_FAREWELL, "channel", gather=None)
CALL_PAGED = Consequence(JobKind.NOTICE, "inviting", gather=None)
SHOUT = Consequence(JobKind.NOTICE, "notices", gather=None)
DRAFT = Consequence(JobKind.SHOW_DRAFT, "channel", gather="update")
REMIND = Consequence(JobKind.REMIND_OF_UPDATE, "reminding")
ASK = Consequence(JobKind.REMIND_APPROVERS, "asking", gather="update")
READERS = Consequence(JobKind.TELL_READERS, "readers", gather=None)
TELL_NOW = Consequence(JobKind.TELL_SUBSCRIBER, "subscribers", gather="subscriber")
TELL = Consequence(JobKind.TELL_SUBSCRIBER, "subscribers", wait="undo", gather="subscriber")

CONSEQUENCES: dict[type[Fact], tuple[Consequence, ...]] = {
    facts.Declared: (ANNOUNCE,),
    facts.TitleChanged: (CARD, UPDATE_ANNOUNCEMENT, NOTICE),
    facts.SummaryChanged: (CARD, NOTICE),
    facts.SeverityChanged: (CARD, TOPIC, UPDATE_ANNOUNCEMENT, NOTICE, TELL, REMIND),
    facts.StatusChanged: (CARD, TOPIC, UPDATE_ANNOUNCEMENT, NOTICE, TELL),
    facts.Resolved: (CARD, TOPIC, UPDATE_ANNOUNCEMENT, NOTICE, TELL),
    facts.Reopened: (CARD, TOPIC, UPDATE_ANNOUNCEMENT, NOTICE, TELL, REMIND),
    facts.ServiceAffected: (CARD, UPDATE_ANNOUNCEMENT, NOTICE, REMIND),
    facts.ImpactChanged: (CARD, UPDATE_ANNOUNCEMENT, NOTICE, REMIND),
    facts.ServiceCleared: (CARD, UPDATE_ANNOUNCEMENT, NOTICE),
    facts.Paged: (INVITE, CARD, NOTICE),
    facts.PageAnswered: (CARD,),
    facts.PageDeclined: (CARD, NOTICE),
    facts.PageEscalated: (NOTICE,),
    facts.PageExhausted: (CARD, SHOUT),
    facts.ResponderJoined: (INVITE, CARD, UPDATE_ANNOUNCEMENT, NOTICE),
    facts.ResponderLeft: (CARD, UPDATE_ANNOUNCEMENT, NOTICE),
    facts.CommanderChanged: (CARD, TOPIC, UPDATE_ANNOUNCEMENT, NOTICE),
    facts.SubscriberAdded: (),
    facts.SubscriberRemoved: (),
    facts.AlertLinked: (CARD, NOTICE),
    facts.AlertUnlinked: (CARD, NOTICE),
    facts.AlertAccepted: (CARD,),
    facts.AlertResolved: (CARD, NOTICE),
    facts.ChannelAttached: (GREET, INVITE, CARD, FIRST_TOPIC, ANNOUNCE, CALL_PAGED, READ_BACK, REMIND),
    facts.ChannelDetached: (FAREWELL, UPDATE_ANNOUNCEMENT),
    facts.ChannelArchived: (UPDATE_ANNOUNCEMENT,),
    facts.ChannelRenamed: (),
    facts.Comment: (COMMENT,),
    facts.Message: (),
    facts.MessageEdited: (),
    facts.MessageDeleted: (),
    facts.MessagePinned: (),
    facts.UpdateDrafted: (DRAFT, ASK),
    facts.UpdateEdited: (DRAFT, ASK),
    facts.UpdateApproved: (DRAFT,),
    facts.UpdateRejected: (DRAFT, NOTICE),
    facts.UpdateHeldBack: (DRAFT, NOTICE, ASK),
    facts.UpdateDiscarded: (DRAFT,),
    facts.UpdatePublished: (DRAFT, CARD, NOTICE, TELL_NOW, READERS, REMIND),
}

CHANNEL_WANTED = (OPEN_CHANNEL,)
"""What follows when somebody wants a channel for the incident, at its declaration or later."""

CARD_POSTED = (PIN, BOOKMARK)
"""What follows once the card is up for the first time."""


def following(entries: Sequence[Entry], pace: Pace, subscribers: Sequence[Target] = ()) -> list[NewJob]:
    """All the jobs that follow from ``entries``, in their order; ``subscribers`` are those of their incident."""
    jobs = []
    for entry in entries:
        for consequence in CONSEQUENCES[type(entry.fact)]:
            if consequence.gather == "subscriber":
                jobs += [_for_subscriber(consequence, entry, subscriber, pace) for subscriber in subscribers]
            else:
                jobs.append(job(consequence, entry, entry.recorded_at, pace))
    return jobs


def job(consequence: Consequence, entry: Entry, at: datetime, pace: Pace) -> NewJob:
    """The job that ``consequence`` means for ``entry``, its wait counted from ``at``."""
    lane = f"INC-{entry.incident}/{consequence.lane}"
    key = f"{lane}/{consequence.job}"
    update = entry.fact.update if isinstance(entry.fact, facts.UpdateFact) else 0
    keys = {"incident": key, "person": f"{key}/{entry.by}", "update": f"{key}/{update}"}
    wait: timedelta = getattr(pace, consequence.wait) if consequence.wait else timedelta()
    return NewJob(
        kind=consequence.job,
        subject=entry.incident,
        lane=lane,
        due_at=at + wait,
        first=entry.number,
        last=entry.number,
        coalesce=keys[consequence.gather] if consequence.gather else None,
        detail=str(update) if update else "",
    )


def _for_subscriber(consequence: Consequence, entry: Entry, subscriber: Target, pace: Pace) -> NewJob:
    once = job(replace(consequence, gather=None), entry, entry.recorded_at, pace)
    lane = f"{once.lane}/{subscriber}"
    return replace(once, lane=lane, coalesce=lane, detail=str(subscriber))


def escalation_due(escalation: Escalation) -> NewJob:
    """The next step of an escalation that is under way, when it is due; hurried, the waiting job moves up."""
    assert escalation.due_at is not None, "an escalation that has ended calls nobody"
    lane, turn = f"escalation-{escalation.id}", escalation.turn
    return NewJob(JobKind.ESCALATE, escalation.id, lane, escalation.due_at, turn, turn, f"{lane}/{turn}")


def call_shown(call: Call, at: datetime) -> NewJob:
    """Somebody's call shows what became of it; the first time, that calls them."""
    lane = f"call-{call.id}/message"
    return NewJob(JobKind.CALL, call.id, lane, at, call.turn, call.turn, lane)


def called_outside(call: Call, ways: Sequence[Outside]) -> list[NewJob]:
    """Each of the person's ways outside the chat, when its time has come."""
    return [
        NewJob(
            JobKind.CALL_OUTSIDE,
            call.id,
            f"call-{call.id}/outside-{number}",
            call.called_at + timedelta(minutes=way.after),
            number,
            number,
            None,
        )
        for number, way in enumerate(ways)
    ]


def alert_shown(alert: Alert, at: datetime, pace: Pace, storm: Storm | None = None) -> NewJob:
    """An alert's message shows how it stands; in a storm, that is a list in the storm's thread.

    The lists of a ``storm`` that is coming in follow each other no faster than a channel takes messages.
    """
    due_at = at if alert.new_log else at + pace.alert
    if alert.storm is None:
        lane = f"alert-{alert.number}/message"
        return NewJob(JobKind.SHOW_ALERT, alert.number, lane, due_at, 0, 0, lane)
    part = alert.storm.place // STORM_LIST
    lane = f"storm-{alert.storm.storm}/list-{part}"
    due_at = at + pace.alert
    if storm is not None:
        due_at = max(due_at, storm.began_at + pace.alert + part * pace.storm_list)
    return NewJob(JobKind.SHOW_STORM_LIST, alert.storm.storm, lane, due_at, part, part, lane)


def storm_shown(storm: int, due_at: datetime) -> NewJob:
    """A storm's message shows how many alerts there are, and how they stand."""
    lane = f"storm-{storm}/message"
    return NewJob(JobKind.SHOW_STORM, storm, lane, due_at, 0, 0, lane)


def publication_due(incident: int, update: int, at: datetime) -> NewJob:
    """A status update that is approved is published when its time has come.

    Each time has its own lane: an update may be approved for another one before the first has come.
    """
    lane = f"INC-{incident}/publishing-{update}/{at.isoformat()}"
    return NewJob(JobKind.PUBLISH_DUE, incident, lane, at, update, update, lane, str(update))


def draft_shown(incident: int, update: int, at: datetime) -> list[NewJob]:
    """A draft is shown in a channel that its incident has only now, and who can approve it is reminded there."""
    lanes = {consequence.job: f"INC-{incident}/{consequence.lane}" for consequence in (DRAFT, ASK)}
    return [
        NewJob(kind, incident, lane, at, 0, 0, f"{lane}/{kind}/{update}", str(update)) for kind, lane in lanes.items()
    ]


def draft_shown_again(incident: int, update: int, at: datetime) -> NewJob:
    """A draft's card says at ``at`` what is true of it by then, which nobody did to the draft itself.

    Each time has its own lane, since what is due later would hold up what is due now.
    """
    lane = f"INC-{incident}/draft-{update}/{at:%Y-%m-%dT%H:%M:%S}"
    return NewJob(JobKind.SHOW_DRAFT_AGAIN, incident, lane, at, update, update, lane, str(update))


def confirmation_asked(reader: int, at: datetime) -> NewJob:
    """A reader of a status page is asked to confirm that they want to be told."""
    lane = f"reader-{reader}/asking"
    return NewJob(JobKind.ASK_READER, reader, lane, at, 0, 0, lane)


def reader_told(reader: int, event: str, update: str, at: datetime) -> NewJob:
    """A reader is told of one update; each has a lane of their own, so that nobody waits for another's mail."""
    lane = f"reader-{reader}"
    return NewJob(JobKind.TELL_READER, reader, lane, at, 0, 0, f"{lane}/{update}", f"{event} {update}")


def outlet_told(kind: JobKind, page: str, number: int, event: str, update: str, at: datetime) -> NewJob:
    """One of a status page's webhooks or channels, or its people, are told of an update; each in its order."""
    lane = f"page-{page}/{kind}-{number}"
    return NewJob(kind, number, lane, at, number, number, f"{lane}/{update}", f"{page} {event} {update}")


def published_elsewhere(page: str, event: str, update: str, loudly: bool, at: datetime) -> NewJob:
    """A status page's twin elsewhere says an update too; ``loudly``: its subscribers are told there."""
    lane = f"page-{page}/{JobKind.PUBLISH_ELSEWHERE}"
    detail = f"{page} {event} {update} {LOUDLY if loudly else QUIETLY}"
    return NewJob(JobKind.PUBLISH_ELSEWHERE, 0, lane, at, 0, 0, f"{lane}/{update}", detail)


def auto_declared(alert: Alert, at: datetime) -> NewJob:
    """An alert declares an incident by itself, or joins the one that another of its kind declared."""
    lane = f"alert-{alert.number}/declaring"
    return NewJob(JobKind.AUTO_DECLARE, alert.number, lane, at, 0, 0, lane)

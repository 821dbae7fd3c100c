"""What can stand on a timeline: one class a kind of entry, holding just what happened.

Replaying an incident's facts gives its state; `incident.py` does both, deciding and replaying.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter

from incidents.model.identity import Channel, Person
from incidents.model.organisation import Target
from incidents.model.public_text import PublicText
from incidents.model.text import storable
from incidents.model.vocabulary import AlertStatus, Impact, Severity, Status

Words = Annotated[str, AfterValidator(storable)]
"""What somebody wrote."""


class _Fact(BaseModel):
    model_config = ConfigDict(frozen=True)

    key: ClassVar[bool] = True
    """Whether the timeline shows it by default; the rest is shown on request."""


class Declared(_Fact):
    kind: Literal["declared"] = "declared"
    title: Words
    severity: Severity
    summary: Words
    private: bool


class TitleChanged(_Fact):
    kind: Literal["title_changed"] = "title_changed"
    old: Words
    new: Words


class SummaryChanged(_Fact):
    kind: Literal["summary_changed"] = "summary_changed"
    old: Words
    new: Words


class SeverityChanged(_Fact):
    kind: Literal["severity_changed"] = "severity_changed"
    old: Severity
    new: Severity


class StatusChanged(_Fact):
    kind: Literal["status_changed"] = "status_changed"
    old: Status
    new: Status


class Resolved(_Fact):
    kind: Literal["resolved"] = "resolved"
    old: Status


class Reopened(_Fact):
    kind: Literal["reopened"] = "reopened"
    reason: Words
    new: Status = Status.INVESTIGATING


class ServiceAffected(_Fact):
    kind: Literal["service_affected"] = "service_affected"
    service: str
    name: Words
    impact: Impact


class ImpactChanged(_Fact):
    kind: Literal["impact_changed"] = "impact_changed"
    service: str
    name: Words
    old: Impact
    new: Impact


class ServiceCleared(_Fact):
    kind: Literal["service_cleared"] = "service_cleared"
    service: str
    name: Words
    old: Impact


class Paged(_Fact):
    kind: Literal["paged"] = "paged"
    person: Person
    escalation: int | None = None
    name: Words = ""
    """What was paged, where that is more than the person: a team, a schedule, a policy."""
    step: int = 1
    message: Words = ""


class PageAnswered(_Fact):
    kind: Literal["page_answered"] = "page_answered"
    person: Person
    escalation: int
    name: Words


class PageDeclined(_Fact):
    kind: Literal["page_declined"] = "page_declined"
    person: Person
    escalation: int
    name: Words
    unreachable: bool = False
    """They did not say so themselves: nobody could write to them."""


class PageEscalated(_Fact):
    kind: Literal["page_escalated"] = "page_escalated"
    escalation: int
    name: Words
    step: int


class PageExhausted(_Fact):
    kind: Literal["page_exhausted"] = "page_exhausted"
    escalation: int
    name: Words
    nobody: bool = False
    """There was nobody to call at all."""
    declined: bool = False
    """Everybody called said that they can't."""


PagingFact = Paged | PageAnswered | PageDeclined | PageEscalated | PageExhausted


class ResponderJoined(_Fact):
    kind: Literal["responder_joined"] = "responder_joined"
    person: Person
    via_channel: bool = False
    """By joining the channel, which everybody in it has seen already."""


class ResponderLeft(_Fact):
    kind: Literal["responder_left"] = "responder_left"
    person: Person
    via_channel: bool = False


class CommanderChanged(_Fact):
    kind: Literal["commander_changed"] = "commander_changed"
    old: Person | None
    new: Person | None


class SubscriberAdded(_Fact):
    kind: Literal["subscriber_added"] = "subscriber_added"
    subscriber: Target
    name: Words = ""
    """What people call it; empty for a person."""


class SubscriberRemoved(_Fact):
    kind: Literal["subscriber_removed"] = "subscriber_removed"
    subscriber: Target
    name: Words = ""


class AlertLinked(_Fact):
    kind: Literal["alert_linked"] = "alert_linked"
    alert: int
    title: Words
    severity: Severity
    status: AlertStatus


class AlertUnlinked(_Fact):
    kind: Literal["alert_unlinked"] = "alert_unlinked"
    alert: int
    title: Words


class AlertAccepted(_Fact):
    kind: Literal["alert_accepted"] = "alert_accepted"
    alert: int
    title: Words


class AlertResolved(_Fact):
    kind: Literal["alert_resolved"] = "alert_resolved"
    alert: int
    title: Words


class ChannelAttached(_Fact):
    kind: Literal["channel_attached"] = "channel_attached"
    channel: Channel
    name: Words


class ChannelDetached(_Fact):
    kind: Literal["channel_detached"] = "channel_detached"
    channel: Channel
    name: Words
    reason: Words = ""


class ChannelArchived(_Fact):
    kind: Literal["channel_archived"] = "channel_archived"
    channel: Channel
    name: Words


class ChannelRenamed(_Fact):
    kind: Literal["channel_renamed"] = "channel_renamed"
    channel: Channel
    old: Words
    name: Words


class Comment(_Fact):
    kind: Literal["comment"] = "comment"
    text: Words


class File(BaseModel):
    """A file that came with a message; the file itself stays where it was."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: Words
    link: str = ""


class Message(_Fact):
    kind: Literal["message"] = "message"
    key: ClassVar[bool] = False
    channel: Channel
    message: str
    text: Words
    thread: str | None = None
    files: tuple[File, ...] = ()
    caught_up: bool = False
    """Read back from the channel's history, not heard as it was written."""


class MessageEdited(_Fact):
    kind: Literal["message_edited"] = "message_edited"
    key: ClassVar[bool] = False
    channel: Channel
    message: str
    text: Words
    thread: str | None = None
    files: tuple[File, ...] = ()
    caught_up: bool = False


class MessageDeleted(_Fact):
    kind: Literal["message_deleted"] = "message_deleted"
    key: ClassVar[bool] = False
    channel: Channel
    message: str


class MessagePinned(_Fact):
    kind: Literal["message_pinned"] = "message_pinned"
    channel: Channel
    message: str
    author: Person
    text: Words
    files: tuple[File, ...] = ()


class UpdateDrafted(_Fact):
    kind: Literal["update_drafted"] = "update_drafted"
    update: int
    author: Person
    text: PublicText
    corrects: int | None = None
    """The number of the published update that it is to correct."""


class UpdateEdited(_Fact):
    kind: Literal["update_edited"] = "update_edited"
    update: int
    author: Person
    text: PublicText


class UpdateApproved(_Fact):
    kind: Literal["update_approved"] = "update_approved"
    update: int
    person: Person
    digest: str
    """Of the text that was approved."""
    remaining: int = 0
    """How many others must still approve it."""


class UpdateRejected(_Fact):
    kind: Literal["update_rejected"] = "update_rejected"
    update: int
    person: Person
    digest: str
    reason: Words


class UpdateHeldBack(_Fact):
    """It was approved for a later time; when that came, the approval did not hold any more, so it is asked for anew."""

    kind: Literal["update_held_back"] = "update_held_back"
    update: int
    reason: Words


class UpdateDiscarded(_Fact):
    kind: Literal["update_discarded"] = "update_discarded"
    update: int


class UpdatePublished(_Fact):
    kind: Literal["update_published"] = "update_published"
    update: int
    text: PublicText
    corrects: int | None = None
    public_id: str
    """What it is called on the status pages."""


UpdateFact = (
    UpdateDrafted | UpdateEdited | UpdateApproved | UpdateRejected | UpdateHeldBack | UpdateDiscarded | UpdatePublished
)


Fact = (
    Declared
    | TitleChanged
    | SummaryChanged
    | SeverityChanged
    | StatusChanged
    | Resolved
    | Reopened
    | ServiceAffected
    | ImpactChanged
    | ServiceCleared
    | Paged
    | PageAnswered
    | PageDeclined
    | PageEscalated
    | PageExhausted
    | ResponderJoined
    | ResponderLeft
    | CommanderChanged
    | SubscriberAdded
    | SubscriberRemoved
    | AlertLinked
    | AlertUnlinked
    | AlertAccepted
    | AlertResolved
    | ChannelAttached
    | ChannelDetached
    | ChannelArchived
    | ChannelRenamed
    | Comment
    | Message
    | MessageEdited
    | MessageDeleted
    | MessagePinned
    | UpdateDrafted
    | UpdateEdited
    | UpdateApproved
    | UpdateRejected
    | UpdateHeldBack
    | UpdateDiscarded
    | UpdatePublished
)

fact_adapter: TypeAdapter[Fact] = TypeAdapter(Annotated[Fact, Field(discriminator="kind")])
"""Reads a fact back from its JSON."""

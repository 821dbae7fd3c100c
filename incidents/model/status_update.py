"""Status updates of an incident: drafted, approved for their exact text, published, corrected.

Each method decides one thing that people do with one and gives the fact of it; `apply` is how facts change them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter

from incidents.model import facts
from incidents.model.identity import Person
from incidents.model.public_text import PublicText
from incidents.model.refusals import ApprovedAlready, NoSuchUpdate, TextChanged, UpdateOver
from incidents.model.text import REASON_LIMIT, required
from incidents.model.vocabulary import Impact


class UpdateState(StrEnum):
    """How far a status update has come."""

    WAITING = "waiting"
    """For approval."""
    APPROVED = "approved"
    """By all who must; it waits for its time."""
    PUBLISHED = "published"
    REJECTED = "rejected"
    """It may be edited, and then waits again."""
    DISCARDED = "discarded"


@dataclass(frozen=True)
class StatusUpdate:
    """One message to customers, on its way to them or there."""

    number: int
    state: UpdateState
    text: PublicText
    author: Person
    """Who wrote the text as it is."""
    written_at: datetime
    impacts_then: Mapping[str, Impact] = field(default_factory=dict)
    """What the incident did to services when the text was written."""
    published_then: int = 0
    """The number of the update that customers had last when the text was written."""
    corrects: int | None = None
    """The published update whose text it is to replace."""
    approvals: tuple[Person, ...] = ()
    """Who approved the text as it is."""
    reason: str = ""
    """Why it was rejected, or held back."""
    held_back_at: datetime | None = None
    """When it was to go out by an approval that did not hold any more."""
    published_at: datetime | None = None
    public_id: str = ""
    """Its id for the public."""

    @property
    def is_open(self) -> bool:
        """Whether it may still be published."""
        return self.state in (UpdateState.WAITING, UpdateState.APPROVED, UpdateState.REJECTED)

    @property
    def tells_subscribers(self) -> bool:
        """Whether whoever follows a status page is told; of a correction nobody is."""
        return self.text.notify and self.corrects is None


update_adapter: TypeAdapter[StatusUpdate] = TypeAdapter(StatusUpdate)
"""Reads a status update back from its JSON."""


@dataclass
class StatusUpdates:
    """All of an incident's, by number; and what customers know it as, once they know of it."""

    by_number: dict[int, StatusUpdate] = field(default_factory=dict)

    # What customers know

    @property
    def published(self) -> list[StatusUpdate]:
        """What customers were told, oldest first; corrections stand in the place of what they correct."""
        told = [each for each in self.by_number.values() if each.state is UpdateState.PUBLISHED]
        return sorted(
            (each for each in told if each.corrects is None), key=lambda each: each.published_at or each.written_at
        )

    @property
    def latest(self) -> StatusUpdate | None:
        """The last thing customers were told, as it reads now."""
        return self.published[-1] if self.published else None

    @property
    def title(self) -> str:
        """What customers know it as; empty before the first update."""
        return self._said_last.title if self._said_last else ""

    @property
    def window(self) -> tuple[datetime, datetime] | None:
        """When the maintenance that customers were told of begins and ends."""
        said = self._said_last
        return (said.begins_at, said.ends_at) if said and said.begins_at and said.ends_at else None

    @property
    def _said_last(self) -> PublicText | None:
        """The text that was published last; it may correct an older one."""
        told = [each for each in self.by_number.values() if each.published_at is not None]
        return max(told, key=lambda each: (each.published_at, each.number)).text if told else None

    @property
    def open(self) -> list[StatusUpdate]:
        """Drafts that may still be published."""
        return [each for each in self.by_number.values() if each.is_open]

    def get(self, number: int) -> StatusUpdate:
        """Raises NoSuchUpdate."""
        if number not in self.by_number:
            raise NoSuchUpdate(number)
        return self.by_number[number]

    def overtaken(self, update: StatusUpdate) -> bool:
        """Whether customers were told something else since the text was written.

        A correction counts where it is of the same update, or of what all updates share.
        """
        every, written_at = self.by_number.values(), update.written_at
        since = [each for each in every if each.published_at is not None and each.published_at > written_at]
        if update.corrects is None and update.published_then != (self.latest.number if self.latest else 0):
            return True
        if update.corrects is not None and update.corrects in (each.corrects for each in since):
            return True
        text, known = update.text, (self.title, *(self.window or (None, None)))
        return bool(since) and (text.title, text.begins_at, text.ends_at) != known

    # What people do

    def draft(self, text: PublicText, author: Person, corrects: int | None = None) -> facts.UpdateDrafted:
        """Raises NoSuchUpdate where ``corrects`` is not published."""
        if corrects is not None and corrects not in {each.number for each in self.published}:
            raise NoSuchUpdate(corrects)
        number = max(self.by_number, default=0) + 1
        return facts.UpdateDrafted(update=number, author=author, text=text, corrects=corrects)

    def edit(self, number: int, text: PublicText, author: Person) -> facts.UpdateEdited | None:
        """A new text, to be approved anew; nothing where it is the same. Raises NoSuchUpdate, UpdateOver."""
        update = self._open(number)
        if update.text == text and update.state is not UpdateState.REJECTED:
            return None
        return facts.UpdateEdited(update=number, author=author, text=text)

    def approve(self, number: int, digest: str, person: Person, missing: int) -> facts.UpdateApproved:
        """``digest`` is that of the text that ``person`` read; ``missing`` is how many must still approve it.

        Raises NoSuchUpdate, UpdateOver, TextChanged, ApprovedAlready.
        """
        update = self._waiting(number, digest)
        if person in update.approvals:
            raise ApprovedAlready(number, missing)
        return facts.UpdateApproved(update=number, person=person, digest=digest, remaining=max(missing - 1, 0))

    def reject(self, number: int, digest: str, person: Person, reason: str) -> facts.UpdateRejected:
        """Raises NoSuchUpdate, UpdateOver, TextChanged, TextMissing, TextTooLong."""
        update = self._open(number)
        if update.text.digest != digest:
            raise TextChanged(number)
        why = required("reason", reason, REASON_LIMIT)
        return facts.UpdateRejected(update=number, person=person, digest=digest, reason=why)

    def hold_back(self, number: int, reason: str) -> facts.UpdateHeldBack:
        """It does not go out at its time; it is to be approved anew. Raises NoSuchUpdate, UpdateOver."""
        update = self.get(number)
        if update.state is not UpdateState.APPROVED:
            raise UpdateOver(number, update.state.value)
        return facts.UpdateHeldBack(update=number, reason=reason)

    def discard(self, number: int) -> facts.UpdateDiscarded:
        """Raises NoSuchUpdate, UpdateOver."""
        self._open(number)
        return facts.UpdateDiscarded(update=number)

    def publish(self, number: int, public_id: str) -> facts.UpdatePublished:
        """``public_id`` is a new id for the public. Raises NoSuchUpdate, UpdateOver where it was not approved."""
        update = self.get(number)
        if update.state is not UpdateState.APPROVED:
            raise UpdateOver(number, update.state.value)
        corrected = self.by_number[update.corrects].public_id if update.corrects is not None else ""
        return facts.UpdatePublished(
            update=number, text=update.text, corrects=update.corrects, public_id=corrected or public_id
        )

    def _open(self, number: int) -> StatusUpdate:
        update = self.get(number)
        if not update.is_open:
            raise UpdateOver(number, update.state.value)
        return update

    def _waiting(self, number: int, digest: str) -> StatusUpdate:
        update = self._open(number)
        if update.text.digest != digest:
            raise TextChanged(number)
        if update.state is not UpdateState.WAITING:
            raise UpdateOver(number, update.state.value)
        return update

    # How facts change them

    def apply(self, fact: facts.UpdateFact, at: datetime, impacts: Mapping[str, Impact]) -> None:
        """``impacts`` is what the incident does to services at that moment."""
        written: dict[str, Any] = {
            "written_at": at,
            "impacts_then": dict(impacts),
            "published_then": self.latest.number if self.latest else 0,
        }
        match fact:
            case facts.UpdateDrafted(update=number, author=author, text=text, corrects=corrects):
                draft = StatusUpdate(number, UpdateState.WAITING, text, author, corrects=corrects, **written)
                self.by_number[number] = draft
            case facts.UpdateEdited(update=number, author=author, text=text):
                new = {"text": text, "author": author, "reason": "", "held_back_at": None}
                self._change(number, state=UpdateState.WAITING, approvals=(), **written, **new)
            case facts.UpdateApproved(update=number, person=person, remaining=remaining):
                state = UpdateState.WAITING if remaining else UpdateState.APPROVED
                self._change(number, approvals=(*self.by_number[number].approvals, person), state=state)
            case facts.UpdateRejected(update=number, reason=reason):
                self._change(number, state=UpdateState.REJECTED, reason=reason, approvals=())
            case facts.UpdateHeldBack(update=number, reason=reason):
                self._change(number, state=UpdateState.WAITING, reason=reason, approvals=(), held_back_at=at)
            case facts.UpdateDiscarded(update=number):
                self._change(number, state=UpdateState.DISCARDED)
            case facts.UpdatePublished(update=number, text=text, corrects=corrects, public_id=public_id):
                done = {"state": UpdateState.PUBLISHED, "published_at": at, "public_id": public_id}
                self._change(number, **done)
                if corrects is not None:
                    self._change(corrects, text=text)

    def _change(self, number: int, **values: Any) -> None:
        self.by_number[number] = replace(self.by_number[number], **values)

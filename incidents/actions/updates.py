"""Status updates: drafting, approving for the exact text, publishing now or at a time, correcting what is published."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from incidents.actions.declare import known_services
from incidents.consequences import draft_shown_again, publication_due
from incidents.core import Core
from incidents.model import draft_warnings
from incidents.model.approval import Approval
from incidents.model.draft_warnings import SINCE, Doubt
from incidents.model.identity import TOCSIN, Group, Person
from incidents.model.incident import Incident
from incidents.model.organisation import Organisation
from incidents.model.public_text import AffectedForPublic, PublicText
from incidents.model.refusals import LookAgain, NotYours, PromisedTooSoon, TextChanged
from incidents.model.status_update import StatusUpdate, UpdateState
from incidents.model.text import BODY_LIMIT, PUBLIC_TITLE_LIMIT, one_line, required
from incidents.model.vocabulary import Impact, PublicStatus
from incidents.ports import Unit
from incidents.publishing import publication

Groups = Mapping[Group, Sequence[Person]]
"""Who is in each of the platform's groups; that is asked for before a transaction begins."""


@dataclass(frozen=True)
class Writing:
    """What somebody wrote for customers, in answer to `Draft`'s questions. Times are aware UTC.

    ``impacts`` is by service id; ``title`` may be left empty where customers know one already.
    """

    body: str
    status: PublicStatus
    title: str = ""
    impacts: Mapping[str, Impact] = field(default_factory=dict)
    notify: bool = True
    next_at: datetime | None = None
    publish_at: datetime | None = None
    begins_at: datetime | None = None
    ends_at: datetime | None = None


async def draft(
    core: Core, number: int, by: Person, writing: Writing, origin: str | None = None, corrects: int | None = None
) -> tuple[Incident, StatusUpdate]:
    """A new draft, or the correction of a published update; a delivery (``origin``) that comes twice makes one.

    Raises NoSuchIncident, NoSuchUpdate, UnknownService, TextMissing, TextTooLong, PromisedTooSoon.
    """
    async with core.changing(number, by) as (unit, incident):
        before = await unit.entry_from(origin) if origin is not None else None
        if before is None:
            fact = incident.updates.draft(await _text(core, unit, incident, writing, corrects), by, corrects)
            incident.record_update(fact, core.act(by, origin))
            await _shown_again(core, unit, incident, fact.update)
            return incident, incident.updates.get(fact.update)
        return incident, incident.updates.get(getattr(before.fact, "update", 0))


async def edit(
    core: Core, number: int, by: Person, update: int, writing: Writing, read: str = ""
) -> tuple[Incident, StatusUpdate]:
    """A new text, to be approved anew; ``read`` is the digest of the one that ``by`` had before them, where they did.

    Raises as `draft`, UpdateOver, and TextChanged where somebody else wrote another one since.
    """
    async with core.changing(number, by) as (unit, incident):
        before = incident.updates.get(update)
        if read and before.text.digest != read and before.author != by:
            raise TextChanged(update)
        text = await _text(core, unit, incident, writing, before.corrects)
        fact = incident.updates.edit(update, text, by)
        if fact is not None:
            incident.record_update(fact, core.act(by))
            await _shown_again(core, unit, incident, update)
        return incident, incident.updates.get(update)


async def approve(
    core: Core, number: int, by: Person, update: int, digest: str, seen: Collection[Doubt], groups: Groups
) -> tuple[Incident, StatusUpdate]:
    """Approve the text with this ``digest``; with the last approval needed it is published, or waits for its time.

    ``seen`` are the doubts that ``by`` was shown. Raises NoSuchIncident, NoSuchUpdate, UpdateOver, TextChanged,
    MayNotApprove, ApprovedAlready, LookAgain.
    """
    async with core.changing(number, by) as (unit, incident):
        approval = await approval_for(unit, incident, groups)
        told = incident.updates.get(update)
        fact = incident.updates.approve(update, digest, by, approval.missing(told))
        approval.must_allow(by, told)
        for warning in draft_warnings.changed_since(incident, told, core.clock()):
            if warning.doubt not in seen:
                raise LookAgain(SINCE[warning.doubt])
        incident.record_update(fact, core.act(by))
        await _publish_or_wait(core, unit, incident, update, by)
        return incident, incident.updates.get(update)


async def reject(
    core: Core, number: int, by: Person, update: int, digest: str, reason: str, groups: Groups
) -> tuple[Incident, StatusUpdate]:
    """Send it back to its author. Raises as `approve`, and TextMissing, TextTooLong."""
    async with core.changing(number, by) as (unit, incident):
        fact = incident.updates.reject(update, digest, by, reason)
        (await approval_for(unit, incident, groups)).must_allow(by, incident.updates.get(update))
        incident.record_update(fact, core.act(by))
        return incident, incident.updates.get(update)


async def discard(core: Core, number: int, by: Person, update: int, groups: Groups) -> tuple[Incident, StatusUpdate]:
    """Its author, and who could approve it, may. Raises NoSuchIncident, NoSuchUpdate, UpdateOver, NotYours."""
    async with core.changing(number, by) as (unit, incident):
        fact = incident.updates.discard(update)
        told = incident.updates.get(update)
        if by != told.author and by not in (await approval_for(unit, incident, groups)).named:
            raise NotYours
        incident.record_update(fact, core.act(by))
        return incident, incident.updates.get(update)


async def snooze(core: Core, number: int, by: Person, minutes: int) -> datetime:
    """Nobody is reminded of the next update for so long; gives until when. Raises NoSuchIncident."""
    until = core.clock() + timedelta(minutes=minutes)
    async with core.changing(number, by) as (unit, _):
        await unit.snooze(number, until)
    return until


async def publish_due(core: Core, number: int, update: int, groups: Groups) -> None:
    """Publish what was approved for a time that has come, if that approval still holds; else people are asked again."""
    async with core.changing(number, TOCSIN) as (unit, incident):
        told = incident.updates.by_number.get(update)
        if (
            told is None
            or told.state is not UpdateState.APPROVED
            or (told.text.publish_at or core.clock()) > core.clock()
        ):
            return
        why = _held_by(incident, told, await approval_for(unit, incident, groups), core.clock())
        if why:
            incident.record_update(incident.updates.hold_back(update, why), core.act(TOCSIN))
        else:
            await _publish(core, unit, incident, update, TOCSIN)


def _held_by(incident: Incident, update: StatusUpdate, approval: Approval, now: datetime) -> str:
    """Why what was approved before is not to go out without being looked at again; empty: nothing is against it."""
    if approval.missing(update):
        return f"More must approve it by now: the incident is {incident.severity.name}."
    return next((SINCE[each.doubt] for each in draft_warnings.changed_since(incident, update, now)), "")


async def approval_for(unit: Unit, incident: Incident, groups: Groups) -> Approval:
    """Who must approve what ``incident`` tells customers, as the organisation stands."""
    organisation = await unit.organisation.current()
    return approval_of(incident, organisation, groups)


def approval_of(incident: Incident, organisation: Organisation, groups: Groups) -> Approval:
    """The same, of an organisation that was read."""
    rules = organisation.updates
    return Approval.of(incident, rules.rule_for(incident.severity), organisation.meant(rules.approvers, groups))


async def _text(core: Core, unit: Unit, incident: Incident, writing: Writing, corrects: int | None) -> PublicText:
    """A correction stays about the services that it was about, so that no page loses what it has shown.

    Raises UnknownService, TextMissing, TextTooLong, PromisedTooSoon.
    """
    services = await known_services(unit, writing.impacts)
    before = incident.updates.by_number.get(corrects or 0)
    kept = before.text.services if before is not None else {}
    text = PublicText(
        title=one_line("public title", writing.title or incident.updates.title, PUBLIC_TITLE_LIMIT),
        status=writing.status,
        body=required("message", writing.body, BODY_LIMIT),
        services={
            **{id: told.model_copy(update={"impact": Impact.OPERATIONAL}) for id, told in kept.items()},
            **{service.id: AffectedForPublic(name=service.name, impact=impact) for service, impact in services.items()},
        },
        notify=writing.notify,
        next_at=writing.next_at,
        publish_at=writing.publish_at,
        begins_at=writing.begins_at,
        ends_at=writing.ends_at,
    )
    if corrects is None and text.promises_before(core.clock()):
        raise PromisedTooSoon
    return text


async def _shown_again(core: Core, unit: Unit, incident: Incident, update: int) -> None:
    """A draft that waits says what is true of it when a time that it names has passed."""
    text = incident.updates.get(update).text
    times = {at for at in (text.next_at, text.publish_at) if at is not None and at > core.clock()}
    await unit.enqueue([draft_shown_again(incident.number, update, at) for at in sorted(times)])


async def _publish_or_wait(core: Core, unit: Unit, incident: Incident, update: int, by: Person) -> None:
    told = incident.updates.get(update)
    if told.state is not UpdateState.APPROVED:
        return
    if told.text.publish_at is not None and _is_early(core, told):
        await unit.enqueue([publication_due(incident.number, update, told.text.publish_at)])
    else:
        await _publish(core, unit, incident, update, by)


def _is_early(core: Core, update: StatusUpdate) -> bool:
    return update.text.publish_at is not None and update.text.publish_at > core.clock()


async def _publish(core: Core, unit: Unit, incident: Incident, update: int, by: Person) -> None:
    """The public has it from the commit of this transaction on; telling people follows."""
    incident.record_update(incident.updates.publish(update, secrets.token_hex(6)), core.act(by))
    await unit.public.publish(publication(incident.updates, update))

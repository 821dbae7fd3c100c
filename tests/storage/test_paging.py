"""Escalations on both databases: kept as they are, taken on once whoever tries, ended once however many answer."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest

from incidents.actions.change import change_status
from incidents.actions.declare import Declare, declare
from incidents.actions.organisation import apply
from incidents.actions.paging import PageRequest, answer_call, page, proceed
from incidents.consequences import JobKind
from incidents.core import Core
from incidents.model import facts
from incidents.model.escalation import Answer, Escalation, EscalationState
from incidents.model.identity import Person
from incidents.model.organisation import Organisation, Policy, Step, Target, TargetKind, Team
from incidents.model.vocabulary import Status
from incidents.ports import Job
from storage.runner import JobRunner
from storage.storage import SqlStorage
from tests.storage.conftest import Clock
from tests.storage.people import ANA, BEN, CLEO

PAYMENTS = Target("policy:payments")


def person(who: Person) -> Target:
    return Target.of(TargetKind.PERSON, who)


@pytest.fixture(autouse=True)
async def paged(core: Core) -> None:
    """Ana pages Payments for INC-1, her own: that calls Ben, then the team of Ben and Cleo."""
    steps = (Step(targets=(person(BEN),), timeout=5), Step(targets=(Target("team:payments"),), timeout=10))
    organisation = Organisation(
        teams={"payments": Team(name="Payments", members=(BEN, CLEO))},
        policies={"payments": Policy(name="Payments", steps=steps)},
    )
    await apply(core, organisation, 0)
    await declare(core, Declare(ANA, "form", "Checkout fails"))
    await page(core, PageRequest(ANA, 1, [PAYMENTS], "DB pool exhausted"))


@pytest.fixture
async def cores(core: Core, database_address: str, clock: Clock) -> AsyncIterator[Sequence[Core]]:
    """As many processes as the database has: two on PostgreSQL, one on SQLite, whose file is one process's."""
    if database_address.startswith("sqlite"):
        yield [core]
        return
    other = await SqlStorage.open(database_address)
    yield [core, Core(other, clock)]
    await other.close()


async def escalation(storage: SqlStorage) -> Escalation:
    found = await storage.read.paging.escalation(1)
    assert found is not None
    return found


async def told(storage: SqlStorage, kind: type[facts.Fact]) -> int:
    return len(await storage.read.entries_of(1, [kind]))


async def test_an_escalation_is_kept_as_it_is(core: Core, storage: SqlStorage, clock: Clock) -> None:
    await proceed(core, 1, 0, {})
    found = await escalation(storage)
    assert (found.page.target, found.page.message, found.begun_by) == (PAYMENTS, "DB pool exhausted", ANA)
    assert [(call.person, call.turn, call.answer) for call in found.calls] == [(BEN, 1, Answer.WAITING)]
    assert found.due_at == clock() + timedelta(minutes=5)
    async with storage.transaction() as unit:
        again = await unit.paging.load(1)
    assert again == found


async def test_a_step_is_taken_once_however_many_come_to_it(cores: Sequence[Core], storage: SqlStorage) -> None:
    await asyncio.gather(*(proceed(core, 1, 0, {}) for core in cores for _ in range(5)))
    assert [call.person for call in (await escalation(storage)).calls] == [BEN]
    assert await told(storage, facts.Paged) == 1


async def test_of_several_who_join_at_once_each_is_there_and_the_page_is_answered_once(
    cores: Sequence[Core], storage: SqlStorage, clock: Clock
) -> None:
    await proceed(cores[0], 1, 0, {})
    clock.pass_by(minutes=5)
    await proceed(cores[0], 1, 1, {})
    calls = {call.person: call.id for call in (await escalation(storage)).calls}
    assert set(calls) == {BEN, CLEO}
    answers = [(cores[0], BEN), (cores[-1], CLEO), (cores[-1], BEN), (cores[0], CLEO)]
    await asyncio.gather(*(answer_call(core, calls[who], who) for core, who in answers))
    found = await escalation(storage)
    assert found.state is EscalationState.ANSWERED
    incident = await storage.read.incident(1)
    assert incident is not None and set(incident.joined) == {ANA, BEN, CLEO}
    assert await told(storage, facts.PageAnswered) >= 1


async def test_resolving_while_a_step_is_taken_leaves_nobody_called(
    cores: Sequence[Core], storage: SqlStorage, clock: Clock
) -> None:
    await proceed(cores[0], 1, 0, {})
    clock.pass_by(minutes=5)
    await asyncio.gather(change_status(cores[0], 1, ANA, Status.RESOLVED), *(proceed(core, 1, 1, {}) for core in cores))
    found = await escalation(storage)
    assert found.state is EscalationState.CANCELLED and found.due_at is None
    assert not [call for call in found.calls if call.answer is Answer.WAITING]


async def test_what_became_due_while_nothing_ran_fires_at_once_and_once(
    cores: Sequence[Core], storage: SqlStorage, clock: Clock
) -> None:
    """Each process runs the steps that are due; the timer is a row, so it does not matter which one begins."""
    await proceed(cores[0], 1, 0, {})
    clock.pass_by(minutes=7)
    ran: list[tuple[JobKind, int]] = []

    def handler(core: Core) -> JobRunner:
        async def escalate(job: Job) -> None:
            ran.append((job.kind, job.first))
            await proceed(core, job.subject, job.first, {})

        return JobRunner(core.storage, {JobKind.ESCALATE: escalate}, clock)  # type: ignore[arg-type]

    runners = [handler(core) for core in cores]
    for runner in runners:
        await runner.start()
    for runner in runners:
        await runner.idle()
    for runner in runners:
        await runner.stop()
    assert ran.count((JobKind.ESCALATE, 1)) == 1
    assert sorted((call.person, call.turn) for call in (await escalation(storage)).calls) == [
        (BEN, 1),
        (BEN, 2),
        (CLEO, 2),
    ]

"""An escalation: whom it calls, when it goes on, and that it always ends, in one of the ways there are."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from incidents.model.escalation import About, Answer, Escalation, EscalationState, Page
from incidents.model.facts import PageAnswered, Paged, PageDeclined, PageEscalated, PageExhausted, PagingFact
from incidents.model.identity import Person
from incidents.model.organisation import Policy, Step, Target

ANA, BEN, CLEO, DAN, EVE = PEOPLE = [
    Person.of("slack", name) for name in ("U0ANA", "U0BEN", "U0CLEO", "U0DAN", "U0EVE")
]
START = datetime(2026, 11, 23, 3, 12, tzinfo=UTC)
PRIMARY, SECONDARY, TEAM = (Target(written) for written in ("schedule:primary", "schedule:secondary", "team:payments"))
ON_CALL: dict[Target, Sequence[Person]] = {PRIMARY: (BEN,), SECONDARY: (CLEO,), TEAM: (BEN, CLEO, DAN)}


def policy(*steps: Sequence[Target], repeat: int = 0, timeout: int = 5) -> Policy:
    return Policy(name="Payments", steps=tuple(Step(targets=step, timeout=timeout) for step in steps), repeat=repeat)


def begun(plan: Policy) -> Escalation:
    page = Page(About(incident=1), Target("policy:payments"), plan.name, plan, "DB pool exhausted")
    return Escalation.begin(7, page, ANA, START)


def proceed(
    escalation: Escalation, on_call: Mapping[Target, Sequence[Person]] = ON_CALL, here: Sequence[Person] = ()
) -> list[PagingFact]:
    at = escalation.due_at or START
    return escalation.proceed(escalation.turn, at, lambda target: on_call.get(target, ()), here)


def paged(person: Person, step: int = 1) -> Paged:
    return Paged(person=person, escalation=7, name="Payments", step=step, message="DB pool exhausted")


def test_a_policy_calls_step_by_step_until_nobody_is_left_and_says_so() -> None:
    escalation = begun(policy([PRIMARY], [SECONDARY], timeout=3))
    assert escalation.due_at == START
    assert proceed(escalation) == [paged(BEN)]
    assert escalation.due_at == START + timedelta(minutes=3)
    assert proceed(escalation) == [PageEscalated(escalation=7, name="Payments", step=2), paged(CLEO, step=2)]
    assert proceed(escalation) == [PageExhausted(escalation=7, name="Payments")]
    assert escalation.state is EscalationState.EXHAUSTED
    assert [call.answer for call in escalation.calls] == [Answer.NOT_NEEDED, Answer.NOT_NEEDED]


def test_a_repeating_policy_begins_again_and_calls_anew() -> None:
    escalation = begun(policy([PRIMARY], repeat=1))
    proceed(escalation)
    assert proceed(escalation) == [PageEscalated(escalation=7, name="Payments", step=1), paged(BEN)]
    assert proceed(escalation) == [PageExhausted(escalation=7, name="Payments")]


def test_whoever_joins_ends_it_also_from_an_earlier_step() -> None:
    escalation = begun(policy([PRIMARY], [SECONDARY]))
    proceed(escalation)
    proceed(escalation)
    assert escalation.join(BEN, START) == [PageAnswered(person=BEN, escalation=7, name="Payments")]
    assert [(call.person, call.answer) for call in escalation.calls] == [
        (BEN, Answer.JOINED),
        (CLEO, Answer.NOT_NEEDED),
    ]
    assert escalation.due_at is None
    assert proceed(escalation) == []


def test_somebody_it_did_not_call_does_not_end_it_by_joining() -> None:
    escalation = begun(policy([PRIMARY], [SECONDARY]))
    proceed(escalation)
    assert escalation.join(CLEO, START) == []
    assert escalation.is_active


def test_declining_makes_the_next_step_due_at_once() -> None:
    escalation = begun(policy([PRIMARY], [SECONDARY]))
    proceed(escalation)
    later = START + timedelta(seconds=20)
    assert escalation.decline(BEN, later) == [PageDeclined(person=BEN, escalation=7, name="Payments")]
    assert escalation.due_at == later


def test_one_of_a_team_who_declines_leaves_it_to_the_others_until_all_have() -> None:
    escalation = begun(policy([TEAM]))
    proceed(escalation)
    due = escalation.due_at
    escalation.decline(BEN, START)
    escalation.decline(CLEO, START)
    assert escalation.due_at == due
    escalation.decline(DAN, START)
    assert escalation.due_at == START
    assert proceed(escalation) == [PageExhausted(escalation=7, name="Payments", declined=True)]
    assert escalation.state is EscalationState.DECLINED


def test_whoever_declined_is_not_called_again() -> None:
    escalation = begun(policy([TEAM], repeat=1))
    proceed(escalation)
    escalation.decline(BEN, START)
    assert [fact.person for fact in proceed(escalation) if isinstance(fact, Paged)] == [CLEO, DAN]


def test_a_step_with_nobody_on_call_is_skipped_at_once() -> None:
    escalation = begun(policy([PRIMARY], [SECONDARY]))
    assert proceed(escalation, {SECONDARY: (CLEO,)}) == [paged(CLEO, step=2)]


def test_nobody_on_call_at_all_is_said() -> None:
    escalation = begun(policy([PRIMARY], [SECONDARY], repeat=3))
    assert proceed(escalation, {}) == [PageExhausted(escalation=7, name="Payments", nobody=True)]


def test_whoever_is_here_already_is_not_called_and_the_next_step_is() -> None:
    escalation = begun(policy([PRIMARY], [SECONDARY]))
    assert proceed(escalation, here=[BEN]) == [paged(CLEO, step=2)]


def test_where_all_are_here_already_it_is_answered() -> None:
    escalation = begun(policy([PRIMARY]))
    assert proceed(escalation, here=[BEN]) == [PageAnswered(person=BEN, escalation=7, name="Payments")]


def test_a_timer_that_comes_twice_calls_once() -> None:
    escalation = begun(policy([PRIMARY], [SECONDARY]))
    first = escalation.turn
    proceed(escalation)
    assert escalation.proceed(first, START, lambda target: ON_CALL[target], ()) == []


@given(st.integers(0, 9), st.integers(1, 4))
@settings(max_examples=30)
def test_it_ends_after_its_steps_and_repetitions(repeat: int, steps: int) -> None:
    escalation = begun(policy(*[[PRIMARY]] * steps, repeat=repeat))
    for _ in range(steps * (repeat + 1)):
        assert any(isinstance(fact, Paged) for fact in proceed(escalation))
    proceed(escalation)
    assert escalation.state is EscalationState.EXHAUSTED


class Escalating(RuleBasedStateMachine):
    """Anything may happen at any time: timers that come late or twice, answers from anybody, people coming in."""

    @initialize(
        steps=st.lists(st.lists(st.sampled_from([PRIMARY, SECONDARY, TEAM]), min_size=1, max_size=3), min_size=1),
        repeat=st.integers(0, 2),
    )
    def begin(self, steps: list[list[Target]], repeat: int) -> None:
        self.escalation = begun(policy(*steps[:4], repeat=repeat))
        self.at = START
        self.told: list[PagingFact] = []
        self.here: set[Person] = set()
        self.declined: set[Person] = set()
        self.calls_at_end: int | None = None

    @rule(
        on_call=st.fixed_dictionaries(
            {target: st.lists(st.sampled_from(PEOPLE), max_size=3) for target in (PRIMARY, SECONDARY, TEAM)}
        ),
        behind=st.integers(0, 2),
    )
    def timer(self, on_call: dict[Target, list[Person]], behind: int) -> None:
        self.at = max(self.at, self.escalation.due_at or self.at)
        turn, was = self.escalation.turn - behind, self.escalation.is_active
        told = self.escalation.proceed(turn, self.at, lambda target: on_call[target], self.here)
        assert (was and not behind) or not told
        called = [fact.person for fact in told if isinstance(fact, Paged)]
        assert len(called) == len(set(called))
        assert not self.here & set(called)
        assert not self.declined & set(called)
        self.told += told

    @rule(person=st.sampled_from(PEOPLE))
    def join(self, person: Person) -> None:
        self.here.add(person)
        called = any(call.person == person for call in self.escalation.calls)
        told = self.escalation.join(person, self.at)
        assert not told or called
        self.told += told

    @rule(person=st.sampled_from(PEOPLE))
    def decline(self, person: Person) -> None:
        told = self.escalation.decline(person, self.at)
        self.declined |= {person} if told else set()
        self.told += told

    @rule()
    def hurry(self) -> None:
        assert self.escalation.hurry(self.at) == self.escalation.is_active

    @precondition(lambda self: len(self.told) > 3)
    @rule()
    def over(self) -> None:
        self.escalation.cancel(ANA, self.at)

    @invariant()
    def ends_once_and_then_calls_nobody(self) -> None:
        if not hasattr(self, "escalation"):
            return
        endings = [fact for fact in self.told if isinstance(fact, PageAnswered | PageExhausted)]
        active = self.escalation.is_active
        assert len(endings) == (self.escalation.state not in (EscalationState.ACTIVE, EscalationState.CANCELLED))
        assert (self.escalation.due_at is not None) == active == (self.escalation.ended_at is None)
        if not active:
            assert all(call.answer is not Answer.WAITING for call in self.escalation.calls)
            self.calls_at_end = self.calls_at_end or len(self.escalation.calls)
            assert len(self.escalation.calls) == self.calls_at_end or not self.calls_at_end
        assert len(self.escalation.calls) == sum(isinstance(fact, Paged) for fact in self.told)

    def teardown(self) -> None:
        """Whatever happened, the timers alone bring it to an end."""
        if not hasattr(self, "escalation"):
            return
        for _ in range(self.escalation.last_turn + 1):
            self.escalation.proceed(self.escalation.turn, self.at, lambda target: ON_CALL[target], self.here)
        assert not self.escalation.is_active


Escalating.TestCase.settings = settings(max_examples=200, stateful_step_count=20)
TestEscalating = Escalating.TestCase

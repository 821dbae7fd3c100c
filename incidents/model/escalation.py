"""An escalation: calling the people of one target, step by step, until somebody joins.

It decides and says what happened as facts; who is on call in a step is for the caller to find out.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from incidents.model.facts import PageAnswered, Paged, PageDeclined, PageEscalated, PageExhausted, PagingFact
from incidents.model.identity import Person
from incidents.model.organisation import Policy, Step, Target

TIME_TO_ANSWER = timedelta(minutes=5)
"""How long the people of a target that has no steps of its own have to answer."""

PeopleOf = Callable[[Target], Iterable[Person]]
"""Whom a target means now, in the order in which they are called."""


class Answer(StrEnum):
    """What somebody said to a call."""

    WAITING = "waiting"
    JOINED = "joined"
    DECLINED = "declined"
    NOT_NEEDED = "not_needed"
    """The escalation ended before they answered."""


class EscalationState(StrEnum):
    """Whether it still calls, else how it ended."""

    ACTIVE = "active"
    ANSWERED = "answered"
    DECLINED = "declined"
    """Everybody called said that they can't."""
    EXHAUSTED = "exhausted"
    CANCELLED = "cancelled"
    """What it was about is over."""


@dataclass
class Call:
    """One call of one person. ``id`` is 0 until it is stored."""

    person: Person
    turn: int
    called_at: datetime
    answer: Answer = Answer.WAITING
    answered_at: datetime | None = None
    id: int = 0


@dataclass(frozen=True)
class About:
    """What people are paged for: an incident, an alert or a storm of alerts; just one of them."""

    incident: int | None = None
    alert: int | None = None
    storm: int | None = None


@dataclass(frozen=True)
class Page:
    """What somebody who pages says: for what, whom, and why."""

    about: About
    target: Target
    name: str
    """What people call the target; empty for a person."""
    plan: Policy
    message: str = ""


def plan_of(target: Target) -> Policy:
    """The plan of a target that has no steps of its own: everybody at once, one time."""
    step = Step(targets=(target,), timeout=int(TIME_TO_ANSWER.total_seconds() // 60))
    return Policy(name=str(target)[:75], steps=(step,))


@dataclass
class Escalation:
    """How far paging one target has come. ``turn`` counts the steps begun, through all repetitions."""

    id: int
    page: Page
    begun_by: Person
    begun_at: datetime
    state: EscalationState = EscalationState.ACTIVE
    turn: int = 0
    due_at: datetime | None = None
    """When the next step begins, where nobody joins before."""
    calls: list[Call] = field(default_factory=list)
    ended_at: datetime | None = None
    ended_by: Person | None = None
    changed: list[Call] = field(default_factory=list, compare=False, repr=False)
    """The calls that were made or answered since it was stored."""

    @classmethod
    def begin(cls, id: int, page: Page, by: Person, at: datetime, skip: int = 0) -> "Escalation":
        """Nobody is called yet: the first step is due at once. ``skip`` leaves out that many steps of the plan."""
        turn = min(skip, len(page.plan.steps) - 1)
        return cls(id, page, by, at, turn=turn, due_at=at)

    @property
    def is_active(self) -> bool:
        return self.state is EscalationState.ACTIVE

    @property
    def step(self) -> int:
        """The number of the step that is under way, from 1; 0 before the first."""
        return (self.turn - 1) % len(self.page.plan.steps) + 1 if self.turn else 0

    @property
    def waiting(self) -> list[Person]:
        """Who has been called and has not answered, the latest step's last."""
        return list(dict.fromkeys(call.person for call in self.calls if call.answer is Answer.WAITING))

    @property
    def last_turn(self) -> int:
        return len(self.page.plan.steps) * (self.page.plan.repeat + 1)

    def proceed(self, turn: int, at: datetime, people_of: PeopleOf, here: Collection[Person]) -> list[PagingFact]:
        """Begin the step after ``turn``, and those after it while a step has nobody to call.

        Nothing where that was done already or it has ended. Whoever is ``here`` needs no call, nor who declined.
        """
        if not self.is_active or turn != self.turn:
            return []
        found: list[Person] = []
        while self.turn < self.last_turn:
            self.turn += 1
            people = self._people(people_of)
            found += people
            called = [person for person in people if person not in here]
            if called:
                return self._call(called, at)
        return self._found_nobody([person for person in found if person in here], at)

    def join(self, person: Person, at: datetime) -> list[PagingFact]:
        """Whoever was called joins, which ends it; nothing from anybody else."""
        if not self.is_active or person not in self._called():
            return []
        return self._answered(person, at)

    def answer(self, person: Person, at: datetime) -> list[PagingFact]:
        """Somebody took on what it is about, whether called or not."""
        return self._answered(person, at) if self.is_active else []

    def decline(self, person: Person, at: datetime, unreachable: bool = False) -> list[PagingFact]:
        """Somebody called can't; the next step is due at once where nobody of this one is left to wait for."""
        theirs = [call for call in self.calls if call.person == person and call.answer is Answer.WAITING]
        if not self.is_active or not theirs:
            return []
        for call in theirs:
            self._note_answer(call, Answer.DECLINED, at)
        if not any(call.turn == self.turn and call.answer is Answer.WAITING for call in self.calls):
            self.due_at = at
        return [PageDeclined(person=person, escalation=self.id, name=self.page.name, unreachable=unreachable)]

    def hurry(self, at: datetime) -> bool:
        """Make the next step due now; False where it has ended."""
        if self.is_active:
            self.due_at = at
        return self.is_active

    def take_changed(self) -> list[Call]:
        """Hand over the calls that changed since the last time, each once, to be shown."""
        taken, self.changed = list({id(call): call for call in self.changed}.values()), []
        return taken

    def cancel(self, by: Person, at: datetime) -> None:
        """What it is about is over."""
        if self.is_active:
            self._end(EscalationState.CANCELLED, by, at)

    def _people(self, people_of: PeopleOf) -> list[Person]:
        """Whom the present step calls, each once, without those who said they can't."""
        targets = self.page.plan.steps[self.step - 1].targets
        declined = {call.person for call in self.calls if call.answer is Answer.DECLINED}
        people = dict.fromkeys(person for target in targets for person in people_of(target))
        return [person for person in people if person not in declined]

    def _call(self, people: list[Person], at: datetime) -> list[PagingFact]:
        went_on = bool(self.calls)
        made = [Call(person, self.turn, at) for person in people]
        self.calls += made
        self.changed += made
        self.due_at = at + timedelta(minutes=self.page.plan.steps[self.step - 1].timeout)
        name, message = self.page.name, self.page.message
        said: list[PagingFact] = [PageEscalated(escalation=self.id, name=name, step=self.step)] if went_on else []
        return said + [
            Paged(person=person, escalation=self.id, name=name, step=self.step, message=message) for person in people
        ]

    def _found_nobody(self, here: list[Person], at: datetime) -> list[PagingFact]:
        """There are no more steps: those who would be called are here, or nobody answers, or there is nobody."""
        if here and not self.calls:
            return self._answered(here[0], at)
        declined = bool(self.calls) and all(call.answer is Answer.DECLINED for call in self.calls)
        nobody = not self.calls
        self._end(EscalationState.DECLINED if declined else EscalationState.EXHAUSTED, None, at)
        return [PageExhausted(escalation=self.id, name=self.page.name, nobody=nobody, declined=declined)]

    def _answered(self, person: Person, at: datetime) -> list[PagingFact]:
        for call in self.calls:
            if call.person == person and call.answer is Answer.WAITING:
                self._note_answer(call, Answer.JOINED, at)
        self._end(EscalationState.ANSWERED, person, at)
        return [PageAnswered(person=person, escalation=self.id, name=self.page.name)]

    def _end(self, state: EscalationState, by: Person | None, at: datetime) -> None:
        self.state, self.ended_by, self.ended_at, self.due_at = state, by, at, None
        for call in self.calls:
            if call.answer is Answer.WAITING:
                self._note_answer(call, Answer.NOT_NEEDED, at)

    def _note_answer(self, call: Call, answer: Answer, at: datetime) -> None:
        call.answer, call.answered_at = answer, at
        self.changed.append(call)

    def _called(self) -> set[Person]:
        return {call.person for call in self.calls}

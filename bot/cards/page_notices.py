"""What paging came to, as a notice tells it: who is called, who can't, that it went on, that nobody answered."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bot.cards.text import WritePerson, cut, escape, joined, listing
from incidents.model import facts
from incidents.model.facts import Fact
from incidents.model.identity import Person
from incidents.model.timeline import Entry

PAGING: tuple[type[Fact], ...] = (
    facts.Paged,
    facts.PageAnswered,
    facts.PageDeclined,
    facts.PageEscalated,
    facts.PageExhausted,
)
"""The kinds of entries whose telling takes all that went before."""

PEOPLE = 1_000
"""Characters that name people."""
TEXT = 300
"""Characters of what somebody wrote."""


@dataclass
class _Turn:
    """A step of an escalation as it was carried out: whom it called, and who of all had declined by its end."""

    called: list[Person] = field(default_factory=list)
    declined: set[Person] = field(default_factory=set)

    @property
    def waiting(self) -> list[Person]:
        return [person for person in dict.fromkeys(self.called) if person not in self.declined]


def paged(happened: Sequence[facts.Paged], call: WritePerson) -> list[str]:
    """``paged <@dan> (Payments): “DB pool exhausted”``; each person once, whatever paged them."""
    pages: dict[Person, list[facts.Paged]] = {}
    for fact in happened:
        pages.setdefault(fact.person, []).append(fact)
    alike: dict[str, list[Person]] = {}
    for person, theirs in pages.items():
        alike.setdefault(_reason(theirs), []).append(person)
    return [f"paged {listing(map(call, people), PEOPLE, ' ')}{reason}" for reason, people in alike.items()]


def declined(entries: Sequence[Entry], history: Sequence[Entry], write: WritePerson) -> list[str]:
    """``can't join; waiting for @eve``. Where nobody is left to wait for, what follows at once says who can't."""
    waiting: dict[Person, None] = {}
    answered = False
    for entry in entries:
        if isinstance(entry.fact, facts.PageDeclined):
            escalation = entry.fact.escalation
            then = _turns(escalation, [earlier for earlier in history if earlier.number <= entry.number])[-1].waiting
            now = _turns(escalation, history)[-1].declined
            waiting |= dict.fromkeys(person for person in then if person not in now)
            answered = answered or (bool(then) and _is_answered(escalation, history))
    if answered:
        return ["can't join"]
    return [f"can't join; waiting for {listing(map(write, waiting), PEOPLE)}"] if waiting else []


def went_on(entries: Sequence[Entry], history: Sequence[Entry], write: WritePerson, call: WritePerson) -> Iterator[str]:
    """``Nobody answered Payments; now paging <@eve> (step 2).``"""
    for entry in entries:
        if isinstance(entry.fact, facts.PageEscalated):
            escalation, name, step = entry.fact.escalation, escape(entry.fact.name), entry.fact.step
            before = _turns(escalation, [earlier for earlier in history if earlier.number < entry.number])
            now = _turns(escalation, history)[len(before)]
            people = listing(map(call, dict.fromkeys(now.called)), PEOPLE, " ")
            if before[-1].called and not before[-1].waiting:
                yield f"{_named(before[-1].called, write)} can't join; now paging {people} ({name}, step {step})."
            else:
                yield f"Nobody answered {name}; now paging {people} (step {step})."


def unanswered(ended: facts.PageExhausted, history: Sequence[Entry], write: WritePerson) -> str:
    """``Nobody is on call for Payments.``: why somebody else must be paged."""
    name = escape(ended.name)
    called = [person for turn in _turns(ended.escalation, history) for person in turn.called]
    if ended.nobody:
        return f"Nobody is on call for {name}." if name else "There was nobody to page."
    if ended.declined:
        return f"{f'Everybody paged for {name}' if name else _named(called, write)} can't join."
    return f"Nobody answered {name}." if name else f"{_named(called, write)} did not answer the page."


def _reason(pages: Sequence[facts.Paged]) -> str:
    """`` (Payments, step 2): “DB pool exhausted”``: by what somebody was paged, and why."""
    names = dict.fromkeys(_called(page) for page in pages if page.name)
    messages = dict.fromkeys(f"“{cut(escape(page.message), TEXT)}”" for page in pages if page.message)
    by_what = f" ({listing(names, TEXT)})" if names else ""
    return f"{by_what}: {listing(messages, 2 * TEXT, ' ')}" if messages else by_what


def _called(page: facts.Paged) -> str:
    return f"{escape(page.name)}, step {page.step}" if page.step > 1 else escape(page.name)


def _named(people: Sequence[Person], write: WritePerson) -> str:
    """``@dan and @eve``; many are listed in brief."""
    names = [write(person) for person in dict.fromkeys(people)]
    return joined(names) if len(names) <= 3 else listing(names, PEOPLE)


def _turns(escalation: int, history: Sequence[Entry]) -> list[_Turn]:
    """The steps that ``history`` tells of, at least one."""
    turns = [_Turn()]
    for entry in history:
        match entry.fact:
            case facts.PageEscalated(escalation=of) if of == escalation:
                turns.append(_Turn(declined=set(turns[-1].declined)))
            case facts.Paged(escalation=of, person=person) if of == escalation:
                turns[-1].called.append(person)
            case facts.PageDeclined(escalation=of, person=person) if of == escalation:
                turns[-1].declined.add(person)
    return turns


def _is_answered(escalation: int, history: Sequence[Entry]) -> bool:
    return any(isinstance(each.fact, facts.PageAnswered) and each.fact.escalation == escalation for each in history)

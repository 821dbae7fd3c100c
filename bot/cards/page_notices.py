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


def paged(happened: Sequence[facts.Paged], call: WritePerson) -> str:
    """``paged <@dan> (Payments): “DB pool exhausted”``; each person once, whatever paged them. Empty for no pages."""
    pages: dict[Person, list[facts.Paged]] = {}
    for fact in happened:
        pages.setdefault(fact.person, []).append(fact)
    why: dict[str, dict[str, list[Person]]] = {}
    for person, theirs in pages.items():
        why.setdefault(_message(theirs), {}).setdefault(_by_what(theirs), []).append(person)
    return joined(
        [
            f"paged {joined([f'{_people(people, call)}{by_what}' for by_what, people in by.items()])}{message}"
            for message, by in why.items()
        ]
    )


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


def went_on(entries: Sequence[Entry], history: Sequence[Entry], write: WritePerson, call: WritePerson) -> list[str]:
    """``Nobody answered Payments; now paging <@eve> (step 2).``, each sentence once, whatever escalated so."""
    return list(dict.fromkeys(_went_on(entries, history, write, call)))


def _went_on(
    entries: Sequence[Entry], history: Sequence[Entry], write: WritePerson, call: WritePerson
) -> Iterator[str]:
    for entry in entries:
        if isinstance(entry.fact, facts.PageEscalated):
            escalation, name, step = entry.fact.escalation, escape(entry.fact.name), entry.fact.step
            before = _turns(escalation, [earlier for earlier in history if earlier.number < entry.number])
            now = _turns(escalation, history)[len(before)]
            people = _people(list(dict.fromkeys(now.called)), call)
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


def _people(people: Sequence[Person], call: WritePerson) -> str:
    return listing(map(call, people), PEOPLE, " ")


def _by_what(pages: Sequence[facts.Paged]) -> str:
    """`` (Payments, step 2)``: what somebody was paged by, where that is more than just they."""
    names = dict.fromkeys(_called(page) for page in pages if page.name)
    return f" ({listing(names, TEXT)})" if names else ""


def _message(pages: Sequence[facts.Paged]) -> str:
    """``: “DB pool exhausted”``."""
    messages = dict.fromkeys(f"“{cut(escape(page.message), TEXT)}”" for page in pages if page.message)
    return f": {listing(messages, 2 * TEXT, ' ')}" if messages else ""


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

"""The fields of the forms in which the organisation is changed, and how each is read.

https://docs.slack.dev/reference/block-kit/block-elements
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time

from slack_sdk.models.blocks import (
    Block,
    DatePickerElement,
    StaticMultiSelectElement,
    StaticSelectElement,
    TimePickerElement,
    UserMultiSelectElement,
)

from bot import payloads
from bot.cards.blocks import OPTIONS, option
from bot.cards.signs import severity_sign
from bot.cards.text import slack_user
from bot.context import person
from bot.forms.form import VALUE, ask, chosen_in, filled
from incidents.model.identity import Group, Person
from incidents.model.organisation import Organisation
from incidents.model.refusals import Refusal
from incidents.model.vocabulary import Severity


class WrongField(Refusal):
    """What is written in one field can't be; ``what`` is its block's id."""

    def __init__(self, what: str, sentence: str) -> None:
        super().__init__(sentence)
        self.what = what


@dataclass(frozen=True)
class Around:
    """What a form offers to choose from."""

    organisation: Organisation
    timezone: str = "UTC"
    """Of whoever fills it in."""
    groups: Mapping[Group, str] = field(default_factory=dict)
    """The platform's groups, and what each is called."""


def people_question(block_id: str, label: str, people: Iterable[Person], *, hint: str = "") -> Block:
    users = [user for user in map(slack_user, people) if user]
    menu = UserMultiSelectElement(action_id=VALUE, placeholder="Choose people", initial_users=users or None)
    return ask(block_id, label, menu, hint=hint, optional=True)


def people_in(view: payloads.View, block_id: str) -> tuple[Person, ...]:
    return tuple(person(user) for user in filled(view, block_id).get("selected_users") or ())


def menu_question(
    block_id: str, label: str, choices: Mapping[str, str], chosen: str | None, *, hint: str = "", optional: bool = True
) -> list[Block]:
    """A menu of ``choices`` (value and text); no question where there is nothing to choose."""
    options = {value: option(value, text) for value, text in list(choices.items())[:OPTIONS]}
    menu = StaticSelectElement(
        action_id=VALUE,
        placeholder="Choose",
        options=list(options.values()),
        initial_option=options.get(chosen or ""),
    )
    return [ask(block_id, label, menu, hint=hint, optional=optional)] if options else []


def menu_in(view: payloads.View, block_id: str) -> str | None:
    return chosen_in(view, block_id) or None


def several_question(block_id: str, label: str, choices: Mapping[str, str], chosen: Iterable[str]) -> list[Block]:
    """The same, of which several may be chosen."""
    options = {value: option(value, text) for value, text in list(choices.items())[:OPTIONS]}
    initial = [options[value] for value in chosen if value in options]
    menu = StaticMultiSelectElement(
        action_id=VALUE, placeholder="Choose", options=list(options.values()), initial_options=initial or None
    )
    return [ask(block_id, label, menu, optional=True)] if options else []


def several_in(view: payloads.View, block_id: str) -> list[str]:
    chosen: Sequence[Mapping[str, str]] = filled(view, block_id).get("selected_options") or ()
    return [each["value"] for each in chosen]


def severity_question(block_id: str, label: str, severity: Severity) -> list[Block]:
    choices = {each.name: f"{severity_sign(each)} {each.name} {each.word}" for each in Severity}
    return menu_question(block_id, label, choices, severity.name, optional=False)


def severity_in(view: payloads.View, block_id: str) -> Severity:
    return Severity.parse(chosen_in(view, block_id))


def day_question(block_id: str, label: str, day: date | None, *, hint: str = "") -> Block:
    picker = DatePickerElement(action_id=VALUE, initial_date=day.isoformat() if day else None)
    return ask(block_id, label, picker, hint=hint, optional=True)


def day_in(view: payloads.View, block_id: str) -> date | None:
    picked = filled(view, block_id).get("selected_date")
    return date.fromisoformat(picked) if picked else None


def time_question(block_id: str, label: str, at: time | None) -> Block:
    picker = TimePickerElement(action_id=VALUE, initial_time=f"{at:%H:%M}" if at else None)
    return ask(block_id, label, picker, optional=True)


def time_in(view: payloads.View, block_id: str) -> time | None:
    picked = filled(view, block_id).get("selected_time")
    return time.fromisoformat(picked) if picked else None


def named(items: Mapping[str, object]) -> dict[str, str]:
    """Parts of the organisation as the choices of a menu: by id, the name."""
    return {id: str(getattr(item, "name", id)) for id, item in items.items()}

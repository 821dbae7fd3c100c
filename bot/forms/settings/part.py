"""One part of the organisation as a form: drawn with what it is now, read back as what it is to be."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from slack_sdk.models.blocks import Block, ButtonElement, UserSelectElement

from bot import payloads
from bot.cards.actions import SETTINGS
from bot.cards.blocks import button, confirmation, row, section
from bot.context import person
from bot.forms.form import VALUE, Carried, ask, filled, modal, text_in
from bot.forms.settings import channels, communication, notifications, page, policy, schedule, service, source, team
from bot.forms.settings.fields import Around, WrongField
from incidents.actions.services import id_from
from incidents.model.organisation import Item, Kind, Notifications, Part, StatusPage

OWN = "mine"
"""Carried as the id where somebody changes their own notifications."""


@dataclass(frozen=True)
class PartForm:
    """How one kind is asked about and read."""

    title: str
    questions: Callable[[Any, Around], Sequence[Block]]
    read: Callable[[payloads.View, Any], Item]


FORMS: Mapping[Kind, PartForm] = {
    Kind.TEAM: PartForm("Team", team.questions, team.read),
    Kind.SERVICE: PartForm("Service", service.questions, service.read),
    Kind.SCHEDULE: PartForm("Schedule", schedule.questions, schedule.read),
    Kind.POLICY: PartForm("Escalation policy", policy.questions, policy.read),
    Kind.SOURCE: PartForm("Alert source", source.questions, source.read),
    Kind.PERSON: PartForm("Reaching somebody", notifications.questions, notifications.read),
    Kind.CHANNELS: PartForm("Channels", channels.questions, channels.read),
    Kind.PAGE: PartForm("Status page", page.questions, page.read),
    Kind.UPDATES: PartForm("Status updates", communication.questions, communication.read),
}
OWN_FORM = PartForm("Reaching you", notifications.own_questions, notifications.read_own)


def part_form(part: Part, item: Item | None, around: Around, said: str = "") -> dict[str, Any]:
    """The form of ``part``, which is new where there is no ``item``; ``said`` (markup) stands above the questions."""
    form = FORMS[part.kind]
    who = [_who()] if part.kind is Kind.PERSON and not part.id else []
    blocks = [*_above(said), *who, *form.questions(item, around), *_buttons(part, item)]
    carried = Carried(part=(part.kind, part.id), seen=fingerprint(item))
    return modal(SETTINGS, form.title if item else f"New: {form.title.lower()}", "Save", blocks, carried)


def own_form(wanted: Notifications | None, around: Around) -> dict[str, Any]:
    """How somebody is reached, for themselves."""
    carried = Carried(part=(Kind.PERSON, OWN), seen=fingerprint(wanted))
    return modal(SETTINGS, OWN_FORM.title, "Save", OWN_FORM.questions(wanted, around), carried)


def read_part(view: payloads.View, kind: Kind, own: bool, before: Item | None) -> Item:
    """What a form says. Raises WrongField."""
    form = OWN_FORM if own else FORMS[kind]
    try:
        return form.read(view, before)
    except ValidationError as error:
        fault = error.errors()[0]
        said = fault["msg"].removeprefix("Value error, ")
        raise WrongField(_field(view, fault["loc"]), f"{said[:1].upper()}{said[1:]}.") from error


def _field(view: payloads.View, path: Sequence[str | int]) -> str:
    """The block that asks about what is at ``path``: the outermost that the form has, else none."""
    asked = {block["block_id"].partition(":")[0] for block in view.blocks if block.get("type") == "input"}
    names = [".".join(map(str, path[:2])), *map(str, path)]
    return next((name for name in names if name in asked), "")


def read_id(view: payloads.View, kind: Kind) -> str:
    """The id of what is new: the person chosen, else one in which people recognise the name. Raises Refusal."""
    if kind is Kind.PERSON:
        return str(person(filled(view, "person").get("selected_user") or ""))
    return id_from(text_in(view, "name"))


def fingerprint(item: Item | None) -> str:
    """Tells whether something is still what it was."""
    return hashlib.sha256(item.model_dump_json().encode()).hexdigest() if item is not None else ""


def _above(said: str) -> list[Block]:
    return [section(said)] if said else []


def _who() -> Block:
    return ask("person", "Who", UserSelectElement(action_id=VALUE, placeholder="Choose somebody"))


def _buttons(part: Part, item: Item | None) -> list[Block]:
    if item is None or part.kind.is_one:
        return []
    buttons: list[ButtonElement] = []
    if part.kind is Kind.SOURCE:
        ask_first = "The address it has now stays valid for 24 hours, so that you can change the tool's setting."
        question = confirmation("Make a new address?", ask_first, "Make it")
        buttons.append(button("New address", SETTINGS, value=f"key {part.id}", part="key", confirm=question))
    if isinstance(item, StatusPage) and item.private:
        question = confirmation("Make a new link?", "Links that were made before stay valid for 24 hours.", "Make it")
        buttons.append(button("New link", SETTINGS, value=f"link {part.id}", part="link", confirm=question))
    question = confirmation("Remove it?", "This can't be undone.", "Remove")
    buttons.append(
        button(
            "Remove", SETTINGS, value=f"remove {part.kind} {part.id}", part="remove", style="danger", confirm=question
        )
    )
    return [row(buttons)]

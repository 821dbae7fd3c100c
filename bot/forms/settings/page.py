"""The form of a status page: which services it shows, in which groups, and how it looks."""

from typing import Any

from slack_sdk.models.blocks import Block, CheckboxesElement, Option

from bot import payloads
from bot.cards.blocks import section
from bot.cards.text import shorten
from bot.forms.form import VALUE, ask, filled, text_box, text_in
from bot.forms.settings.fields import Around, WrongField, menu_in, menu_question, people_in, people_question
from incidents.model.checked import NAME_LIMIT
from incidents.model.identity import Person
from incidents.model.organisation import Target, TargetKind
from incidents.model.publishing_rules import StatusPage

LANGUAGES = {"en": "English", "de": "Deutsch"}
PRIVATE = Option(
    value="private", text="Private", description="Only for those who have its link, which you get once it is saved"
)
GROUPS_LIMIT = 3_000
"""Characters of one field: https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element"""


def questions(page: StatusPage | None, around: Around) -> list[Block]:
    private = [PRIVATE] if page and page.private else None
    return [
        ask("name", "Name", text_box(NAME_LIMIT, page.name if page else "")),
        _groups_question(_groups(page), around),
        *menu_question("language", "Language", LANGUAGES, page.language if page else "en", optional=False),
        ask(
            "colour",
            "Colour",
            text_box(7, page.colour if page else "", placeholder="#1a7f37"),
            hint="Empty: the default. The logo comes with the file: tocsin apply.",
            optional=True,
        ),
        people_question("people", "Told by direct message", _people(page), hint="Of each update of this page."),
        ask(
            "options",
            "Options",
            CheckboxesElement(action_id=VALUE, options=[PRIVATE], initial_options=private),
            optional=True,
        ),
    ]


def read(view: payloads.View, before: StatusPage | None) -> StatusPage:
    """What the form does not ask about stays. Raises WrongField, pydantic.ValidationError."""
    chosen = filled(view, "options").get("selected_options") or []
    kept = dict(before) if before else {}
    if filled(view, "groups"):
        kept["groups"] = tuple(_group(line) for line in text_in(view, "groups").splitlines() if line.strip())
    people = [Target.of(TargetKind.PERSON, person) for person in people_in(view, "people")]
    people += [target for target in kept.get("people", ()) if target.kind is not TargetKind.PERSON]
    return StatusPage.model_validate(
        {
            **kept,
            "name": text_in(view, "name"),
            "language": menu_in(view, "language") or "en",
            "colour": text_in(view, "colour").strip(),
            "people": people,
            "private": any(option["value"] == PRIVATE.value for option in chosen),
        }
    )


def _people(page: StatusPage | None) -> list[Person]:
    targets = page.people if page else ()
    return [Person(target.id) for target in targets if target.kind is TargetKind.PERSON]


def _groups_question(groups: str, around: Around) -> Block:
    """One field, but where it can't hold all that the page shows, which must not be lost."""
    if len(groups) > GROUPS_LIMIT:
        return section("*Services*\nThis page shows more than fits here. Change them in the file: `tocsin apply`.")
    known = ", ".join(sorted(around.organisation.services)) or "none yet: Settings, Services"
    hint = f"A line a group, as Shop: checkout, search; a line without a name stands by itself. Known: {known}"
    box = text_box(GROUPS_LIMIT, groups, lines=True, placeholder="Shop: checkout, search")
    return ask("groups", "Services", box, hint=shorten(hint, 2_000))


def _groups(page: StatusPage | None) -> str:
    return "\n".join(
        f"{group.name}: {', '.join(group.services)}" if group.name else ", ".join(group.services)
        for group in (page.groups if page else ())
    )


def _group(line: str) -> dict[str, Any]:
    name, colon, listed = line.rpartition(":")
    services = tuple(each.strip() for each in (listed if colon else line).split(",") if each.strip())
    if not services:
        raise WrongField("groups", "Name the services of each group, as Shop: checkout, search.")
    return {"name": name.strip(), "services": services}

"""The form of a status page: which services it shows, in which groups, and how it looks."""

from slack_sdk.models.blocks import Block, CheckboxesElement, Option

from bot import payloads
from bot.forms.form import VALUE, ask, filled, text_box, text_in
from bot.forms.settings.fields import Around, WrongField, menu_in, menu_question
from incidents.model.checked import NAME_LIMIT
from incidents.model.publishing_rules import ServicesShown, StatusPage

LANGUAGES = {"en": "English", "de": "Deutsch"}
PRIVATE = Option(value="private", text="Private", description="Only for those who have its key: tocsin page-key")


def questions(page: StatusPage | None, around: Around) -> list[Block]:
    known = ", ".join(sorted(around.organisation.services)) or "none yet: Settings, Services"
    private = [PRIVATE] if page and page.private else None
    return [
        ask("name", "Name", text_box(NAME_LIMIT, page.name if page else "")),
        ask(
            "groups",
            "Services",
            text_box(3_000, _groups(page), lines=True, placeholder="Shop: checkout, search"),
            hint=f"A line a group, as Shop: checkout, search; a line without a name stands by itself. Known: {known}"[
                :2_000
            ],
        ),
        *menu_question("language", "Language", LANGUAGES, page.language if page else "en", optional=False),
        ask(
            "colour",
            "Colour",
            text_box(7, page.colour if page else "", placeholder="#1a7f37"),
            hint="Empty: the default. The logo comes with the file: tocsin apply.",
            optional=True,
        ),
        ask(
            "options",
            "Options",
            CheckboxesElement(action_id=VALUE, options=[PRIVATE], initial_options=private),
            optional=True,
        ),
    ]


def read(view: payloads.View, before: StatusPage | None) -> StatusPage:
    """What the form does not ask about stays. Raises WrongField."""
    kept = {"logo": before.logo, "statuspage": before.statuspage} if before else {}
    chosen = filled(view, "options").get("selected_options") or []
    return StatusPage.model_validate(
        {
            **kept,
            "name": text_in(view, "name"),
            "groups": tuple(_group(line) for line in text_in(view, "groups").splitlines() if line.strip()),
            "language": menu_in(view, "language") or "en",
            "colour": text_in(view, "colour").strip(),
            "private": any(option["value"] == PRIVATE.value for option in chosen),
        }
    )


def _groups(page: StatusPage | None) -> str:
    return "\n".join(
        f"{group.name}: {', '.join(group.services)}" if group.name else ", ".join(group.services)
        for group in (page.groups if page else ())
    )


def _group(line: str) -> ServicesShown:
    name, colon, listed = line.rpartition(":")
    services = tuple(each.strip() for each in (listed if colon else line).split(",") if each.strip())
    if not services:
        raise WrongField("groups", "Name the services of each group, as Shop: checkout, search.")
    return ServicesShown(name=name.strip(), services=services)

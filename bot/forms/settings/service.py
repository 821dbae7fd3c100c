"""The form of a service: its name, the team that answers for it, and what tools call it."""

from slack_sdk.models.blocks import Block

from bot import payloads
from bot.forms.form import ask, text_box, text_in
from bot.forms.settings.fields import Around, menu_in, menu_question, named
from incidents.model.checked import NAME_LIMIT
from incidents.model.organisation import OwnedService

ALIASES = 3_000


def questions(service: OwnedService | None, around: Around) -> list[Block]:
    alias = ", ".join(service.alias) if service else ""
    return [
        ask("name", "Name", text_box(NAME_LIMIT, service.name if service else "")),
        *menu_question("owner", "Owner", named(around.organisation.teams), service.owner if service else None),
        ask(
            "alias",
            "Also called",
            text_box(ALIASES, alias, placeholder="checkout-api, shop"),
            hint="What monitoring tools call it, separated by commas.",
            optional=True,
        ),
    ]


def read(view: payloads.View, before: OwnedService | None) -> OwnedService:
    alias = tuple(filter(None, (each.strip() for each in text_in(view, "alias").split(","))))
    return OwnedService(name=text_in(view, "name"), owner=menu_in(view, "owner"), alias=alias)

"""`/incident settings`, and the button of Home: the organisation, looked at and changed by admins.

What its buttons stand for, as one would type it: nothing for all of it, `team` for the teams, `team payments` for one,
`add team`, `remove team payments`, `key prometheus` for a new address, `link partners` for a new link to a private
status page, and `mine` for one's own notifications.
"""

from collections.abc import Mapping
from typing import Any

import structlog

from bot import payloads
from bot.asked import Asked
from bot.cards.message import Message
from bot.cards.settings import address_view, gone_view, kind_view, overview, own_overview
from bot.cards.text import escape
from bot.context import Bot
from bot.forms.form import Carried
from bot.forms.settings.fields import Around, WrongField
from bot.forms.settings.part import OWN, fingerprint, own_form, part_form, read_id, read_part
from bot.organisation_file.addresses import address_lines, page_lines
from bot.organisation_file.names import names_of_groups
from bot.slack import SlackRefused
from bot.words import word
from incidents.actions.keys import new_key, new_page_key
from incidents.actions.organisation import ChangedMeanwhile, change, remove
from incidents.model.identity import Person
from incidents.model.organisation import Item, Kind, Organisation, Part
from incidents.model.refusals import Refusal, UnknownWord

log = structlog.get_logger()

GROUPS_ASKED = {Kind.TEAM, Kind.POLICY}
"""The kinds whose forms offer Slack's user groups."""


@word("settings", "", "Teams, services, schedules, policies, alert sources")
async def settings(asked: Asked) -> Message | None:
    """Raises NotAnAdmin, UnknownWord."""
    first, _, rest = asked.text.partition(" ")
    if not first:
        await _overview(asked)
    elif first == OWN:
        await asked.show(own_form(await _own(asked), await _around(asked)))
    else:
        await asked.bot.people.must_be_admin(asked.by.id)
        await _open(asked, first, rest.strip())
    return None


async def save(asked: Asked, view: payloads.View) -> None:
    """Change what a form says. Raises Refusal, at the field where it belongs."""
    carried = Carried.read(view)
    assert carried.part is not None
    kind, id = carried.part
    own = id == OWN and kind is Kind.PERSON
    if not own:
        await asked.bot.people.must_be_admin(asked.by.id)
    there = (await _organisation(asked.bot)).parts
    part = Part(kind, str(asked.by)) if own else Part(kind, id or (read_id(view, kind) if kind in IDENTIFIED else ""))
    before = there.get(part)
    if before is not None and not carried.seen:
        raise WrongField("person" if kind is Kind.PERSON else "name", "There is one of this name already.")
    if fingerprint(before) != carried.seen:
        raise ChangedMeanwhile
    await change(asked.bot.core, part, before, read_part(view, kind, own, before))
    log.info("organisation_changed", part=str(part), by=asked.by)


IDENTIFIED = {kind for kind in Kind if not kind.is_one}


async def redraw_lists(asked: Asked, view: payloads.View) -> None:
    """Show what was changed in the lists from which the form was opened; they may be closed meanwhile."""
    carried = Carried.read(view)
    if carried.part is None or carried.part[1] == OWN:
        return
    await _redraw(asked.bot, view.root_view_id, view.previous_view_id, carried.part[0], view.id)


async def _open(asked: Asked, first: str, rest: str) -> None:
    kinds = [kind.value for kind in Kind]
    organisation = await _organisation(asked.bot)
    if first == "key":
        await _new_address(asked, rest)
    elif first == "link":
        await _new_link(asked, rest)
    elif first == "remove":
        kind, _, id = rest.partition(" ")
        await _remove(asked, Part(_kind(kind), id))
    elif first == "add":
        part = Part(_kind(rest), "")
        await asked.show(part_form(part, None, await _around(asked, part.kind)))
    elif first not in kinds:
        raise UnknownWord("setting", first, [*kinds, OWN])
    elif Kind(first).is_one:
        part = Part(Kind(first), "")
        await asked.show(part_form(part, organisation.parts.get(part), await _around(asked)))
    elif not rest:
        await asked.show(kind_view(Kind(first), organisation))
    else:
        part = Part(Kind(first), rest)
        await asked.show(part_form(part, _item(organisation, part), await _around(asked, part.kind)))


def _kind(written: str) -> Kind:
    try:
        return Kind(written)
    except ValueError:
        raise UnknownWord("setting", written, [kind.value for kind in Kind]) from None


def _item(organisation: Organisation, part: Part) -> Item:
    item = organisation.parts.get(part)
    if item is None:
        raise UnknownWord(part.kind.value, part.id, [each.id for each in organisation.parts if each.kind is part.kind])
    return item


async def _overview(asked: Asked) -> None:
    admin = (await asked.bot.people.get(asked.by.id)).is_admin
    await asked.show(overview(await _organisation(asked.bot)) if admin else own_overview())


async def _new_address(asked: Asked, source: str) -> None:
    key = await new_key(asked.bot.core, source)
    log.info("source_key_made", source=source, by=asked.by)
    tool = (await _organisation(asked.bot)).sources[source].tool
    await _put(asked, address_view("New address", list(address_lines(asked.bot.url, source, tool, key))))


async def _new_link(asked: Asked, page: str) -> None:
    key = await new_page_key(asked.bot.core, page)
    log.info("page_key_made", page=page, by=asked.by)
    await _put(asked, address_view("New link", list(page_lines(asked.bot.url, page, key))))


async def _remove(asked: Asked, part: Part) -> None:
    """What is still needed stays, and the form says why."""
    try:
        await remove(asked.bot.core, part)
    except Refusal as refusal:
        item = _item(await _organisation(asked.bot), part)
        said = f":warning: {escape(refusal.sentence)}"
        await _put(asked, part_form(part, item, await _around(asked, part.kind), said))
        return
    log.info("organisation_changed", part=str(part), by=asked.by)
    await _put(asked, gone_view(str(part).capitalize()))
    view = asked.view
    await _redraw(asked.bot, view.get("root_view_id"), view.get("previous_view_id"), part.kind, view.get("id"))


async def _put(asked: Asked, view: Mapping[str, Any]) -> None:
    """Show ``view`` in place of the modal in which it was asked, else as one."""
    await (asked.redraw(view) if asked.view.get("type") == "modal" else asked.show(view))


async def _redraw(bot: Bot, root: str | None, previous: str | None, kind: Kind, above: str | None) -> None:
    """Under a form lies the list of its kind, and under that all kinds, as far as they were opened."""
    organisation = await _organisation(bot)
    if previous and not kind.is_one:
        await _update(bot, previous, kind_view(kind, organisation))
    if root and root not in (previous, above):
        await _update(bot, root, overview(organisation))


async def _update(bot: Bot, view_id: str, view: Mapping[str, Any]) -> None:
    try:
        await bot.slack.call("views.update", view_id=view_id, view=view)
    except SlackRefused as refused:
        if refused.error != "not_found":
            raise


async def _around(asked: Asked, kind: Kind | None = None) -> Around:
    bot = asked.bot
    groups = await names_of_groups(bot.slack) if kind in GROUPS_ASKED else {}
    timezone = (await bot.people.get(asked.by.id)).timezone
    return Around(await _organisation(bot), timezone, groups)


async def _own(asked: Asked) -> Any:
    return (await _organisation(asked.bot)).people.get(Person(asked.by))


async def _organisation(bot: Bot) -> Organisation:
    return await bot.core.storage.read.organisation.current()

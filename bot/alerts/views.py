"""What the messages of alerts and storms tell: gathered from the domain, with people's names as Slack knows them."""

from collections.abc import Callable, Iterable

from bot.cards.alert import AlertView
from bot.cards.message import Message
from bot.cards.storm import StormView
from bot.cards.text import WritePerson, by_name, mention
from bot.context import Bot
from incidents.model.alert import TOOLS, Alert, Linked, Unlinked
from incidents.model.escalation import About
from incidents.model.identity import TOCSIN, Person
from incidents.model.incident import Incident
from incidents.model.organisation import Organisation
from incidents.model.storm import STORM_LIST, Storm

Draw = Callable[[WritePerson], Message]
"""A message that writes people as it is told to."""


async def alert_view(bot: Bot, alert: Alert) -> AlertView:
    """An alert with all that its message tells."""
    read = bot.core.storage.read
    log = await read.alerts.log(alert.number)
    tied = {entry.event.incident for entry in log if isinstance(entry.event, Linked | Unlinked)}
    organisation = await read.organisation.current()
    return AlertView(
        alert,
        *_source(organisation, alert.source),
        escalations=await read.paging.about([About(alert=alert.number)]),
        log=log,
        incidents=await _public(bot, tied),
    )


async def storm_view(bot: Bot, storm: Storm) -> StormView:
    """A storm with all that its message tells."""
    read = bot.core.storage.read
    name, _ = _source(await read.organisation.current(), storm.source)
    standing = await read.alerts.standing_in(storm.id)
    return StormView(
        storm,
        name,
        standing,
        escalations=await read.paging.about([About(storm=storm.id)]),
        incidents=await _public(bot, (each.incident for each in standing)),
    )


async def list_views(bot: Bot, storm: Storm, part: int) -> list[AlertView]:
    """The alerts of one of a storm's lists, with what a list tells of each."""
    read = bot.core.storage.read
    source = _source(await read.organisation.current(), storm.source)
    alerts = await read.alerts.in_storm(storm.id, part * STORM_LIST, STORM_LIST)
    incidents = await _public(bot, (alert.incident for alert in alerts))
    return [AlertView(alert, *source, incidents=incidents) for alert in alerts]


async def naming(bot: Bot, draw: Draw) -> Message:
    """The message with people just named, for a new one: a reference would notify them."""
    return draw(by_name((await bot.people.names(_people(draw))).__getitem__))


async def referring(bot: Bot, draw: Draw) -> Message:
    """The message with references to people, for one that is edited; tools are no people of Slack's."""
    tools = [person for person in _people(draw) if person.platform == TOOLS]
    name = by_name((await bot.people.names(tools)).__getitem__)
    return draw(lambda named: name(named) if named in tools else mention(named))


def _people(draw: Draw) -> list[Person]:
    """Everybody whom the message names."""
    found: dict[Person, None] = {}

    def note(named: Person) -> str:
        found[named] = None
        return ""

    draw(note)
    found.pop(TOCSIN, None)
    return list(found)


def _source(organisation: Organisation, id: str) -> tuple[str, bool]:
    """What a source is called, by its id where it was removed meanwhile, and whether it can page."""
    source = organisation.sources.get(id)
    return (source.name, source.policy is not None) if source else (id, False)


async def _public(bot: Bot, numbers: Iterable[int | None]) -> dict[int, Incident]:
    """Those of the incidents that everybody may know of."""
    wanted = sorted({number for number in numbers if number is not None})
    found = [await bot.core.storage.read.incident(number) for number in wanted]
    return {incident.number: incident for incident in found if incident is not None and not incident.private}

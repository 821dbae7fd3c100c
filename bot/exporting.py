"""A whole timeline as a file: Markdown to read, JSON to keep; names as Slack knows them, ids where it is not asked."""

import structlog

from bot.cards.export import timeline_json, timeline_markdown
from bot.cards.sentences import named_in
from bot.people import People
from bot.settings import Settings
from bot.slack import Door, SlackRefused, SlackUnavailable
from bot.tokens import web_client
from incidents.model.identity import Channel, Person, PlatformId
from incidents.model.incident import Incident
from incidents.ports import Storage

log = structlog.get_logger()

WRITERS = {"markdown": timeline_markdown, "json": timeline_json}


async def export_timeline(settings: Settings, storage: Storage, incident: Incident, form: str) -> str:
    """The timeline of ``incident`` in ``form``, one of `WRITERS`."""
    entries = await storage.read.entries(incident.number, 1, incident.head.length)
    people = {incident.declared_by, *incident.responders}
    names = await _names(settings, {*named_in(entries), *people, *(entry.by for entry in entries)})
    return WRITERS[form](incident, entries, lambda named: names.get(named, named.id))


async def _names(settings: Settings, wanted: set[PlatformId]) -> dict[PlatformId, str]:
    if not settings.slack_bot_token:
        return {}
    slack = Door(web_client(settings, settings.slack_bot_token))
    people = People(slack, team_id="")
    names = {}
    for named in wanted:
        try:
            names[named] = await _name(slack, people, named)
        except SlackUnavailable as away:
            log.warning("names_left_out", error=str(away))
            break
    return names


async def _name(slack: Door, people: People, named: PlatformId) -> str:
    try:
        if isinstance(named, Person):
            return (await people.get(named.id)).name
        if isinstance(named, Channel):
            name: str = (await slack.call("conversations.info", channel=named.id))["channel"]["name"]
            return name
    except SlackRefused:
        return named.id
    return named.id

"""A whole timeline as a file: Markdown to read, JSON to keep; names as Slack knows them, ids where it is not asked."""

import structlog

from bot.cards.export import timeline_json, timeline_markdown
from bot.cards.sentences import named_in
from bot.people import People
from bot.slack import SlackUnavailable
from incidents.model.identity import PlatformId
from incidents.model.incident import Incident
from incidents.ports import Storage

log = structlog.get_logger()

WRITERS = {"markdown": timeline_markdown, "json": timeline_json}


async def export_timeline(storage: Storage, incident: Incident, form: str, people: People | None) -> str:
    """The timeline of ``incident`` in ``form``, one of `WRITERS`; without ``people``, everybody is named by id."""
    entries = await storage.read.entries(incident.number, 1, incident.head.length)
    responders = {incident.declared_by, *incident.responders}
    wanted = {*named_in(entries), *responders, *(entry.by for entry in entries)}
    names = await _names(people, wanted) if people else {}
    return WRITERS[form](incident, entries, lambda named: names.get(named, named.id))


async def _names(people: People, wanted: set[PlatformId]) -> dict[PlatformId, str]:
    names = {}
    for named in wanted:
        try:
            names[named] = await people.label(named)
        except SlackUnavailable as away:
            log.warning("names_left_out", error=str(away))
            break
    return names

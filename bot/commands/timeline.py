"""`/incident timeline [all]`: what happened; with `all`, what people wrote too."""

from bot.asked import Asked
from bot.cards.message import Message
from bot.cards.text import slack_user
from bot.cards.timeline import timeline_message
from bot.words import incident_word
from incidents.model.incident import Incident
from incidents.model.refusals import UnknownWord
from incidents.ports import TimelineQuery

ALL = "all"
BEFORE = "before="


@incident_word("timeline", "[all]", "What happened; with all, what was said too", answers="page")
async def timeline(asked: Asked, incident: Incident) -> Message:
    query = _query(incident.number, asked.text)
    page = await asked.bot.core.storage.read.timeline(query)
    bots = await asked.bot.people.names(entry.by for entry in page.entries if slack_user(entry.by) is None)
    return timeline_message(incident, page, query.messages, asked.bot.identity.workspace_url, bots)


def _query(incident: int, text: str) -> TimelineQuery:
    """Reads ``all`` and ``before=…``. Raises UnknownWord."""
    messages, before = False, None
    for word in text.split():
        if word.casefold() == ALL:
            messages = True
        elif word.startswith(BEFORE):
            before = word.removeprefix(BEFORE)
        else:
            raise UnknownWord("way to show a timeline", word, [ALL])
    return TimelineQuery(incident, messages, before)

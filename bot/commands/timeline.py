"""`/incident timeline [all]`: what happened; with `all`, what people wrote too."""

from bot.asked import Asked
from bot.cards.message import Message
from bot.cards.sentences import named_in
from bot.cards.text import slack_user
from bot.cards.timeline import timeline_message
from bot.words import incident_word
from incidents.model.identity import Person
from incidents.model.incident import Incident
from incidents.model.refusals import UnknownWord
from incidents.ports import TimelineQuery

ALL = "all"
BEFORE = "before="


@incident_word("timeline", "[all]", "What happened; with all, what was said too", answers="page")
async def timeline(asked: Asked, incident: Incident) -> Message:
    query = _query(incident.number, asked.text)
    page = await asked.bot.core.storage.read.timeline(query)
    others = [named for named in named_in(page.entries) if isinstance(named, Person) and slack_user(named) is None]
    names = await asked.bot.people.names(others)
    return timeline_message(incident, page, query.messages, asked.bot.identity.workspace_url, names)


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

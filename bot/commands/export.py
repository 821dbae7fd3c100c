"""`/incident export [json]`: the whole timeline as a file, to you alone: Markdown to read, or JSON to keep."""

from bot.asked import Asked
from bot.cards.answers import done
from bot.cards.message import Message
from bot.exporting import WRITERS, export_timeline
from bot.file_sharing import share_file
from bot.words import incident_word
from incidents.model.incident import Incident
from incidents.model.refusals import UnknownWord

ENDINGS = {"markdown": "md", "json": "json"}


@incident_word("export", "[json]", "The whole timeline as a file, to you alone")
async def export(asked: Asked, incident: Incident) -> Message:
    form = asked.text.casefold() or "markdown"
    if form not in WRITERS:
        raise UnknownWord("form of export", asked.text, list(WRITERS))
    bot = asked.bot
    written = await export_timeline(bot.core.storage, incident, form, bot.people)
    name = f"inc-{incident.number}-timeline.{ENDINGS[form]}"
    await share_file(bot, asked.by, name, written.encode(), f"The timeline of INC-{incident.number}.")
    return done(f"The timeline of INC-{incident.number} is in your messages from me.")

"""The timeline, as one person reads it in Slack: what happened, in order, in the reader's own time.

Which stretch is shown is written as what one would type after `/incident timeline`: ``all before=<cursor>``.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from slack_sdk.models.blocks import Block, ButtonElement

from bot.cards.actions import TIMELINE
from bot.cards.blocks import SECTION_LIMIT, button, context, header, row, section
from bot.cards.message import Message
from bot.cards.permalinks import message_link
from bot.cards.sentences import sentence
from bot.cards.text import cut, escape, reference, slack_date
from incidents.model.identity import Person, PlatformId
from incidents.model.incident import Incident
from incidents.model.timeline import Entry
from incidents.model.vocabulary import incident_name
from incidents.ports import TimelinePage

ENTRY_LIMIT = 600
"""Characters of one entry: the timeline says what happened, the message itself is behind its link."""

DECLARED = "declared {date_short_pretty} at {time}"

MOST_SECTIONS = 40
"""Of the 50 blocks of a message: https://docs.slack.dev/reference/block-kit/blocks"""


def timeline_message(
    incident: Incident,
    page: TimelinePage,
    messages: bool,
    workspace_url: str = "",
    others: Mapping[Person, str] | None = None,
) -> Message:
    """A stretch of the timeline for one person alone; ``messages``: whether ``page`` has them.

    With ``workspace_url`` (`url` of https://docs.slack.dev/reference/methods/auth.test) times link to messages. Slack
    shows no names of other bots and of monitoring tools, so these are given: ``others``.
    """
    form = "{date_short_pretty} {time}" if _of_several_days(incident, page) else "{time}"
    lines = [_line(entry, form, workspace_url, others or {}) for entry in page.entries]
    shown = "everything" if messages else "key entries"
    title = f"Timeline of {incident_name(incident.number)}"
    nothing = [] if lines else [section("Nothing yet.")]
    sections = [section(text) for text in _gathered(lines)][-MOST_SECTIONS:]
    blocks: list[Block] = [
        header(title),
        context(f"{cut(escape(incident.title), 500)} · {slack_date(incident.declared_at, DECLARED)} · {shown}"),
        *nothing,
        *sections,
        row(_buttons(incident.number, page, messages)),
    ]
    return Message("\n".join([title, *lines]), blocks)


def _of_several_days(incident: Incident, page: TimelinePage) -> bool:
    """Whether a time alone could be of more than one day, in whatever zone it is read."""
    return any(abs(entry.happened_at - incident.declared_at) > timedelta(hours=12) for entry in page.entries)


def _line(entry: Entry, form: str, workspace_url: str, others: Mapping[Person, str]) -> str:
    def write(named: PlatformId) -> str:
        return escape(others[named]) if isinstance(named, Person) and named in others else reference(named)

    when = slack_date(entry.happened_at, form, message_link(entry.fact, workspace_url))
    return f"{when}  {cut(sentence(entry, write), ENTRY_LIMIT)}"


def _gathered(lines: Iterable[str]) -> Iterable[str]:
    """``lines`` in as few texts as hold them."""
    text = ""
    for line in lines:
        longer = f"{text}\n{line}" if text else line
        if len(longer) > SECTION_LIMIT:
            yield text
            longer = line
        text = longer
    if text:
        yield text


def _buttons(number: int, page: TimelinePage, messages: bool) -> list[ButtonElement]:
    other = button("Key entries only", TIMELINE, number, part="key")
    if not messages:
        other = button("Show messages", TIMELINE, number, "all", part="all")
    if page.earlier is None:
        return [other]
    words = f"{'all ' if messages else ''}before={page.earlier}"
    return [button("Earlier", TIMELINE, number, words, part="earlier"), other]

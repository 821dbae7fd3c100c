"""Work that was given up: what it was about, why, and a button that tries it again."""

from collections.abc import Sequence

from bot.cards.actions import DOCTOR
from bot.cards.blocks import button, context, section
from bot.cards.message import Message
from bot.cards.text import count, cut, escape, slack_date
from incidents.ports import ParkedJob

MOST = 20
"""Jobs that are shown; a message holds 50 blocks."""
REASON = 500
"""Characters of each reason."""


def parked_message(parked: Sequence[ParkedJob]) -> Message:
    """The latest of ``parked`` (at least one)."""
    title = f"{count(len(parked), 'thing')} could not be done"
    rows = [section(_row(each), button("Try again", DOCTOR, value=f"retry {each.job.id}")) for each in parked[:MOST]]
    more = [context(f"And {len(parked) - MOST} more: `tocsin doctor`.")] if len(parked) > MOST else []
    text = "\n".join([title, *(_row(each) for each in parked[:MOST])])
    return Message(text, [section(f"*{title}*. Mend what the reason says, then try again."), *rows, *more])


def nothing_parked(*, tried: bool) -> Message:
    """There is nothing, or nothing any more."""
    text = "It is being tried again." if tried else "Nothing was given up: all work is done or under way."
    return Message(text, [section(text)])


def _row(parked: ParkedJob) -> str:
    what = parked.job.kind.value.replace("_", " ")
    return (
        f"*{escape(parked.job.about)}* · {what} · {slack_date(parked.parked_at)}\n{cut(escape(parked.reason), REASON)}"
    )

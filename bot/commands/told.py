"""The answer to somebody who changed something: one line that says what is now true, and *Undo*."""

from bot.cards.answers import done
from bot.cards.message import Message
from incidents.actions.change import Changed


def told(changed: Changed, now: str, unchanged: str, *, undo: bool = True) -> Message:
    """``now`` where something changed, ``unchanged`` where it was so already."""
    if changed.entry is None:
        return done(unchanged)
    return done(now, undo=changed.entry if undo else None)

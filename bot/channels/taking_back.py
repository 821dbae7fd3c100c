"""The time in which a change can be taken back, before which nobody outside the incident's channel is told of it."""

from datetime import timedelta

from bot.context import Bot
from incidents.consequences import CONSEQUENCES, Consequence
from incidents.ports import Job, TryLater


async def after_undo(bot: Bot, job: Job, consequence: Consequence) -> None:
    """Raises TryLater while the last change of which ``consequence`` would tell can still be taken back."""
    told = await bot.core.storage.read.entries(job.subject, job.first, job.last)
    changes = [entry.recorded_at for entry in told if consequence in CONSEQUENCES[type(entry.fact)]]
    if changes:
        left = max(changes) + bot.core.pace.undo - bot.core.clock()
        if left > timedelta():
            raise TryLater("the change can still be undone", left.total_seconds())

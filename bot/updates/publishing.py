"""What was approved for a later time goes out when that has come."""

from bot.context import Bot
from incidents.actions import updates
from incidents.ports import Job


async def publish_due(bot: Bot, job: Job) -> None:
    """Publish the status update ``job.detail``; nothing where it was edited, discarded or published meanwhile."""
    await updates.publish_due(bot.core, job.subject, int(job.detail))

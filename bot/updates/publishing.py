"""What was approved for a later time goes out when that has come."""

from bot.context import Bot
from bot.updates.views import approver_members
from incidents.actions import updates
from incidents.ports import Job


async def publish_due(bot: Bot, job: Job) -> None:
    """Publish the status update ``job.detail``; nothing where it was edited, discarded or published meanwhile.

    Raises SlackUnavailable where groups of Slack may approve: nothing goes out of which that is not known.
    """
    groups = await approver_members(bot, await bot.core.storage.read.organisation.current())
    await updates.publish_due(bot.core, job.subject, int(job.detail), groups)

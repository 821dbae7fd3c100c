"""The step of an escalation that is due: asking Slack who is in the groups it names, then calling people."""

import asyncio

from bot.context import Bot
from incidents.actions.paging import groups_needed, proceed
from incidents.ports import Job


async def escalate(bot: Bot, job: Job) -> None:
    """Begin the step after turn ``job.first`` of the escalation."""
    groups = await groups_needed(bot.core, job.subject)
    members = await asyncio.gather(*(bot.people.members(group) for group in groups))
    await proceed(bot.core, job.subject, job.first, dict(zip(groups, members, strict=True)))

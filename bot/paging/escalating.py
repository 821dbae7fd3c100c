"""The step of an escalation that is due: asking Slack who is in the groups it names, then calling people."""

import asyncio
from collections.abc import Sequence

from bot.context import Bot
from bot.slack import SlackUnavailable
from incidents.actions.paging import groups_needed, proceed
from incidents.model.identity import Group, Person
from incidents.ports import Job, TryLater

ASKED = 5
"""How often Slack is asked who is in a group, before the others of the step are called without it."""
ASKED_AGAIN_AFTER = 1.0
"""Seconds."""


async def escalate(bot: Bot, job: Job) -> None:
    """Begin the step after turn ``job.first`` of the escalation. Raises TryLater."""
    groups = await groups_needed(bot.core, job.subject)
    members = await asyncio.gather(*(_members(bot, job, group) for group in groups))
    await proceed(bot.core, job.subject, job.first, dict(zip(groups, members, strict=True)))


async def _members(bot: Bot, job: Job, group: Group) -> Sequence[Person]:
    try:
        return await bot.people.members(group)
    except SlackUnavailable as away:
        if job.attempt > ASKED:
            return ()
        raise TryLater(str(away), ASKED_AGAIN_AFTER) from away

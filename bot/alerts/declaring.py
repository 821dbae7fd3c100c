"""Alerts that declare an incident by themselves."""

from bot.context import Bot
from incidents.actions.auto_declare import auto_declare
from incidents.ports import Job


async def declare_by_itself(bot: Bot, job: Job) -> None:
    """Declare from an alert, once, or link it to the incident that another like it declared."""
    await auto_declare(bot.core, job.subject)

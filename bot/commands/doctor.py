"""`/incident doctor`: work that was given up, and why, for admins; `tocsin doctor` looks at more."""

from bot.asked import Asked
from bot.cards.message import Message
from bot.cards.parked import nothing_parked, parked_message
from bot.words import word

RETRY = "retry"


@word("doctor", "", "Work that was given up, and trying it again", answers="in_place")
async def doctor(asked: Asked) -> Message:
    """With `retry 17`, job 17 is tried again first. Raises NotAnAdmin."""
    await asked.bot.people.must_be_admin(asked.by.id)
    jobs = asked.bot.core.storage.jobs
    first, _, id = asked.text.partition(" ")
    if first == RETRY and id.isdecimal():
        await jobs.retry(int(id), asked.bot.core.clock())
    parked = await jobs.parked()
    return parked_message(parked) if parked else nothing_parked(tried=first == RETRY)

"""Remembering the messages that the bot keeps up to date."""

from incidents.consequences import CARD_POSTED, job
from incidents.core import Core
from incidents.ports import Post, Purpose


async def remember_post(core: Core, post: Post) -> None:
    """Keep where a message is; the first time the card is up, what follows from that is begun."""
    async with core.storage.transaction() as unit:
        new = await unit.remember_post(post)
        if new and post.purpose is Purpose.CARD:
            declared = await unit.entry(post.subject, 1)
            assert declared is not None, "a timeline begins with a declaration"
            await unit.enqueue([job(follows, declared, core.clock(), core.pace) for follows in CARD_POSTED])


async def forget_post(core: Core, post: Post) -> None:
    """Forget a message that is gone, so that the next refresh writes it anew."""
    async with core.storage.transaction() as unit:
        await unit.forget_post(post)

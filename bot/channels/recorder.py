"""Recording what is heard before it is acknowledged: everything that waits is committed in one transaction."""

from collections.abc import Sequence

from bot.context import Bot
from incidents.actions.mirror import Delivery, mirror
from incidents.gathering import Gathering


def recorder_of(bot: Bot) -> Gathering[Delivery]:
    """Puts deliveries on the timelines of their channels' incidents."""

    async def commit(deliveries: Sequence[Delivery]) -> None:
        bot.metrics.mirrored(await mirror(bot.core, deliveries))

    return Gathering(commit)

"""Recording what is heard before it is acknowledged: everything that waits is committed in one transaction."""

from collections.abc import Sequence

from incidents.actions.mirror import Delivery, mirror
from incidents.core import Core
from incidents.gathering import Gathering


def recorder_of(core: Core) -> Gathering[Delivery]:
    """Puts deliveries on the timelines of their channels' incidents."""

    async def commit(deliveries: Sequence[Delivery]) -> None:
        await mirror(core, deliveries)

    return Gathering(commit)

"""What status pages need from outside: what was published, and who may read the private ones."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from incidents.public.page import Snapshot


class PublicReader(Protocol):
    """Reads that know nothing but what was approved for the public."""

    async def version(self) -> int:
        """Goes up with each change of what any page shows; cheap to ask for."""

    async def snapshots(self) -> Sequence[Snapshot]:
        """Each page as it stands, private ones included."""

    async def page_of_key(self, digest: str, at: datetime) -> str | None:
        """The id of the private page that the key opens then whose SHA-256, in hex, is ``digest``."""

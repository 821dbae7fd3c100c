"""Handing over what was approved to those who keep it for the public."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from incidents.public.ports import PublicReader as PublicReader
from incidents.public.publication import Publication


class PublicUnit(Protocol):
    """In one transaction."""

    async def publish(self, publication: Publication) -> None:
        """Add an update to its event, or put a correction in the place of what it corrects; the title follows."""

    async def add_key(self, page: str, hash: str, at: datetime, others_end: datetime) -> None:
        """Store the hash of a new key of ``page``; those before it are valid until ``others_end`` at the latest."""

    async def begin_pages(self, pages: Collection[str], at: datetime) -> None:
        """Remember since when each of these pages is there, where that is not known yet."""

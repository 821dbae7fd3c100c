"""Those who want to be told of what a status page says: where, and of which services.

They know nothing of incidents, and nothing here tells them anything of one.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from email_validator import EmailNotValidError, validate_email


class NoAddress(ValueError):
    """What was written is no e-mail address; the message says what one looks like."""

    def __init__(self) -> None:
        super().__init__("Write an e-mail address, as name@example.com.")


@dataclass(frozen=True)
class Reader:
    """Somebody who subscribed. ``token`` opens the links that were sent to them, and nothing else."""

    id: int
    page: str
    address: str
    token: str
    services: tuple[str, ...] = ()
    """The public ids of the services that they want to hear of; empty: all of the page."""
    confirmed_at: datetime | None = None

    def wants(self, services: Collection[str]) -> bool:
        """Whether something about ``services`` of the page is for them."""
        return not self.services or bool(set(self.services) & set(services))


def address_of(written: str) -> str:
    """The e-mail address that somebody typed, as it is kept. Raises NoAddress.

    Whether mail arrives there, the mail that asks them to confirm shows.
    """
    try:
        return validate_email(written.strip(), check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise NoAddress from error


class ReaderUnit(Protocol):
    """In one transaction."""

    async def add(self, page: str, address: str, services: Collection[str], token: str, at: datetime) -> Reader:
        """A reader who has not confirmed yet; somebody who is there already stays who they are."""

    async def forget_unconfirmed(self, before: datetime) -> None:
        """Those who were asked to confirm ``before`` and never did."""

    async def confirm(self, token: str, at: datetime) -> Reader | None:
        """The reader with ``token`` has confirmed; None where there is none."""

    async def choose(self, token: str, services: Collection[str]) -> Reader | None:
        """The reader with ``token`` wants to hear of ``services``; None where there is none."""

    async def remove(self, token: str) -> Reader | None:
        """Forget the reader with ``token``, whom it gives; None where there is none."""

    async def confirmed(self, pages: Collection[str]) -> list[Reader]:
        """Everybody who has confirmed, of these pages."""

    async def asked(self, id: int, at: datetime) -> None:
        """Remember that the reader was asked to confirm."""

    async def told(self, id: int, update: str, at: datetime) -> None:
        """Remember that the reader was told of the update with this public id."""


class ReaderReader(Protocol):
    """Reads."""

    async def reader(self, id: int) -> Reader | None: ...

    async def with_token(self, token: str) -> Reader | None: ...

    async def asked_since(self, id: int, since: datetime) -> bool:
        """Whether the reader was asked to confirm after ``since``."""

    async def was_told(self, id: int, update: str) -> bool: ...

    async def count(self, pages: Collection[str], services: Iterable[str]) -> int:
        """How many who have confirmed would be told of something about ``services`` on these pages."""

"""How people and channels are named: by the platform they live on and their id there.

The core never learns which platform that is, so that another chat can follow behind the same ports.
"""

from typing import Any, Self

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema


class PlatformId(str):
    """An id with the platform it belongs to, written ``platform:id``."""

    __slots__ = ()

    @classmethod
    def of(cls, platform: str, id: str) -> Self:
        """Name ``id`` on ``platform`` (both non-empty)."""
        if not platform or not id or ":" in platform:
            raise ValueError(f"not a platform and an id: {platform!r}, {id!r}")
        return cls(f"{platform}:{id}")

    @property
    def platform(self) -> str:
        return self.partition(":")[0]

    @property
    def id(self) -> str:
        return self.partition(":")[2]

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(cls, core_schema.str_schema())


class Person(PlatformId):
    """Somebody, or some machine, who acts."""

    __slots__ = ()


class Channel(PlatformId):
    """A place where people write to each other."""

    __slots__ = ()


class Group(PlatformId):
    """People whom the platform itself keeps together, as a Slack user group."""

    __slots__ = ()


TOCSIN = Person.of("tocsin", "tocsin")
"""The bot itself, where it acts on its own account."""

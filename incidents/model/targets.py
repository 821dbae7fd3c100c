"""Who or what can be named to be called or asked: people, groups, teams, schedules and policies."""

from enum import StrEnum
from typing import Any, Self

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema


class TargetKind(StrEnum):
    """What can be paged."""

    PERSON = "person"
    GROUP = "group"
    TEAM = "team"
    SCHEDULE = "schedule"
    POLICY = "policy"


class Target(str):
    """Who or what is paged, written ``kind:id``: ``team:payments``, ``person:slack:U012``."""

    __slots__ = ()

    @classmethod
    def of(cls, kind: TargetKind, id: str) -> Self:
        return cls(f"{kind}:{id}")

    @property
    def kind(self) -> TargetKind:
        return TargetKind(self.partition(":")[0])

    @property
    def id(self) -> str:
        return self.partition(":")[2]

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(cls._checked, core_schema.str_schema())

    @classmethod
    def _checked(cls, written: str) -> Self:
        kind, colon, id = written.partition(":")
        if kind not in list(TargetKind) or not colon or not id:
            kinds = ", ".join(f"{kind}:…" for kind in TargetKind)
            raise ValueError(f'"{written}" is nothing that can be paged; write {kinds}')
        return cls(written)

"""Values of any type in which every text holds a mark: a word that is nowhere else and is found wherever it goes."""

import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from incidents.model.identity import PlatformId
from incidents.model.targets import Target, TargetKind

SOON = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
PLAIN: Mapping[type, Any] = {
    bool: False,
    int: 1,
    datetime: SOON,
    date: SOON.date(),
    time: time(9),
    timedelta: timedelta(minutes=5),
}


@dataclass
class Marks:
    """Gives out marks; ``fixed`` are the fields (as ``Rotation.timezone``) that can hold none, with their values."""

    fixed: Mapping[str, Any] = field(default_factory=dict)
    given: dict[str, str] = field(default_factory=dict)
    """What each mark stands for."""

    def word(self, what: str) -> str:
        """A mark for ``what``: small letters and digits, so that it can be an id, a name or an address too."""
        mark = f"zq{len(self.given):04}qz"
        self.given[mark] = what
        return mark

    def of(self, kind: Any, what: str = "") -> Any:
        """A value of type ``kind``, whose texts are marks. Raises TypeError for a type that it has no value for."""
        origin, parts = get_origin(kind), get_args(kind)
        if origin in (Union, types.UnionType):
            return self.of(next(part for part in parts if part is not types.NoneType), what)
        if origin is Literal:
            return parts[0]
        if origin in (tuple, list, Sequence):
            return (self.of(parts[0], what),)
        if origin in (dict, Mapping):
            return {self.of(parts[0], what): self.of(parts[1], what)}
        if isinstance(kind, type):
            return self._plain(kind, what)
        raise TypeError(f"{what}: {kind}")

    def _plain(self, kind: type, what: str) -> Any:
        if kind in PLAIN:
            return PLAIN[kind]
        if issubclass(kind, Target):
            return Target.of(TargetKind.TEAM, self.word(what))
        if issubclass(kind, PlatformId):
            return kind.of("slack", self.word(what))
        if issubclass(kind, Enum):
            return list(kind)[-1]
        if kind is str:
            return self.word(what)
        if is_dataclass(kind) or issubclass(kind, BaseModel):
            return kind(**{name: self._field(kind, name, hint) for name, hint in hints(kind).items()})
        raise TypeError(f"{what}: {kind}")

    def _field(self, kind: type, name: str, hint: Any) -> Any:
        what = f"{kind.__name__}.{name}"
        return self.fixed[what] if what in self.fixed else self.of(hint, what)


def hints(kind: type) -> dict[str, Any]:
    """The types of the fields with which a value of ``kind`` is made, by name."""
    every = typing.get_type_hints(kind)
    if issubclass(kind, BaseModel):
        return {name: every[name] for name in kind.model_fields}
    assert is_dataclass(kind)
    return {each.name: every[each.name] for each in fields(kind) if each.init}


def holds_text(hint: Any) -> bool:
    """Whether a value of this type is, or is made of, texts of people or machines."""
    if hint is str:
        return True
    return not isinstance(hint, type) and any(holds_text(part) for part in get_args(hint))

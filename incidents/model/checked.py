"""Ids, names, times and time zones as people write them into the organisation, each checked where it stands.

What is wrong is said as what to write instead.
"""

import functools
import re
from datetime import time
from typing import Annotated, Any
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, Field

from incidents.model.text import storable

ID_LIMIT = 75
NAME_LIMIT = 75


def _as_id(written: str) -> str:
    if not re.fullmatch(r"[^\W_][\w-]*", written) or written != written.casefold() or len(written) > ID_LIMIT:
        raise ValueError(
            f'"{written[:ID_LIMIT]}" can\'t be an id; write small letters, digits, - and _, at most {ID_LIMIT}'
        )
    return written


Id = Annotated[str, AfterValidator(_as_id)]
"""How one thing names another: small letters (of any script), digits, - and _; it never changes, the name may."""


def _as_name(written: str) -> str:
    name = " ".join(storable(written).split())
    if not name:
        raise ValueError("it must not be empty")
    return name


Name = Annotated[str, AfterValidator(_as_name), Field(max_length=NAME_LIMIT)]
"""What people read: at most 75 characters, so that it can be an option of a menu."""


def _without_hash(written: Any) -> Any:
    return written.lstrip("#") if isinstance(written, str) else written


ChannelName = Annotated[Name, BeforeValidator(_without_hash)]
"""A channel by its id, or by its name without ``#``."""


known_zones = functools.cache(available_timezones)
"""They are looked for in many files each time."""


def _known_zone(name: str) -> str:
    if name not in known_zones():
        raise ValueError(f'there is no time zone "{name}"; write one as Europe/Berlin')
    return name


def _whole_minutes(at: time) -> time:
    if at != time(at.hour, at.minute):
        raise ValueError("write a time as 09:00")
    return at


WallTime = Annotated[time, AfterValidator(_whole_minutes)]
"""What the clock on the wall shows, to the minute."""

Zone = Annotated[str, AfterValidator(_known_zone)]
"""A time zone by its IANA name."""

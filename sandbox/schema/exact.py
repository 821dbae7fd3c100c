"""How a shape is declared: a TypedDict that holds its own fields, of their own types, and no others."""

from typing import Any

from pydantic import ConfigDict, with_config

Json = dict[str, Any]

exact = with_config(ConfigDict(extra="forbid", strict=True))

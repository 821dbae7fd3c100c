"""What was measured, as a table that one can read."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One figure; ``at_most`` is what it must not exceed, where that was promised."""

    what: str
    value: float
    unit: str
    at_most: float | None = None

    @property
    def missed(self) -> bool:
        return self.at_most is not None and self.value > self.at_most


def table(rows: Sequence[Row]) -> str:
    """The rows in columns, each with its promise and whether it was kept."""
    width = max(len(row.what) for row in rows)
    return "\n".join(f"{row.what:<{width}}  {row.value:>9,.1f} {row.unit:<3}  {_promise(row)}".rstrip() for row in rows)


def _promise(row: Row) -> str:
    if row.at_most is None:
        return ""
    return f"at most {row.at_most:,.0f} {row.unit}: {'missed' if row.missed else 'kept'}"

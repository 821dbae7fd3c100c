"""What was measured, as a table that one can read."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One figure; ``at_most`` and ``at_least`` are what it must keep to, where that was promised."""

    what: str
    value: float
    unit: str
    at_most: float | None = None
    at_least: float | None = None

    @property
    def missed(self) -> bool:
        too_much = self.at_most is not None and self.value > self.at_most
        return too_much or (self.at_least is not None and self.value < self.at_least)


def p99(taken: Sequence[float]) -> float:
    """The 99th percentile of some seconds, in ms."""
    return sorted(taken)[int(len(taken) * 0.99)] * 1000


def table(rows: Sequence[Row]) -> str:
    """The rows in columns, each with its promise and whether it was kept."""
    width = max(len(row.what) for row in rows)
    return "\n".join(f"{row.what:<{width}}  {row.value:>9,.1f} {row.unit:<3}  {_promise(row)}".rstrip() for row in rows)


def _promise(row: Row) -> str:
    promised = {"at most": row.at_most, "at least": row.at_least}
    said = [f"{bound} {value:,g} {row.unit}".rstrip() for bound, value in promised.items() if value is not None]
    return f"{' and '.join(said)}: {'missed' if row.missed else 'kept'}" if said else ""

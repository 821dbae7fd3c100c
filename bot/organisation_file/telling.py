"""What applying a file changes, in plain words: one line a thing, its fields as the file writes them."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.organisation_file.names import written_id
from bot.organisation_file.writing import written
from incidents.model.identity import Person
from incidents.model.organisation import Item, Kind, Part
from incidents.model.reorganising import Change, Reorganisation

NOTHING = "Nothing to change."


def told(made: Reorganisation) -> Iterator[str]:
    """The lines that say what changes, what is kept, or that nothing does."""
    for change in made.changes:
        yield _line(change)
    for part, why in sorted(made.kept.items()):
        yield f"kept     {called(part, made.after.parts[part])}, because {why}"
    if not made.changes:
        yield NOTHING


def _line(change: Change) -> str:
    name = called(change.part, change.after or change.before)
    if change.before is None and change.after is not None:
        return f"added    {name}"
    if change.after is None:
        return f"removed  {name}"
    before, after = (_flat(written(item)) for item in (change.before, change.after) if item is not None)
    fields = [
        f"{field}: {_said(before.get(field))} → {_said(after.get(field))}"
        for field in {**before, **after}
        if before.get(field) != after.get(field)
    ]
    return f"changed  {name}: {'; '.join(fields)}"


def _said(value: str | None) -> str:
    """On one line; a picture by its size."""
    if value is None:
        return "none"
    if value.startswith("data:"):
        return f"a picture of {len(value.partition(',')[2]) * 3 // 4:,} bytes"
    return " ".join(value.split())


def called(part: Part, item: Item | None) -> str:
    """``team payments "Payments"``."""
    id = written_id(Person(part.id)) if part.kind is Kind.PERSON else part.id
    name = getattr(item, "name", None) if not part.kind.is_one else None
    return " ".join([part.kind.value, *([id] if id else []), *([f'"{name}"'] if name else [])])


def _flat(said: Mapping[str, Any], before: str = "") -> dict[str, str]:
    """Each field by what leads to it: ``step 2 wait`` is ``5 minutes``."""
    flat: dict[str, str] = {}
    for key, value in said.items():
        if isinstance(value, Mapping):
            flat.update(_flat(value, f"{before}{key} "))
        elif isinstance(value, list) and any(isinstance(each, Mapping) for each in value):
            for number, each in enumerate(value, 1):
                flat.update(_flat(each, f"{before}{key} {number} "))
        else:
            flat[before + key] = ", ".join(value) if isinstance(value, list) else str(value)
    return flat

"""From one organisation to another: what changes, and what stays because something needs it.

What nobody names any more goes, but neither from under an open incident or alert nor from under a page.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from incidents.model.organisation import Item, Kind, Organisation, Part
from incidents.model.vocabulary import incident_name

KINDS = list(Kind)


@dataclass(frozen=True)
class Use:
    """What needs a part of the organisation now; something does."""

    incidents: tuple[int, ...] = ()
    """The open incidents that it affects, or that tell it of changes, ascending."""
    alerts: int = 0
    """How many of its alerts are open."""
    pages: int = 0
    """How many escalations that are under way may call it."""

    @property
    def why(self) -> str:
        """Why the part can't go, as a clause."""
        if self.incidents:
            first = incident_name(self.incidents[0])
            more = len(self.incidents) - 1
            return f"{first} and {more} more are open and need it" if more else f"{first} is open and needs it"
        if self.alerts:
            return f"{self.alerts} of its alerts are open" if self.alerts > 1 else "one of its alerts is open"
        return "people are being paged by it"


@dataclass(frozen=True)
class Change:
    """One part as it was and as it is to be; None where there is none."""

    part: Part
    before: Item | None
    after: Item | None


@dataclass(frozen=True)
class Reorganisation:
    """What stood, what is to stand, and why the parts stay that were to go."""

    before: Organisation
    after: Organisation
    kept: Mapping[Part, str]

    @property
    def changes(self) -> list[Change]:
        """What differs, in the order of kinds and ids; empty where nothing does."""
        before, after = self.before.parts, self.after.parts
        order = sorted({**before, **after}, key=lambda part: (KINDS.index(part.kind), part.id))
        return [
            Change(part, before.get(part), after.get(part)) for part in order if before.get(part) != after.get(part)
        ]


def reorganise(before: Organisation, wanted: Organisation, uses: Mapping[Part, Use]) -> Reorganisation:
    """Make ``wanted`` of ``before``, but for what is needed: by ``uses``, or by what stays."""
    there, parts = before.parts, wanted.parts
    kept = {part: uses[part].why for part in there if part not in parts and part in uses}
    after = Organisation.of({**parts, **{part: there[part] for part in kept}})
    while named := {each.to: each.by for each in reversed([*after.dangling()]) if each.to in there}:
        kept.update({part: f"{by} names it" for part, by in named.items()})
        after = Organisation.of({**after.parts, **{part: there[part] for part in named}})
    return Reorganisation(before, after, kept)

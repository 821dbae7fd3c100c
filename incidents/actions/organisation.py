"""Changing the organisation: all of it from a file, or one part of it in a form.

Whoever changes it says what they saw before, so that two who do so at once lose nothing of each other's.
"""

from collections.abc import Sequence

from incidents.core import Core
from incidents.model.organisation import Item, Organisation, Part
from incidents.model.refusals import Refusal
from incidents.model.reorganising import Reorganisation, reorganise
from incidents.ports import Unit


class ChangedMeanwhile(Refusal):
    """What was to be changed is not any more what somebody saw."""

    def __init__(self) -> None:
        super().__init__(
            "Somebody else changed this just now, so nothing was changed. Look at it again, and try again."
        )


class NotThere(Refusal):
    """The organisation would name what is not there, or two services the same."""

    def __init__(self, faults: Sequence[str], what: str) -> None:
        super().__init__(f"{faults[0]}.")
        self.faults = faults
        self.what = what
        """The field in which the first fault is."""


class StillNeeded(Refusal):
    """Something can't be removed."""

    def __init__(self, part: Part, why: str) -> None:
        super().__init__(f"{str(part).capitalize()} can't be removed, because {why}.")


async def foresee(core: Core, wanted: Organisation) -> Reorganisation:
    """What `apply` would do now; nothing is changed. Raises NotThere."""
    async with core.storage.transaction() as unit:
        return await _reorganised(unit, await unit.organisation.current(), wanted)


async def apply(core: Core, wanted: Organisation, seen: int) -> Reorganisation:
    """Make ``wanted`` what stands, but for what is needed; ``seen`` is the version on which it was built.

    Raises ChangedMeanwhile, NotThere.
    """
    async with core.storage.transaction() as unit:
        version, before = await unit.organisation.held()
        if version != seen:
            raise ChangedMeanwhile
        made = await _reorganised(unit, before, wanted)
        await _save(core, unit, made.after)
        return made


async def change(core: Core, part: Part, seen: Item | None, wanted: Item) -> None:
    """Put ``wanted`` where ``seen`` stands, or where there is nothing yet (None). Raises ChangedMeanwhile, NotThere."""
    async with core.storage.transaction() as unit:
        before = (await unit.organisation.held()).organisation
        if before.parts.get(part) != seen:
            raise ChangedMeanwhile
        after = Organisation.of({**before.parts, part: wanted})
        _must_be_whole(after)
        await _save(core, unit, after)


async def remove(core: Core, part: Part) -> None:
    """Take ``part`` away; nothing happens where it is gone already. Raises StillNeeded."""
    async with core.storage.transaction() as unit:
        before = (await unit.organisation.held()).organisation
        rest = Organisation.of({each: item for each, item in before.parts.items() if each != part})
        made = reorganise(before, rest, await unit.organisation.uses())
        if part in made.kept:
            raise StillNeeded(part, made.kept[part])
        await _save(core, unit, made.after)


async def _save(core: Core, unit: Unit, organisation: Organisation) -> None:
    await unit.organisation.save(organisation)
    await unit.public.begin_pages(organisation.pages.keys(), core.clock())


async def _reorganised(unit: Unit, before: Organisation, wanted: Organisation) -> Reorganisation:
    made = reorganise(before, wanted, await unit.organisation.uses())
    _must_be_whole(made.after)
    return made


def _must_be_whole(organisation: Organisation) -> None:
    dangling = list(organisation.dangling())
    faults = [f"{each.by} names {each.to}, which is not there" for each in dangling]
    faults += [f'{part} is called "{name}", as is another' for part, name in organisation.ambiguous()]
    if faults:
        raise NotThere(faults, str(dangling[0].path[0]) if dangling else "name")

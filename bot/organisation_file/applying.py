"""Applying a file to the organisation, and writing the organisation as a file."""

from collections.abc import Mapping
from pathlib import Path

import structlog

from bot.organisation_file.names import Lookup, names_of_groups
from bot.organisation_file.reading import read_file
from bot.organisation_file.telling import told
from bot.organisation_file.writing import named_in, write_file
from bot.people import People
from bot.settings import WrongSettings
from bot.slack import Door, SlackRefused, SlackUnavailable
from incidents.actions.organisation import apply, foresee
from incidents.core import Core
from incidents.model.identity import Group, PlatformId
from incidents.model.organisation import AlertSource, StatusPage
from incidents.model.reorganising import Change, Reorganisation

log = structlog.get_logger()


def read_text(path: Path) -> str:
    """What a file holds. Raises WrongSettings."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise WrongSettings(f"{path} cannot be read: {error}.") from error


async def apply_text(core: Core, text: str, lookup: Lookup, folder: Path | None = None) -> Reorganisation:
    """Make the organisation what the file with this ``text`` in ``folder`` says.

    Raises BadFile, ChangedMeanwhile, NotThere.
    """
    version, present = await core.storage.read.organisation.standing()
    wanted = (await read_file(text, lookup, folder)).over(present)
    return await apply(core, wanted, version)


async def foresee_text(core: Core, text: str, lookup: Lookup, folder: Path | None = None) -> Reorganisation:
    """What `apply_text` would do. Raises BadFile, NotThere."""
    _, present = await core.storage.read.organisation.standing()
    return await foresee(core, (await read_file(text, lookup, folder)).over(present))


def lines_of(made: Reorganisation) -> list[str]:
    """What was changed, and what is to be done next."""
    return [*told(made), *filter(None, map(_next, made.changes))]


def _next(change: Change) -> str:
    id = change.part.id
    match change:
        case Change(before=None, after=AlertSource()):
            return f"To get the address at which {id} posts its alerts: tocsin source-key {id}"
        case Change(before=None | StatusPage(private=False), after=StatusPage(private=True)):
            return f"To get a link to the private page {id}: tocsin page-key {id}"
    return ""


async def written_organisation(core: Core, slack: Door | None) -> str:
    """The organisation as a file; with ``slack``, ids are explained by names."""
    organisation = await core.storage.read.organisation.current()
    names = await _names(slack, named_in(organisation)) if slack else {}
    return write_file(organisation, names)


async def _names(slack: Door, wanted: set[PlatformId]) -> Mapping[PlatformId, str]:
    people = People(slack, team_id="")
    try:
        groups = await names_of_groups(slack) if any(isinstance(named, Group) for named in wanted) else {}
        found: dict[PlatformId, str] = {named: await people.label(named) for named in wanted}
        found.update((group, name) for group, name in groups.items())
        return {named: found[named] for named in wanted}
    except (SlackRefused, SlackUnavailable) as away:
        log.warning("names_left_out", error=str(away))
        return {}

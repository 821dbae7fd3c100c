"""From the text of a file to the organisation that it means; each fault with its line, and what to write instead."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from rapidfuzz import fuzz, process

from bot.organisation_file.names import Lookup, Names
from bot.organisation_file.pictures import put_in_logos
from bot.organisation_file.places import BadFile, Document, Fault, Path, read_yaml
from bot.organisation_file.written import (
    Written,
    WrittenAutoDeclare,
    WrittenChannels,
    WrittenCommunication,
    WrittenGroup,
    WrittenNotifications,
    WrittenOrganisation,
    WrittenOutside,
    WrittenPage,
    WrittenPolicy,
    WrittenQuiet,
    WrittenRotation,
    WrittenRule,
    WrittenSchedule,
    WrittenService,
    WrittenSource,
    WrittenStatuspage,
    WrittenStep,
    WrittenTeam,
    WrittenWebhook,
)
from incidents.model.organisation import Item, Kind, Organisation, Part

IN_FILE = {"targets": "page", "timeout": "wait", "day": "handover", "at": "handover", "length": "every"}
"""What is called otherwise in the file than in the model."""

SHAPES: Mapping[str, type[Written]] = {
    "": WrittenOrganisation,
    "teams": WrittenTeam,
    "services": WrittenService,
    "schedules": WrittenSchedule,
    "rotation": WrittenRotation,
    "policies": WrittenPolicy,
    "steps": WrittenStep,
    "sources": WrittenSource,
    "auto_declare": WrittenAutoDeclare,
    "people": WrittenNotifications,
    "outside": WrittenOutside,
    "quiet": WrittenQuiet,
    "channels": WrittenChannels,
    "pages": WrittenPage,
    "groups": WrittenGroup,
    "statuspage": WrittenStatuspage,
    "webhooks": WrittenWebhook,
    "updates": WrittenCommunication,
    "rules": WrittenRule,
}
"""What is written under each key; under a section's, what each of its ids is."""


@dataclass(frozen=True)
class OrganisationFile:
    """What a file says of the organisation: of which sections, and what."""

    document: Document
    sections: frozenset[str]
    organisation: Organisation

    def over(self, present: Organisation) -> Organisation:
        """The organisation as the file wants it: a section that it does not have stays as it is at ``present``.

        So do the notifications of people it does not name, since everybody may set their own. Raises BadFile.
        """
        wanted = present.model_copy(update={section: getattr(self.organisation, section) for section in self.sections})
        wanted = Organisation.of({**_people(present), **wanted.parts})
        if faults := list(self._faults_of(wanted)):
            raise BadFile(faults)
        return wanted

    def _faults_of(self, wanted: Organisation) -> Iterator[Fault]:
        for by, path, to in wanted.dangling():
            if by.kind.section in self.sections:
                there = [part.id for part in wanted.parts if part.kind is to.kind]
                sentence = f'there is no {to.kind} "{to.id}"{_meant(to.id, there)}'
                yield self.document.fault(_in_file(by, path), sentence)
        for part, name in wanted.ambiguous():
            if part.kind.section in self.sections:
                yield self.document.fault(_in_file(part, ()), f'another service is called "{name}" too', at_key=True)


async def read_file(text: str, lookup: Lookup, folder: FilePath | None = None) -> OrganisationFile:
    """Read ``text``, asking ``lookup`` for whoever is not named by id, and ``folder`` for pictures. Raises BadFile."""
    document = read_yaml(text)
    unread = put_in_logos(document, folder)
    names = Names()
    written, faults = _checked(document, names)
    if not names.all_known:
        names = await lookup(names)
        written, faults = _checked(document, names)
    faults += unread
    if written is None:
        raise BadFile(faults)
    parts = dict(_parts(document, written, faults))
    faults += _named_twice(document, names)
    if faults:
        raise BadFile(faults)
    return OrganisationFile(document, frozenset(written.model_fields_set), Organisation.of(parts))


def _checked(document: Document, names: Names) -> tuple[WrittenOrganisation | None, list[Fault]]:
    try:
        return WrittenOrganisation.model_validate(document.values, context=names), []
    except ValidationError as error:
        return None, [_fault(document, details) for details in _innermost(error)]


def _parts(document: Document, written: WrittenOrganisation, faults: list[Fault]) -> Iterator[tuple[Part, Item]]:
    for kind in Kind:
        items = {"": getattr(written, kind.section)} if kind.is_one else getattr(written, kind.section)
        for id, item in items.items():
            part = Part(kind, id)
            try:
                yield part, item.meant()
            except ValidationError as error:
                for details in _innermost(error):
                    path = (*_in_file(part, ()), *_renamed(details["loc"]))
                    faults.append(document.fault(path, _sentence(details, path)))


def _innermost(error: ValidationError) -> list[ErrorDetails]:
    """Without those that are but what another amounts to: a list of one wrong item counts as too short."""
    faults = error.errors()
    outer = {each["loc"][:end] for each in faults for end in range(len(each["loc"]))}
    return [each for each in faults if each["loc"] not in outer]


def _people(organisation: Organisation) -> Mapping[Part, Item]:
    return {part: item for part, item in organisation.parts.items() if part.kind is Kind.PERSON}


def _named_twice(document: Document, names: Names) -> Iterator[Fault]:
    """Two keys that mean the same person."""
    seen = set()
    for written in document.values.get("people") or {}:
        person = names.person(written)
        if person in seen:
            yield document.fault(("people", written), f"{written} is here for the second time", at_key=True)
        seen.add(person)


def _in_file(part: Part, path: Path) -> Path:
    section = part.kind.section
    return (section, *_renamed(path)) if part.kind.is_one else (section, part.id, *_renamed(path))


def _renamed(path: Path) -> Path:
    return tuple(IN_FILE.get(str(step), step) for step in path)


def _fault(document: Document, details: ErrorDetails) -> Fault:
    path: Path = details["loc"]
    if path and path[-1] == "[key]":
        return document.fault(path[:-1], _sentence(details, path[:-1]), at_key=True)
    return document.fault(path, _sentence(details, path), at_key=details["type"] == "extra_forbidden")


def _sentence(details: ErrorDetails, path: Path) -> str:
    """What is wrong and what to write instead; pydantic's types of errors:
    https://docs.pydantic.dev/latest/errors/validation_errors/"""
    kind, limits = details["type"], details.get("ctx", {})
    if kind == "missing":
        return f'"{path[-1]}" is missing here; add it as {path[-1]}: …'
    if kind == "extra_forbidden":
        return f'there is no "{path[-1]}" here{_meant_of(str(path[-1]), _keys(path[:-1]))}'
    if details["input"] is None:
        return "nothing stands here; write a value, or leave the line out"
    if kind in ("enum", "literal_error"):
        known = re.findall(r"'(.+?)'", limits["expected"])
        return f'there is no "{details["input"]}"{_meant_of(str(details["input"]), known)}'
    sentence = SENTENCES.get(kind)
    return sentence(limits) if sentence else details["msg"].removeprefix("Value error, ")


SENTENCES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "model_type": lambda limits: "here belong lines of the form key: value, indented",
    "dict_type": lambda limits: "here belong lines of the form key: value, indented",
    "tuple_type": lambda limits: "write a list: [one, another], or lines that begin with -",
    "string_type": lambda limits: "write one value here, not several",
    "int_parsing": lambda limits: "write a whole number",
    "int_type": lambda limits: "write a whole number",
    "greater_than_equal": lambda limits: f"it must be at least {limits['ge']}",
    "less_than_equal": lambda limits: f"it can be at most {limits['le']}",
    "too_short": lambda limits: f"at least {limits['min_length']} belongs here",
    "too_long": lambda limits: f"at most {limits['max_length']} belong here",
    "string_too_short": lambda limits: "it must not be empty",
    "string_too_long": lambda limits: f"it can have at most {limits['max_length']} characters",
    "time_parsing": lambda limits: "write a time as 09:00",
}


def _meant(written: str, known: list[str]) -> str:
    near = process.extractOne(written, known, scorer=fuzz.ratio, score_cutoff=60)
    return f'; did you mean "{near[0]}"?' if near else ""


def _meant_of(written: str, known: list[str]) -> str:
    return _meant(written, known) or f"; possible: {', '.join(known)}"


def _keys(path: Path) -> list[str]:
    """What the mapping at ``path`` may hold."""
    nested = [step for step in path[2:] if isinstance(step, str)]
    return list(SHAPES[nested[-1] if nested else str(path[0]) if path else ""].model_fields)

"""What of the organisation is about customers: its status pages, who approves what goes there, how often it is due.

Part of `Organisation`, whose file would be too long with it.
"""

import base64
import binascii
import re
from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from incidents.model.checked import NAME_LIMIT, ChannelName, Id, Name
from incidents.model.targets import Target, TargetKind
from incidents.model.template import DEFAULTS, checked_template
from incidents.model.text import storable
from incidents.model.vocabulary import PublicStatus, Severity

LOGO_LIMIT = 64 * 1024
"""Bytes of a page's logo."""


class _Item(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _as_colour(written: str) -> str:
    colour = written.lower()
    if colour and not re.fullmatch(r"#[0-9a-f]{6}", colour):
        raise ValueError('write a colour as "#1a7f37"')
    return colour


def _as_logo(written: str) -> str:
    if not written:
        return written
    match = re.fullmatch(r"data:image/(?:png|jpeg|webp|svg\+xml);base64,(.+)", written, re.DOTALL)
    if match is None:
        raise ValueError("a logo is a PNG, JPEG, WebP or SVG picture")
    try:
        size = len(base64.b64decode(match[1], validate=True))
    except binascii.Error as error:
        raise ValueError("the logo is no whole picture") from error
    if size > LOGO_LIMIT:
        raise ValueError(f"the logo has {size:,} bytes; {LOGO_LIMIT:,} are possible")
    return written


def _on_one_line(written: str) -> str:
    return " ".join(storable(written).split())


def _as_variable(written: str) -> str:
    if not re.fullmatch(r"\$\{[A-Za-z_][A-Za-z0-9_]*\}", written):
        raise ValueError('write the environment variable that holds the key, as "${STATUSPAGE_KEY}", not the key')
    return written


Variable = Annotated[str, AfterValidator(_as_variable)]
"""``${NAME}``: an environment variable, so that no secret is kept here."""


class ServicesShown(_Item):
    """Services that a page shows together, under a name, or under none."""

    name: Annotated[str, AfterValidator(_on_one_line), Field(max_length=NAME_LIMIT)] = ""
    services: Annotated[tuple[Id, ...], Field(min_length=1)]


class Statuspage(_Item):
    """A page at Atlassian Statuspage that is to say the same; ``key`` is ``${NAME}``, an environment variable.

    ``components`` is, by service, the component's id there. https://developer.statuspage.io/
    """

    page: Annotated[str, Field(min_length=1, max_length=75)]
    key: Variable
    components: Mapping[Id, str] = {}


def _shown(groups: tuple[ServicesShown, ...]) -> tuple[str, ...]:
    return tuple(service for group in groups for service in group.services)


def _each_once(groups: tuple[ServicesShown, ...]) -> tuple[ServicesShown, ...]:
    twice = [service for service, times in Counter(_shown(groups)).items() if times > 1]
    if twice:
        raise ValueError(f'the page shows "{twice[0]}" twice')
    return groups


class Webhook(_Item):
    """An address that is told of each update; ``key``, an environment variable as ``${NAME}``, signs what is sent."""

    url: Annotated[str, Field(pattern=r"^https?://[^\s]+$", max_length=2_000)]
    key: Variable


def _people(targets: tuple[Target, ...]) -> tuple[Target, ...]:
    if any(target.kind not in (TargetKind.PERSON, TargetKind.GROUP, TargetKind.TEAM) for target in targets):
        raise ValueError("name people, groups and teams")
    return targets


PeopleMeant = Annotated[tuple[Target, ...], AfterValidator(_people)]
"""People, one by one or as those of groups and teams."""


class StatusPage(_Item):
    """A page for customers: which services it shows, and how it looks."""

    name: Name
    groups: Annotated[tuple[ServicesShown, ...], Field(min_length=1), AfterValidator(_each_once)]
    private: bool = False
    """Only for those who have its key."""
    language: Literal["en", "de"] = "en"
    colour: Annotated[str, AfterValidator(_as_colour)] = ""
    logo: Annotated[str, AfterValidator(_as_logo)] = ""
    """As a ``data:`` address."""
    statuspage: Statuspage | None = None
    channels: Annotated[tuple[ChannelName, ...], Field(max_length=20)] = ()
    """Channels of the chat in which each update is posted."""
    people: PeopleMeant = ()
    """Who is told of each update by direct message."""
    webhooks: Annotated[tuple[Webhook, ...], Field(max_length=20)] = ()

    @property
    def services(self) -> tuple[str, ...]:
        """The ids of all services that it shows."""
        return _shown(self.groups)


class ApprovedBy(StrEnum):
    """Whom a rule lets approve."""

    COMMANDER_OR_APPROVER = "commander_or_approver"
    APPROVER = "approver"


class ApprovalRule(_Item):
    """How many people must approve a status update, who they may be, and whether its author is one of them."""

    approvals: Annotated[int, Field(ge=1, le=5)] = 1
    by: ApprovedBy = ApprovedBy.COMMANDER_OR_APPROVER
    author: bool = True


STRICT = ApprovalRule(author=False)
DEFAULT_RULES = {Severity.SEV1: STRICT, Severity.SEV2: STRICT}
DEFAULT_CADENCE = {Severity.SEV1: 30, Severity.SEV2: 60}


class Communication(_Item):
    """How customers are told: who approves, and how often an update is due."""

    approvers: PeopleMeant = ()
    rules: Mapping[Severity, ApprovalRule] = {}
    """For the severities that differ from the default."""
    cadence: Mapping[Severity, Annotated[int, Field(ge=0, le=1_440)]] = {}
    """Minutes after which the commander is reminded that an update is due; 0: never."""
    approval_wait: Annotated[int, Field(ge=1, le=1_440)] = 10
    """Minutes after which a draft that waits reminds those who can approve it."""
    internal_hosts: tuple[Annotated[str, Field(min_length=1, max_length=255)], ...] = ()
    """Hosts that customers must not read of, as ``*.corp.example.com``."""
    templates: Mapping[PublicStatus, Annotated[str, AfterValidator(checked_template)]] = {}
    """What a draft begins with, where that differs from the default."""

    def rule_for(self, severity: Severity) -> ApprovalRule:
        """What must be kept before an update of an incident of ``severity`` goes out."""
        return self.rules.get(severity) or DEFAULT_RULES.get(severity) or ApprovalRule()

    def template_for(self, status: PublicStatus) -> str:
        """What a draft of this status begins with."""
        return self.templates.get(status, DEFAULTS[status])

    def cadence_for(self, severity: Severity) -> int | None:
        """After how many minutes without an update one is due; None: never."""
        return self.cadence.get(severity, DEFAULT_CADENCE.get(severity, 0)) or None

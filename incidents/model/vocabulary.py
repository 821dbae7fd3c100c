"""The product's words: severities, statuses and impacts, and how people may write them.

Each word is defined once, here; Slack, the database and the documents take it from this page.
"""

import re
from enum import IntEnum, StrEnum

from incidents.model.refusals import UnknownWord
from incidents.public.words import Impact as Impact
from incidents.public.words import PublicStatus as PublicStatus


class Severity(IntEnum):
    """How bad it is, 1 the worst."""

    SEV1 = 1
    SEV2 = 2
    SEV3 = 3
    SEV4 = 4
    SEV5 = 5

    @property
    def word(self) -> str:
        return ("critical", "high", "medium", "low", "informational")[self - 1]

    @property
    def meaning(self) -> str:
        return (
            "major disruption, top priority",
            "significant impact, urgent",
            "limited impact, partial degradation",
            "no service impact",
            "for information",
        )[self - 1]

    @classmethod
    def parse(cls, text: str) -> "Severity":
        """Read ``1``, ``SEV1``, ``sev 1`` or ``critical``. Raises UnknownWord."""
        written = text.strip().casefold()
        for severity in cls:
            if re.fullmatch(rf"(sev[ -]?)?{int(severity)}", written) or written == severity.word:
                return severity
        raise UnknownWord("severity", text, [f"{int(severity)} ({severity.word})" for severity in cls])


DEFAULT_SEVERITY = Severity.SEV3


class Status(StrEnum):
    """Where the response stands."""

    DECLARED = "declared"
    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"

    @property
    def word(self) -> str:
        return self.value.capitalize()

    @classmethod
    def parse(cls, text: str) -> "Status":
        """Read a status' word in any case. Raises UnknownWord."""
        try:
            return cls(text.strip().casefold())
        except ValueError:
            raise UnknownWord("status", text, [status.word for status in cls]) from None


PUBLIC_STATUS = {
    Status.DECLARED: PublicStatus.INVESTIGATING,
    Status.INVESTIGATING: PublicStatus.INVESTIGATING,
    Status.IDENTIFIED: PublicStatus.IDENTIFIED,
    Status.MONITORING: PublicStatus.MONITORING,
    Status.RESOLVED: PublicStatus.RESOLVED,
}
"""What a draft for customers says first of each status; neither moves the other by itself."""


class AlertStatus(StrEnum):
    """Whether anybody has taken an alert on, or it is over; it never reopens."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    RESOLVED = "resolved"

    @property
    def word(self) -> str:
        return self.value.capitalize()


def parse_incident_number(text: str) -> int | None:
    """The number in ``INC-12``, ``inc12`` or ``#12``; None where the text is no such name."""
    match = re.fullmatch(r"(?:inc[- ]?|#)(\d{1,9})", text.strip(), re.IGNORECASE)
    return int(match[1]) if match else None


def incident_name(number: int) -> str:
    """How people call incident ``number``: ``INC-12``."""
    return f"INC-{number}"

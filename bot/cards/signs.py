"""How severity and impact look at a glance: a sign repeats what the word says, and never replaces it."""

from incidents.model.incident import Incident
from incidents.model.vocabulary import Impact, Severity

SEVERITY_SIGNS = {
    Severity.SEV1: "🔴",
    Severity.SEV2: "🟠",
    Severity.SEV3: "🟡",
    Severity.SEV4: "🔵",
    Severity.SEV5: "⚪",
}

WORST_FIRST = (
    Impact.MAJOR_OUTAGE,
    Impact.PARTIAL_OUTAGE,
    Impact.DEGRADED,
    Impact.UNDER_MAINTENANCE,
    Impact.OPERATIONAL,
)


def severity_sign(severity: Severity) -> str:
    """The coloured dot of ``severity``."""
    return SEVERITY_SIGNS[severity]


def incident_sign(incident: Incident) -> str:
    """What stands before an incident: its severity, or that it is over."""
    return f"{severity_sign(incident.severity)} {incident.severity.name}" if incident.is_open else "✅ Resolved"

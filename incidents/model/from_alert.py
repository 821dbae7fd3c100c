"""What an incident begins with that is declared from an alert, by a person or by itself."""

from incidents.model.alert import Alert
from incidents.model.text import SUMMARY_LIMIT, TITLE_LIMIT, web_address
from incidents.model.vocabulary import Impact, Severity

IMPACTS = {
    Severity.SEV1: Impact.MAJOR_OUTAGE,
    Severity.SEV2: Impact.PARTIAL_OUTAGE,
    Severity.SEV3: Impact.DEGRADED,
    Severity.SEV4: Impact.OPERATIONAL,
    Severity.SEV5: Impact.OPERATIONAL,
}
"""What an alert so severe says of its service, until somebody knows better."""
FOR_LINKS = 2_500
"""Characters of a summary that links may take; one alone always fits."""


def title_from(alert: Alert) -> str:
    """On one line, never empty."""
    return " ".join(alert.title.split())[:TITLE_LIMIT] or f"Alert {alert.number}"


def summary_from(alert: Alert) -> str:
    """What the tool says of it, cut to fit, and where to look."""
    links = [
        f"{name}: {link}" for name, link in (("Alert", alert.link), ("Runbook", alert.runbook)) if web_address(link)
    ]
    where = "\n".join(links)
    if len(where) > FOR_LINKS:
        where = links[0]
    room = SUMMARY_LIMIT - len(where) - len("\n\n")
    details = alert.details.strip()
    said = details if len(details) <= room else f"{details[: room - 1]}…"
    return f"{said}\n\n{where}".strip()


def impacts_from(alert: Alert) -> dict[str, Impact]:
    """By service id; nothing where it is not known which service it is about."""
    return {alert.service: IMPACTS[alert.severity]} if alert.service is not None else {}

"""The form behind `/incident severity`: the five severities with what each means."""

from typing import Any

from slack_sdk.models.blocks import Option, RadioButtonsElement

from bot import payloads
from bot.cards.signs import severity_sign
from bot.forms.form import VALUE, Carried, ask, chosen_in, modal
from incidents.model.incident import Incident
from incidents.model.vocabulary import Severity


def severity_form(incident: Incident, carried: Carried) -> dict[str, Any]:
    choices = RadioButtonsElement(
        action_id=VALUE,
        options=[severity_option(severity) for severity in Severity],
        initial_option=severity_option(incident.severity),
    )
    return modal("severity", "Change the severity", "Change", [ask("severity", "Severity", choices)], carried)


def severity_option(severity: Severity) -> Option:
    """One severity with its one-line meaning."""
    return Option(
        value=str(int(severity)),
        text=f"{severity_sign(severity)} {severity.name} {severity.word}",
        description=severity.meaning,
    )


def read(view: payloads.View) -> str:
    return chosen_in(view, "severity")

"""The form behind `/incident status`."""

from typing import Any

from slack_sdk.models.blocks import Option, RadioButtonsElement

from bot import payloads
from bot.forms.form import VALUE, Carried, ask, chosen_in, modal
from incidents.model.incident import Incident
from incidents.model.vocabulary import Status

MEANINGS = {
    Status.DECLARED: "nobody has looked yet",
    Status.INVESTIGATING: "looking for the cause",
    Status.IDENTIFIED: "the cause is known",
    Status.MONITORING: "a fix is in, watching it",
    Status.RESOLVED: "it is over",
}


def status_form(incident: Incident, carried: Carried) -> dict[str, Any]:
    choices = RadioButtonsElement(
        action_id=VALUE,
        options=[_option(status) for status in Status],
        initial_option=_option(incident.status),
    )
    return modal("status", "Change the status", "Change", [ask("status", "Status", choices)], carried)


def _option(status: Status) -> Option:
    return Option(value=status.value, text=status.word, description=MEANINGS[status])


def read(view: payloads.View) -> str:
    return chosen_in(view, "status")

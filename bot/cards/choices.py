"""The choices of the present state that the card and the panel both offer: severity, status, resolving."""

from slack_sdk.models.blocks import ButtonElement, Option, StaticSelectElement

from bot.cards.actions import RESOLVE, SEVERITY, STATUS, action
from bot.cards.blocks import button, confirmation, menu, option
from bot.cards.signs import severity_sign
from bot.cards.text import count
from incidents.model.incident import Incident
from incidents.model.vocabulary import Severity, Status, incident_name


def severity_menu(incident: Incident) -> StaticSelectElement:
    """‹Severity›, showing the present one."""
    options = [severity_choice(severity) for severity in Severity]
    return menu(action(SEVERITY, incident.number), options, severity_choice(incident.severity), "Severity")


def status_menu(incident: Incident) -> StaticSelectElement:
    """‹Status› of an open incident, showing the present one. Resolving is asked back, so it has its own button."""
    options = [status_choice(status) for status in Status if status is not Status.RESOLVED]
    return menu(action(STATUS, incident.number), options, status_choice(incident.status), "Status")


def resolve_button(incident: Incident) -> ButtonElement:
    """[Resolve], which asks back."""
    alerting = sum(alert.is_open for alert in incident.alerts.values())
    alerts = f" {count(alerting, 'open alert')} will be resolved with it, and not reopened." if alerting else ""
    sure = confirmation(
        f"Resolve {incident_name(incident.number)}?",
        f"It is over: the channel is told, and the announcement says so. It can be reopened.{alerts}",
        "Resolve",
    )
    return button("Resolve", RESOLVE, incident.number, style="primary", confirm=sure)


def severity_choice(severity: Severity) -> Option:
    return option(str(int(severity)), f"{severity_sign(severity)} {severity.name} {severity.word}")


def status_choice(status: Status) -> Option:
    return option(status.value, status.word)


def chosen_block(where: str, incident: Incident) -> str:
    """The id of a block with these menus: another one after each change, so that they show what is true."""
    return f"{where}:{incident.number}:{incident.severity.name}:{incident.status}"

"""The form behind *Link to incident*: which open incident an alert belongs to."""

from typing import Any

from slack_sdk.models.blocks import ExternalDataSelectElement, Option

from bot import payloads
from bot.cards.blocks import option, section
from bot.cards.signs import incident_sign
from bot.cards.text import cut, escape
from bot.forms.form import Carried, ask, filled, modal
from incidents.core import Core
from incidents.model.alert import Alert
from incidents.model.identity import Person
from incidents.model.incident import Incident
from incidents.model.vocabulary import incident_name, parse_incident_number
from incidents.ports import IncidentQuery

FORM = "alert.link"
CHOOSE = "alert.incident"
"""The action id of the menu of incidents; its options are searched."""

OFFERED = 100
"""Options that a menu can be given: https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element"""


def link_form(alert: Alert, carried: Carried) -> dict[str, Any]:
    menu = ExternalDataSelectElement(action_id=CHOOSE, placeholder="Search open incidents", min_query_length=0)
    what = section(cut(escape(alert.title), 500))
    which = ask("incident", "Incident", menu, hint="Whoever is on the alert comes along.")
    return modal(FORM, "Link to incident", "Link", [what, which], carried)


def chosen_incident(view: payloads.View) -> int | None:
    """The number of the incident that was chosen."""
    chosen = str((filled(view, "incident", CHOOSE).get("selected_option") or {}).get("value", ""))
    return int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 10 else None


async def incident_options(core: Core, viewer: Person, text: str) -> list[Option]:
    """The open incidents that ``viewer`` may know of and that ``text`` finds, by their name first."""
    number = parse_incident_number(text) or parse_incident_number(f"INC-{text.strip()}")
    named = await core.storage.read.incident(number) if number is not None else None
    found = await core.storage.read.find(IncidentQuery(viewer=viewer, text=text, limit=OFFERED))
    first = [named] if named is not None and named.is_open and named.visible_to(viewer) else []
    others = [incident for incident in found.incidents if named is None or incident.number != named.number]
    return [_option(incident) for incident in [*first, *others][:OFFERED]]


def _option(incident: Incident) -> Option:
    return option(str(incident.number), f"{incident_sign(incident)} {incident_name(incident.number)} {incident.title}")

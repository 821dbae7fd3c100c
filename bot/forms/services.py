"""The form behind `/incident services`, and the questions about services that the declare form shares with it.

Choosing a service adds the question what the incident does to it; the form is drawn again for that.
"""

from collections.abc import Mapping
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    ExternalDataMultiSelectElement,
    InputBlock,
    Option,
    StaticSelectElement,
)

from bot import payloads
from bot.forms.form import VALUE, Carried, ask, filled, modal
from incidents.model.incident import Incident
from incidents.model.parts import Service
from incidents.model.vocabulary import Impact

CHOOSE = "services.choose"
"""The action id of the menu of services: its options are searched, and each choice draws the form again."""

FIRST_IMPACT = Impact.DEGRADED
Chosen = Mapping[Service, Impact]


def services_form(chosen: Chosen, carried: Carried) -> dict[str, Any]:
    return modal("services", "Affected services", "Change", service_questions(chosen), carried)


def services_of(incident: Incident) -> dict[Service, Impact]:
    """What is affected now, as the form shows it."""
    return {Service(id, affected.name): affected.impact for id, affected in incident.services.items()}


def service_questions(chosen: Chosen) -> list[Block]:
    """The menu of services, and for each chosen one the question of its impact."""
    menu = ExternalDataMultiSelectElement(
        action_id=CHOOSE,
        placeholder="Search services",
        initial_options=[service_option(service) for service in chosen] or None,
        min_query_length=0,
        max_selected_items=40,
    )
    which = InputBlock(
        block_id="services", label="Affected services", element=menu, optional=True, dispatch_action=True
    )
    return [which, *(_impact_question(service, impact) for service, impact in chosen.items())]


def service_option(service: Service) -> Option:
    return Option(value=service.id[:150], text=service.name)


def chosen_services(view: payloads.View) -> dict[Service, Impact]:
    """The services chosen in a form, with the impact of each, the first one where none was asked yet."""
    chosen: dict[Service, Impact] = {}
    for option in filled(view, "services", CHOOSE).get("selected_options") or []:
        service = Service(option["value"], option["text"]["text"])
        chosen[service] = _impact(view, service)
    return chosen


def read(view: payloads.View) -> str:
    """As one would type it: ``checkout=degraded api=major_outage``, or ``none``."""
    return " ".join(f"{service.id}={impact}" for service, impact in chosen_services(view).items()) or "none"


def _impact_question(service: Service, impact: Impact) -> Block:
    options = [_impact_option(each) for each in Impact]
    menu = StaticSelectElement(action_id=VALUE, options=options, initial_option=_impact_option(impact))
    return ask(_impact_block(service), f"Impact on {service.name}", menu)


def _impact_option(impact: Impact) -> Option:
    return Option(value=impact.value, text=impact.word)


def _impact_block(service: Service) -> str:
    return f"impact:{service.id}"


def _impact(view: payloads.View, service: Service) -> Impact:
    selected = filled(view, _impact_block(service)).get("selected_option") or {}
    try:
        return Impact(str(selected.get("value")))
    except ValueError:
        return FIRST_IMPACT

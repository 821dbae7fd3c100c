"""The form behind `/incident page`: whom to call, several at once, and why."""

from typing import Any

from slack_sdk.models.blocks import ExternalDataMultiSelectElement

from bot import payloads
from bot.cards.blocks import option
from bot.forms.form import Carried, ask, filled, modal, text_box, text_in
from bot.paging.targets import SEARCH, written
from incidents.model.organisation import Target
from incidents.model.text import REASON_LIMIT

MOST = 20
"""Targets of one page."""


def page_form(carried: Carried) -> dict[str, Any]:
    whom = ask("page", "Whom", search_box(), hint="People, Slack groups, teams, who is on call, escalation policies.")
    why = ask(
        "message",
        "Why",
        text_box(REASON_LIMIT, lines=True, placeholder="DB pool exhausted, need a DBA"),
        hint="The first thing they read.",
        optional=True,
    )
    return modal("page", "Page people", "Page", [whom, why], carried)


def search_box(chosen: list[dict[str, Any]] | None = None) -> ExternalDataMultiSelectElement:
    """The search over whom one can page; ``chosen`` are the options chosen so far."""
    return ExternalDataMultiSelectElement(
        action_id=SEARCH,
        placeholder="Search people, teams, who is on call",
        min_query_length=0,
        max_selected_items=MOST,
        initial_options=[option(each["value"], each["text"]["text"]) for each in chosen] if chosen else None,
    )


def targets_in(view: payloads.View) -> list[Target]:
    """Whom the form names."""
    return [Target(each["value"]) for each in chosen_in(view)]


def chosen_in(view: payloads.View) -> list[dict[str, Any]]:
    """The options that were chosen."""
    return filled(view, "page", SEARCH).get("selected_options") or []


def read(view: payloads.View) -> str:
    return " ".join([*(written(target) for target in targets_in(view)), text_in(view, "message")])

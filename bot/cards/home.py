"""The app's Home tab: what is going on, and the button to declare; when all is quiet it teaches the first step."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from slack_sdk.models.blocks import Block, DividerBlock
from slack_sdk.models.views import View

from bot.cards.actions import DECLARE, SETTINGS
from bot.cards.blocks import button, context, header, row, section
from bot.cards.rows import incident_row
from bot.cards.text import count, escape, listing
from incidents.model.identity import Person
from incidents.ports import MOST_COUNTED, IncidentPage

SHOWN = 40
"""Incidents: a view holds 100 blocks and 250 kB, as JSON. https://docs.slack.dev/reference/views/home-tab-views"""


MOST_ALERTS = 100
"""How many open alerts are counted."""


@dataclass(frozen=True)
class Duty:
    """What is on somebody's mind who opens Home on call: for which schedules they are, and how many alerts are open."""

    on_call_for: Sequence[str] = ()
    alerts: int = 0
    unaccepted: int = 0
    """Those of ``alerts`` that nobody has accepted."""


NOTHING = Duty()


def home_view(page: IncidentPage, viewer: Person, now: datetime, duty: Duty = NOTHING) -> dict[str, Any]:
    """The open incidents of ``page`` as ``viewer`` may see them."""
    shown = _incidents(page, viewer, now) if page.incidents else _quiet()
    blocks = [
        row([button("Declare an incident", DECLARE, style="primary"), button("Settings", SETTINGS)]),
        *_duty(duty),
        DividerBlock(),
        *shown,
    ]
    built: dict[str, Any] = View(type="home", blocks=blocks).to_dict()
    return built


def no_home_view(why: str) -> dict[str, Any]:
    """For whoever may see no incidents: ``why`` is plain text."""
    built: dict[str, Any] = View(type="home", blocks=[section(escape(why))]).to_dict()
    return built


def _duty(duty: Duty) -> list[Block]:
    lines = []
    if duty.on_call_for:
        lines.append(f"📟 You are on call for *{listing(map(escape, duty.on_call_for), 1_000)}*.")
    if duty.alerts:
        most = f"{MOST_ALERTS} alerts or more" if duty.alerts >= MOST_ALERTS else count(duty.alerts, "alert")
        alone = f", {duty.unaccepted} of them accepted by nobody yet" if duty.unaccepted else ""
        lines.append(f"{most} open{alone}.")
    return [section("\n".join(lines))] if lines else []


def _incidents(page: IncidentPage, viewer: Person, now: datetime) -> list[Block]:
    shown = page.incidents[:SHOWN]
    rows = [incident_row(incident, viewer, now) for incident in shown]
    more = page.total - len(shown)
    said = count(more, "more incident") if page.total < MOST_COUNTED else "Many more incidents"
    rest = [context(f"{said} open: `/incident list` shows all.")] if more > 0 else []
    return [header(f"Open incidents ({page.counted})"), *rows, *rest]


def _quiet() -> list[Block]:
    return [
        header("All quiet"),
        section(
            "Nothing is open. When something breaks, press *Declare an incident*, or type `/incident declare` "
            "anywhere: Tocsin opens a channel for it, brings in the people and writes down what happens."
        ),
        context("Unsure what to type? `/incident help` fits on one screen."),
    ]

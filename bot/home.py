"""The app's Home tab: the open incidents as this person may see them, drawn when it is opened or used."""

from collections.abc import Mapping
from typing import Any

from bot.cards.home import MOST_ALERTS, Duty, home_view, no_home_view
from bot.context import Bot
from bot.people import NotAMember
from incidents.actions.on_call import INSTANT, on_call
from incidents.core import Core
from incidents.model.identity import Person
from incidents.ports import IncidentQuery

SHOWN = 20
"""Incidents on the Home tab."""


async def publish_home(bot: Bot, viewer: Person) -> None:
    """Draw the Home tab of ``viewer``; whoever is no member is told why there is nothing."""

    async def drawn() -> Mapping[str, Any]:
        return {"user_id": viewer.id, "view": await _view(bot, viewer)}

    await bot.slack.show("views.publish", f"{viewer.id}/home", drawn)


async def _view(bot: Bot, viewer: Person) -> dict[str, Any]:
    try:
        await bot.people.must_be_member(viewer.id)
    except NotAMember as refusal:
        return no_home_view(refusal.sentence)
    page = await bot.core.storage.read.find(IncidentQuery(viewer=viewer, limit=SHOWN))
    return home_view(page, viewer, bot.core.clock(), await _duty(bot.core, viewer))


async def _duty(core: Core, viewer: Person) -> Duty:
    """For what ``viewer`` is on call now, and what is alerting."""
    read, now = core.storage.read, core.clock()
    schedules = (await read.organisation.current()).schedules
    on_call_for = [
        schedule.name
        for id, schedule in schedules.items()
        if viewer in (await on_call(read, id, now, now + INSTANT))[0].people
    ]
    alerts = await read.alerts.open_alerts(limit=MOST_ALERTS)
    return Duty(on_call_for, len(alerts), sum(alert.accepted_by is None for alert in alerts))

"""The app's Home tab: the open incidents as this person may see them, drawn when it is opened or used."""

from bot.cards.home import home_view, no_home_view
from bot.context import Bot
from bot.people import NotAMember
from incidents.model.identity import Person
from incidents.ports import IncidentQuery

SHOWN = 20
"""Incidents on the Home tab."""


async def publish_home(bot: Bot, viewer: Person) -> None:
    """Draw the Home tab of ``viewer``; whoever is no member is told why there is nothing."""
    try:
        await bot.people.must_be_member(viewer.id)
    except NotAMember as refusal:
        view = no_home_view(refusal.sentence)
    else:
        page = await bot.core.storage.read.find(IncidentQuery(viewer=viewer, limit=SHOWN))
        view = home_view(page, viewer, bot.core.clock())
    await bot.slack.call("views.publish", user_id=viewer.id, view=view)

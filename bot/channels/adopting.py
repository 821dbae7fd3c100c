"""Making an existing channel an incident's."""

from typing import Any

from bot.context import Bot
from bot.slack import SlackRefused
from incidents.actions.channel import attach_channel
from incidents.model.identity import Channel, Person
from incidents.model.incident import Incident
from incidents.model.refusals import ChannelTaken, HasChannel, Refusal


class ChannelUnfit(Refusal):
    """Not every channel can be an incident's."""


async def adopt_channel(bot: Bot, incident: Incident, by: Person, where: Channel) -> None:
    """Attach ``where``, which the bot joins if it must.

    Raises ChannelUnfit, HasChannel, ChannelTaken, SlackRefused, SlackUnavailable.
    """
    if incident.channel is not None and incident.channel.channel != where:
        raise HasChannel(incident.number)
    owner = await bot.core.storage.read.incident_in(where)
    if owner is not None and owner.number != incident.number:
        raise ChannelTaken(owner.number)
    info = await _info(bot, where)
    if info.get("is_archived"):
        raise ChannelUnfit("This channel is archived. Take one that is open.")
    if info.get("is_private") is False and incident.private:
        raise ChannelUnfit(
            f"INC-{incident.number} is private, and everybody can read this channel. Take a private one."
        )
    if info.get("is_private") and not incident.private:
        raise ChannelUnfit(
            f"This channel is private, and everybody may read INC-{incident.number}'s timeline. Take a public one."
        )
    if not info.get("is_member"):
        await bot.slack.call("conversations.join", channel=where.id)
    await attach_channel(bot.core, incident.number, by, where, info["name"])


async def _info(bot: Bot, where: Channel) -> dict[str, Any]:
    try:
        info: dict[str, Any] = (await bot.slack.call("conversations.info", channel=where.id))["channel"]
    except SlackRefused as refused:
        if refused.error != "channel_not_found":
            raise
        raise ChannelUnfit("I can't see this channel. Invite me first, by mentioning me here.") from refused
    return info

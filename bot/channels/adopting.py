"""Making an existing channel an incident's."""

from bot.context import Bot
from incidents.actions.channel import attach_channel
from incidents.model.identity import Channel, Person
from incidents.model.incident import Incident
from incidents.model.refusals import Refusal


class ChannelUnfit(Refusal):
    """Not every channel can be an incident's."""


async def adopt_channel(bot: Bot, incident: Incident, by: Person, where: Channel) -> None:
    """Attach ``where``, which the bot joins if it must.

    Raises ChannelUnfit, HasChannel, ChannelTaken, SlackRefused, SlackUnavailable.
    """
    info = (await bot.slack.call("conversations.info", channel=where.id))["channel"]
    if info.get("is_archived"):
        raise ChannelUnfit("This channel is archived. Take one that is open.")
    if info.get("is_private") is False and incident.private:
        raise ChannelUnfit(
            f"INC-{incident.number} is private, and everybody can read this channel. Take a private one."
        )
    if not info.get("is_member"):
        await bot.slack.call("conversations.join", channel=where.id)
    await attach_channel(bot.core, incident.number, by, where, info["name"])

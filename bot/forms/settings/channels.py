"""The form of where incidents are announced, and how their channels are named."""

from slack_sdk.models.blocks import Block

from bot import payloads
from bot.forms.form import ask, text_box, text_in
from bot.forms.settings.fields import Around
from incidents.model.organisation import Channels


def questions(channels: Channels | None, around: Around) -> list[Block]:
    announcements = ", ".join((channels and channels.announcements) or ())
    return [
        ask(
            "announcements",
            "Announcements go to",
            text_box(3_000, announcements, placeholder="#incidents, #general"),
            hint="Names or ids of channels, separated by commas. Empty: as TOCSIN_ANNOUNCEMENT_CHANNELS says.",
            optional=True,
        ),
        ask(
            "name",
            "Incident channels are called",
            text_box(80, (channels and channels.name) or "", placeholder="inc-{number}-{title}"),
            hint="Empty: as TOCSIN_CHANNEL_NAME says.",
            optional=True,
        ),
    ]


def read(view: payloads.View, before: Channels | None) -> Channels:
    announcements = tuple(filter(None, (each.strip() for each in text_in(view, "announcements").split(","))))
    return Channels(announcements=announcements or None, name=text_in(view, "name").strip() or None)

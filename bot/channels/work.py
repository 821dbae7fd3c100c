"""Which handler makes each kind of job true."""

from collections.abc import Awaitable, Callable

from bot.channels.announcing import announce
from bot.channels.card import bookmark_card, pin_card, set_topic, show_card
from bot.channels.comments import post_comment
from bot.channels.inviting import invite
from bot.channels.notices import give_notice
from bot.channels.opening import greet, open_channel
from bot.context import Bot
from incidents.consequences import JobKind
from incidents.ports import Job

HANDLERS: dict[JobKind, Callable[[Bot, Job], Awaitable[None]]] = {
    JobKind.OPEN_CHANNEL: open_channel,
    JobKind.GREET: greet,
    JobKind.INVITE: invite,
    JobKind.SHOW_CARD: show_card,
    JobKind.PIN_CARD: pin_card,
    JobKind.BOOKMARK_CARD: bookmark_card,
    JobKind.SET_TOPIC: set_topic,
    JobKind.ANNOUNCE: announce,
    JobKind.NOTICE: give_notice,
    JobKind.POST_COMMENT: post_comment,
}

"""Which handler makes each kind of job true, and what Slack's refusals mean for a job."""

from collections.abc import Awaitable, Callable

from bot.alerts.declaring import declare_by_itself
from bot.alerts.showing import show_alert, show_storm, show_storm_list
from bot.channels.announcing import announce
from bot.channels.card import bookmark_card, pin_card, set_topic, show_card
from bot.channels.catching_up import read_back
from bot.channels.comments import post_comment
from bot.channels.farewell import say_farewell
from bot.channels.inviting import invite
from bot.channels.notices import give_notice
from bot.channels.opening import greet, open_channel
from bot.context import Bot
from bot.paging.calling import call
from bot.paging.escalating import escalate
from bot.paging.outside import call_outside
from bot.rates import Urgency, as_urgent_as
from bot.slack import SlackRefused
from bot.subscribers import tell_subscriber
from bot.updates.outlets import tell_channel, tell_people
from bot.updates.publishing import publish_due
from bot.updates.reminding import remind_approvers, remind_of_update
from bot.updates.showing import show_draft, show_draft_again
from incidents.consequences import JobKind
from incidents.ports import CannotSucceed, Job

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
    JobKind.READ_BACK: read_back,
    JobKind.SAY_FAREWELL: say_farewell,
    JobKind.TELL_SUBSCRIBER: tell_subscriber,
    JobKind.SHOW_ALERT: show_alert,
    JobKind.SHOW_STORM: show_storm,
    JobKind.SHOW_STORM_LIST: show_storm_list,
    JobKind.AUTO_DECLARE: declare_by_itself,
    JobKind.ESCALATE: escalate,
    JobKind.CALL: call,
    JobKind.CALL_OUTSIDE: call_outside,
    JobKind.SHOW_DRAFT: show_draft,
    JobKind.SHOW_DRAFT_AGAIN: show_draft_again,
    JobKind.PUBLISH_DUE: publish_due,
    JobKind.TELL_CHANNEL: tell_channel,
    JobKind.TELL_PEOPLE: tell_people,
    JobKind.REMIND_OF_UPDATE: remind_of_update,
    JobKind.REMIND_APPROVERS: remind_approvers,
}


URGENCIES: dict[JobKind, Urgency] = {
    JobKind.OPEN_CHANNEL: Urgency.PAGE,
    JobKind.GREET: Urgency.PAGE,
    JobKind.INVITE: Urgency.PAGE,
    JobKind.SHOW_CARD: Urgency.PAGE,
    JobKind.ESCALATE: Urgency.PAGE,
    JobKind.CALL: Urgency.PAGE,
    JobKind.SHOW_ALERT: Urgency.PAGE,
    JobKind.SHOW_STORM: Urgency.PAGE,
    JobKind.PIN_CARD: Urgency.REFRESH,
    JobKind.BOOKMARK_CARD: Urgency.REFRESH,
    JobKind.SET_TOPIC: Urgency.REFRESH,
    JobKind.SHOW_DRAFT_AGAIN: Urgency.REFRESH,
    JobKind.READ_BACK: Urgency.REFRESH,
}
"""How urgent what a job asks of Slack is; all others tell somebody something.

Making true again what is shown already is a refresh, but for calls.
"""


async def work(bot: Bot, job: Job) -> None:
    """Do ``job``. What Slack refuses it would refuse again. Raises CannotSucceed, TryLater, SlackUnavailable."""
    try:
        with as_urgent_as(URGENCIES.get(job.kind, Urgency.NOTICE)):
            await HANDLERS[job.kind](bot, job)
    except SlackRefused as refused:
        raise CannotSucceed(str(refused)) from refused

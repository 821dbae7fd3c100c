"""What Slack delivers when people type, press, fill in or search: shape in, acknowledgement, one word, one answer.

Everything is acknowledged before anything slow begins, within Slack's three seconds:
https://docs.slack.dev/interactivity/handling-user-interaction#acknowledgment_response
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

import structlog
from pydantic import BaseModel, ValidationError
from slack_bolt.async_app import AsyncAck, AsyncApp

from bot import payloads, shortcuts
from bot.alerts import presses as alerts
from bot.answering import answering, answering_presses
from bot.asked import Asked
from bot.carrying_out import carry_out_typed, service_options
from bot.context import Bot, channel, person
from bot.forms import link_alert
from bot.forms.link_alert import incident_options
from bot.forms.services import CHOOSE
from bot.home import publish_home
from bot.manifest import COMMAND
from bot.paging import presses as calls
from bot.paging.targets import SEARCH, offered
from bot.presses import carry_out_press
from bot.submissions import submit
from bot.updates import presses as updates

log = structlog.get_logger()

Payload = TypeVar("Payload", bound=BaseModel)
EVERY = re.compile("")


PRESSES: Mapping[re.Pattern[str], Callable[[Asked], Awaitable[None]]] = {
    alerts.PRESSED: alerts.carry_out_press,
    calls.PRESSED: calls.carry_out_press,
    updates.PRESSED: updates.carry_out_press,
    EVERY: carry_out_press,
}
"""What carries out presses, by their action ids; the first that fits does."""


def register(app: AsyncApp, bot: Bot) -> None:
    """Have ``app`` hand everything that people do to ``bot``."""

    async def on_command(ack: AsyncAck, body: Mapping[str, Any]) -> None:
        await ack()
        if command := shaped(payloads.Command, body):
            await commanded(bot, command)

    def on_press(carry_out: Callable[[Asked], Awaitable[None]]) -> Callable[..., Awaitable[None]]:
        async def pressed(ack: AsyncAck, body: Mapping[str, Any]) -> None:
            await ack()
            if press := shaped(payloads.Press, body):
                await answering_presses(bot, press, carry_out)

        return pressed

    async def on_submission(ack: AsyncAck, body: Mapping[str, Any]) -> None:
        if submission := shaped(payloads.Submission, body):
            await submit(bot, submission, ack)
        else:
            await ack()

    async def on_shortcut(ack: AsyncAck, body: Mapping[str, Any]) -> None:
        await ack()
        if shortcut := shaped(payloads.Shortcut, body):
            await shortcuts.used(bot, shortcut)

    async def on_search(ack: AsyncAck, body: Mapping[str, Any]) -> None:
        search = shaped(payloads.Search, body)
        known = search is not None and (await bot.people.get(search.user.id)).is_member
        await ack(options=await service_options(bot, search.value) if search and known else [])

    async def on_home_opened(event: Mapping[str, Any]) -> None:
        if event.get("tab") == "home" and isinstance(event.get("user"), str):
            await publish_home(bot, person(event["user"]))

    async def on_incident_search(ack: AsyncAck, body: Mapping[str, Any]) -> None:
        search = shaped(payloads.Search, body)
        known = search is not None and (await bot.people.get(search.user.id)).is_member
        await ack(
            options=await incident_options(bot.core, person(search.user.id), search.value) if search and known else []
        )

    async def on_target_search(ack: AsyncAck, body: Mapping[str, Any]) -> None:
        search = shaped(payloads.Search, body)
        known = search is not None and (await bot.people.get(search.user.id)).is_member
        await ack(option_groups=await offered(bot, search.value) if search and known else [])

    app.command(COMMAND)(on_command)
    for ids, carry_out in PRESSES.items():
        app.action(ids)(on_press(carry_out))
    app.view(EVERY)(on_submission)
    app.shortcut(EVERY)(on_shortcut)
    app.options(CHOOSE)(on_search)
    app.options(link_alert.CHOOSE)(on_incident_search)
    app.options(SEARCH)(on_target_search)
    app.event("app_home_opened")(on_home_opened)


def shaped(model: type[Payload], body: Mapping[str, Any]) -> Payload | None:
    """``body`` as ``model``; None, and a line in the log, where it has not that form."""
    try:
        return model.model_validate(body)
    except ValidationError as error:
        log.warning("payload_misshaped", payload=model.__name__, errors=error.errors(include_input=False))
        return None


async def commanded(bot: Bot, command: payloads.Command) -> None:
    """Carry out `/incident …`."""
    asked = Asked(
        bot=bot,
        by=person(command.user_id),
        text=command.text.strip(),
        channel=channel(command.channel_id),
        trigger_id=command.trigger_id,
        response_url=command.response_url,
        origin=f"slack:trigger:{command.trigger_id}",
    )
    async with answering(asked):
        await carry_out_typed(asked)

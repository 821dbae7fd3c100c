"""What happens when a form is submitted: its word is carried out, or the fault is shown at its field.

A form's errors can only be shown in the acknowledgement of its submission, so that waits for the action (a
transaction, no call to Slack): https://docs.slack.dev/surfaces/modals#displaying_errors
"""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck

from bot import payloads
from bot.alerts.presses import link_chosen
from bot.answering import answering
from bot.asked import Asked
from bot.cards.actions import ONCALL, SETTINGS
from bot.cards.declared import belongs_view, declared_view, declaring_view
from bot.cards.message import Message
from bot.cards.text import channel_link, escape
from bot.carrying_out import redraw_panel, run
from bot.commands import settings
from bot.context import Bot, person
from bot.forms import (
    declare,
    link_alert,
    note,
    override,
    page,
    reopen,
    services,
    severity,
    status,
    summary,
    title,
    update,
)
from bot.forms.form import Carried
from bot.likeness import like_open_incident
from bot.logs import about_incident
from bot.updates.presses import REASON_FORM, send_back
from bot.updates.writing import write_update
from bot.words import WORDS
from incidents.actions.declare import declare as declare_incident
from incidents.actions.declare import was_declared
from incidents.model.incident import Incident
from incidents.model.refusals import Refusal

log = structlog.get_logger()

PATIENCE = 2.5
"""Seconds after which somebody is told that it takes longer; Slack waits for three."""
SLOW = "This takes longer than usual. Press again in a moment: it is done once, however often you do."

READ = {
    "title": title.read,
    "summary": summary.read,
    "severity": severity.read,
    "status": status.read,
    "services": services.read,
    "note": note.read,
    "reopen": reopen.read,
    "page": page.read,
    ONCALL: override.read,
}
"""How each form is read, by its word: as what one would have typed after it."""


async def submit(bot: Bot, submission: payloads.Submission, ack: AsyncAck) -> None:
    """Carry out what a form says, acknowledge it, and answer where the form was asked for."""
    view = submission.view
    asked = _asked(bot, submission)
    about_incident(asked.named)
    try:
        async with _answered_in_time(view, ack):
            message, response = await _carried_out(asked, view)
    except Refusal as refusal:
        await ack(response_action="errors", errors={_field(view, refusal): refusal.sentence})
        return
    except Exception:
        reference = secrets.token_hex(2)
        log.exception("submission_failed", reference=reference, by=asked.by, form=view.callback_id)
        sentence = f"That did not work; nothing was changed. Try again. Reference {reference}, it is in the log."
        await ack(response_action="errors", errors={_first_field(view): sentence})
        return
    await ack(**response)
    async with answering(asked):
        await _answer(asked, view, message)


@asynccontextmanager
async def _answered_in_time(view: payloads.View, ack: AsyncAck) -> AsyncIterator[None]:
    """Where the block takes longer than Slack waits, say so in the form; only the first acknowledgement counts."""

    async def say() -> None:
        await asyncio.sleep(PATIENCE)
        await ack(response_action="errors", errors={_first_field(view): SLOW})

    saying = asyncio.create_task(say())
    try:
        yield
    finally:
        saying.cancel()


async def _answer(asked: Asked, view: payloads.View, message: Message | None) -> None:
    if view.callback_id == declare.WORD:
        await asked.bot.people.names(declare.paged_in(view))  # while the channel opens: the card will name them
    elif view.callback_id == SETTINGS:
        await settings.redraw_lists(asked, view)
    elif view.root_view_id and view.root_view_id != view.id:
        await redraw_panel(asked, view.root_view_id, message)
    elif message is not None and asked.response_url:
        await asked.answer(message)


def _asked(bot: Bot, submission: payloads.Submission) -> Asked:
    carried = Carried.read(submission.view)
    return Asked(
        bot=bot,
        by=person(submission.user.id),
        named=carried.incident,
        response_url=carried.response_url,
        origin=f"slack:view:{submission.view.id}",
    )


async def _carried_out(asked: Asked, view: payloads.View) -> tuple[Message | None, dict[str, Any]]:
    """What is to be answered, and what the modal is to become (nothing: it closes). Raises Refusal."""
    if view.callback_id == declare.WORD:
        return None, await _declared(asked, view)
    if view.callback_id == SETTINGS:
        await asked.bot.people.must_be_member(asked.by.id)
        await settings.save(asked, view)
        return None, {}
    if view.callback_id == link_alert.FORM:
        await link_chosen(asked, view)
        return None, {}
    if view.callback_id == update.WORD:
        return await write_update(asked, view), {}
    if view.callback_id == REASON_FORM:
        return await send_back(asked, view), {}
    read = READ.get(view.callback_id)
    if read is None or (asked.named is None and WORDS[view.callback_id].on_incident is not None):
        return None, {}
    return await run(WORDS[view.callback_id], replace(asked, text=read(view))), {}


async def _declared(asked: Asked, view: payloads.View) -> dict[str, Any]:
    core, carried = asked.bot.core, Carried.read(view)
    await asked.bot.people.must_be_member(asked.by.id)
    request = declare.read(view, asked.by, carried)
    if not carried.warned and not await was_declared(core, request.origin):
        like = await like_open_incident(core, asked.by, request.title)
        if like is not None and request.alert not in like.alerts:
            warned = carried.model_copy(update={"warned": True})
            return {"response_action": "update", "view": declare.drawn_again(view, warned, _warning(like))}
    incident = await declare_incident(core, request)
    about_incident(incident.number)
    if incident.declared_by != asked.by:
        return {"response_action": "update", "view": belongs_view(incident, asked.bot.identity.team_id)}
    opening = request.wants_channel and incident.channel is None  # a form that is submitted again may find it open
    shown = declaring_view(incident) if opening else declared_view(incident, asked.bot.identity.team_id)
    return {"response_action": "update", "view": shown}


def _warning(like: Incident) -> str:
    where = f" in {channel_link(like.channel.channel)}" if like.channel else ""
    return f"⚠️ INC-{like.number} is open{where} and sounds the same: *{escape(like.title)}*. Is it that one?"


def _field(view: payloads.View, refusal: Refusal) -> str:
    """The block at which a refusal is shown: the field whose text is wrong, else the first one."""
    blocks = _fields(view)
    what = getattr(refusal, "what", None)
    return next((block for block in blocks if block.partition(":")[0] == what), blocks[0])


def _first_field(view: payloads.View) -> str:
    return _fields(view)[0]


def _fields(view: payloads.View) -> list[str]:
    return [block["block_id"] for block in view.blocks if block.get("type") == "input"] or list(view.state.values)

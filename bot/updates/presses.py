"""What people press on the cards of status updates: approve, edit, send back, discard, correct.

The card then says what was decided; people are answered only where it does not.
"""

import re
from collections.abc import Awaitable, Callable, Mapping

from bot import payloads
from bot.asked import Asked
from bot.cards import draft as card
from bot.cards.answers import done
from bot.cards.draft import draft_message, read_approval
from bot.cards.message import Message
from bot.cards.text import slack_date
from bot.cards.update_reminder import SNOOZES
from bot.context import Bot
from bot.forms import update as form
from bot.forms.form import Carried, ask, modal, text_box, text_in
from bot.updates.views import approver_members, draft_view
from bot.updates.writing import begin_from_template, draw_again, open_correction, open_edit, show_preview
from incidents.actions.updates import Groups, approve, discard, reject, snooze
from incidents.model.incident import Incident
from incidents.model.refusals import LookAgain, MayNotApprove, NoSuchIncident, TextChanged, UpdateOver
from incidents.model.status_update import StatusUpdate, UpdateState
from incidents.model.text import REASON_LIMIT

PRESSED = re.compile(r"update\.([a-z_]+)(?::([0-9]{1,9}):([0-9]{1,9}))?")
"""The action ids of what is pressed on status updates: the verb, and the numbers of the incident and the update."""

REASON_FORM = "update.reject"


async def carry_out_press(asked: Asked) -> None:
    """Carry out what ``asked.action`` stands for. Raises Refusal, SlackRefused, SlackUnavailable."""
    said = PRESSED.fullmatch(str(asked.action.get("action_id")))
    if said is None:
        return
    await asked.bot.people.must_be_member(asked.by.id)
    if said[2] is not None:
        incident = await _incident(asked, int(said[2]))
        verb = VERBS.get(said[1])
        if verb is not None:
            await verb(asked, incident, int(said[3]))
    elif asked.view.get("callback_id") == form.WORD:
        view = payloads.View.model_validate(asked.view)
        await IN_FORM.get(said[1], draw_again)(asked, view)


async def _approve(asked: Asked, incident: Incident, update: int) -> None:
    digest, seen = read_approval(str(asked.action.get("value") or ""))
    groups = await _groups(asked.bot)
    try:
        _, told = await approve(asked.bot.core, incident.number, asked.by, update, digest, seen, groups)
    except MayNotApprove as refusal:
        await asked.answer(card.may_not_approve(refusal))
        return
    except (LookAgain, TextChanged, UpdateOver) as refusal:
        await _show_as_it_is(asked, incident.number, update)
        raise refusal
    await asked.answer(done(_approved(told)))
    await _redrawn_in_own_answer(asked, incident.number, update)


def _approved(update: StatusUpdate) -> str:
    match update.state:
        case UpdateState.PUBLISHED:
            return f"Status update {update.number} is published."
        case UpdateState.APPROVED:
            return f"You approved status update {update.number}; it goes out at its time."
    return f"You approved status update {update.number}; others must too."


async def _edit(asked: Asked, incident: Incident, update: int) -> None:
    await open_edit(asked, incident, update)


async def _correct(asked: Asked, incident: Incident, update: int) -> None:
    await open_correction(asked, incident, update)


async def _reject(asked: Asked, incident: Incident, update: int) -> None:
    """It asks why; what was read goes along, so that the reason is about that text."""
    carried = Carried.of(asked, incident.number).model_copy(
        update={"update": update, "seen": str(asked.action.get("value") or "")}
    )
    why = ask("reason", "What should be changed?", text_box(REASON_LIMIT, lines=True))
    await asked.show(modal(REASON_FORM, "Reject the draft", "Reject", [why], carried))


async def _discard(asked: Asked, incident: Incident, update: int) -> None:
    await discard(asked.bot.core, incident.number, asked.by, update, await _groups(asked.bot))
    await _redrawn_in_own_answer(asked, incident.number, update)


async def _snooze(asked: Asked, incident: Incident, update: int) -> None:
    until = await snooze(asked.bot.core, incident.number, asked.by, SNOOZES)
    await asked.answer(done(f"Nobody is reminded before {slack_date(until, '{time}')}."))


async def _show(asked: Asked, incident: Incident, update: int) -> None:
    view = await draft_view(asked.bot, incident, incident.updates.get(update))
    await asked.answer(draft_message(view))


VERBS: Mapping[str, Callable[[Asked, Incident, int], Awaitable[None]]] = {
    card.APPROVE: _approve,
    card.EDIT: _edit,
    card.CORRECT: _correct,
    card.REJECT: _reject,
    card.DISCARD: _discard,
    card.SHOW: _show,
    card.SNOOZE: _snooze,
}


IN_FORM: Mapping[str, Callable[[Asked, payloads.View], Awaitable[None]]] = {
    form.PREVIEW: show_preview,
    form.TEMPLATE: begin_from_template,
}
"""What is pressed in the form of an update; whatever else is, draws it again."""


async def send_back(asked: Asked, view: payloads.View) -> Message:
    """Reject a draft for the reason in the form. Raises Refusal."""
    await asked.bot.people.must_be_member(asked.by.id)
    carried = Carried.read(view)
    number, update = carried.incident or 0, carried.update or 0
    groups = await _groups(asked.bot)
    await reject(asked.bot.core, number, asked.by, update, carried.seen, text_in(view, "reason"), groups)
    return done(f"Status update {update} of INC-{number} is rejected; its author is told why.")


async def _show_as_it_is(asked: Asked, number: int, update: int) -> None:
    """What was pressed shows an older state: the card in the channel is drawn anew, and so is an answer."""
    incident = await _incident(asked, number)
    view = await draft_view(asked.bot, incident, incident.updates.get(update))
    message = draft_message(view)
    if asked.in_own_answer:
        await asked.turn_to(message)
    else:
        await asked.bot.slack.respond(asked.response_url, replace_original=True, **message.to_dict())


async def _redrawn_in_own_answer(asked: Asked, number: int, update: int) -> None:
    if asked.in_own_answer:
        await _show_as_it_is(asked, number, update)


async def _groups(bot: Bot) -> Groups:
    return await approver_members(bot, await bot.core.storage.read.organisation.current())


async def _incident(asked: Asked, number: int) -> Incident:
    incident = await asked.bot.core.storage.read.incident(number)
    if incident is None or not incident.visible_to(asked.by):
        raise NoSuchIncident(number)
    return incident

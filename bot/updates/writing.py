"""Writing a status update in its form: opened with the template of its status, drawn again, kept as a draft."""

from dataclasses import replace

from bot import payloads
from bot.asked import Asked
from bot.cards.answers import done
from bot.cards.message import Message
from bot.forms.form import Carried
from bot.forms.update import (
    Answers,
    answers_in,
    answers_of,
    corrected_answers,
    first_answers,
    is_untouched,
    preview_view,
    template_mark,
    update_form,
    writing_in,
)
from bot.updates.views import languages_of
from incidents.actions.updates import draft, edit
from incidents.model.incident import Incident
from incidents.model.refusals import NoSuchIncident, NoSuchUpdate, UpdateOver
from incidents.model.template import rendered
from incidents.model.vocabulary import PublicStatus


async def open_form(asked: Asked, incident: Incident, status: PublicStatus | None = None) -> None:
    """Ask what customers are to be told of ``incident``."""
    answers = first_answers(incident, status, "")
    answers = replace(answers, body=await _template(asked, answers, answers.status))
    carried = Carried.of(asked, incident.number).model_copy(update={"template": template_mark(answers.body)})
    await asked.show(update_form(incident, answers, carried))


async def open_edit(asked: Asked, incident: Incident, update: int) -> None:
    """Ask for another text of a draft; a promise that is past is not made again. Raises NoSuchUpdate, UpdateOver."""
    there = incident.updates.get(update)
    if not there.is_open:
        raise UpdateOver(update, there.state.value)
    answers = answers_of(there)
    if there.corrects is None and there.text.promises_before(asked.bot.core.clock()):
        answers = replace(answers, promise="", next_at=None)
    before = {"update": update, "seen": there.text.digest}
    carried = Carried.of(asked, incident.number).model_copy(update=before)
    await asked.show(update_form(incident, answers, carried))


async def open_correction(asked: Asked, incident: Incident, update: int) -> None:
    """Ask for another text of what is published. Raises NoSuchUpdate."""
    updates = incident.updates
    if update not in {each.number for each in updates.published}:
        raise NoSuchUpdate(update)
    carried = Carried.of(asked, incident.number).model_copy(update={"corrects": update})
    await asked.show(update_form(incident, corrected_answers(updates, updates.get(update)), carried))


async def draw_again(asked: Asked, view: payloads.View) -> None:
    """Another status, service or option was chosen: the form follows, its text too while it is the template's.

    Raises NoSuchIncident.
    """
    carried = Carried.read(view)
    incident = await _incident(asked, carried)
    answers = _answers(incident, view, carried)
    text = await _template(asked, answers, answers.status)
    if carried.template and text != answers.body and is_untouched(answers, carried.template):
        answers, carried = _with_text(answers, carried, text)
    await asked.redraw(update_form(incident, answers, carried))


async def begin_from_template(asked: Asked, view: payloads.View) -> None:
    """A template was chosen, whatever stood in the form: the menu has asked. Raises NoSuchIncident."""
    carried = Carried.read(view)
    incident = await _incident(asked, carried)
    answers = _answers(incident, view, carried)
    text = await _template(asked, answers, PublicStatus(asked.action["selected_option"]["value"]))
    await asked.redraw(update_form(incident, *_with_text(answers, carried, text)))


async def show_preview(asked: Asked, view: payloads.View) -> None:
    """What customers will read, on top of the form. Raises NoSuchIncident."""
    carried = Carried.read(view)
    incident = await _incident(asked, carried)
    answers = _answers(incident, view, carried)
    languages = await languages_of(asked.bot, incident, [service.id for service in answers.chosen])
    await asked.show(preview_view(answers, asked.bot.core.clock(), languages))


async def write_update(asked: Asked, view: payloads.View) -> Message:
    """Keep what the form says as a draft that waits for approval. Raises Refusal."""
    await asked.bot.people.must_be_member(asked.by.id)
    carried, core = Carried.read(view), asked.bot.core
    incident = await _incident(asked, carried)
    writing = writing_in(_answers(incident, view, carried), core.clock())
    if carried.update is not None:
        incident, written = await edit(core, incident.number, asked.by, carried.update, writing, carried.seen)
    else:
        incident, written = await draft(core, incident.number, asked.by, writing, asked.origin, carried.corrects)
    where = "It is in the channel" if incident.channel else "See /incident updates"
    return done(f"Status update {written.number} of INC-{incident.number} waits for approval. {where}.")


async def _template(asked: Asked, answers: Answers, status: PublicStatus) -> str:
    """The template of ``status``, with what the form says."""
    communication = (await asked.bot.core.storage.read.organisation.current()).updates
    services = {service.name: impact for service, impact in answers.chosen.items() if impact.rank}
    return rendered(communication.template_for(status), answers.status, answers.title, services)


def _with_text(answers: Answers, carried: Carried, text: str) -> tuple[Answers, Carried]:
    """The form with a template's ``text`` in the place of what stood there."""
    told = {"template": template_mark(text), "texts": carried.texts + 1}
    return replace(answers, body=text), carried.model_copy(update=told)


async def _incident(asked: Asked, carried: Carried) -> Incident:
    found = await asked.bot.core.storage.read.incident(carried.incident) if carried.incident is not None else None
    if found is None or not found.visible_to(asked.by):
        raise NoSuchIncident(carried.incident or 0)
    return found


def _answers(incident: Incident, view: payloads.View, carried: Carried) -> Answers:
    before = incident.updates.by_number.get(carried.update or carried.corrects or 0)
    return answers_in(view, before.text.next_at if before is not None else None)

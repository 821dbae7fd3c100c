"""The form behind `/incident update`: what customers are to read, about which services, and when.

Some answers draw it again: a service asks how it does, another status brings its own text, maintenance asks for times.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    ButtonElement,
    CheckboxesElement,
    DateTimePickerElement,
    DividerBlock,
    InputBlock,
    Option,
    PlainTextInputElement,
    StaticSelectElement,
)

from bot import payloads
from bot.cards.blocks import confirmation, context, modal, option, plain, row, section
from bot.cards.customer_text import as_slack, in_sections, quoted
from bot.cards.text import count, escape, slack_date
from bot.forms.form import VALUE, Carried, ask, chosen_in, filled, text_box, text_in
from bot.forms.form import modal as form
from bot.forms.services import Chosen, chosen_services, service_questions, services_of
from incidents.actions.updates import Writing
from incidents.model.incident import Incident
from incidents.model.parts import Service
from incidents.model.refusals import Refusal
from incidents.model.status_update import StatusUpdate, StatusUpdates
from incidents.model.text import BODY_LIMIT, PUBLIC_TITLE_LIMIT
from incidents.model.vocabulary import PUBLIC_STATUS, PublicStatus
from incidents.public.language import N_, STATUSES, Language
from incidents.public.page import Window

WORD = "update"
REDRAW = "update.redraw"
"""The action id of what draws the form again."""
PREVIEW = "preview"
TEMPLATE = "template"

NOTIFY = Option(value="notify", text="Tell subscribers", description="By e-mail, Slack and webhooks")
MAINTENANCE = Option(value="maintenance", text="Planned maintenance", description="With a beginning and an end")
PROMISES = (15, 30, 60, 120, 240)
"""Minutes until the next update that can be promised."""
KEPT = "kept"
"""The promise that was made when the draft was written stays as it is."""


class WrongWindow(Refusal):
    """Maintenance that ends before it begins, or lacks one of both."""

    def __init__(self) -> None:
        super().__init__("Say when the maintenance begins, and when it ends, which comes after.")
        self.what = "ends_at"


@dataclass(frozen=True)
class Answers:
    """What the form says so far."""

    status: PublicStatus
    title: str = ""
    body: str = ""
    chosen: Chosen = field(default_factory=dict)
    ticked: frozenset[str] = frozenset({NOTIFY.value})
    promise: str = ""
    next_at: datetime | None = None
    """What ``promise`` keeps."""
    publish_at: datetime | None = None
    begins_at: datetime | None = None
    ends_at: datetime | None = None


def update_form(incident: Incident, answers: Answers, carried: Carried) -> dict[str, Any]:
    """The form with ``answers`` in it."""
    submit = "Ask for approval"
    if carried.corrects is not None:
        title = "Correct an update"
    else:
        title = "Edit the status update" if carried.update is not None else "Status update"
    return form(WORD, title, submit, _questions(incident, answers, carried.texts), carried)


def first_answers(incident: Incident, status: PublicStatus | None, body: str) -> Answers:
    """What a new draft begins with: the incident's affected services, and ``body`` as the template has it."""
    wanted = status or PUBLIC_STATUS[incident.status]
    chosen = {} if wanted is PublicStatus.RESOLVED else services_of(incident)
    return as_known(incident.updates, Answers(wanted, body=body, chosen=chosen))


def corrected_answers(updates: StatusUpdates, update: StatusUpdate) -> Answers:
    """What is published, to be corrected; whatever all updates share is as customers know it now."""
    return as_known(updates, answers_of(update))


def as_known(updates: StatusUpdates, answers: Answers) -> Answers:
    """``answers`` with the title, and the time of maintenance, that customers know."""
    begins_at, ends_at = updates.window or (None, None)
    ticked = answers.ticked - {MAINTENANCE.value} | ({MAINTENANCE.value} if updates.window else set())
    return replace(answers, title=updates.title, ticked=ticked, begins_at=begins_at, ends_at=ends_at)


def answers_of(update: StatusUpdate) -> Answers:
    """A draft's own text, to be edited."""
    text = update.text
    maintenance = {MAINTENANCE.value} if text.begins_at else set()
    return Answers(
        status=text.status,
        title=text.title,
        body=text.body,
        chosen={Service(id, told.name): told.impact for id, told in text.services.items()},
        ticked=frozenset(({NOTIFY.value} if text.notify else set()) | maintenance),
        promise=KEPT if text.next_at else "",
        next_at=text.next_at,
        publish_at=text.publish_at if update.is_open else None,
        begins_at=text.begins_at,
        ends_at=text.ends_at,
    )


def answers_in(view: payloads.View, kept: datetime | None = None) -> Answers:
    """What the form says now; ``kept`` is the promise that the draft made before."""
    status = chosen_in(view, "status") or (filled(view, "status", REDRAW).get("selected_option") or {}).get("value")
    options = filled(view, "options", REDRAW).get("selected_options") or []
    return Answers(
        status=PublicStatus(status or PublicStatus.INVESTIGATING),
        title=text_in(view, "public title"),
        body=text_in(view, _message_block(view)),
        chosen=chosen_services(view),
        ticked=frozenset(option["value"] for option in options),
        promise=chosen_in(view, "promise"),
        next_at=kept,
        publish_at=_moment(view, "publish_at"),
        begins_at=_moment(view, "begins_at"),
        ends_at=_moment(view, "ends_at"),
    )


def writing_in(answers: Answers, now: datetime) -> Writing:
    """``answers`` as they are handed to the core. Raises WrongWindow."""
    maintenance = MAINTENANCE.value in answers.ticked
    if maintenance and not (answers.begins_at and answers.ends_at and answers.begins_at < answers.ends_at):
        raise WrongWindow
    return Writing(
        title=answers.title,
        body=answers.body,
        status=answers.status,
        impacts={service.id: impact for service, impact in answers.chosen.items()},
        notify=NOTIFY.value in answers.ticked,
        next_at=_promised(answers, now),
        publish_at=answers.publish_at,
        begins_at=answers.begins_at if maintenance else None,
        ends_at=answers.ends_at if maintenance else None,
    )


def is_untouched(answers: Answers, before: str) -> bool:
    """Whether nobody has changed the text of the template marked ``before``, or written one."""
    return not answers.body.strip() or template_mark(answers.body) == before


def template_mark(text: str) -> str:
    """What the form carries along of a template's ``text``, to know it again."""
    return hashlib.sha256(text.strip().encode()).hexdigest()[:16]


def preview_view(answers: Answers, now: datetime, languages: Sequence[Language]) -> dict[str, Any]:
    """What customers will read, in each of the languages of the pages that show it."""
    previews = [_preview(answers, now, spoken) for spoken in languages]
    between: list[Block] = [DividerBlock()]
    return modal("As customers read it", [*previews[0], *(line for each in previews[1:] for line in between + each)])


def _preview(answers: Answers, now: datetime, spoken: Language) -> list[Block]:
    """In the order in which the page has it: a service that is well is not listed there."""
    promised, over = _promised(answers, now), answers.status is PublicStatus.RESOLVED
    chosen = {} if over else {service: impact for service, impact in answers.chosen.items() if impact.rank}
    services = [f"{escape(service.name)} · {spoken.impact(impact)}" for service, impact in chosen.items()]
    window = _planned(answers)
    stands = window.stage(answers.status, answers.publish_at or now) if window else answers.status
    promise = spoken.say(N_("Next update by %(at)s"))
    said = quoted(as_slack(answers.body)) or "(no message yet)"
    return [
        section(f"*{escape(answers.title) or '(no title yet)'}*"),
        *([context(_from_until(window))] if window else []),
        *([context("   ".join(services))] if services else []),
        *([context(promise % {"at": slack_date(promised, "{time}")})] if promised else []),
        *map(section, in_sections(f"*{spoken.say(STATUSES[stands])}*\n{said}")),
    ]


def _planned(answers: Answers) -> Window | None:
    planned = MAINTENANCE.value in answers.ticked
    return Window(answers.begins_at, answers.ends_at) if planned and answers.begins_at and answers.ends_at else None


def _from_until(window: Window) -> str:
    return " – ".join(slack_date(at, "{date_short_pretty} {time}") for at in (window.begins_at, window.ends_at))


def _questions(incident: Incident, answers: Answers, texts: int) -> list[Block]:
    known = incident.updates.title
    hint = "What customers know it as; the same in each update." if known else "What customers will know it as."
    return [
        *_told_last(incident),
        ask("public title", "Public title", text_box(PUBLIC_TITLE_LIMIT, answers.title), hint=hint),
        _asked_again("status", "Public status", _status_menu(answers.status)),
        ask(
            f"message:{texts}",
            "Message",
            _message_box(answers.body),
            hint="Markdown. For customers: no internal names, numbers or links.",
        ),
        row([_preview_button(), _template_menu()], f"about message:{texts}"),
        *service_questions(answers.chosen),
        ask("promise", "Next update", _promise_menu(answers), optional=True),
        _asked_again("options", "Options", _options(answers.ticked), optional=True),
        *(_window(answers) if MAINTENANCE.value in answers.ticked else []),
        ask(
            "publish_at",
            "Publish at",
            DateTimePickerElement(action_id=VALUE, initial_date_time=_seconds(answers.publish_at)),
            hint="Empty: as soon as it is approved.",
            optional=True,
        ),
    ]


def _told_last(incident: Incident) -> list[Block]:
    latest = incident.updates.latest
    if latest is None or latest.published_at is None:
        return [section("Customers were not told of this yet.")]
    when = slack_date(latest.published_at, "{date_short_pretty} {time}")
    many = count(len(incident.updates.published), "update")
    return [section(f"Told last ({many}), {when}: *{latest.text.status.word}*\n{quoted(as_slack(latest.text.body))}")]


def _asked_again(
    block_id: str, label: str, element: StaticSelectElement | CheckboxesElement, optional: bool = False
) -> Block:
    return InputBlock(block_id=block_id, label=label, element=element, optional=optional, dispatch_action=True)


def _status_menu(status: PublicStatus) -> StaticSelectElement:
    options = [Option(value=each.value, text=each.word) for each in PublicStatus]
    chosen = next(option for option in options if option.value == status)
    return StaticSelectElement(action_id=REDRAW, options=options, initial_option=chosen)


def _message_box(body: str) -> PlainTextInputElement:
    return text_box(BODY_LIMIT, body, lines=True, placeholder="What is wrong, for whom, and what still works.")


def _preview_button() -> ButtonElement:
    return ButtonElement(text=plain("Preview", 75), action_id=f"update.{PREVIEW}")


def _template_menu() -> StaticSelectElement:
    """It asks first, since it takes the place of what is written.

    https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object
    """
    asks = confirmation("Replace the message?", "What is written in it gives way to the template.", "Replace")
    return StaticSelectElement(
        action_id=f"update.{TEMPLATE}",
        options=[option(each.value, each.word) for each in PublicStatus],
        placeholder=plain("Start from a template", 150),
        confirm=asks,
    )


def _promise_menu(answers: Answers) -> StaticSelectElement:
    options = [Option(value=str(minutes), text=_in(minutes)) for minutes in PROMISES]
    if answers.next_at is not None:
        options.append(Option(value=KEPT, text=f"By {answers.next_at:%H:%M} UTC, as before"))
    chosen = next((option for option in options if option.value == answers.promise), None)
    return StaticSelectElement(action_id=VALUE, options=options, initial_option=chosen, placeholder="No promise")


def _in(minutes: int) -> str:
    return f"Within {minutes} minutes" if minutes < 60 else f"Within {count(minutes // 60, 'hour')}"


def _options(ticked: frozenset[str]) -> CheckboxesElement:
    chosen = [option for option in (NOTIFY, MAINTENANCE) if option.value in ticked]
    return CheckboxesElement(action_id=REDRAW, options=[NOTIFY, MAINTENANCE], initial_options=chosen or None)


def _window(answers: Answers) -> Sequence[Block]:
    ends = {"begins_at": ("Begins", answers.begins_at), "ends_at": ("Ends", answers.ends_at)}
    return [
        ask(id, label, DateTimePickerElement(action_id=VALUE, initial_date_time=_seconds(moment)))
        for id, (label, moment) in ends.items()
    ]


def _promised(answers: Answers, now: datetime) -> datetime | None:
    """Counted from when customers read it: now, or the later time for which it is planned; nothing once all is over."""
    if answers.status is PublicStatus.RESOLVED:
        return None
    if answers.promise == KEPT:
        return answers.next_at
    told = max(now, answers.publish_at or now)
    return told + timedelta(minutes=int(answers.promise)) if answers.promise.isdecimal() else None


def _message_block(view: payloads.View) -> str:
    """Another one for each text that the form has brought, since Slack keeps what stands in an input of the same id.

    https://docs.slack.dev/surfaces/modals#updating_views
    """
    return next((block for block in view.state.values if block.startswith("message:")), "message")


def _moment(view: payloads.View, block_id: str) -> datetime | None:
    chosen = filled(view, block_id).get("selected_date_time")
    return datetime.fromtimestamp(chosen, UTC) if chosen else None


def _seconds(moment: datetime | None) -> int | None:
    return int(moment.timestamp()) if moment else None

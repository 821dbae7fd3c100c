"""The declare form: five questions, and it can be finished with one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    CheckboxesElement,
    Option,
    SectionBlock,
    StaticSelectElement,
)

from bot import payloads
from bot.cards.blocks import SECTION_LIMIT, context, section
from bot.cards.signs import severity_sign
from bot.forms.form import VALUE, Carried, ask, chosen_in, filled, modal, text_box, text_in
from bot.forms.page import chosen_in as chosen_targets
from bot.forms.page import search_box, targets_in
from bot.forms.services import Chosen, chosen_services, service_questions
from incidents.actions.declare import Declare
from incidents.model.alert import Alert
from incidents.model.from_alert import impacts_from, summary_from, title_from
from incidents.model.identity import Person
from incidents.model.organisation import TargetKind
from incidents.model.parts import Service
from incidents.model.text import SUMMARY_LIMIT, TITLE_LIMIT
from incidents.model.vocabulary import DEFAULT_SEVERITY, Severity

WORD = "declare"
CHANNEL = Option(value="channel", text="Open a channel for it")
PRIVATE = Option(value="private", text="Private", description="Only its responders can see that it exists.")

MESSAGE = "message/"
"""The block ids of the message from which an incident is declared. It stands in the form whole, since what a form
carries unseen has 3,000 characters at the most: https://docs.slack.dev/reference/views"""


@dataclass(frozen=True)
class Answers:
    """What the form is filled in with."""

    title: str = ""
    severity: Severity = DEFAULT_SEVERITY
    chosen: Chosen = field(default_factory=dict)
    page: Sequence[dict[str, Any]] = ()
    """The options chosen of whom to page."""
    summary: str = ""
    ticked: frozenset[str] = frozenset({CHANNEL.value})


def declare_form(carried: Carried, answers: Answers | None = None, message: str = "") -> dict[str, Any]:
    """An empty form, or one with what is known already; ``message`` (markup) is the one it is declared from."""
    blocks = [*_message_blocks(message), *_questions(answers or Answers())]
    return modal(WORD, "Declare an incident", "Declare", blocks, carried)


def from_alert(alert: Alert, response_url: str) -> tuple[Carried, Answers]:
    """What the form carries and is filled in with that declares from ``alert``."""
    chosen = {Service(id, alert.service_name): impact for id, impact in impacts_from(alert).items()}
    answers = Answers(title=title_from(alert), severity=alert.severity, chosen=chosen, summary=summary_from(alert))
    return Carried(alert=alert.number, response_url=response_url), answers


def drawn_again(view: payloads.View, carried: Carried, warning: str = "") -> dict[str, Any]:
    """The form with what was filled in so far, after a choice of services or with a ``warning`` on top."""
    warned = [SectionBlock(block_id="warning", text=warning)] if warning else []
    blocks = [*warned, *_message_blocks(message_in(view)), *_questions(_answers(view))]
    return modal(WORD, "Declare an incident", "Declare anyway" if warning else "Declare", blocks, carried)


def read(view: payloads.View, by: Person, carried: Carried) -> Declare:
    """What was filled in. The form's own id makes it count once: Slack keeps it when a submission is sent again."""
    answers = _answers(view)
    message = carried.message.model_copy(update={"text": message_in(view)}) if carried.message else None
    return Declare(
        by=by,
        origin=f"slack:view:{view.id}",
        title=answers.title,
        severity=answers.severity,
        summary=answers.summary,
        impacts={service.id: impact for service, impact in answers.chosen.items()},
        page=targets_in(view),
        private=PRIVATE.value in answers.ticked,
        wants_channel=CHANNEL.value in answers.ticked,
        message=message.pinned() if message else None,
        alert=carried.alert,
    )


def paged_in(view: payloads.View) -> list[Person]:
    """The people whom the form pages."""
    return [Person(target.id) for target in targets_in(view) if target.kind is TargetKind.PERSON]


def message_in(view: payloads.View) -> str:
    """The message from which it is declared, as the form shows it."""
    shown = [block for block in view.blocks if str(block.get("block_id", "")).startswith(MESSAGE)]
    return "".join(block["text"]["text"] for block in shown)


def _answers(view: payloads.View) -> Answers:
    severity = chosen_in(view, "severity")
    return Answers(
        title=text_in(view, "title"),
        severity=Severity.parse(severity) if severity else DEFAULT_SEVERITY,
        chosen=chosen_services(view),
        page=chosen_targets(view),
        summary=text_in(view, "summary"),
        ticked=frozenset(option["value"] for option in filled(view, "options").get("selected_options") or []),
    )


def _message_blocks(text: str) -> Iterator[Block]:
    if text:
        yield context("The timeline begins with this message:")
    for number, start in enumerate(range(0, len(text), SECTION_LIMIT)):
        yield section(text[start : start + SECTION_LIMIT], block_id=f"{MESSAGE}{number}")


def _questions(answers: Answers) -> list[Block]:
    severities = [_severity_option(severity) for severity in Severity]
    ticked = [option for option in (CHANNEL, PRIVATE) if option.value in answers.ticked]
    return [
        ask("title", "Title", text_box(TITLE_LIMIT, answers.title), hint="What is broken, and for whom."),
        ask(
            "severity",
            "Severity",
            StaticSelectElement(action_id=VALUE, options=severities, initial_option=_severity_option(answers.severity)),
        ),
        *service_questions(answers.chosen),
        ask(
            "page",
            "Page now",
            search_box(list(answers.page)),
            hint="People, teams, who is on call: they are called until somebody joins.",
            optional=True,
        ),
        ask("summary", "Summary", text_box(SUMMARY_LIMIT, answers.summary, lines=True), optional=True),
        ask(
            "options",
            "Channel",
            CheckboxesElement(action_id=VALUE, options=[CHANNEL, PRIVATE], initial_options=ticked or None),
            optional=True,
        ),
    ]


def _severity_option(severity: Severity) -> Option:
    return Option(
        value=str(int(severity)),
        text=f"{severity_sign(severity)} {severity.name} {severity.word}: {severity.meaning}",
    )

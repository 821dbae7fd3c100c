"""The declare form: five questions, and it can be finished with one."""

from collections.abc import Sequence
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    CheckboxesElement,
    Option,
    SectionBlock,
    StaticSelectElement,
    UserMultiSelectElement,
)

from bot import payloads
from bot.cards.signs import severity_sign
from bot.context import person
from bot.forms.form import VALUE, Carried, ask, chosen_in, filled, modal, text_box, text_in
from bot.forms.services import Chosen, chosen_services, service_questions
from incidents.actions.declare import Declare
from incidents.model.identity import Person
from incidents.model.text import SUMMARY_LIMIT, TITLE_LIMIT
from incidents.model.vocabulary import DEFAULT_SEVERITY, Severity

WORD = "declare"
CHANNEL = Option(value="channel", text="Open a channel for it")
PRIVATE = Option(value="private", text="Private", description="Only its responders can see that it exists.")


def declare_form(carried: Carried, title: str = "", summary: str = "", chosen: Chosen | None = None) -> dict[str, Any]:
    """An empty form, or one with what is known already; ``chosen`` services bring the question of their impact."""
    return modal(WORD, "Declare an incident", "Declare", _questions(title, summary, chosen or {}), carried)


def drawn_again(view: payloads.View, carried: Carried, warning: str = "") -> dict[str, Any]:
    """The form with what was filled in so far, after a choice of services or with a ``warning`` on top."""
    questions: Sequence[Block] = _questions(text_in(view, "title"), text_in(view, "summary"), chosen_services(view))
    warned = [SectionBlock(block_id="warning", text=warning)] if warning else []
    return modal(
        WORD, "Declare an incident", "Declare anyway" if warning else "Declare", [*warned, *questions], carried
    )


def read(view: payloads.View, by: Person, carried: Carried) -> Declare:
    """What was filled in. The form's own id makes it count once: Slack keeps it when a submission is sent again."""
    ticked = {option["value"] for option in filled(view, "options").get("selected_options") or []}
    severity = chosen_in(view, "severity")
    return Declare(
        by=by,
        origin=f"slack:view:{view.id}",
        title=text_in(view, "title"),
        severity=Severity.parse(severity) if severity else DEFAULT_SEVERITY,
        summary=text_in(view, "summary"),
        impacts={service.id: impact for service, impact in chosen_services(view).items()},
        page=paged_in(view),
        private=PRIVATE.value in ticked,
        wants_channel=CHANNEL.value in ticked,
        message=carried.message.pinned() if carried.message else None,
    )


def paged_in(view: payloads.View) -> list[Person]:
    """Whom the form pages."""
    return [person(user) for user in filled(view, "page").get("selected_users") or []]


def _questions(title: str, summary: str, chosen: Chosen) -> list[Block]:
    severities = [_severity_option(severity) for severity in Severity]
    return [
        ask("title", "Title", text_box(TITLE_LIMIT, title), hint="What is broken, and for whom."),
        ask(
            "severity",
            "Severity",
            StaticSelectElement(action_id=VALUE, options=severities, initial_option=_severity_option(DEFAULT_SEVERITY)),
        ),
        *service_questions(chosen),
        ask(
            "page",
            "Page now",
            UserMultiSelectElement(action_id=VALUE, placeholder="Search people"),
            hint="They are brought into the channel and called there.",
            optional=True,
        ),
        ask("summary", "Summary", text_box(SUMMARY_LIMIT, summary, lines=True), optional=True),
        ask(
            "options",
            "Channel",
            CheckboxesElement(action_id=VALUE, options=[CHANNEL, PRIVATE], initial_options=[CHANNEL]),
            optional=True,
        ),
    ]


def _severity_option(severity: Severity) -> Option:
    return Option(
        value=str(int(severity)),
        text=f"{severity_sign(severity)} {severity.name} {severity.word}: {severity.meaning}",
    )

"""The form of an alert source: its tool, where its alerts are messages, whom they page, and what declares by itself."""

import re

from slack_sdk.models.blocks import Block, ConversationFilter, ConversationSelectElement

from bot import payloads
from bot.cards.settings import TOOLS
from bot.forms.form import VALUE, ask, chosen_in, filled, text_box, text_in
from bot.forms.settings.fields import (
    Around,
    WrongField,
    menu_in,
    menu_question,
    named,
    severity_in,
    severity_question,
)
from incidents.model.checked import NAME_LIMIT
from incidents.model.organisation import AlertSource, AutoDeclare, Tool
from incidents.model.refusals import UnknownWord
from incidents.model.vocabulary import Severity


def questions(source: AlertSource | None, around: Around) -> list[Block]:
    organisation = around.organisation
    tools = {tool.value: text for tool, text in TOOLS.items()}
    pages_from = source.pages_from if source else AlertSource.model_fields["pages_from"].default
    return [
        ask("name", "Name", text_box(NAME_LIMIT, source.name if source else "")),
        *menu_question("tool", "Tool", tools, source.tool.value if source else None, optional=False),
        _channel_question(source.channel if source else None),
        *menu_question("policy", "Pages by", named(organisation.policies), source.policy if source else None),
        *severity_question("pages_from", "Pages from", pages_from),
        *menu_question("service", "Affects", named(organisation.services), source.service if source else None),
        ask(
            "auto_declare",
            "Declares an incident by itself",
            text_box(3_000, _rules(source), lines=True, placeholder="SEV1 environment=production"),
            hint="A line a rule: alerts as bad as this, or worse, with all these labels.",
            optional=True,
        ),
        ask(
            "mapping",
            "Mapping",
            text_box(3_000, _mapping(source), lines=True, placeholder="title = alert.name"),
            hint="For JSON of another form: a line a field, with the JMESPath expression that fills it.",
            optional=True,
        ),
    ]


def read(view: payloads.View, before: AlertSource | None) -> AlertSource:
    """Raises WrongField."""
    channel = filled(view, "channel").get("selected_conversation") or (before.channel if before else None)
    if channel is None:
        raise WrongField("channel", "Choose the channel in which its alerts are messages.")
    return AlertSource(
        name=text_in(view, "name"),
        tool=Tool(chosen_in(view, "tool")),
        channel=channel,
        policy=menu_in(view, "policy"),
        pages_from=severity_in(view, "pages_from"),
        service=menu_in(view, "service"),
        mapping=_read_mapping(text_in(view, "mapping")),
        auto_declare=tuple(_read_rule(line) for line in text_in(view, "auto_declare").splitlines() if line.strip()),
    )


def _channel_question(channel: str | None) -> Block:
    """A channel that is known by its name cannot be shown as chosen, so that leaving the menu empty keeps it."""
    by_id = channel is not None and re.fullmatch(r"[CG][A-Z0-9]{2,}", channel) is not None
    menu = ConversationSelectElement(
        action_id=VALUE,
        placeholder="Choose a channel",
        initial_conversation=channel if by_id else None,
        filter=ConversationFilter(include=["public", "private"], exclude_bot_users=True),
    )
    hint = f"Now #{channel}; choose another only to change it." if channel and not by_id else ""
    return ask("channel", "Channel for its alerts", menu, hint=hint, optional=channel is not None)


def _rules(source: AlertSource | None) -> str:
    rules = source.auto_declare if source else ()
    return "\n".join(
        " ".join([rule.severity.name, *(f"{name}={value}" for name, value in rule.labels.items())]) for rule in rules
    )


def _read_rule(line: str) -> AutoDeclare:
    severity, *labels = line.split()
    pairs = [label.partition("=") for label in labels]
    try:
        if all(equals for _, equals, _ in pairs):
            return AutoDeclare(severity=Severity.parse(severity), labels={name: value for name, _, value in pairs})
    except UnknownWord as unknown:
        raise WrongField("auto_declare", unknown.sentence) from unknown
    raise WrongField("auto_declare", "Write each rule on a line, as SEV1 environment=production.")


def _mapping(source: AlertSource | None) -> str:
    return "\n".join(f"{field} = {expression}" for field, expression in (source.mapping.items() if source else ()))


def _read_mapping(text: str) -> dict[str, str]:
    pairs = [line.partition("=") for line in text.splitlines() if line.strip()]
    if not all(equals for _, equals, _ in pairs):
        raise WrongField("mapping", "Write each field on a line, as title = alert.name.")
    return {field.strip(): expression.strip() for field, _, expression in pairs}

"""The form of how customers are told: who approves, how often an update is due, and what drafts begin with."""

import re

from slack_sdk.models.blocks import Block

from bot import payloads
from bot.cards.text import slack_user
from bot.forms.form import ask, text_box, text_in
from bot.forms.settings.fields import (
    Around,
    WrongField,
    named,
    people_in,
    people_question,
    several_in,
    several_question,
)
from incidents.model.identity import Person
from incidents.model.organisation import Target, TargetKind
from incidents.model.publishing_rules import ApprovalRule, ApprovedBy, Communication
from incidents.model.refusals import UnknownWord
from incidents.model.template import TEMPLATE_LIMIT, VARIABLES
from incidents.model.vocabulary import PublicStatus, Severity

BY = {ApprovedBy.COMMANDER_OR_APPROVER: "commander or approver", ApprovedBy.APPROVER: "approver"}
AUTHOR = {True: "author may", False: "not the author"}
RULE = re.compile(
    r"(?P<severity>\S+)\s*:\s*(?P<many>[1-5])\s*(?:of)?\s*(?P<by>commander or approver|approver)s?\s*,\s*"
    r"(?P<author>author may|not the author)",
    re.IGNORECASE,
)


def questions(communication: Communication | None, around: Around) -> list[Block]:
    now = communication or Communication()
    people = [Person(target.id) for target in now.approvers if target.kind is TargetKind.PERSON]
    teams = [target.id for target in now.approvers if target.kind is TargetKind.TEAM]
    return [
        people_question("approvers", "Approvers", [person for person in people if slack_user(person)]),
        *several_question("teams", "Teams of approvers", named(around.organisation.teams), teams),
        ask(
            "rules",
            "Who must approve",
            text_box(1_000, _rules(now), lines=True),
            hint='A line a severity, as "SEV1: 1 commander or approver, not the author".',
            optional=True,
        ),
        ask(
            "cadence",
            "An update is due after",
            text_box(300, _cadence(now), lines=True),
            hint="A line a severity, in minutes, as SEV1: 30; 0 for never.",
            optional=True,
        ),
        ask(
            "internal_hosts",
            "Internal hosts",
            text_box(3_000, ", ".join(now.internal_hosts), placeholder="*.corp.example.com"),
            hint="A draft that names one warns whoever approves it.",
            optional=True,
        ),
        *(_template(now, status) for status in PublicStatus),
    ]


def read(view: payloads.View, before: Communication | None) -> Communication:
    """What the form does not ask about stays. Raises WrongField."""
    kept = before or Communication()
    groups = tuple(target for target in kept.approvers if target.kind is TargetKind.GROUP)
    people = tuple(Target.of(TargetKind.PERSON, person) for person in people_in(view, "approvers"))
    teams = tuple(Target.of(TargetKind.TEAM, team) for team in several_in(view, "teams"))
    hosts = tuple(filter(None, (host.strip() for host in text_in(view, "internal_hosts").split(","))))
    wanted = {status: text_in(view, f"templates.{status}").strip() for status in PublicStatus}
    default = Communication()
    return Communication(
        approvers=(*people, *teams, *groups),
        rules={severity: rule for severity, rule in _read_rules(view).items() if rule != default.rule_for(severity)},
        cadence=_read_cadence(view),
        approval_wait=kept.approval_wait,
        internal_hosts=hosts,
        templates={status: text for status, text in wanted.items() if text not in ("", default.template_for(status))},
    )


def _template(communication: Communication, status: PublicStatus) -> Block:
    hint = f"It may hold {', '.join('{{ ' + name + ' }}' for name in VARIABLES)}."
    text = communication.template_for(status)
    return ask(
        f"templates.{status}",
        f"Drafts that say {status.word} begin with",
        text_box(TEMPLATE_LIMIT, text, lines=True),
        hint=hint,
        optional=True,
    )


def _rules(communication: Communication) -> str:
    lines = []
    for severity in Severity:
        rule = communication.rule_for(severity)
        lines.append(f"{severity.name}: {rule.approvals} {BY[rule.by]}, {AUTHOR[rule.author]}")
    return "\n".join(lines)


def _read_rules(view: payloads.View) -> dict[Severity, ApprovalRule]:
    found = {}
    for line in filter(None, map(str.strip, text_in(view, "rules").splitlines())):
        said = RULE.fullmatch(line)
        if said is None:
            raise WrongField("rules", 'Write each rule as "SEV1: 1 commander or approver, not the author".')
        by = ApprovedBy.APPROVER if said["by"].casefold() == "approver" else ApprovedBy.COMMANDER_OR_APPROVER
        author = said["author"].casefold() == AUTHOR[True]
        found[_severity("rules", said["severity"])] = ApprovalRule(approvals=int(said["many"]), by=by, author=author)
    return found


def _cadence(communication: Communication) -> str:
    return "\n".join(f"{severity.name}: {communication.cadence_for(severity) or 0}" for severity in Severity)


def _read_cadence(view: payloads.View) -> dict[Severity, int]:
    found = {}
    default = Communication()
    for line in filter(None, map(str.strip, text_in(view, "cadence").splitlines())):
        written, _, minutes = line.partition(":")
        if not minutes.strip().isdecimal():
            raise WrongField("cadence", "Write each on a line, in minutes, as SEV1: 30.")
        severity = _severity("cadence", written)
        if int(minutes) != (default.cadence_for(severity) or 0):
            found[severity] = int(minutes)
    return found


def _severity(what: str, written: str) -> Severity:
    try:
        return Severity.parse(written)
    except UnknownWord as unknown:
        raise WrongField(what, unknown.sentence) from unknown

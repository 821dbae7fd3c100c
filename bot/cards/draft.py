"""A status update in the incident's channel: the text as customers will have it, whom it reaches, and what to decide.

Its buttons are ``update.<verb>:<incident>:<update>``; they are no words of `/incident`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from slack_sdk.models.blocks import Block, ButtonElement

from bot.cards.blocks import BUTTON_LIMIT, confirmation, context, plain, row, section
from bot.cards.customer_text import as_slack, in_sections, quoted
from bot.cards.message import Message
from bot.cards.text import SLACK, channel_link, count, cut, escape, joined, listing, mention, slack_date
from incidents.model.approval import Approval
from incidents.model.draft_warnings import SINCE, Doubt, Warning
from incidents.model.identity import Channel, Person
from incidents.model.incident import Incident
from incidents.model.public_text import PublicText
from incidents.model.refusals import MayNotApprove
from incidents.model.status_update import StatusUpdate, UpdateState
from incidents.model.vocabulary import Impact

APPROVE = "approve"
EDIT = "edit"
REJECT = "reject"
DISCARD = "discard"
CORRECT = "correct"
SHOW = "show"
SNOOZE = "snooze"

DIGEST = 8
"""Characters of a text's digest that are shown: two people see at a glance that they speak of the same text."""
NAMES = 300
"""Characters for the names of pages, or people."""
DOUBTS = 8
"""Warnings that are shown, each on a line."""
LINKS = 1_000
"""For the names of pages with their addresses."""

WORDS = SINCE | {
    Doubt.NOTHING_NEW: "It says nothing that the last update did not say.",
    Doubt.STILL_OPEN: "The incident itself is not resolved.",
}


@dataclass(frozen=True)
class DraftView:
    """A status update with all that its card tells."""

    incident: Incident
    update: StatusUpdate
    now: datetime
    approval: Approval
    warnings: Sequence[Warning]
    pages: Sequence[tuple[str, str]]
    """The status pages on which it would be: each one's name and its address, which a private one keeps to itself."""
    readers: int
    """How many subscribers of those pages are told by e-mail."""
    channels: Sequence[str] = ()
    """The channels that follow those pages."""
    people: int = 0
    """How many are told by direct message."""
    webhooks: int = 0
    elsewhere: bool = False
    """Whether it is published at Atlassian Statuspage too."""


def draft_message(view: DraftView, *, calls: bool = False) -> Message:
    """The card as the status update stands; where it ``calls``, those who can approve are mentioned."""
    title, what = _title(view, calls), _what(view)
    blocks: list[Block] = [section(title), *map(section, what), *_details(view)]
    blocks += [section(f"⚠️ {line}") for line in _doubts(view)] if _waits(view) else []
    buttons = _buttons(view)
    return Message("\n".join([title, *what]), [*blocks, *([row(buttons)] if buttons else [])])


def may_not_approve(refusal: MayNotApprove) -> Message:
    """Who can, by name."""
    can = f" Now: {listing([mention(person) for person in refusal.who], NAMES)}." if refusal.who else ""
    sentence = f"{escape(refusal.sentence)}{can}"
    return Message(sentence, [section(sentence)])


def update_action(verb: str, incident: int, update: int) -> str:
    """The action id of a press that means ``verb`` for status update ``update``."""
    return f"update.{verb}:{incident}:{update}"


def update_button(
    text: str, verb: str, incident: int, update: int, *, value: str = "", style: str | None = None
) -> ButtonElement:
    """A button that means ``verb``."""
    return ButtonElement(
        text=plain(text, BUTTON_LIMIT),
        action_id=update_action(verb, incident, update),
        value=value or None,
        style=style,
    )


def approval_value(update: StatusUpdate, warnings: Sequence[Warning]) -> str:
    """What a press of *Approve* carries: which text was read, and which doubts were shown."""
    return " ".join([update.text.digest, *sorted({warning.doubt.value for warning in warnings})])


def read_approval(value: str) -> tuple[str, frozenset[Doubt]]:
    """The digest and the doubts of `approval_value`."""
    digest, *doubts = value.split() or [""]
    return digest, frozenset(Doubt(doubt) for doubt in doubts if doubt in set(Doubt))


def _waits(view: DraftView) -> bool:
    return view.update.state in (UpdateState.WAITING, UpdateState.APPROVED)


def _title(view: DraftView, calls: bool) -> str:
    update = view.update
    what = f"Correction of status update {update.corrects}" if update.corrects else f"Status update {update.number}"
    match update.state:
        case UpdateState.WAITING:
            again = " again, held back at its time" if update.held_back_at else ""
            return f"📝 *{what}* waits for approval{again}{_by_whom(view, calls)}"
        case UpdateState.APPROVED:
            when = (
                slack_date(update.text.publish_at, "{date_short_pretty} {time}") if update.text.publish_at else "soon"
            )
            return f"🕒 *{what}* is approved by {_people(update.approvals)} and goes out {when}"
        case UpdateState.PUBLISHED:
            by = f", approved by {_people(update.approvals)}" if update.approvals else ""
            return f"📣 *{what}* is published{by}"
        case UpdateState.REJECTED:
            return f"↩️ *{what}* was rejected: “{cut(escape(update.reason), NAMES)}”"
        case UpdateState.DISCARDED:
            return f"*{what}* was discarded"


def _by_whom(view: DraftView, calls: bool) -> str:
    """`` by @ben (SEV1: not by @ana, who wrote it)``."""
    update, rule = view.update, view.approval.rule
    can = view.approval.who_can(update)
    who = f" by {listing([mention(each) for each in can], NAMES)}" if can and calls else ""
    missing = view.approval.missing(update)
    many = f", {missing} people" if missing > 1 else ""
    severity = view.incident.severity.name
    wrote = "" if rule.author else f" ({severity}: not by {mention(update.author)}, who wrote it)"
    nobody = "" if can else ". Nobody can: take command (`/incident lead`), or have an admin name approvers"
    return f"{who}{many}{wrote}{nobody}"


def _what(view: DraftView) -> list[str]:
    """Every word of it, however long it is: approval is for that."""
    text = view.update.text
    read_at = view.update.published_at or text.publish_at or view.update.written_at
    title = f"*{text.stands(read_at).word}* · “{escape(text.title)}”"
    return in_sections(f"{title}\n{quoted(as_slack(text.body))}")


def _details(view: DraftView) -> list[Block]:
    lines = [line for line in (_services(view), _reach(view), _new_title(view), *_times(view)) if line]
    text = f"Text {view.update.text.digest[:DIGEST]} by {mention(view.update.author)}"
    return [context("\n".join(lines)), context(text)] if lines else [context(text)]


def _services(view: DraftView) -> str:
    """``Checkout: operational → partial outage · API: degraded``; as customers were told last, and will be."""
    text, last = view.update.text, _text_before(view)
    before, after = last.affected if last else {}, text.affected
    known = {**(last.services if last else {}), **text.services}
    return listing(
        [
            f"{escape(service.name)}: {_change(before.get(id, Impact.OPERATIONAL), after.get(id, Impact.OPERATIONAL))}"
            for id, service in known.items()
            if id in text.services or before.get(id, Impact.OPERATIONAL) is not Impact.OPERATIONAL
        ],
        1_000,
        " · ",
    )


def _text_before(view: DraftView) -> PublicText | None:
    """What customers read until then: the update before, or the text that is corrected."""
    updates, update = view.incident.updates, view.update
    if update.corrects is not None:
        return updates.get(update.corrects).text
    earlier = list(takewhile(lambda each: each.number != update.number, updates.published))
    return earlier[-1].text if earlier else None


def _change(old: Impact, new: Impact) -> str:
    return new.word if old is new else f"{old.word} → {new.word}"


def _reach(view: DraftView) -> str:
    if not view.pages:
        return "⚠️ Reaches nobody: no status page shows an affected service"
    told = " · ".join(_told(view))
    if view.update.state is UpdateState.PUBLISHED:
        links = [f"<{address}|{escape(name)}>" if address else escape(name) for name, address in view.pages]
        return f"Reached: {count(len(links), 'page')} ({listing(links, LINKS)}) · {told}"
    names = [escape(name) for name, _ in view.pages]
    return f"Reaches: {count(len(names), 'page')} ({listing(names, NAMES)}) · {told}"


def _told(view: DraftView) -> Iterator[str]:
    """Whoever learns of it without looking at a page."""
    if view.elsewhere:
        yield "Atlassian Statuspage"
    if not view.update.tells_subscribers:
        yield "no subscribers are told"
        return
    yield count(view.readers, "subscriber")
    if view.channels:
        yield listing([channel_link(Channel.of(SLACK, name)) for name in view.channels], NAMES)
    if view.people:
        yield count(view.people, "direct message")
    if view.webhooks:
        yield count(view.webhooks, "webhook")


def _new_title(view: DraftView) -> str:
    known, new = view.incident.updates.title, view.update.text.title
    changed = known and known != new and view.update.is_open
    return f"Changes the title from “{escape(known)}” to “{escape(new)}”" if changed else ""


def _times(view: DraftView) -> list[str]:
    text = view.update.text
    lines = []
    if text.begins_at and text.ends_at:
        window = [slack_date(each, "{date_short_pretty} {time}") for each in (text.begins_at, text.ends_at)]
        lines.append(f"Planned maintenance: {window[0]} – {window[1]}")
    if text.next_at:
        lines.append(f"Promises the next update by {slack_date(text.next_at, '{time}')}")
    if text.publish_at and view.update.state is UpdateState.WAITING:
        when = slack_date(text.publish_at, "{date_short_pretty} {time}")
        early = text.publish_at > view.now
        lines.append(f"Goes out {when}, once approved" if early else f"Was to go out {when}; goes out once approved")
    return lines


def _doubts(view: DraftView) -> list[str]:
    more = len(view.warnings) - DOUBTS
    return [*map(_warning, view.warnings[:DOUBTS]), *([f"And it mentions {more} more."] if more > 0 else [])]


def _warning(warning: Warning) -> str:
    return WORDS.get(warning.doubt) or f"Mentions “{escape(warning.words)}”."


def _people(people: Sequence[Person]) -> str:
    return joined([mention(person) for person in people])


def _buttons(view: DraftView) -> list[ButtonElement]:
    number, update = view.incident.number, view.update
    edit = update_button("Edit", EDIT, number, update.number)
    discard = update_button("Discard", DISCARD, number, update.number)
    discard.confirm = confirmation("Discard this draft?", "Its text stays on the timeline.", "Discard")
    match update.state:
        case UpdateState.WAITING:
            reject = update_button("Reject", REJECT, number, update.number, value=update.text.digest)
            return [_approve(view), edit, reject, discard]
        case UpdateState.APPROVED:
            return [edit, discard]
        case UpdateState.REJECTED:
            return [edit, discard]
        case UpdateState.PUBLISHED if update.corrects is None:
            return [update_button("Correct", CORRECT, number, update.number)]
    return []


def _approve(view: DraftView) -> ButtonElement:
    """It asks first: what is public cannot be taken back."""
    update = view.update
    last = view.approval.missing(update) <= 1
    later = update.text.publish_at is not None and update.text.publish_at > view.now
    word = "Approve" if later or not last else "Approve and publish"
    value = approval_value(update, view.warnings)
    approve = update_button(word, APPROVE, view.incident.number, update.number, value=value, style="primary")
    doubts = " ".join(_warning(warning) for warning in view.warnings)
    asked = f"{_reach(view)}. It can be corrected later, not unsaid.{' ⚠️ ' + doubts if doubts else ''}"
    approve.confirm = confirmation(f"{word}?", asked, word)
    return approve

"""Each fact of a timeline as one plain sentence, for the timeline in Slack and its exports."""

import html
import re
from collections.abc import Sequence

from bot.cards.text import SLACK, Write, escape
from incidents.model import facts
from incidents.model.facts import Fact, File
from incidents.model.identity import TOCSIN, Channel, Person, PlatformId
from incidents.model.organisation import Target, TargetKind
from incidents.model.public_text import PublicText
from incidents.model.timeline import Entry

_TOKEN = re.compile(r"<([^<>|]+)(?:\|([^<>]*))?>")
_LINK = re.compile(r"(?:https?://|mailto:)\S+")


def sentence(entry: Entry, write: Write) -> str:
    """What ``entry`` says, as markup in which people, channels and groups are as ``write`` writes them."""
    who, fact = write(entry.by), entry.fact
    match fact:
        case facts.Message():
            return f"{who}{' (in a thread)' if fact.thread else ''}: {_said(fact.text, fact.files, write)}"
        case facts.MessageEdited():
            return f"{who} edited a message: {_said(fact.text, fact.files, write)}"
        case facts.MessageDeleted():
            return f"{who} deleted a message."
        case facts.MessagePinned():
            return f"{write(fact.author)}: {_said(fact.text, fact.files, write)} 📌 {who}"
        case facts.Comment():
            return f"{who}: {spoken(fact.text, write)}"
        case facts.PageEscalated() | facts.PageExhausted():
            return _went_on_alone(fact)
    return f"{who} {_did(entry, write)}."


def spoken(text: str, write: Write) -> str:
    """What somebody wrote in Slack, as markup that calls nobody: references as ``write`` has them, links kept."""
    said, end = [], 0
    for token in _TOKEN.finditer(text):
        said += [_again_escaped(text[end : token.start()]), _token(token, write)]
        end = token.end()
    return "".join([*said, _again_escaped(text[end:])])


def named_in(entries: Sequence[Entry]) -> set[PlatformId]:
    """Everybody, and every channel and group, whose name a text about ``entries`` may need: look these up before."""
    found: set[PlatformId] = set()

    def note(named: PlatformId) -> str:
        found.add(named)
        return ""

    for entry in entries:
        sentence(entry, note)
        found.update(value for _, value in entry.fact if isinstance(value, Person))
    return found - {TOCSIN}


def _did(entry: Entry, write: Write) -> str:
    """The predicate of what somebody did to the incident."""
    match entry.fact:
        case facts.Declared(title=title, severity=severity, private=private):
            return f"declared the incident{' (private)' if private else ''} as {severity.name}: {escape(title)}"
        case facts.TitleChanged(old=old, new=new):
            return f"changed the title from “{escape(old)}” to “{escape(new)}”"
        case facts.SummaryChanged(new=new):
            return f"changed the summary to “{escape(new)}”" if new else "removed the summary"
        case facts.SeverityChanged(old=old, new=new):
            return f"{'raised' if new < old else 'lowered'} the severity from {old.name} to {new.name}"
        case facts.StatusChanged(old=old, new=new):
            return f"changed the status from {old.word} to {new.word}"
        case facts.Resolved():
            return "resolved the incident"
        case facts.Reopened(reason=reason):
            return f"reopened the incident: {escape(reason)}"
        case _:
            return _did_to_services(entry.fact) or _did_with_people(entry, write)


def _did_to_services(fact: Fact) -> str:
    match fact:
        case facts.ServiceAffected(name=name, impact=impact):
            return f"named {escape(name)} as affected: {impact.word}"
        case facts.ImpactChanged(name=name, old=old, new=new):
            return f"changed the impact on {escape(name)} from {old.word} to {new.word}"
        case facts.ServiceCleared(name=name, old=old):
            return f"cleared {escape(name)}, which was {old.word}"
    return ""


def _did_with_people(entry: Entry, write: Write) -> str:
    fact = entry.fact
    match fact:
        case facts.Paged(person=person, message=message):
            return f"paged {write(person)}{_by_way_of(fact)}{f': “{escape(message)}”' if message else ''}"
        case facts.PageAnswered(person=person) if person != entry.by:
            return f"paged {write(person)}{_by_way_of(fact)}, who was here already"
        case facts.PageAnswered():
            return f"answered the page{_by_way_of(fact)}"
        case facts.PageDeclined(person=person):
            return f"can't join{_by_way_of(fact)}"
        case facts.ResponderJoined(person=person):
            return "joined" if person == entry.by else f"brought in {write(person)}"
        case facts.ResponderLeft(person=person):
            return "left" if person == entry.by else f"took {write(person)} off the incident"
        case facts.CommanderChanged(old=old, new=None):
            return "gave up command" if old == entry.by or old is None else f"relieved {write(old)} of command"
        case facts.CommanderChanged(old=old, new=new) if new == entry.by:
            return f"took command from {write(old)}" if old else "took command"
        case facts.CommanderChanged(new=Person() as new):
            return f"gave command to {write(new)}"
        case facts.ChannelAttached(name=name):
            return f"attached the channel #{escape(name)}"
        case facts.ChannelDetached(name=name, reason=reason):
            return f"detached the channel #{escape(name)}{': ' + escape(reason) if reason else ''}"
        case facts.ChannelArchived(name=name):
            return f"archived the channel #{escape(name)}"
        case facts.ChannelRenamed(old=old, name=name):
            return f"noticed that the channel #{escape(old)} is now called #{escape(name)}"
        case facts.SubscriberAdded(subscriber=subscriber, name=name):
            return f"subscribed{_watcher(subscriber, name, entry.by, write)}"
        case facts.SubscriberRemoved(subscriber=subscriber, name=name):
            return f"unsubscribed{_watcher(subscriber, name, entry.by, write)}"
    return _did_with_alerts(fact)


def _did_with_alerts(fact: Fact) -> str:
    match fact:
        case facts.AlertLinked(title=title):
            return f"linked the alert “{escape(title)}”"
        case facts.AlertUnlinked(title=title):
            return f"unlinked the alert “{escape(title)}”"
        case facts.AlertAccepted(title=title):
            return f"accepted the alert “{escape(title)}”"
        case facts.AlertResolved(title=title):
            return f"resolved the alert “{escape(title)}”"
    return _did_with_updates(fact)


def _did_with_updates(fact: Fact) -> str:
    match fact:
        case facts.UpdateDrafted(corrects=None):
            return f"drafted status update {fact.update}, {_told(fact.text)}"
        case facts.UpdateDrafted():
            return f"drafted a correction of status update {fact.corrects}, {_told(fact.text)}"
        case facts.UpdateEdited():
            return f"edited status update {fact.update}, {_told(fact.text)}"
        case facts.UpdateApproved(remaining=0):
            return f"approved status update {fact.update}"
        case facts.UpdateApproved(remaining=remaining):
            return f"approved status update {fact.update}, which {remaining} more must approve"
        case facts.UpdateRejected(reason=reason):
            return f"rejected status update {fact.update}: {escape(reason)}"
        case facts.UpdateHeldBack(reason=reason):
            return f"held status update {fact.update} back, which waits for approval again: “{escape(reason)}”"
        case facts.UpdateDiscarded():
            return f"discarded status update {fact.update}"
        case facts.UpdatePublished(corrects=None):
            return f"published status update {fact.update}, {_told(fact.text)}"
        case facts.UpdatePublished():
            return f"corrected status update {fact.corrects}, {_told(fact.text)}"
    raise TypeError(f"no sentence for {fact.kind}")


def _told(text: PublicText) -> str:
    """``Investigating: “Problems with card payments. Some of them fail.”``, with how services do."""
    services = ", ".join(f"{escape(told.name)} {told.impact.word}" for told in text.services.values())
    said = f"{text.status.word}: “{escape(text.title)}. {escape(text.body)}”"
    return f"{said} ({services})" if services else said


def _went_on_alone(fact: facts.PageEscalated | facts.PageExhausted) -> str:
    """What an escalation came to by itself, which nobody did."""
    called = escape(fact.name) or "the page"
    match fact:
        case facts.PageEscalated(step=step):
            return f"Nobody joined yet: {called} went on to step {step}."
        case facts.PageExhausted(nobody=True):
            return f"Nobody is on call for {called}."
        case facts.PageExhausted(declined=True):
            return f"Everybody called for {called} said that they can't join."
        case _:
            return f"Nobody answered {called}."


def _by_way_of(fact: facts.Paged | facts.PageAnswered | facts.PageDeclined) -> str:
    """`` (Payments policy, step 2)``; nothing where just the person was paged."""
    step = f", step {fact.step}" if isinstance(fact, facts.Paged) and fact.step > 1 else ""
    return f" ({escape(fact.name)}{step})" if fact.name else ""


def _watcher(subscriber: Target, name: str, by: Person, write: Write) -> str:
    """`` @dan``, `` Payments``; nothing where it is who did it."""
    if subscriber.kind is not TargetKind.PERSON:
        return f" {escape(name or subscriber.id)}"
    person = Person(subscriber.id)
    return "" if person == by else f" {write(person)}"


def _said(text: str, files: Sequence[File], write: Write) -> str:
    """A message's text and the names of its files."""
    names = ", ".join(escape(file.name) for file in files)
    return " ".join(part for part in (spoken(text, write), f"[{names}]" if names else "") if part)


def _token(token: re.Match[str], write: Write) -> str:
    """What stands between ``<`` and ``>``.

    https://docs.slack.dev/messaging/formatting-message-text#advanced
    """
    target, label = token[1], token[2]
    if re.fullmatch(r"@[UW][A-Z0-9]+", target):
        return write(Person.of(SLACK, target[1:]))
    if re.fullmatch(r"#[CGD][A-Z0-9]+", target):
        return f"#{_again_escaped(label)}" if label else write(Channel.of(SLACK, target[1:]))
    if re.fullmatch(r"!subteam\^S[A-Z0-9]+", target):
        return _again_escaped(label) if label else write(PlatformId.of(SLACK, target.partition("^")[2]))
    if _LINK.fullmatch(target):
        return token[0]
    if target.startswith("!date^") and label:
        return _again_escaped(label)
    return f"@{target[1:]}" if re.fullmatch(r"!(here|channel|everyone)", target) else escape(html.unescape(token[0]))


def _again_escaped(text: str) -> str:
    """Slack's escaped text, whatever it was made of, as text that shows just that."""
    return escape(html.unescape(text))

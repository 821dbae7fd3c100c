"""What a call's direct message tells: gathered from the domain."""

from collections.abc import Sequence
from datetime import datetime

from bot.cards.alert import AlertView, headline, links, standing
from bot.cards.call import CallView
from bot.cards.sentences import sentence
from bot.cards.signs import severity_sign
from bot.cards.text import by_name, channel_link, count, cut, duration, escape, joined, mention, reference, slack_date
from bot.context import Bot
from incidents.actions.respond import offers_command
from incidents.model.alert import TOOLS, Alert
from incidents.model.escalation import Call, Escalation
from incidents.model.identity import Person, PlatformId
from incidents.model.incident import Incident
from incidents.model.organisation import Organisation, Target, TargetKind
from incidents.model.storm import Storm
from incidents.model.vocabulary import incident_name
from incidents.ports import Purpose, TimelineQuery

LATEST = 3
"""How many of the latest key entries tell where things stand."""
LINE = 300
"""Characters of a title, and of each of these."""


async def call_view(bot: Bot, escalation: Escalation, call: Call) -> CallView:
    """A call with all that its message tells."""
    about, read = escalation.page.about, bot.core.storage.read
    alert = await read.alerts.alert(about.alert) if about.alert is not None else None
    number = about.incident if about.incident is not None else alert.incident if alert else None
    incident = await read.incident(number) if number is not None else None
    if incident is not None:
        return await _of_incident(bot, escalation, call, incident)
    if alert is not None:
        return await _of_alert(bot, escalation, call, alert)
    assert about.storm is not None, "a page is about something"
    storm = await read.alerts.storm(about.storm)
    assert storm is not None, "a storm is never deleted"
    return await _of_storm(bot, escalation, call, storm)


async def _of_incident(bot: Bot, escalation: Escalation, call: Call, incident: Incident) -> CallView:
    commander = f"commander {mention(incident.commander)}" if incident.commander else "no commander yet"
    in_for = f"{duration(incident.duration(bot.core.clock()))} in"
    title = cut(escape(incident.title), LINE)
    return CallView(
        call=call,
        escalation=escalation,
        what=f"{severity_sign(incident.severity)} {incident.severity.name} {incident_name(incident.number)} {title}",
        facts=[incident.status.word, in_for if incident.is_open else f"took {in_for.removesuffix(' in')}", commander],
        pager=_somebody(escalation.begun_by),
        over=not incident.is_open,
        next=await _next(bot, escalation),
        incident=incident,
        where=f" → {channel_link(incident.channel.channel)}" if incident.channel else "",
        latest=await _latest(bot, incident),
        offers_command=await offers_command(bot.core, incident, call.person),
    )


async def _of_alert(bot: Bot, escalation: Escalation, call: Call, alert: Alert) -> CallView:
    organisation = await bot.core.storage.read.organisation.current()
    source = organisation.sources.get(alert.source)
    view = AlertView(alert, source.name if source else alert.source)
    return CallView(
        call=call,
        escalation=escalation,
        what=headline(alert),
        facts=[*standing(view), *links(view)],
        pager=_somebody(escalation.begun_by),
        over=not alert.is_open,
        next=await _next(bot, escalation),
        alert=alert.number,
        where=await _message_link(bot, alert.number, Purpose.ALERT),
    )


async def _of_storm(bot: Bot, escalation: Escalation, call: Call, storm: Storm) -> CallView:
    organisation = await bot.core.storage.read.organisation.current()
    source = organisation.sources.get(storm.source)
    name = escape(source.name if source else storm.source)
    return CallView(
        call=call,
        escalation=escalation,
        what=f"{severity_sign(storm.severity)} {storm.severity.name} {count(storm.alerts, 'alert')} from {name}",
        facts=[slack_date(storm.began_at, "since {date_short_pretty} at {time}"), "one page for all of them"],
        pager=_somebody(escalation.begun_by),
        over=False,
        next=await _next(bot, escalation),
        where=await _message_link(bot, storm.id, Purpose.STORM),
    )


async def _message_link(bot: Bot, subject: int, purpose: Purpose) -> str:
    """Where the alert's own message is, as soon as it is posted."""
    posts = await bot.core.storage.read.posts(subject, purpose)
    if not posts:
        return ""
    address = f"{bot.identity.workspace_url}archives/{posts[0].channel.id}/p{posts[0].message.replace('.', '')}"
    return f" → <{address}|its message>"


async def _next(bot: Bot, escalation: Escalation) -> str:
    """``Payments secondary at 03:32``; nothing where there is no step after this one."""
    if not escalation.is_active or escalation.due_at is None:
        return ""
    at = _time(escalation.due_at)
    if escalation.turn >= escalation.last_turn:
        return f"nobody else is called; if nobody answers, that is said at {at}"
    steps = escalation.page.plan.steps
    organisation = await bot.core.storage.read.organisation.current()
    targets = steps[escalation.turn % len(steps)].targets
    return f"{joined([_target(organisation, target) for target in targets])} at {at}"


def _target(organisation: Organisation, target: Target) -> str:
    if target.kind is TargetKind.PERSON:
        return mention(Person(target.id))
    if target.kind is TargetKind.GROUP:
        return f"<!subteam^{PlatformId(target.id).id}>"
    return escape(organisation.name_of(target)) or target.id


async def _latest(bot: Bot, incident: Incident) -> Sequence[str]:
    page = await bot.core.storage.read.timeline(TimelineQuery(incident.number, limit=LATEST))
    tools = {entry.by for entry in page.entries if entry.by.platform == TOOLS}
    names = by_name((await bot.people.names(tools)).__getitem__)

    def write(named: PlatformId) -> str:
        return names(named) if isinstance(named, Person) and named in tools else reference(named)

    return [f"{_time(entry.happened_at)}  {cut(sentence(entry, write), LINE)}" for entry in page.entries]


def _somebody(by: Person) -> Person | None:
    return None if by.platform == TOOLS or by.platform == "tocsin" else by


def _time(moment: datetime) -> str:
    return slack_date(moment, "{time}")

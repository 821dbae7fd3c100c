"""Every card of every incident is one that Slack takes: checked by the sandbox's reading of Slack's published limits.

https://docs.slack.dev/reference/block-kit
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cards.announcement import announcement
from bot.cards.answers import done, refused, which_incident
from bot.cards.declared import could_not_open_view, declared_view, declaring_view
from bot.cards.facts import Background
from bot.cards.home import Duty, home_view
from bot.cards.incident_card import incident_card
from bot.cards.incident_list import incident_list, query_from
from bot.cards.notices import notice
from bot.cards.panel import panel_view
from bot.cards.timeline import timeline_message
from incidents.model import facts
from incidents.model.identity import Person
from incidents.model.incident import Incident
from incidents.model.organisation import Target, TargetKind
from incidents.model.parts import Act, LinkedAlert, Service
from incidents.model.refusals import Refusal
from incidents.model.vocabulary import AlertStatus, Impact, Severity, Status
from incidents.ports import IncidentPage, TimelinePage
from sandbox.blockkit.surfaces import check_message, check_view
from tests.bot.cards_samples import ANA, BEN, CLEO, DAN, NOW, T0, act, incident

NASTY = ["<!channel>", "<@U1>", "&lt;", "&" * 50, "*_~`", "👩‍🚒" * 20, "شكرا", "\n> ", "<https://x.io|x>", "<" * 9, "|"]
TEXT = st.lists(st.sampled_from(NASTY) | st.text(max_size=30), min_size=1, max_size=30).map("".join)
TITLE = TEXT.map(lambda text: " ".join(text.split())[:500].strip() or "Title")
SUMMARY = TEXT.map(lambda text: text.strip()[:3_000])
NAME = TEXT.map(lambda text: " ".join(text.split())[:75].strip() or "Service")
COMMENT = TITLE.map(lambda text: text.replace("<@U1>", "<@ U1>"))
"""A note is Slack's markup, in which a person may be meant; the reader of a timeline sees whom."""

PEOPLE = [ANA, BEN, CLEO, DAN]


def name_of(person: Person) -> str:
    return f"<!here> {person.id}" * 5


def paging() -> st.SearchStrategy[facts.PagingFact]:
    """Something that one of two escalations did."""
    escalation, person = st.integers(1, 2), st.sampled_from(PEOPLE)
    return st.one_of(
        st.builds(facts.Paged, person=person, escalation=escalation, name=NAME, step=st.integers(1, 3), message=TITLE),
        st.builds(facts.PageDeclined, person=person, escalation=escalation, name=NAME),
        st.builds(facts.PageAnswered, person=person, escalation=escalation, name=NAME),
        st.builds(facts.PageEscalated, escalation=escalation, name=NAME, step=st.integers(1, 3)),
        st.builds(facts.PageExhausted, escalation=escalation, name=NAME, nobody=st.booleans(), declined=st.booleans()),
    )


def steps() -> st.SearchStrategy[Callable[[Incident, Act], None]]:
    """One thing that somebody does to an incident."""
    services = st.dictionaries(st.builds(Service, st.text(min_size=1, max_size=75), NAME), st.sampled_from(Impact))
    return st.one_of(
        TITLE.map(lambda title: lambda made, by: made.change_title(title, by)),
        SUMMARY.map(lambda summary: lambda made, by: made.change_summary(summary, by)),
        st.sampled_from(Severity).map(lambda severity: lambda made, by: made.change_severity(severity, by)),
        st.sampled_from(Status).map(lambda status: lambda made, by: made.change_status(status, by)),
        services.map(lambda chosen: lambda made, by: made.change_services(chosen, by)),
        TITLE.map(lambda reason: lambda made, by: made.reopen(reason, by)),
        COMMENT.map(lambda text: lambda made, by: made.comment(text, by)),
        st.sampled_from([*PEOPLE, None]).map(lambda person: lambda made, by: made.set_commander(person, by)),
        st.sampled_from(PEOPLE).map(
            lambda person: lambda made, by: made.record_paging([facts.Paged(person=person)], by)
        ),
        st.lists(paging(), max_size=5).map(lambda told: lambda made, by: made.record_paging(told, by)),
        st.builds(LinkedAlert, TITLE, st.sampled_from(Severity), st.just(AlertStatus.PENDING)).map(
            lambda alert: lambda made, by: made.link_alert(len(made.alerts), alert, by)
        ),
        st.integers(0, 3).map(lambda alert: lambda made, by: made.alert_resolved(alert, by)),
        st.integers(0, 3).map(lambda alert: lambda made, by: made.unlink_alert(alert, by)),
        NAME.map(lambda name: lambda made, by: made.subscribe(Target.of(TargetKind.TEAM, "payments"), name, by)),
        st.just(lambda made, by: made.join(by.by, by)),
        st.just(lambda made, by: made.leave(by.by, by)),
        st.just(lambda made, by: made.detach_channel(by)),
    )


@st.composite
def incidents(draw: st.DrawFn) -> Incident:
    """An incident to which some things were done."""
    made = incident(title=draw(TITLE), summary=draw(SUMMARY), private=draw(st.booleans()), page=[DAN])
    for minute, step in enumerate(draw(st.lists(steps(), max_size=8)), start=2):
        try:
            step(made, act(draw(st.sampled_from(PEOPLE)), minute))
        except Refusal:
            continue
    return made


def messages(made: Incident) -> Iterator[dict[str, Any]]:
    """Everything that is posted or answered about ``made``."""
    page = IncidentPage([made], 12, "cursor")
    yield incident_card(made, NOW).to_dict()
    paged_by = dict.fromkeys(made.paged, made.title[:75])
    yield incident_card(made, NOW, name_of, Background(paged_by, [made.title[:75]] * 40)).to_dict()
    yield announcement(made, NOW).to_dict()
    yield timeline_message(made, TimelinePage(made.new_entries, "cursor"), True, "https://acme.slack.com/").to_dict()
    yield which_incident([made], "title", made.title).to_dict()
    yield done(f"It is called {made.number}", made.new_entries[-1]).to_dict()
    yield refused(made.summary or made.title).to_dict()
    services = [Service(id, affected.name) for id, affected in made.services.items()]
    query = query_from(f"mine {made.title}", BEN)
    yield incident_list(page, query, NOW, services, {service.id: service.name for service in services}).to_dict()
    for entries in ([each for each in made.new_entries if each.by == person] for person in PEOPLE):
        for told in (entries, *([each] for each in entries)):
            if message := notice(made, told, made.new_entries, name_of):
                yield message.to_dict()


def modals(made: Incident) -> Iterator[dict[str, Any]]:
    """Every modal about ``made``."""
    yield panel_view(made, BEN, NOW)
    yield panel_view(made, BEN, NOW, Background(watching=[made.title[:75]] * 40))
    yield declaring_view(made)
    yield declared_view(made, "T1")
    yield could_not_open_view(made, made.title)


def takes(made: Incident) -> None:
    """Slack takes every card of ``made``; nobody is called by what people typed."""
    for message in messages(made):
        check_message(message["blocks"])
        assert 0 < len(message["text"]) <= 4_000
        calls_nobody(message)
    for view in modals(made):
        check_view(view, "modal")
        calls_nobody(view)
    home = home_view(IncidentPage([made] * 120, 120, None), BEN, NOW, Duty([made.title[:75]] * 100, 100, 100))
    check_view(home, "home")
    calls_nobody(home)


def calls_nobody(shown: Mapping[str, Any]) -> None:
    for text in markups(shown):
        assert not [bad for bad in ("<!channel", "<!here", "<!everyone", "<@U1>") if bad in text]


def markups(part: Any) -> Iterator[str]:
    """Every text of ``part`` in which Slack would see markup."""
    if isinstance(part, Mapping):
        if part.get("type") == "mrkdwn":
            assert part["verbatim"] is True
            yield part["text"]
        yield from (text for value in part.values() for text in markups(value))
    elif isinstance(part, list):
        yield from (text for each in part for text in markups(each))


@settings(max_examples=60)
@given(incidents())
def test_slack_takes_every_card_of_any_incident(made: Incident) -> None:
    takes(made)


@pytest.mark.parametrize("filler", ["x", "<", "&", "🔥", "*"])
@pytest.mark.parametrize("over", [False, True])
def test_slack_takes_the_largest_incident(filler: str, over: bool) -> None:
    services = {Service(f"{number}-{filler * 60}", filler * 75): Impact.DEGRADED for number in range(40)}
    made = incident(title=filler * 500, summary=filler * 3_000, services=services)
    for number in range(200):
        made.join(Person.of("slack", f"U{number:010}"), act(BEN))
        made.subscribe(Target.of(TargetKind.PERSON, f"slack:U{number:010}"), "", act(BEN))
        made.record_paging([facts.Paged(person=Person.of("slack", f"W{number:010}"))], act(BEN))
        page = facts.Paged(
            person=Person.of("slack", f"X{number}"), escalation=1, name=filler * 75, message=filler * 1_000
        )
        made.record_paging([page], act(BEN))
    for number in range(500):
        made.link_alert(number, LinkedAlert(filler * 500, Severity.SEV1, AlertStatus.PENDING), act(BEN))
    made.record_paging([facts.PageExhausted(escalation=1, name=filler * 75)], act(BEN))
    made.comment(filler * 10_000, act(BEN))
    if over:
        made.change_status(Status.RESOLVED, Act(BEN, T0 + timedelta(days=400)))
        made.reopen(filler * 1_000, Act(BEN, T0 + timedelta(days=401)))
        made.change_status(Status.RESOLVED, Act(BEN, T0 + timedelta(days=402)))
    takes(made)


def test_slack_takes_menus_of_too_many_services_and_teams() -> None:
    services = [Service(f"{number}-{'🔥' * 75}", "🔥" * 75) for number in range(150)]
    teams = {service.id: service.name for service in services}
    query = query_from("text=" + "%F0%9F%94%A5" * 300, BEN)
    listed = incident_list(IncidentPage([incident()] * 20, 20, "x"), query, NOW, services, teams).to_dict()
    check_message(listed["blocks"])

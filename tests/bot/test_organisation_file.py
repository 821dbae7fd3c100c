"""The organisation's file: what it means, what is wrong with it and where, and that what is written is read back."""

from datetime import date, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.organisation_file.names import Names, without_slack
from bot.organisation_file.places import BadFile
from bot.organisation_file.reading import read_file
from bot.organisation_file.telling import told
from bot.organisation_file.writing import write_file
from incidents.model.identity import Group, Person
from incidents.model.organisation import (
    AlertSource,
    AutoDeclare,
    Channels,
    Kind,
    Notifications,
    Organisation,
    Outside,
    OwnedService,
    Part,
    Policy,
    Quiet,
    Rotation,
    Schedule,
    Step,
    Target,
    TargetKind,
    Team,
    Tool,
    Weekday,
)
from incidents.model.publishing_rules import (
    ApprovalRule,
    ApprovedBy,
    Communication,
    ServicesShown,
    StatusPage,
    Statuspage,
    Webhook,
)
from incidents.model.reorganising import Use, reorganise
from incidents.model.vocabulary import PublicStatus, Severity

EXAMPLE = """\
teams:
  payments:
    name: Payments
    members: ["@cleo", dan@example.com]
    group: "@oncall"
services:
  checkout:
    name: Checkout
    owner: payments
    alias: [shop, checkout-api]
schedules:
  first-line:
    name: First line
    rotation:
      members: [U0BEN, "@cleo"]
      start: 2026-01-05
      every: 2 weeks
      handover: monday 09:30
      timezone: Europe/Lisbon
  dba:
    name: Databases
    calendar: https://calendar.example/dba.ics
policies:
  payments:
    name: Payments
    steps:
      - page: schedule first-line
        wait: 1 hour
      - page: [team payments, group oncall, "@ana"]
    repeat: 2
sources:
  prometheus:
    name: Prometheus
    tool: alertmanager
    channel: "#alerts"
    policy: payments
    pages_from: SEV3
    service: checkout
    auto_declare:
      - severity: SEV1
        labels: {env: no, port: 0808}
people:
  "@ana":
    outside:
      - url: twilio://${SID}:${TOKEN}@+15551234567
        after: 2 minutes
    quiet: {hours: 22:00-07:00, timezone: Europe/Lisbon}
channels:
  announcements: "#incidents"
  name: i-{number}
"""
ANA, BEN, CLEO, DAN = (Person.of("slack", f"U0{name}") for name in ("ANA", "BEN", "CLEO", "DAN"))
ONCALL = Group.of("slack", "S0ONCALL")
MEANT = Organisation(
    teams={"payments": Team(name="Payments", members=(CLEO, DAN), group=ONCALL)},
    services={"checkout": OwnedService(name="Checkout", owner="payments", alias=("shop", "checkout-api"))},
    schedules={
        "first-line": Schedule(
            name="First line",
            rotation=Rotation(
                members=(BEN, CLEO),
                start=date(2026, 1, 5),
                length=2,
                day=Weekday.MONDAY,
                at=time(9, 30),
                timezone="Europe/Lisbon",
            ),
        ),
        "dba": Schedule(name="Databases", calendar="https://calendar.example/dba.ics"),
    },
    policies={
        "payments": Policy(
            name="Payments",
            steps=(
                Step(targets=(Target("schedule:first-line"),), timeout=60),
                Step(targets=(Target("team:payments"), Target(f"group:{ONCALL}"), Target(f"person:{ANA}"))),
            ),
            repeat=2,
        )
    },
    sources={
        "prometheus": AlertSource(
            name="Prometheus",
            tool=Tool.ALERTMANAGER,
            channel="alerts",
            policy="payments",
            pages_from=Severity.SEV3,
            service="checkout",
            auto_declare=(AutoDeclare(severity=Severity.SEV1, labels={"env": "no", "port": "0808"}),),
        )
    },
    people={
        ANA: Notifications(
            outside=(Outside(url="twilio://${SID}:${TOKEN}@+15551234567", after=2),),
            quiet=Quiet(begin=time(22), end=time(7), timezone="Europe/Lisbon"),
        )
    },
    channels=Channels(announcements=("incidents",), name="i-{number}"),
)


async def company(sought: Names) -> Names:
    """Whom the sandbox's company calls so."""
    people = {"ana": ANA, "ben": BEN, "cleo": CLEO, "dan@example.com": DAN}
    return Names({**dict.fromkeys(sought.people_sought, "nobody is called so"), **people}, {"oncall": ONCALL})


async def meant(text: str, present: Organisation | None = None) -> Organisation:
    return (await read_file(text, company)).over(present or Organisation())


async def faults(text: str) -> list[str]:
    with pytest.raises(BadFile) as bad:
        await meant(text)
    return [f"{fault.line}:{fault.column} {fault.sentence}" for fault in bad.value.faults]


async def test_a_file_says_all_of_the_organisation() -> None:
    assert await meant(EXAMPLE) == MEANT


async def test_what_is_written_reads_well() -> None:
    written = write_file(MEANT, {ANA: "Ana Duarte", ONCALL: "On call"})

    assert written.startswith("# Tocsin's organisation.")
    assert "    group: S0ONCALL  # On call\n" in written
    assert "      - page: schedule first-line\n        wait: 60 minutes\n" in written
    assert (
        "          - team payments\n          - group S0ONCALL  # On call\n          - U0ANA  # Ana Duarte\n" in written
    )
    assert "      every: 2 weeks\n      handover: monday 09:30\n" in written
    assert "  U0ANA:  # Ana Duarte\n    outside:\n" in written


ids = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,9}", fullmatch=True)
texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
names = texts.filter(lambda text: text.strip())
people = st.from_regex(r"[UW][A-Z0-9]{2,5}", fullmatch=True).map(lambda id: Person.of("slack", id)) | st.just(
    Person("teams:ana@example.com")
)
groups = st.from_regex(r"S[A-Z0-9]{2,5}", fullmatch=True).map(lambda id: Group.of("slack", id))
times = st.times().map(lambda at: at.replace(second=0, microsecond=0))
zones = st.sampled_from(["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires"])
severities = st.sampled_from(Severity)
days = st.dates(date(2000, 1, 1), date(2100, 1, 1))
labels = st.dictionaries(texts, st.text(st.characters(exclude_categories=["Cs"])), max_size=3)


def few(items: st.SearchStrategy[object], least: int = 0) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(items, min_size=least, max_size=3).map(tuple)


@st.composite
def rotations(draw: st.DrawFn) -> Rotation:
    unit = draw(st.sampled_from(["days", "weeks"]))
    day = draw(st.none() | st.sampled_from(Weekday)) if unit == "weeks" else None
    return Rotation.model_validate(
        {
            "members": draw(few(people, 1)),
            "start": draw(days),
            "length": draw(st.integers(1, 366)),
            "unit": unit,
            "day": day,
            "at": draw(times),
            "timezone": draw(zones),
        }
    )


@st.composite
def organisations(draw: st.DrawFn) -> Organisation:
    """Whole ones: what is named is there, and no two services are called the same."""
    teams = draw(
        st.dictionaries(ids, st.builds(Team, name=names, members=few(people, 1), group=st.none() | groups), max_size=3)
    )
    schedules = draw(
        st.dictionaries(
            ids,
            st.builds(Schedule, name=names, rotation=rotations()) | st.builds(Schedule, name=names, calendar=texts),
            max_size=3,
        )
    )
    pageable = [Target.of(TargetKind.TEAM, id) for id in teams] + [
        Target.of(TargetKind.SCHEDULE, id) for id in schedules
    ]
    targets = people.map(lambda person: Target.of(TargetKind.PERSON, person)) | groups.map(
        lambda group: Target.of(TargetKind.GROUP, group)
    )
    targets = targets | st.sampled_from(pageable) if pageable else targets
    steps = st.builds(Step, targets=few(targets, 1), timeout=st.integers(1, 1_440))
    policies = draw(
        st.dictionaries(ids, st.builds(Policy, name=names, steps=few(steps, 1), repeat=st.integers(0, 9)), max_size=2)
    )
    owners = st.sampled_from([None, *teams])
    called = draw(st.lists(ids, unique=True, max_size=6))
    services = {id: OwnedService(name=id.upper(), owner=draw(owners), alias=(f"{id} ☃: #1",)) for id in called}
    rule = st.builds(AutoDeclare, severity=severities, labels=labels)
    source = st.builds(
        AlertSource,
        name=names,
        tool=st.sampled_from(Tool),
        channel=names.filter(lambda name: name.lstrip("#").strip()),
        policy=st.sampled_from([None, *policies]),
        pages_from=severities,
        service=st.sampled_from([None, *services]),
        mapping=st.dictionaries(texts, st.sampled_from(["id", "a.b[0]", "join(`: `, [a, b])"]), max_size=3),
        auto_declare=few(rule),
    )
    followers = targets.filter(lambda target: target.kind is not TargetKind.SCHEDULE)
    page = st.builds(
        StatusPage,
        name=names,
        groups=st.lists(st.sampled_from(called), min_size=1, max_size=3, unique=True).map(
            lambda shown: tuple(ServicesShown(name=id, services=(id,)) for id in shown)
        )
        if called
        else st.nothing(),
        private=st.booleans(),
        language=st.sampled_from(["en", "de"]),
        colour=st.sampled_from(["", "#1f6feb"]),
        channels=few(ids),
        people=few(followers),
        webhooks=few(st.just(Webhook(url="https://hooks.example/a", key="${HOOK}"))),
        statuspage=st.none() | st.just(Statuspage(page="k3", key="${KEY}", components=dict.fromkeys(called, "c1"))),
    )
    communication = st.builds(
        Communication,
        approvers=few(followers),
        rules=st.dictionaries(
            severities,
            st.builds(
                ApprovalRule,
                approvals=st.integers(1, 5),
                by=st.sampled_from(ApprovedBy),
                author=st.booleans(),
            ),
            max_size=2,
        ),
        cadence=st.dictionaries(severities, st.integers(0, 1_440), max_size=2),
        approval_wait=st.integers(1, 1_440),
        internal_hosts=few(ids),
        templates=st.dictionaries(
            st.sampled_from(PublicStatus), st.just("{{ services }}: we look.\nSorry."), max_size=2
        ),
    )
    quiet = st.builds(Quiet, begin=times, end=times, timezone=zones, urgent=severities)
    way = st.builds(Outside, url=texts, after=st.integers(0, 1_440))
    return Organisation(
        teams=teams,
        services=services,
        schedules=schedules,
        policies=policies,
        sources=draw(st.dictionaries(ids, source, max_size=2)),
        people=draw(
            st.dictionaries(people, st.builds(Notifications, outside=few(way), quiet=st.none() | quiet), max_size=2)
        ),
        pages=draw(st.dictionaries(ids, page, max_size=2)) if called else {},
        updates=draw(communication),
        channels=draw(st.builds(Channels, announcements=st.none() | few(ids), name=st.none() | st.just("i-{number}"))),
    )


@settings(max_examples=150)
@given(organisations(), texts)
async def test_any_organisation_that_is_written_is_read_back(organisation: Organisation, name: str) -> None:
    text = write_file(organisation, dict.fromkeys([ANA, *organisation.people], name))

    file = await read_file(text, without_slack)

    assert file.over(Organisation()) == organisation
    assert not reorganise(organisation, file.over(organisation), {}).changes


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("teams:\n  pay:\n    members: [@ana]", '3:15 in YAML no word begins with @; put it in quotes: "@ana"'),
        ("teams:\n\tpay: {}", "2:1 in YAML lines are indented by spaces, not by tabs"),
        ("teams: {}\n---\nteams: {}", "2:1 one file holds one organisation; remove this line and what follows"),
        ("teams: [a", "1:10 this is no YAML: expected ',' or ']', but got '<stream end>'"),
        ("teams: \x01", "1:8 this character can't be in a YAML file; remove it"),
        ("- teams", "1:1 here belong lines of the form key: value, indented"),
        ("teams: &all\n  pay: *all", "1:8 this is nested too deeply"),
        (
            "sources: {s: {name: S, tool: generic, channel: a, mapping: {title: 'a ['}}}",
            "1:68 this is no JMESPath expression (https://jmespath.org): ",
        ),
        (
            "schedules: {s: {name: S, rotation: {members: [U0ANA], start: 2999-01-01}}}",
            "1:62 it can be at most 2200-01-01",
        ),
        ("teem: {}", '1:1 there is no "teem" here; did you mean "teams"?'),
        ("teams:\n", "1:1 nothing stands here; write a value, or leave the line out"),
        ("teams: {}\nteams: {}", '2:1 "teams" is here for the second time; the first is in line 1'),
        (
            "teams: {Pay: {name: Pay, members: [U0ANA]}}",
            '1:9 "Pay" can\'t be an id; write small letters, digits, - and _, at most 75',
        ),
        ("teams: {pay: {members: [U0ANA]}}", '1:9 "name" is missing here; add it as name: …'),
        ("teams: {pay: {name: Pay}}", "1:9 a team needs members or a group"),
        ("teams: {pay: {name: '', members: [U0ANA]}}", "1:21 it must not be empty"),
        ("teams: {pay: {name: P, mebers: U0ANA}}", '1:24 there is no "mebers" here; did you mean "members"?'),
        ("teams: {pay: {name: P, members: U0ANA}}", "1:33 write a list: [one, another], or lines that begin with -"),
        ("teams: {pay: {name: P, members: ['@zoe']}}", "1:34 nobody is called so"),
        ("services: {api: {name: API, owner: pay}}", '1:36 there is no team "pay"'),
        ("services: {api: {name: API}, b: {name: api}}", '1:30 another service is called "api" too'),
        ("policies: {p: {name: P, steps: []}}", "1:25 at least 1 belongs here"),
        ("policies: {p: {name: P, steps: [{page: pay}]}}", '1:40 "pay" can be several things; write "team payments"'),
        ("policies: {p: {name: P, steps: [{page: team pay}]}}", '1:40 there is no team "pay"'),
        (
            "policies: {p: {name: P, steps: [{page: policy p}]}}",
            "1:33 a step pages people, groups, teams and schedules",
        ),
        ("policies: {p: {name: P, steps: [{page: U0ANA, wait: soon}]}}", "1:53 write a time as 5 minutes, or 1 hour"),
        ("policies: {p: {name: P, steps: [{page: U0ANA, wait: 2 days}]}}", "1:53 write a time as 5 minutes, or 1 hour"),
        ("policies: {p: {name: P, steps: [{page: U0ANA, wait: 48 hours}]}}", "1:53 it can be at most 1440"),
        ("policies: {p: {name: P, repeat: many, steps: [{page: U0ANA}]}}", "1:33 write a whole number"),
        (
            "sources: {s: {name: S, tool: promtail, channel: a}}",
            '1:30 there is no "promtail"; possible: alertmanager, grafana',
        ),
        ("sources: {s: {name: S, tool: grafna, channel: a}}", '1:30 there is no "grafna"; did you mean "grafana"?'),
        ("sources: {s: {name: S, tool: generic, channel: a, pages_from: bad}}", "1:63 write a severity as SEV2"),
        ("people: {U0ANA: {}, '@ana': {}}", "1:21 @ana is here for the second time"),
        ("people: {U0ANA: {quiet: {hours: late}}}", "1:33 write hours as 22:00-07:00"),
        ("channels: {name: '{month}'}", "1:18 it can hold {number} and {title}, and no other braces"),
        ("schedules: {s: {name: S}}", "1:13 a schedule has either a rotation or a calendar"),
        ("schedules: {s: {name: S, rotation: {members: [U0ANA], start: monday}}}", "1:62 write a day as 2026-01-05"),
        (
            "schedules: {s: {name: S, rotation: {members: [U0ANA], start: 2026-01-05, every: month}}}",
            "1:81 write how long a turn is as 1 week, 2 weeks or 3 days",
        ),
        (
            "schedules: {s: {name: S, rotation: {members: [U0ANA], start: 2026-01-05, every: day, handover: monday}}}",
            "1:26 a day of the week is for turns of weeks",
        ),
        (
            "schedules: {s: {name: S, rotation: {members: [U0ANA], start: 2026-01-05, timezone: Lisbon}}}",
            '1:84 there is no time zone "Lisbon"; write one as Europe/Berlin',
        ),
    ],
)
async def test_each_fault_is_named_where_it_is(text: str, said: str) -> None:
    found = await faults(text)

    assert len(found) == 1
    assert found[0].startswith(said)


async def test_all_faults_are_named_at_once() -> None:
    assert len(await faults("teams: {A: {}, b: {x: 1}}\nservices: {s: {}}\nfoo: 1")) == 6


async def test_without_slack_only_ids_can_be_written() -> None:
    with pytest.raises(BadFile) as bad:
        await read_file(EXAMPLE, without_slack)

    assert [fault.line for fault in bad.value.faults] == [4, 4, 5, 15, 29, 29, 43]
    assert "SLACK_BOT_TOKEN" in bad.value.faults[0].sentence


async def test_a_section_that_the_file_does_not_have_stays() -> None:
    wanted = await meant("services: {}\npeople: {U0BEN: {quiet: {hours: 22:00-07:00}}}", MEANT)

    assert wanted.services == {}
    assert wanted.teams == MEANT.teams
    assert set(wanted.people) == {ANA, BEN}
    assert wanted.channels == MEANT.channels


async def test_a_change_is_told_field_by_field() -> None:
    wanted = await meant(
        EXAMPLE.replace("wait: 1 hour", "wait: 5 minutes")
        .replace("owner: payments", "owner: sre")
        .replace("  payments:\n    name: Payments\n    members", "  sre:\n    name: SRE\n    members")
        .replace("team payments", "team sre")
    )

    assert list(told(reorganise(MEANT, wanted, {}))) == [
        'removed  team payments "Payments"',
        'added    team sre "SRE"',
        'changed  service checkout "Checkout": owner: payments → sre',
        'changed  policy payments "Payments": steps 1 wait: 60 minutes → 5 minutes; '
        "steps 2 page: team payments, group S0ONCALL, U0ANA → team sre, group S0ONCALL, U0ANA",
    ]


async def test_what_is_needed_stays_and_so_does_what_it_names() -> None:
    needed = {Part(Kind.SOURCE, "prometheus"): Use(alerts=2), Part(Kind.TEAM, "other"): Use(pages=1)}
    made = reorganise(MEANT, Organisation(services={"new": OwnedService(name="New")}), needed)

    assert list(told(made)) == [
        'added    service new "New"',
        'removed  schedule dba "Databases"',
        "removed  person U0ANA",
        "removed  channels",
        'kept     policy payments "Payments", because source prometheus names it',
        'kept     schedule first-line "First line", because policy payments names it',
        'kept     service checkout "Checkout", because source prometheus names it',
        'kept     source prometheus "Prometheus", because 2 of its alerts are open',
        'kept     team payments "Payments", because service checkout names it',
    ]

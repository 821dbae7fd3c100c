"""Who people are: their names, who may command, and how often Slack is asked."""

from contextlib import suppress

import pytest

from bot.demo import sandbox_settings
from bot.people import NotAMember, People
from bot.rates import Urgency, as_urgent_as, urgency
from bot.slack import Door, SlackUnavailable
from bot.tokens import web_client
from incidents.model.alert import tool
from incidents.model.identity import TOCSIN, Person
from incidents.model.organisation import AlertSource, Tool
from incidents.ports.jobs import way
from sandbox.company import TEAM
from sandbox.server import Sandbox
from sandbox.things import User
from tests.bot.floor import Floor, eventually


@pytest.fixture
def people(sandbox: Sandbox) -> People:
    settings = sandbox_settings(sandbox, "sqlite:///unused.db")
    return People(Door(web_client(settings, settings.slack_bot_token)), TEAM)


def asked(sandbox: Sandbox) -> int:
    return sum(call.name == "users.info" for call in sandbox.workspace.calls)


def newcomer(sandbox: Sandbox, **what: bool) -> str:
    """Somebody new in the workspace; gives the id."""
    user = User("U0NEW", "new", "New Comer", TEAM, "new@example.com", **what)
    sandbox.workspace.users[user.id] = user
    return user.id


async def test_people_of_the_workspace_may_command(people: People) -> None:
    await people.must_be_member("U0ANA")
    assert (await people.get("U0ANA")).name == "ana"


@pytest.mark.parametrize("who", ["U0GUS", "U0PIA", "U0GRAFANA", "U0NOBODY"])
async def test_guests_strangers_bots_and_the_unknown_may_not(people: People, who: str) -> None:
    with pytest.raises(NotAMember) as refused:
        await people.must_be_member(who)
    assert "Ask somebody of this workspace" in refused.value.sentence


@pytest.mark.parametrize("what", ["is_restricted", "is_ultra_restricted", "deleted"])
async def test_each_kind_of_lesser_account_may_not(people: People, sandbox: Sandbox, what: str) -> None:
    who = newcomer(sandbox, **{what: True})
    with pytest.raises(NotAMember):
        await people.must_be_member(who)


async def test_tocsin_itself_is_known_without_asking(people: People, sandbox: Sandbox) -> None:
    assert (await people.get(TOCSIN.id)).name == "Tocsin"
    assert asked(sandbox) == 0


async def test_slack_is_asked_once_about_each(people: People, sandbox: Sandbox) -> None:
    for _ in range(3):
        await people.must_be_member("U0ANA")
    assert asked(sandbox) == 1


async def test_after_some_minutes_slack_is_asked_again_while_nobody_waits(
    people: People, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    await people.get("U0ANA")
    monkeypatch.setattr("bot.people.REMEMBERED", 0.0)
    await people.get("U0ANA")
    assert asked(sandbox) == 1
    await eventually(lambda: asked(sandbox) == 2)


async def test_a_changed_profile_is_heard_of_at_once(people: People, sandbox: Sandbox) -> None:
    await people.get("U0ANA")
    sandbox.workspace.users["U0ANA"].is_restricted = True
    people.forget("U0ANA")
    people.forget("U0NEVERSEEN")
    with pytest.raises(NotAMember):
        await people.must_be_member("U0ANA")


async def test_where_it_is_not_known_whose_profile_changed_all_are_looked_up_again(
    people: People, sandbox: Sandbox
) -> None:
    ids = ("U0ANA", "U0BEN")
    for id in ids:
        await people.get(id)
    people.forget()
    for id in ids:
        sandbox.workspace.users[id].is_restricted = True
        with pytest.raises(NotAMember):
            await people.must_be_member(id)


async def test_what_is_looked_up_beside_a_job_is_a_refresh_and_takes_none_of_its_place(
    people: People, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[tuple[Urgency, bool]] = []
    place = suppress  # of the job
    ask = Door.call

    async def asked_of(door: Door, method: str, **arguments: object) -> object:
        begun.append((urgency.get(), way.get() is place))
        return await ask(door, method, **arguments)

    await people.get("U0ANA")
    monkeypatch.setattr("bot.people.REMEMBERED", 0.0)
    monkeypatch.setattr(Door, "call", asked_of)
    way.set(place)
    with as_urgent_as(Urgency.PAGE):
        await people.get("U0ANA")
        await people.everybody()
        await people.groups()
    await eventually(lambda: asked(sandbox) == 2)
    assert begun == [(Urgency.REFRESH, False)] * 3


async def test_names_are_looked_up_together_and_each_once(people: People, sandbox: Sandbox) -> None:
    ana, ben = Person.of("slack", "U0ANA"), Person.of("slack", "U0BEN")
    assert await people.names([ana, ben, ana, TOCSIN]) == {ana: "ana", ben: "ben", TOCSIN: "Tocsin"}
    assert asked(sandbox) == 2


async def test_monitoring_tools_are_named_by_the_organisation_and_slack_is_not_asked(floor: Floor) -> None:
    prometheus, gone = tool("prometheus"), tool("gone")
    source = AlertSource(name="Alertmanager prod", tool=Tool.ALERTMANAGER, channel="alerts")
    await floor.organise(sources={"prometheus": source})
    before = asked(floor.sandbox)
    assert await floor.bot.people.names([prometheus, gone]) == {prometheus: "Alertmanager prod", gone: "gone"}
    assert await floor.bot.people.label(prometheus) == "Alertmanager prod"
    assert asked(floor.sandbox) == before


async def test_whether_somebody_may_command_is_not_guessed_while_slack_is_away(
    people: People, sandbox: Sandbox
) -> None:
    await sandbox.person("ana").trouble(method="users.info", error="internal_error", times=5)
    with pytest.raises(SlackUnavailable):
        await people.must_be_member("U0ANA")
    await people.must_be_member("U0ANA")

"""People and alerts: what they press on an alert's message, what it says then, and the incidents that come of it."""

import asyncio

import pytest

from incidents.actions.alert_response import link_alert
from incidents.model import facts
from incidents.model.identity import Person as Somebody
from sandbox.client import Person
from tests.bot.alerting import fire
from tests.e2e.alerting import edited_late, organised, press, shown, tell, told
from tests.e2e.workspace import Json, Workplace, element_reading, filled, words


@pytest.fixture
async def alerted(workplace: Workplace) -> Workplace:
    """A workplace where a tool is a source of alerts, which go to #general."""
    return await organised(workplace)


async def test_accepting_says_who_is_on_it_to_everybody(alerted: Workplace, ben: Person) -> None:
    await tell(alerted, fire())
    await press(alerted, ben, "Accept")

    message = await shown(alerted, "is on it")
    assert "<@U0BEN>" in words(message)
    with pytest.raises(AssertionError):
        element_reading(message["blocks"], "Accept")


async def test_of_two_who_accept_at_once_one_wins_and_the_other_is_told_who(
    alerted: Workplace, ben: Person, cleo: Person
) -> None:
    await tell(alerted, fire())
    await asyncio.gather(press(alerted, ben, "Accept"), press(alerted, cleo, "Accept"))

    message = await shown(alerted, "is on it")
    winner, loser = (ben, cleo) if "<@U0BEN>" in words(message) else (cleo, ben)
    refused = await told(alerted, loser, "accepted this alert before you")
    assert f"<@{winner.id}>" in words(refused)


async def test_resolving_asks_first_and_says_who_did(alerted: Workplace, ben: Person) -> None:
    await tell(alerted, fire())
    _, button = element_reading((await shown(alerted))["blocks"], "Resolve")
    assert button["confirm"]["title"]["text"] == "Resolve this alert?"
    await press(alerted, ben, "Resolve")

    assert "<@U0BEN>" in words(await shown(alerted, "resolved by"))


async def test_a_late_press_is_told_that_it_is_over(alerted: Workplace, ben: Person, cleo: Person) -> None:
    await tell(alerted, fire())
    edited_late(alerted)
    await press(alerted, ben, "Resolve")
    await press(alerted, cleo, "Accept")

    await told(alerted, cleo, "This alert is resolved already")


async def test_escalating_says_who_did(alerted: Workplace, ben: Person) -> None:
    await tell(alerted, fire())
    await press(alerted, ben, "Escalate")

    await told(alerted, ben, "the next step is called now")
    assert "<@U0BEN> escalated" in words(await shown(alerted, "escalated"))


@pytest.mark.parametrize("name", ["gus", "pia"])
async def test_guests_and_people_of_other_organisations_command_nothing(alerted: Workplace, name: str) -> None:
    await organised(alerted, channel="payments")
    await tell(alerted, fire())
    outsider, payments = alerted.person(name), alerted.channel("payments")
    message = await alerted.read(outsider, payments, "Checkout 5xx")
    for label in ("Accept", "Resolve", "Escalate", "Declare incident", "Link to incident"):
        said = await alerted.answered(outsider, payments, alerted.press(outsider, payments, message, label))
        assert "not command Tocsin" in words(said)

    alert = await alerted.running.bot.core.storage.read.alerts.alert(1)
    assert alert is not None and alert.accepted_by is None and alert.is_open
    assert await outsider.views() == []


async def declare_from_alert(workplace: Workplace, who: Person) -> Json:
    await press(workplace, who, "Declare incident")
    return await workplace.form(who, "Declare an incident")


async def test_declaring_fills_the_form_in_and_brings_the_alert_and_its_people(
    alerted: Workplace, ana: Person, ben: Person
) -> None:
    await tell(alerted, fire(details="502s since the deploy", link="https://prom.example/graph"))
    await press(alerted, ben, "Accept")
    view = await declare_from_alert(alerted, ana)
    for known in ("Checkout 5xx at 12 %", "502s since the deploy", "https://prom.example/graph", "partial outage"):
        assert known in words(view)
    assert await ana.submit(view["id"], filled(view)) == {}
    await shown(alerted, "Belongs to")
    await alerted.settle()

    incident = await alerted.incident(1)
    assert incident.title == "Checkout 5xx at 12 %" and incident.severity == 2
    assert [each.name for each in incident.services.values()] == ["Checkout"]
    assert list(incident.alerts) == [1]
    assert {Somebody.of("slack", ana.id), Somebody.of("slack", ben.id)} <= set(incident.joined)
    assert incident.channel is not None
    message = await shown(alerted, f"<#{incident.channel.channel.id}>")
    assert "declared INC-1" in words(message)
    with pytest.raises(AssertionError):
        element_reading(message["blocks"], "Declare incident")


async def test_two_who_declare_at_once_get_one_incident(alerted: Workplace, ana: Person, ben: Person) -> None:
    await tell(alerted, fire())
    first, second = [await declare_from_alert(alerted, who) for who in (ana, ben)]
    await asyncio.gather(ana.submit(first["id"], filled(first)), ben.submit(second["id"], filled(second)))
    await alerted.settle()

    assert await alerted.running.bot.core.storage.read.incident(2) is None
    incident = await alerted.incident(1)
    late = ben if incident.declared_by.id == ana.id else ana
    assert "Nothing was declared: this alert belongs to" in words(await late.views())


async def test_an_alert_that_is_linked_shows_its_incident_instead(alerted: Workplace, ana: Person, ben: Person) -> None:
    await alerted.declare(ana, "Payments are slow")
    await tell(alerted, fire())
    edited_late(alerted)
    await link_alert(alerted.running.bot.core, 1, 1, Somebody.of("slack", ana.id))
    await press(alerted, ben, "Declare incident")

    await told(alerted, ben, "Belongs to *INC-1*")
    assert await ben.views() == []


async def link_to(workplace: Workplace, who: Person, query: str) -> None:
    """Choose the one incident that ``query`` finds, in the form behind *Link to incident*."""
    await press(workplace, who, "Link to incident")
    view = await workplace.form(who, "Link to incident")
    block, menu = element_reading(view["blocks"], "Search open incidents")
    [found] = await who.options(menu["action_id"], block["block_id"], query, view_id=view["id"])
    chosen = {"type": "external_select", "selected_option": found}
    assert await who.submit(view["id"], {block["block_id"]: {menu["action_id"]: chosen}}) == {}


async def test_linking_to_an_open_incident_and_back(alerted: Workplace, ana: Person, ben: Person) -> None:
    channel = await alerted.declare(ana, "Payments are slow")
    await tell(alerted, fire())
    await press(alerted, ben, "Accept")
    await link_to(alerted, ana, "slow")

    message = await shown(alerted, "Belongs to *INC-1* Payments are slow")
    assert channel in words(message)
    await alerted.settle()
    assert Somebody.of("slack", ben.id) in (await alerted.incident(1)).joined

    await press(alerted, ana, "Unlink from INC-1", "Unlink")
    await shown(alerted, "unlinked it from INC-1")
    incident = await alerted.incident(1)
    assert incident.alerts == {} and Somebody.of("slack", ben.id) in incident.joined


async def test_only_incidents_that_one_may_see_are_offered(alerted: Workplace, ana: Person, ben: Person) -> None:
    await alerted.declare(ana, "Payments are slow")
    await alerted.declare(ana, "A secret", options=["Open a channel", "Private"])
    await tell(alerted, fire())
    await press(alerted, ben, "Link to incident")
    view = await alerted.form(ben, "Link to incident")
    block, menu = element_reading(view["blocks"], "Search open incidents")

    offered = await ben.options(menu["action_id"], block["block_id"], "", view_id=view["id"])
    assert "Payments are slow" in words(offered) and "secret" not in words(offered)


async def test_a_private_incident_is_shown_to_nobody_else(alerted: Workplace, ana: Person, ben: Person) -> None:
    await alerted.declare(ana, "A secret", options=["Open a channel", "Private"])
    await tell(alerted, fire())
    await link_to(alerted, ana, "secret")
    await alerted.settle()

    message = await shown(alerted)
    assert "INC-1" not in words(message) and "secret" not in words(message)
    await press(alerted, ben, "Declare incident")
    await told(alerted, ben, "where you have no access")
    await press(alerted, ben, "Accept")
    await shown(alerted, "is on it")
    assert Somebody.of("slack", ben.id) not in (await alerted.incident(1)).responders


async def test_resolving_the_incident_resolves_its_alert(alerted: Workplace, ana: Person) -> None:
    channel = await alerted.declare(ana, "Payments are slow")
    await tell(alerted, fire())
    await link_to(alerted, ana, "INC-1")
    await alerted.typed(ana, channel, "/incident resolve")

    message = await shown(alerted, "✅ *Resolved*")
    assert "Belongs to *INC-1*" in words(message)


async def test_the_message_shortcut_declares_from_what_another_bot_posted(alerted: Workplace, ana: Person) -> None:
    """As Alertmanager writes to Slack: https://prometheus.io/docs/alerting/latest/configuration/#slack_config"""
    posted = {
        "fallback": "[FIRING:1] HighErrorRate checkout",
        "title": "[FIRING:1] HighErrorRate checkout",
        "title_link": "https://alertmanager.example/#/alerts",
        "text": "5xx at 12 %",
        "fields": [{"title": "severity", "value": "critical", "short": True}],
    }
    payments = alerted.channel("payments")
    ts = await ana.bot_message(payments, "", attachments=[posted])
    await ana.shortcut("declare_from_message", channel=payments, ts=ts)
    view = await alerted.form(ana, "Declare an incident")
    await ana.submit(view["id"], filled(view))
    await alerted.settle()

    assert (await alerted.incident(1)).title == "[FIRING:1] HighErrorRate checkout"
    [pinned] = [e.fact for e in await alerted.timeline(1) if isinstance(e.fact, facts.MessagePinned)]
    assert "5xx at 12 %" in pinned.text and "critical" in pinned.text

"""Who may do what: guests and partners write and command nothing; a private incident is not there for others."""

from collections.abc import Awaitable

import pytest

from bot.words import WORDS
from incidents.model import facts
from incidents.model.identity import Person as Somebody
from sandbox.client import Person
from tests.conftest import ON_SQLITE
from tests.e2e.workspace import Workplace, eventually, words

pytestmark = ON_SQLITE
WHY = "Guests, and people from other organisations, can read and write where they were invited"
PRIVATE = ["Open a channel for it", "Private"]
OUTSIDERS = pytest.mark.parametrize("outsider", ["gus", "pia"])


@pytest.fixture
async def payments(workplace: Workplace, ana: Person) -> str:
    """A channel with a guest and a partner in it, which is that of INC-1."""
    first = await workplace.declare(ana, "Checkout fails")
    await ana.command(first, "/incident detach")
    await workplace.read(ana, first, "detached this channel")
    channel = workplace.channel("payments")
    await workplace.typed(ana, channel, "/incident adopt INC-1")
    await workplace.settle()
    return channel


@OUTSIDERS
async def test_guests_and_partners_command_nothing_by_word(workplace: Workplace, payments: str, outsider: str) -> None:
    person = workplace.person(outsider)
    before = await workplace.timeline(1)
    for typed in ["", "INC-1", *WORDS, "declare It burns", "severity 1", "note psst", "adopt INC-1", "timeline all"]:
        assert WHY in words(await workplace.typed(person, payments, f"/incident {typed}")), typed
    assert await person.views() == []
    assert await workplace.timeline(1) == before


@OUTSIDERS
async def test_guests_and_partners_command_nothing_by_button_shortcut_or_form(
    workplace: Workplace, ana: Person, payments: str, outsider: str
) -> None:
    person = workplace.person(outsider)
    before = await workplace.timeline(1)
    card = await workplace.shown_card(payments, "Take command")

    async def refused(act: Awaitable[None]) -> None:
        assert WHY in words(await workplace.answered(person, payments, act))

    await refused(workplace.press(person, payments, card, "Severity", "SEV1"))
    await refused(workplace.press(person, payments, card, "Join"))
    await refused(workplace.press(person, payments, card, "Resolve"))
    ts = next(m["ts"] for m in await workplace.messages(payments) if m.get("user") == "U0CLEO")
    await refused(person.shortcut("declare_from_message", channel=payments, ts=ts))
    await refused(person.shortcut("add_to_timeline", channel=payments, ts=ts))
    await person.shortcut("declare_incident")
    assert WHY in words(await workplace.form(person, "Tocsin"))
    await ana.command(workplace.general, "/incident declare It burns")
    form = await workplace.form(ana, "Declare an incident")
    await ana.submit(form["id"], {})
    sent = workplace.delivered("view_submission")
    sent["user"]["id"], sent["view"]["id"] = person.id, "V0FORGED"
    assert WHY in (await workplace.deliver("interactive", sent))["errors"]["title"]
    assert await workplace.timeline(1) == before
    assert await workplace.running.bot.core.storage.read.incident(3) is None


@OUTSIDERS
async def test_guests_and_partners_see_nothing_in_home(workplace: Workplace, payments: str, outsider: str) -> None:
    person = workplace.person(outsider)
    await person.open_home()
    home = await eventually(person.home)
    assert "Checkout fails" not in words(home)


@OUTSIDERS
async def test_what_guests_and_partners_write_is_mirrored_and_they_are_no_responders(
    workplace: Workplace, payments: str, outsider: str
) -> None:
    person = workplace.person(outsider)
    ts = await person.say(payments, "I see it too")

    async def heard() -> bool:
        said = [e for e in await workplace.timeline(1) if isinstance(e.fact, facts.Message) and e.fact.message == ts]
        return bool(said) and said[0].by == Somebody.of("slack", person.id)

    await eventually(heard)
    assert Somebody.of("slack", person.id) not in (await workplace.incident(1)).responders


@OUTSIDERS
async def test_a_guest_or_partner_is_not_given_command(
    workplace: Workplace, ana: Person, payments: str, outsider: str
) -> None:
    assert WHY in words(await workplace.typed(ana, payments, f"/incident lead @{outsider}"))
    assert (await workplace.incident(1)).commander is None


# Private incidents ----------------------------------------------------------------------------------------------------


@pytest.fixture
async def private(workplace: Workplace, ana: Person) -> str:
    """The channel of the private INC-1, which ana declared and for which dan was paged."""
    return await workplace.declare(ana, "A breach of the vault", options=PRIVATE, page=["U0DAN"])


async def test_naming_a_private_incident_is_answered_as_if_there_were_none(
    workplace: Workplace, ben: Person, private: str
) -> None:
    before = await workplace.timeline(1)
    about_one = [word.word for word in WORDS.values() if word.on_incident is not None]
    for typed in ["{}", "{} severity 1", "severity {} 1", "note {} psst", *(f"{word} {{}}" for word in about_one)]:
        answer = await workplace.typed(ben, workplace.general, f"/incident {typed.format('INC-1')}")
        assert answer["text"] == "There is no INC-1. See what there is: /incident list all.", typed
        of_none = await workplace.typed(ben, workplace.general, f"/incident {typed.format('INC-77')}")
        assert of_none["text"] == answer["text"].replace("INC-1", "INC-77"), typed
    assert await workplace.timeline(1) == before


async def test_a_private_incident_is_in_no_list_count_home_or_announcement_of_others(
    workplace: Workplace, ana: Person, ben: Person, private: str
) -> None:
    async def nothing(who: Person, typed: str) -> None:
        seen = words(await workplace.typed(who, workplace.general, f"/incident {typed}"))
        assert "INC-1" not in seen and "vault" not in seen and "(1)" not in seen, typed

    for typed in ["", "list", "list all", "list breach", "list sev3", "resolve"]:
        await nothing(ben, typed)
    await ben.open_home()
    assert "vault" not in words(await eventually(ben.home))
    await workplace.typed(ana, private, "/incident title A breach of the other vault")
    await workplace.typed(ana, private, "/incident resolve")
    await workplace.settle()
    for typed in ["list", "list resolved", "list all"]:
        await nothing(ben, typed)
    assert await workplace.by_bot(workplace.channel("incidents")) == []


async def test_a_title_like_that_of_a_private_incident_does_not_give_it_away(
    workplace: Workplace, ben: Person, private: str
) -> None:
    await workplace.declare(ben, "A breach of the vault")
    assert (await workplace.incident(2)).title == "A breach of the vault"


async def test_its_responders_see_a_private_incident(
    workplace: Workplace, ana: Person, dan: Person, private: str
) -> None:
    for person in (ana, dan):
        assert "A breach of the vault" in words(await workplace.typed(person, workplace.general, "/incident list"))
    assert "You joined INC-1" in words(await workplace.typed(dan, workplace.general, "/incident join INC-1"))
    assert "vault" in words(await workplace.typed(ana, workplace.general, "/incident list mine"))


async def test_a_message_is_not_added_to_a_private_incident_by_others(
    workplace: Workplace, ana: Person, ben: Person, private: str
) -> None:
    ts = await ben.say(workplace.general, "is something wrong?")
    shortcut = ben.shortcut("add_to_timeline", channel=workplace.general, ts=ts)
    assert "No incident is open" in words(await workplace.answered(ben, workplace.general, shortcut))


async def test_whoever_is_let_into_a_private_channel_sees_its_incident(
    workplace: Workplace, ana: Person, ben: Person, private: str
) -> None:
    await ana.invite(private, "U0BEN")

    async def listed() -> bool:
        return Somebody.of("slack", "U0BEN") in (await workplace.incident(1)).joined

    await eventually(listed)
    assert "vault" in words(await workplace.typed(ben, private, "/incident list"))

"""The incident's channel: its name from any title, what it carries, and how an incident gets, changes and loses one."""

from incidents.model import facts
from incidents.model.identity import Person as Somebody
from incidents.model.organisation import Organisation, Team
from sandbox.client import Person
from tests.e2e.workspace import Workplace, eventually, words


def name_of(workplace: Workplace, channel: str) -> str:
    return workplace.sandbox.workspace.channels[channel].name


NAMES = [
    ("Checkout fails, again!", "checkout-fails-again"),
    ("  ÉCRAN — noir_à l'accueil ", "écran-noir_à-laccueil"),
    ("支払いが失敗する", "支払いが失敗する"),
    ("Не работает оплата", "не-работает-оплата"),
    ("الدفع لا يعمل", "الدفع-لا-يعمل"),
    ("🔥🔥🔥", ""),
    ("!!! ??? ---", ""),
    ("ﬁre in 🔥 №5", "fire-in-no5"),
    ("a" * 79, "a" * 74),
    ("word " * 100, ("word-" * 100)[:74].rstrip("-")),
]
"""Titles, and what the channel is called after the incident's own name."""

OF_ANY_SCRIPT = [
    "हिन्दी में भुगतान विफल",
    "ชำระเงินไม่ได้",
    "İstanbul'da ödeme",
    "x²½ ⅷ ① ª",
    "e\u0301\u0323 zalgo\u0336\u0334",
    "\u200b\u202etxt",
]


async def test_any_title_makes_a_channel(workplace: Workplace, ana: Person) -> None:
    for number, (title, name) in enumerate(NAMES, start=1):
        channel = await workplace.declare(ana, title)
        assert name_of(workplace, channel) == f"inc-{number}-{name}".rstrip("-")[:80]
        assert (await workplace.incident(number)).title == " ".join(title.split())


async def test_a_title_of_any_script_makes_some_channel(workplace: Workplace, ana: Person) -> None:
    for number, title in enumerate(OF_ANY_SCRIPT, start=1):
        assert name_of(workplace, await workplace.declare(ana, title)).startswith(f"inc-{number}")


async def test_a_name_that_is_taken_even_by_an_archived_channel_gets_a_suffix(
    workplace: Workplace, ana: Person
) -> None:
    await ana.create("inc-1-checkout-fails")
    await ana.archive(await ana.create("inc-1-checkout-fails-2"))
    assert name_of(workplace, await workplace.declare(ana, "Checkout fails")) == "inc-1-checkout-fails-3"
    await ana.create("inc-2-" + "b" * 74)
    assert name_of(workplace, await workplace.declare(ana, "b" * 500)) == "inc-2-" + "b" * 72 + "-2"


async def test_the_channel_has_a_pinned_and_bookmarked_card_and_a_topic(workplace: Workplace, ana: Person) -> None:
    channel = await workplace.declare(ana, "Checkout fails")
    await workplace.settle()
    carried = workplace.sandbox.workspace.channels[channel]
    card = await workplace.card(channel)
    assert card is not None and [pin.ts for pin in carried.pins] == [card["ts"]]
    assert [bookmark.title for bookmark in carried.bookmarks.values()] == ["INC-1 card"]
    assert card["ts"].replace(".", "") in words([bookmark.link for bookmark in carried.bookmarks.values()])
    assert carried.topic.value == "🟡 SEV3 · Declared · No commander yet"
    await workplace.typed(ana, channel, "/incident severity 1")
    await workplace.typed(ana, channel, "/incident status identified")
    await workplace.typed(ana, channel, "/incident lead @ben")
    await workplace.settle()
    assert carried.topic.value == "🔴 SEV1 · Identified · Commander: ben"
    assert len(carried.pins) == len(carried.bookmarks) == 1


async def test_the_card_is_posted_anew_where_somebody_deleted_it(workplace: Workplace, ana: Person) -> None:
    channel = await workplace.declare(ana, "Checkout fails")
    await workplace.settle()
    card = await workplace.card(channel)
    assert card is not None
    await ana.delete(channel, card["ts"])
    await workplace.typed(ana, channel, "/incident severity 1")

    async def anew() -> bool:
        now = await workplace.card(channel)
        return now is not None and now["ts"] != card["ts"] and now["is_pinned"]

    await eventually(anew)


async def test_responders_who_come_later_are_invited(workplace: Workplace, ana: Person, ben: Person) -> None:
    channel = await workplace.declare(ana, "Checkout fails")
    await workplace.typed(ana, channel, "/incident lead @ben")

    async def there() -> bool:
        return ben.id in workplace.sandbox.workspace.channels[channel].members

    await eventually(there)
    assert Somebody.of("slack", ben.id) in (await workplace.incident(1)).joined


async def test_whoever_slack_does_not_let_in_is_named_and_the_others_are_in(workplace: Workplace, ana: Person) -> None:
    members = (Somebody.of("slack", "U0GUS"), Somebody.of("slack", "U0BEN"))
    async with workplace.running.bot.core.storage.transaction() as unit:
        await unit.organisation.save(Organisation(teams={"mixed": Team(name="Mixed", members=members)}))
    channel = await workplace.declare(ana, "Checkout fails", page=["team:mixed"])
    said = await workplace.read(ana, channel, "would not let me invite <@U0GUS>")
    assert "guests can't join new channels" in said["text"]
    assert "U0BEN" in workplace.sandbox.workspace.channels[channel].members


async def test_a_channel_can_be_opened_later(workplace: Workplace, ana: Person) -> None:
    await ana.command(workplace.general, "/incident declare Checkout fails")
    view = await workplace.form(ana, "Declare an incident")
    await ana.submit(view["id"], {"options": {"value": {"type": "checkboxes", "selected_options": []}}})
    assert "Opening a channel" in words(await workplace.typed(ana, workplace.general, "/incident channel INC-1"))
    await workplace.settle()
    channel = workplace.channel("inc-1-checkout-fails")
    assert ana.id in workplace.sandbox.workspace.channels[channel].members and await workplace.card(channel)
    assert "has a channel already" in words(await workplace.typed(ana, channel, "/incident channel"))


async def test_a_detached_channel_is_not_mirrored_and_keeps_its_history(workplace: Workplace, ana: Person) -> None:
    channel = await workplace.declare(ana, "Checkout fails")
    await ana.say(channel, "before")

    async def heard() -> bool:
        return any(isinstance(entry.fact, facts.Message) for entry in await workplace.timeline(1))

    await eventually(heard)
    await ana.command(channel, "/incident detach")
    await workplace.read(ana, channel, "detached this channel from INC-1")
    await ana.say(channel, "after")
    assert "has no channel" in words(await workplace.typed(ana, channel, "/incident detach INC-1"))
    said = [entry.fact.text for entry in await workplace.timeline(1) if isinstance(entry.fact, facts.Message)]
    assert said == ["before"]
    assert "no channel" not in words(await workplace.typed(ana, workplace.general, "/incident timeline all INC-1"))


async def test_an_existing_channel_becomes_the_incident_s(workplace: Workplace, ana: Person) -> None:
    first = await workplace.declare(ana, "Checkout fails")
    payments = workplace.channel("payments")
    assert "has a channel already" in words(await workplace.typed(ana, payments, "/incident adopt INC-1"))
    await ana.command(first, "/incident detach")
    await workplace.read(ana, first, "detached this channel")
    assert "now the one of INC-1" in words(await workplace.typed(ana, payments, "/incident adopt INC-1"))
    await workplace.settle()
    assert await workplace.card(payments)
    await ana.say(payments, "now here")

    async def heard() -> bool:
        return "now here" in str([entry.fact for entry in await workplace.timeline(1)])

    await eventually(heard)
    second = await workplace.declare(ana, "Search is slow")
    await ana.command(second, "/incident detach")
    await workplace.read(ana, second, "detached this channel")
    assert "already belongs to INC-1" in words(await workplace.typed(ana, payments, "/incident adopt INC-2"))


async def test_a_private_incident_takes_no_public_channel(workplace: Workplace, ana: Person) -> None:
    private = await workplace.declare(ana, "A breach", options=["Open a channel for it", "Private"])
    await ana.command(private, "/incident detach")
    await workplace.read(ana, private, "detached this channel")
    answer = await workplace.typed(ana, workplace.general, "/incident adopt INC-1")
    assert "is private, and everybody can read this channel" in words(answer)

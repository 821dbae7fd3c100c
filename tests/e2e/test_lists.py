"""Reading: the list with its filters and pages, the timeline with and without what was said, Home."""

from collections.abc import Sequence

from incidents.actions.declare import Declare, declare
from incidents.model.identity import Person as Somebody
from incidents.model.vocabulary import Impact, Severity
from sandbox.client import Person
from tests.e2e.workspace import Json, Workplace, eventually, words

BEN = Somebody.of("slack", "U0BEN")


async def have(workplace: Workplace, titles: Sequence[str], **more: Severity | dict[str, Impact]) -> None:
    """Open incidents that ben declared, without channels."""
    for title in titles:
        request = Declare(by=BEN, origin=f"test:{title}", title=title, wants_channel=False, **more)  # type: ignore[arg-type]
        await declare(workplace.running.bot.core, request)


def names(message: Json) -> list[str]:
    """The incidents that are listed, in order."""
    lines = message["text"].splitlines()
    return [word.strip("*") for line in lines for word in line.split() if word.startswith("*INC-")]


async def pressed(workplace: Workplace, person: Person, message: Json, label: str, choose: str | None = None) -> Json:
    """The list in place of ``message``, after a press."""
    await workplace.press(person, workplace.general, message, label, choose)

    async def drawn() -> Json | None:
        seen = await person.messages(workplace.general)
        now = next(each for each in seen if each["ts"] == message["ts"])
        return now if now["blocks"] != message["blocks"] else None

    return await eventually(drawn)


async def test_where_nothing_is_open_the_list_says_so_and_offers_the_first_step(
    workplace: Workplace, ana: Person
) -> None:
    listed = await workplace.typed(ana, workplace.general, "/incident list")
    assert listed["text"] == "All quiet."
    await workplace.press(ana, workplace.general, listed, "Declare")
    await workplace.form(ana, "Declare an incident")


async def test_after_the_last_one_the_list_tells_of_it(workplace: Workplace, ana: Person) -> None:
    channel = await workplace.declare(ana, "Checkout fails")
    await workplace.typed(ana, channel, "/incident resolve")
    listed = await workplace.typed(ana, workplace.general, "/incident list")
    assert "All quiet. Last incident: INC-1" in listed["text"]
    assert names(await pressed(workplace, ana, listed, "Resolved incidents")) == ["INC-1"]


async def test_the_list_is_most_urgent_first_and_says_what_one_must_know(workplace: Workplace, ana: Person) -> None:
    await have(workplace, ["Search is slow"])
    await have(workplace, ["Checkout <fails>"], severity=Severity.SEV1, impacts={"checkout": Impact.MAJOR_OUTAGE})
    await have(workplace, ["Mail bounces"])
    listed = await workplace.typed(ana, workplace.general, "/incident list")
    assert names(listed) == ["INC-2", "INC-3", "INC-1"]
    first = words(listed["blocks"][1])
    for said in ["SEV1", "Checkout &lt;fails&gt;", "Checkout · under 1 min · 1 responder · Declared", "Join"]:
        assert said in first


async def test_the_list_pages_through_any_number(workplace: Workplace, ana: Person) -> None:
    await have(workplace, [f"Trouble number {number}" for number in range(23)])
    page = await workplace.typed(ana, workplace.general, "/incident list")
    assert "Open incidents (23)" in words(page)
    seen = names(page)
    for _ in range(2):
        page = await pressed(workplace, ana, page, "Older")
        seen += names(page)
    assert seen == [f"INC-{number}" for number in range(23, 0, -1)]
    assert "Older" not in words(page)


async def test_the_list_is_filtered_by_what_is_typed_and_what_is_chosen(workplace: Workplace, ana: Person) -> None:
    await have(workplace, ["Search is slow", "Checkout is slow"], severity=Severity.SEV2)
    await have(workplace, ["Checkout fails"], severity=Severity.SEV1, impacts={"checkout": Impact.DEGRADED})
    await workplace.declare(ana, "Mail bounces")

    async def listed(text: str) -> list[str]:
        return names(await workplace.typed(ana, workplace.general, f"/incident list {text}"))

    assert await listed("sev2") == ["INC-2", "INC-1"]
    assert await listed("mine") == ["INC-4"]
    assert await listed("SLOW") == ["INC-2", "INC-1"]
    assert await listed("slow sev1") == []
    assert await listed("service=checkout") == ["INC-3"]
    page = await workplace.typed(ana, workplace.general, "/incident list slow")
    page = await pressed(workplace, ana, page, "Severity", "SEV1")
    assert "No incident is like that." in words(page)
    page = await pressed(workplace, ana, page, "Severity", "Any severity")
    assert names(page) == ["INC-2", "INC-1"]
    page = await pressed(workplace, ana, page, "State", "Resolved")
    page = await pressed(workplace, ana, page, "State", "All")
    assert names(page) == ["INC-2", "INC-1"]
    page = await workplace.typed(ana, workplace.general, "/incident list")
    page = await pressed(workplace, ana, page, "Service", "Checkout")
    assert names(page) == ["INC-3"]
    page = await pressed(workplace, ana, page, "Service", "Any service")
    page = await pressed(workplace, ana, page, "Mine")
    assert names(page) == ["INC-4"]
    page = await pressed(workplace, ana, page, "Everybody's")
    assert len(names(page)) == 4


async def test_a_row_of_the_list_lets_one_join_and_open(workplace: Workplace, ana: Person) -> None:
    await have(workplace, ["Search is slow"])
    listed = await workplace.typed(ana, workplace.general, "/incident list")
    answer = await workplace.answered(ana, workplace.general, workplace.press(ana, workplace.general, listed, "Join"))
    assert "You joined INC-1" in words(answer)
    listed = await workplace.typed(ana, workplace.general, "/incident list")
    await workplace.press(ana, workplace.general, listed, "Open")
    await workplace.form(ana, "INC-1")


async def test_the_timeline_shows_what_happened_and_on_request_what_was_said(
    workplace: Workplace, ana: Person, ben: Person
) -> None:
    channel = await workplace.declare(ana, "Checkout fails")
    await ben.join(channel)
    await ben.say(channel, "It is the <@U0CLEO> deploy &amp; nothing else")
    await workplace.typed(ana, channel, "/incident severity 1")
    key = words(await workplace.typed(ana, channel, "/incident timeline"))
    assert "declared the incident" in key and "raised the severity from SEV3 to SEV1" in key
    assert "nothing else" not in key
    shown = await workplace.typed(ana, workplace.general, "/incident timeline all INC-1")
    assert "<@U0BEN>: It is the <@U0CLEO> deploy &amp; nothing else" in words(shown)
    assert "/archives/" in words(shown)
    assert "nothing else" not in words(await pressed(workplace, ana, shown, "Key entries only"))


async def test_the_timeline_pages_back_to_its_beginning(workplace: Workplace, ana: Person) -> None:
    channel = await workplace.declare(ana, "Checkout fails")
    for number in range(45):
        await ana.say(channel, f"message number {number:02}")

    async def all_heard() -> bool:
        return [entry.fact.kind for entry in await workplace.timeline(1)].count("message") == 45

    await eventually(all_heard)
    page = await workplace.typed(ana, workplace.general, "/incident timeline all INC-1")
    seen = page["text"]
    while "Earlier" in words(page):
        page = await pressed(workplace, ana, page, "Earlier")
        seen = page["text"] + seen
    places = [seen.index(f"message number {number:02}") for number in range(45)]
    assert places == sorted(places) and seen.index("declared the incident") < places[0]


NO_PAGES = {
    "timeline everything": "Possible: all.",
    "timeline all before=nonsense": "There is no such page.",
    "timeline before=WzEsMl0=": "There is no such page.",
    "list after=nonsense": "There is no such page.",
    "list after=%00": "There is no such page.",
}


async def test_a_page_that_is_none_is_answered(workplace: Workplace, ana: Person) -> None:
    channel = await workplace.declare(ana, "Checkout fails")
    for typed, answer in NO_PAGES.items():
        assert answer in words(await workplace.typed(ana, channel, f"/incident {typed}"))


async def test_home_shows_what_is_open_and_how_to_begin(workplace: Workplace, ana: Person) -> None:
    await ana.open_home()
    assert "All quiet" in words(await eventually(ana.home))
    await have(workplace, ["Search is slow"])
    await ana.open_home()

    async def drawn() -> Json | None:
        home = await ana.home()
        return home if "Search is slow" in words(home) else None

    home = await eventually(drawn)
    await workplace.press_in(ana, home, "Join")

    async def joined() -> bool:
        return Somebody.of("slack", ana.id) in (await workplace.incident(1)).joined

    await eventually(joined)

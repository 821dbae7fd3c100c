"""The calendars of schedules are read from the web and from files, and their people are found in Slack."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web

from bot import calendars
from bot.calendars import Calendars, Unread, fetch
from bot.directory import Directory
from incidents.actions.on_call import on_call
from incidents.model.on_call import CalendarState, Who
from incidents.model.organisation import Organisation, Schedule
from tests.bot.floor import ANA, BEN, CLEO, Floor
from tests.bot.free_port import free_port


@dataclass
class Tool:
    """An on-call tool that publishes a calendar."""

    address: str
    text: str = ""
    status: int = 200
    asked: list[str] = field(default_factory=list)
    """The version that each request knew."""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        known = request.headers.get("If-None-Match", "")
        self.asked.append(known)
        version = f'"{abs(hash(self.text))}"'
        if self.status != 200:
            return web.Response(status=self.status)
        if known == version:
            return web.Response(status=304)
        return web.Response(text=self.text, headers={"ETag": version}, content_type="text/calendar")


@pytest.fixture
async def tool() -> AsyncIterator[Tool]:
    port = free_port()
    made = Tool(f"http://127.0.0.1:{port}/private/secret/feed.ics")
    app = web.Application()
    app.router.add_get("/private/secret/feed.ics", made.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield made
    await runner.cleanup()


def feed(*events: tuple[str, int, int]) -> str:
    """Who is on call, from which until which hour from now, as a calendar."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0"]
    for number, (who, begin, end) in enumerate(events):
        named = f"ATTENDEE:{who}" if who.count("@") == 1 and not who.startswith("@") else f"SUMMARY:{who}"
        lines += ["BEGIN:VEVENT", f"UID:{number}", named, f"DTSTART:{hour(begin)}", f"DTEND:{hour(end)}", "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""])


def hour(ahead: int) -> str:
    return f"{datetime.now(UTC) + timedelta(hours=ahead):%Y%m%dT%H%M%SZ}"


async def scheduled(floor: Floor, address: str) -> Calendars:
    schedule = Schedule(name="Second line", calendar=address)
    async with floor.storage.transaction() as unit:
        await unit.organisation.held()
        await unit.organisation.save(Organisation(schedules={"second": schedule}))
    return Calendars(floor.bot)


async def now(floor: Floor) -> Sequence[Who]:
    at = floor.clock()
    return (await on_call(floor.storage.read, "second", at, at + timedelta(minutes=1)))[0].on_call


async def state(floor: Floor) -> CalendarState:
    return (await floor.storage.read.on_call.calendars())["second"]


async def test_who_a_calendar_names_is_on_call(floor: Floor, tool: Tool) -> None:
    tool.text = feed(("ana@example.com", -1, 1), ("Ben Okafor", -1, 1), ("On Call - Cleo Marchetti - Payments", -1, 1))
    await (await scheduled(floor, tool.address)).read_due()
    assert set(await now(floor)) == {Who(ANA), Who(BEN), Who(CLEO)}
    assert (await state(floor)).fault == ""


async def test_whom_nobody_knows_is_kept_by_name(floor: Floor, tool: Tool) -> None:
    tool.text = feed(("Ana Duarte, Dan K.", -1, 1), ("nobody@example.com", -1, 1), ("gus", 1, 2))
    await (await scheduled(floor, tool.address)).read_due()
    assert set(await now(floor)) == {Who(ANA), Who(None, "Dan K."), Who(None, "nobody@example.com")}


@pytest.mark.parametrize("who", ["Ana Duarte - Ben Okafor", "Dan <K.>", "an", "sandbox", "U0PIA", "Pia Novak"])
async def test_nobody_is_guessed(floor: Floor, who: str) -> None:
    assert await Directory(floor.bot).meant(who) == [(who, None)]


async def test_of_two_people_with_one_name_neither_is_meant(floor: Floor) -> None:
    await floor.person("ben").change_profile(real_name="Ana Duarte")
    assert await Directory(floor.bot).meant("Ana Duarte") == [("Ana Duarte", None)]
    assert await Directory(floor.bot).meant("@ANA") == [("@ANA", ANA)]


async def test_a_calendar_is_read_each_quarter_of_an_hour(floor: Floor, tool: Tool) -> None:
    tool.text = feed(("ana@example.com", -1, 1))
    reading = await scheduled(floor, tool.address)
    await reading.read_due()
    floor.clock.pass_by(minutes=14)
    await reading.read_due()
    assert len(tool.asked) == 1
    tool.text = feed(("ben@example.com", -1, 1))
    floor.clock.pass_by(minutes=2)
    await reading.read_due()
    assert await now(floor) == (Who(BEN),)


async def test_what_has_not_changed_is_not_sent_again_but_read_whole_each_day(floor: Floor, tool: Tool) -> None:
    tool.text = feed(("ana@example.com", -1, 900))
    reading = await scheduled(floor, tool.address)
    for _ in range(2):
        await reading.read_due()
        floor.clock.pass_by(hours=13)
    await reading.read_due()
    assert [bool(known) for known in tool.asked] == [False, True, False]
    assert await now(floor) == (Who(ANA),)


async def test_while_a_calendar_cannot_be_read_what_it_said_stays_and_the_fault_is_known(
    floor: Floor, tool: Tool
) -> None:
    tool.text = feed(("ana@example.com", -1, 5))
    reading = await scheduled(floor, tool.address)
    await reading.read_due()
    good = await state(floor)
    tool.status = 503
    for _ in range(3):
        floor.clock.pass_by(minutes=16)
        await reading.read_due()
    bad = await state(floor)
    assert await now(floor) == (Who(ANA),)
    assert (bad.read_at, bad.fault) == (good.read_at, "its server answered 503")
    assert bad.fault_at and floor.clock() - bad.fault_at > timedelta(minutes=30)
    tool.status = 200
    floor.clock.pass_by(minutes=3)
    await reading.read_due()
    assert ((await state(floor)).fault, (await state(floor)).fault_at) == ("", None)


async def test_what_is_no_calendar_is_a_fault_that_quotes_nothing(floor: Floor, tool: Tool) -> None:
    tool.text = "<html>Log in with the secret word</html>"
    await (await scheduled(floor, tool.address)).read_due()
    fault = (await state(floor)).fault
    assert "no calendar" in fault and "secret" not in fault
    assert await now(floor) == ()


async def test_while_slack_does_not_say_who_people_are_nothing_is_lost(floor: Floor, tool: Tool) -> None:
    tool.text = feed(("ana@example.com", -1, 5))
    reading = await scheduled(floor, tool.address)
    await reading.read_due()
    tool.text = feed(("ben@example.com", -1, 5))
    floor.trouble("users.lookupByEmail", error="missing_scope", times=1)
    floor.clock.pass_by(minutes=16)
    await reading.read_due()
    assert await now(floor) == (Who(ANA),)
    assert "missing_scope" in (await state(floor)).fault
    floor.clock.pass_by(minutes=3)
    await reading.read_due()
    assert await now(floor) == (Who(BEN),)


async def test_a_file_is_read_too(floor: Floor, tmp_path: Path) -> None:
    path = tmp_path / "oncall.ics"
    reading = await scheduled(floor, str(path))
    await reading.read_due()
    assert (await state(floor)).fault == "there is no such file"
    path.write_text("\ufeff" + feed(("@ben", -1, 1)))
    floor.clock.pass_by(minutes=3)
    await reading.read_due()
    assert await now(floor) == (Who(BEN),)


async def test_a_calendar_has_limits(tool: Tool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendars, "SIZE_LIMIT", 1_000)
    tool.text = "x" * 1_001
    (tmp_path / "large.ics").write_text(tool.text)
    for address in (tool.address, str(tmp_path / "large.ics")):
        with pytest.raises(Unread, match="larger"):
            await fetch(address, "")
    for address in (f"http://127.0.0.1:{free_port()}/secret", "https://", "webcal://", str(tmp_path), "\x00"):
        with pytest.raises(Unread) as unread:
            await fetch(address, "")
        assert "secret" not in str(unread.value)

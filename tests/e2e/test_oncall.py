"""`/incident oncall`: who is on call now and next, for two weeks, and overrides made and taken back."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import calendars
from incidents.model.organisation import Organisation, Policy, Rotation, Schedule, Step, Target, Team
from sandbox.client import Person
from tests.bot.floor import ANA, BEN, CLEO, DAN
from tests.e2e.workspace import Workplace, eventually, filled, words

ADDRESS = "/nowhere/secret.ics"
TODAY = datetime.now(UTC).date()
SCHEDULES = {
    "payments": Schedule(
        name="Payments, first line",
        rotation=Rotation(members=(ANA, BEN), start=TODAY - timedelta(days=3)),
    ),
    "nights": Schedule(name="Nights", calendar=ADDRESS),
}
POLICY = Policy(
    name="All of Payments",
    steps=(
        Step(targets=(Target("schedule:payments"), Target("schedule:nights"))),
        Step(targets=(Target("team:core"), Target(f"person:{DAN}")), timeout=10),
    ),
    repeat=1,
)
WHOLE = Organisation(teams={"core": Team(name="Core", members=(DAN,))}, schedules=SCHEDULES, policies={"all": POLICY})


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """New calendars are looked for all the time."""
    monkeypatch.setattr(calendars, "LOOK", 0.05)


async def organised(workplace: Workplace, organisation: Organisation = WHOLE) -> None:
    async with workplace.running.bot.core.storage.transaction() as unit:
        await unit.organisation.held()
        await unit.organisation.save(organisation)


async def said(workplace: Workplace, who: Person, text: str) -> str:
    return words(await workplace.typed(who, workplace.general, f"/incident oncall {text}".strip()))


async def pressed(workplace: Workplace, who: Person, message: Mapping[str, Any], button: str) -> str:
    """What stands in place of ``message`` after a press."""
    await workplace.press(who, workplace.general, dict(message), button)

    async def changed() -> str | None:
        for each in await who.messages(workplace.general):
            if each["ts"] == message["ts"] and words(each) != words(message):
                return words(each)
        return None

    return await eventually(changed)


async def test_without_schedules_it_says_how_to_make_one(workplace: Workplace, ana: Person) -> None:
    answer = await said(workplace, ana, "")
    assert "tocsin apply org.yml" in answer and "docs/on-call.md" in answer
    assert "no schedule yet" in await said(workplace, ana, "override payments 2h")


async def test_it_shows_now_and_next_for_schedules_and_policies(workplace: Workplace, ana: Person) -> None:
    await organised(workplace)
    answer = await said(workplace, ana, "")
    assert "*Payments, first line*  <@U0ANA> until <!date^" in answer and ", then <@U0BEN>" in answer
    assert "*Nights*  ⚠️ *Nobody* is on call" in answer
    assert "1. <@U0ANA> (Payments, first line), ⚠️ nobody (Nights), 5 min" in answer
    assert "2. team Core, <@U0DAN>, 10 min" in answer and "then all of it again, 1 time" in answer


async def test_a_calendar_is_read_while_the_bot_runs_and_its_faults_are_shown(
    workplace: Workplace, ana: Person, tmp_path: Path
) -> None:
    await organised(workplace)

    async def faulty() -> str | None:
        answer = await said(workplace, ana, "")
        return answer if "there is no such file" in answer else None

    async def read() -> str | None:
        answer = await said(workplace, ana, "")
        return answer if "<@U0CLEO>" in answer else None

    shown = await eventually(faulty)
    assert "Its calendar can't be read since" in shown and "secret" not in shown
    end = workplace.clock() + timedelta(hours=2)
    path = tmp_path / "nights.ics"
    path.write_text(
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nSUMMARY:Dan <K.>\\, Cleo Marchetti\nDTSTART:20260101T000000Z\n"
        f"DTEND:{end:%Y%m%dT%H%M%SZ}\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    moved = SCHEDULES["nights"].model_copy(update={"calendar": str(path)})
    await organised(workplace, WHOLE.model_copy(update={"schedules": SCHEDULES | {"nights": moved}}))
    shown = await eventually(read)
    assert "“Dan &lt;K.&gt;” (the calendar's name; I can't find them in Slack) and <@U0CLEO> until" in shown
    assert ", then *nobody*" in shown and "can't be read" not in shown


async def test_a_schedule_is_shown_for_two_weeks_by_its_id_or_name(workplace: Workplace, ana: Person) -> None:
    await organised(workplace)
    for typed in ("payments", "Payments,  First LINE"):
        answer = await said(workplace, ana, typed)
        assert answer.count("<@U0ANA>") >= 2 and "Now: <@U0ANA>" in answer
        assert "turns of 1 week" in answer and "09:00 (UTC)" in answer


async def test_an_unknown_schedule_is_answered_with_those_there_are(workplace: Workplace, ana: Person) -> None:
    await organised(workplace)
    assert 'There is no schedule \\"night\\". There is: nights, payments.' in await said(workplace, ana, "night")
    assert "no schedule" in await said(workplace, ana, "override paymnts 2h")


async def test_a_typed_override_says_what_is_now_true_and_is_taken_back(workplace: Workplace, ana: Person) -> None:
    await organised(workplace)
    typed = "/incident oncall override payments @ben 2h"
    message = await workplace.typed(ana, workplace.general, typed)
    assert "<@U0BEN> is on call for Payments, first line until <!date^" in words(message)
    assert "instead of <@U0ANA>." in words(message)
    assert "*  <@U0BEN> until" in await said(workplace, ana, "")
    assert "Override: <@U0BEN> from" in await said(workplace, ana, "payments")
    taken = await pressed(workplace, ana, message, "Take back")
    assert "Taken back: <@U0ANA> is on call for Payments, first line until" in taken and "not <@U0BEN>" in taken
    assert "*  <@U0ANA> until" in await said(workplace, ana, "")


async def test_who_is_not_named_is_the_one_who_types(workplace: Workplace) -> None:
    await organised(workplace)
    dan = workplace.person("dan")
    answer = await said(workplace, dan, "override Nights tomorrow 09:00 to tomorrow 17:00")
    assert "You are on call for Nights from <!date^" in answer and "Nobody was, before." in answer
    begin = datetime.fromtimestamp(int(answer.split("from <!date^")[1].split("^")[0]), UTC)
    assert begin.hour == 0  # 09:00 in Tokyo, where Slack says that dan is


async def test_what_cannot_be_is_refused(workplace: Workplace, ana: Person) -> None:
    await organised(workplace)
    assert "is no time that I can read" in await said(workplace, ana, "override payments @ben sometimes")
    assert "ends after it begins" in await said(workplace, ana, "override payments 2020-01-01 to 2020-01-02")
    assert "Only people of this workspace" in await said(workplace, ana, "override payments @gus 2h")
    assert "stands no more" in await said(workplace, ana, "take-back 99")
    guest, channel = workplace.person("gus"), workplace.channel("payments")
    assert "not command Tocsin" in words(await workplace.typed(guest, channel, "/incident oncall"))


async def test_the_form_makes_the_same_override(workplace: Workplace, ana: Person) -> None:
    await organised(workplace)
    overview = await workplace.typed(ana, workplace.general, "/incident oncall")
    await workplace.press(ana, workplace.general, overview, "Override")
    view = await workplace.form(ana, "Override who is on call")
    later = int(workplace.clock().timestamp()) + 7_200
    until = {"to": {"value": {"type": "datetimepicker", "selected_date_time": later}}}
    before = {"to": {"value": {"type": "datetimepicker", "selected_date_time": later - 90_000}}}
    chosen = filled(view, schedule="Nights", person=CLEO.id)
    errors = await ana.submit(view["id"], chosen | before)
    assert "ends after it begins" in words(errors)
    answer = await workplace.answered(ana, workplace.general, _submitted(ana, view["id"], chosen | until))
    assert f"<@U0CLEO> is on call for Nights until <!date^{later}^" in words(answer)


async def _submitted(who: Person, view: str, values: Mapping[str, Any]) -> None:
    assert await who.submit(view, dict(values)) == {}


async def test_override_alone_asks_and_begins_with_what_was_typed(workplace: Workplace, ana: Person) -> None:
    await organised(workplace)
    await ana.command(workplace.general, "/incident oncall override nights")
    view = await workplace.form(ana, "Override who is on call")
    schedule = view["blocks"][0]["element"]
    assert schedule["initial_option"]["value"] == "nights" and len(schedule["options"]) == 2
    assert view["blocks"][1]["element"]["initial_user"] == ANA.id

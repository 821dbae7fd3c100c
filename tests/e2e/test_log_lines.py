"""Each line of the log says which delivery, job, incident and request to Slack it is about, and nothing that people
wrote, however it went wrong."""

import logging
import re
import sys
from collections.abc import Iterator
from io import StringIO

import pytest
import structlog
from sqlalchemy import text

from bot.logs import start_log
from incidents.model import facts
from sandbox.client import Person
from storage.database import Database, database_url
from tests.e2e.workspace import Workplace, eventually

MARK = "Hush-hush"

Line = dict[str, str]
"""The fields of a line of the log."""


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator["Log"]:
    """What the bot logs, as it does when people run it."""
    written, handlers, before = StringIO(), list(logging.getLogger().handlers), structlog.get_config()
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stderr", written)
        start_log()
    yield Log(written)
    logging.getLogger().handlers[:] = handlers
    structlog.configure(**before)


class Log:
    """The lines so far."""

    def __init__(self, written: StringIO) -> None:
        self._written = written

    @property
    def text(self) -> str:
        return self._written.getvalue()

    def lines(self, event: str) -> list[Line]:
        """The fields of each line that tells ``event``."""
        told = [line for line in self.text.splitlines() if re.search(rf"\] {event}( |$)", line)]
        return [dict(re.findall(r"(\w+)=('[^']*'|\S+)", line)) for line in told]

    async def line(self, event: str) -> Line:
        """The first line that tells ``event``, once it is there."""

        async def told() -> Line | None:
            return next(iter(self.lines(event)), None)

        return await eventually(told)


async def declared(workplace: Workplace, ana: Person) -> str:
    return await workplace.declare(ana, f"{MARK} title", summary=f"{MARK} summary")


async def test_a_command_that_slack_fails_names_delivery_incident_and_request(
    log: Log, workplace: Workplace, ana: Person
) -> None:
    channel = await declared(workplace, ana)
    await ana.trouble(method="views.open", error="internal_error", times=9)
    await ana.command(channel, "/incident summary")

    line = await log.line("slack_failed")
    assert line["delivery"] == workplace.delivered("/incident")["trigger_id"]
    assert line["incident"] == "1"
    assert line["request_id"] != "''"
    assert MARK not in log.text


async def test_a_job_that_is_given_up_names_job_incident_and_request(
    log: Log, workplace: Workplace, ana: Person
) -> None:
    channel = await declared(workplace, ana)
    await ana.trouble(method="conversations.setTopic", error="restricted_action")
    await ana.command(channel, "/incident severity 1")

    line = await log.line("job parked")
    assert (line["incident"], line["kind"], line["attempt"]) == ("1", "set_topic", "1")
    assert int(line["job"]) > 0
    assert len(line["request_id"]) > 8
    assert "delivery" not in line
    assert MARK not in log.text


async def test_an_event_that_cannot_be_read_names_its_delivery(log: Log, workplace: Workplace, ana: Person) -> None:
    event = {"type": "message", "channel": {"id": MARK}, "text": f"{MARK} message", "ts": "1.2"}
    await workplace.deliver("events_api", {"type": "event_callback", "event_id": "Ev0MISSHAPED", "event": event})

    line = await log.line("event_misshaped")
    assert (line["delivery"], line["heard"]) == ("Ev0MISSHAPED", "message")
    assert MARK not in log.text


async def test_what_one_delivery_is_about_does_not_stand_on_the_lines_of_the_next(
    log: Log, workplace: Workplace, ana: Person
) -> None:
    channel = await declared(workplace, ana)
    await ana.trouble(method="views.open", error="internal_error", times=9)
    await ana.command(channel, "/incident summary")
    first = await log.line("slack_failed")
    await workplace.deliver(
        "events_api", {"type": "event_callback", "event_id": "Ev0NEXT", "event": {"type": "reaction_added"}}
    )

    line = await log.line("event_misshaped")
    assert line["delivery"] == "Ev0NEXT" != first["delivery"]
    assert "incident" not in line and "request_id" not in line


async def test_a_database_that_refuses_what_people_wrote_does_not_have_it_logged(
    log: Log, workplace: Workplace, ana: Person, database_address: str
) -> None:
    """PostgreSQL repeats the row that it refuses, in the DETAIL of its error."""
    channel = await declared(workplace, ana)
    refusing = REFUSING[database_url(database_address).get_backend_name()]
    database = Database(database_url(database_address))
    async with database.writing() as connection:
        for statement in refusing:
            await connection.execute(text(statement))
    await database.close()
    await ana.say(channel, f"{MARK} message")
    message = await log.line("event_not_recorded")
    await ana.command(channel, f"/incident note {MARK} note")
    note = await log.line("request_failed")

    assert message["delivery"].startswith("Ev")
    assert (note["incident"], note["delivery"]) == ("1", workplace.delivered("/incident")["trigger_id"])
    assert "IntegrityError" in log.text
    assert MARK not in log.text


REFUSING = {
    "postgresql": ["ALTER TABLE timeline_entries ADD CONSTRAINT full_up CHECK (number < 1) NOT VALID"],
    "sqlite": [
        "CREATE TRIGGER full_up BEFORE INSERT ON timeline_entries BEGIN SELECT RAISE(ABORT, 'full up'); END",
    ],
}


async def test_an_ordinary_day_says_no_word_of_people_and_no_secret(
    log: Log, workplace: Workplace, ana: Person
) -> None:
    channel = await declared(workplace, ana)
    root = await ana.say(channel, f"{MARK} message")
    await ana.edit(channel, root, f"{MARK} edit")
    await ana.react(channel, root, "pushpin")
    await ana.command(channel, f"/incident page <@U0BEN> {MARK} call")
    await ana.command(channel, f"/incident sevrity {MARK}")
    await ana.command(channel, f"/incident note {MARK} note")
    await ana.delete(channel, root)

    async def all_recorded() -> bool:
        kinds = {type(entry.fact) for entry in await workplace.timeline(1)}
        return {facts.Comment, facts.MessageDeleted} <= kinds

    await eventually(all_recorded)
    await ana.trouble(disconnect="refresh_requested")
    await workplace.settle()

    assert MARK not in log.text
    app = workplace.sandbox.app
    assert [secret for secret in (app.bot_token, app.app_token, app.signing_secret) if secret in log.text] == []
    assert "ticket=" not in re.sub("ticket=…", "", log.text)

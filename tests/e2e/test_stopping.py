"""SIGTERM: nothing new is taken, what is under way ends or is handed back, and the process is gone within 10 seconds.

In processes as people run them, on each kind of database, with a Slack that answers and one that hangs.
"""

import asyncio
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from bot.manifest import MANIFEST
from sandbox.client import Person
from sandbox.deliveries.transport import Timing
from sandbox.server import Sandbox, running_sandbox
from sandbox.troubles import ApiTrouble
from storage.storage import SqlStorage
from tests.bot.command_line import REPOSITORY, Run, settings_for, tocsin_begun, tocsin_run
from tests.bot.free_port import free_port
from tests.campaign.databases import gone, locked
from tests.e2e.exactly_once import all_there_once, channel_of, jobs_done
from tests.e2e.test_killing import acknowledged, mirrored, talk
from tests.e2e.workspace import Json, eventually, filled, searched, words

GENERAL = "C0GENERAL"
LIMIT = 10.0
"""Seconds within which it must be gone."""
FOREVER = 60.0


async def stopped_in_time(run: Run) -> None:
    """SIGTERM ends it well, in time."""
    asked = time.monotonic()
    assert await run.stopped_by(signal.SIGTERM) == 0, "\n".join(run.log)
    assert time.monotonic() - asked < LIMIT


async def declaring(ana: Person) -> Json:
    """The form before Ana."""
    await ana.command(GENERAL, "/incident declare Checkout fails")
    [view] = await eventually(ana.views)
    await searched(ana, view)
    return view


async def forgotten(sandbox: Sandbox, who: Person) -> None:
    """What the bot knew of somebody is out of date, and it heard so."""
    await who.change_profile(title="On call")

    async def heard() -> bool:
        return any(call.name == "user_change" and call.latency is not None for call in sandbox.workspace.calls)

    await eventually(heard)


async def declared(ana: Person) -> None:
    """Ana submits a form that pages Ben and Cleo."""
    view = await declaring(ana)
    assert await ana.submit(view["id"], filled(view, page=["U0BEN", "U0CLEO"])) == {}


def called(sandbox: Sandbox, method: str) -> bool:
    return any(call.name == method for call in sandbox.workspace.calls)


async def test_while_every_call_hangs_what_was_begun_is_handed_back_and_done_by_the_next(
    database_address: str, tmp_path: Path
) -> None:
    storage = await SqlStorage.open(database_address)
    async with running_sandbox(MANIFEST) as sandbox:
        settings = settings_for(sandbox, DATABASE_URL=database_address)

        async def under_way() -> bool:
            return called(sandbox, "conversations.create")

        async with tocsin_run(tmp_path, **settings) as run:
            await sandbox.person("ana").trouble(method="conversations.create", hold=FOREVER)
            await declared(sandbox.person("ana"))
            await eventually(under_way)
            sandbox.slack.troubles.api.append(ApiTrouble("*", times=1000, delay=FOREVER, cut="before"))
            await stopped_in_time(run)
        sandbox.slack.troubles.api.clear()
        assert await storage.jobs.owners() == []
        async with tocsin_run(tmp_path, **settings):
            await jobs_done(storage)
            await all_there_once(sandbox, storage, 1)
    await storage.close()


async def test_what_somebody_asked_for_before_is_still_answered(database_address: str, tmp_path: Path) -> None:
    async with running_sandbox(MANIFEST) as sandbox:
        ana = sandbox.person("ana")
        async with tocsin_run(tmp_path, **settings_for(sandbox, DATABASE_URL=database_address)) as run:
            await ana.trouble(method="views.open", delay=0.5, error="internal_error")
            await ana.command(GENERAL, "/incident declare")
            await stopped_in_time(run)
        [view] = await ana.views()
        assert "Declare an incident" in words(view)


async def test_what_came_before_is_acknowledged_and_what_comes_after_is_not(
    database_address: str, tmp_path: Path
) -> None:
    async with running_sandbox(MANIFEST) as sandbox:
        ana, troubles = sandbox.person("ana"), sandbox.slack.troubles.api
        async with tocsin_run(tmp_path, **settings_for(sandbox, DATABASE_URL=database_address)) as run:
            view = await declaring(ana)
            await forgotten(sandbox, ana)
            await ana.trouble(method="users.info", delay=0.7)
            submitting = asyncio.create_task(ana.submit(view["id"], filled(view)))

            async def asked_who_ana_is() -> bool:
                return troubles[-1].times == 0

            await eventually(asked_who_ana_is)
            run.process.send_signal(signal.SIGTERM)
            await run.logged("stopping")
            await ana.say(GENERAL, "this is for the next one")
            assert await submitting == {}
            assert await asyncio.wait_for(run.process.wait(), LIMIT) == 0
        assert acknowledged(sandbox) == set()
        [view] = await ana.views()
        assert "INC-1" in words(view)


async def test_while_people_talk_what_is_acknowledged_is_on_record_and_the_rest_comes_again(
    database_address: str, tmp_path: Path
) -> None:
    storage = await SqlStorage.open(database_address)
    async with running_sandbox(MANIFEST, timing=Timing(retries=(0.1, 1.0, 3.0))) as sandbox:
        ana, settings = sandbox.person("ana"), settings_for(sandbox, DATABASE_URL=database_address)
        async with tocsin_run(tmp_path, **settings) as run:
            await declared(ana)
            await jobs_done(storage)
            incident = await storage.read.incident(1)
            assert incident is not None
            channel, enough = channel_of(sandbox, incident), asyncio.Event()
            talking = [asyncio.create_task(talk(sandbox.person(name), channel.id, enough)) for name in ("ana", "ben")]

            async def heard() -> bool:
                return len(await mirrored(storage, 1)) >= 20

            await eventually(heard)
            await stopped_in_time(run)
            taken = acknowledged(sandbox)
            assert taken <= set(await mirrored(storage, 1))
        async with tocsin_run(tmp_path, **settings):
            enough.set()
            await asyncio.gather(*talking)
            said = [m.ts for m in channel.timeline() if m.subtype is None and m.bot_id is None]

            async def all_there() -> bool:
                return set(await mirrored(storage, 1)) >= set(said)

            await eventually(all_there)
            assert sorted(await mirrored(storage, 1)) == sorted(said)
    await storage.close()


async def test_while_it_starts_it_ends_too(sqlite_address: str, tmp_path: Path) -> None:
    """The first process of a container hears no signal that it has not asked for."""
    async with running_sandbox(MANIFEST) as sandbox:
        await sandbox.person("ana").trouble(method="auth.test", delay=FOREVER)
        async with tocsin_begun(tmp_path, **settings_for(sandbox, DATABASE_URL=sqlite_address)) as run:

            async def meets_slack() -> bool:
                return sandbox.slack.troubles.api[0].times == 0

            await eventually(meets_slack)
            await stopped_in_time(run)
            assert "ready" not in "\n".join(run.log)


async def test_while_it_stops_it_lives_and_is_not_ready(sqlite_address: str, tmp_path: Path) -> None:
    port = free_port()
    async with running_sandbox(MANIFEST) as sandbox:
        ana = sandbox.person("ana")
        settings = settings_for(sandbox, DATABASE_URL=sqlite_address, TOCSIN_OPERATIONS_PORT=str(port))
        async with tocsin_run(tmp_path, **settings) as run, aiohttp.ClientSession() as session:
            await ana.trouble(method="views.open", delay=FOREVER, times=9)
            await ana.command(GENERAL, "/incident declare")
            run.process.send_signal(signal.SIGTERM)
            await run.logged("stopping")
            async with session.get(f"http://127.0.0.1:{port}/readyz") as answer:
                assert answer.status == 503
                assert (await answer.json())["faults"]["process"] == "It is stopping."
            async with session.get(f"http://127.0.0.1:{port}/healthz") as answer:
                assert answer.status == 200
            assert await asyncio.wait_for(run.process.wait(), LIMIT) == 0


async def test_without_its_database_it_ends_in_time(database_address: str, tmp_path: Path) -> None:
    async with (
        running_sandbox(MANIFEST) as sandbox,
        tocsin_run(tmp_path, **settings_for(sandbox, DATABASE_URL=database_address)) as run,
        gone(database_address) if database_address.startswith("postgresql") else locked(database_address),
    ):
        await stopped_in_time(run)


async def test_with_a_slack_that_is_frozen_it_ends_in_time(database_address: str, tmp_path: Path) -> None:
    async with (
        slack_apart() as (slack, settings),
        tocsin_run(tmp_path, **settings, DATABASE_URL=database_address) as run,
    ):
        slack.send_signal(signal.SIGSTOP)
        await stopped_in_time(run)


async def test_a_thread_that_never_ends_does_not_keep_the_process(tmp_path: Path) -> None:
    script = (
        "import asyncio, threading\n"
        "from bot import command_line, main\n"
        "main.DEADLINE = 0.5\n"
        "async def work():\n"
        "    asyncio.get_running_loop().run_in_executor(None, threading.Event().wait)\n"
        "    print('at work', flush=True)\n"
        "    await main.for_ever()\n"
        "command_line.carry_out(main.until_stopped(work()))\n"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, cwd=REPOSITORY, stdout=PIPE, stderr=PIPE
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"at work\n"
    process.terminate()
    _, said = await asyncio.wait_for(process.communicate(), LIMIT)
    assert process.returncode == 1
    assert b"Timeout" in said and b"Thread" in said


@asynccontextmanager
async def slack_apart() -> AsyncIterator[tuple[Process, dict[str, str]]]:
    """Slack in a process of its own, which can be stopped where it stands; and the settings for a bot in it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sandbox", "--port", "0", cwd=REPOSITORY, stdout=PIPE
    )
    assert process.stdout is not None
    settings = {"TOCSIN_PORT": "0", "TOCSIN_OPERATIONS_PORT": "0"}
    try:
        while "SLACK_APP_TOKEN" not in settings:
            line = (await asyncio.wait_for(process.stdout.readline(), LIMIT)).decode().strip()
            name, is_setting, value = line.partition("=")
            if is_setting and name.startswith("SLACK_"):
                settings[name] = value
        yield process, settings
    finally:
        process.kill()
        await process.wait()

"""The composition root, and the command line: the one place that knows every room.

`tocsin run` works in a real workspace, `tocsin demo` in the sandbox; both put together the same bot.
"""

import asyncio
import gc
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from faulthandler import dump_traceback_later
from functools import partial
from pathlib import Path
from socket import socket
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click
import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

from bot.app import build_app
from bot.calendars import keep_calendars_read
from bot.channels.catching_up import keep_caught_up
from bot.channels.work import HANDLERS, work
from bot.context import Bot, Identity
from bot.doctor import examine
from bot.exporting import WRITERS, export_timeline
from bot.logs import start_log
from bot.manifest import MANIFEST
from bot.metrics import Metrics
from bot.organisation_file.addresses import address_lines, page_lines
from bot.organisation_file.applying import apply_text, foresee_text, lines_of, read_text, written_organisation
from bot.organisation_file.names import asking, without_slack
from bot.organisation_file.places import BadFile
from bot.people import People
from bot.rates import LIMITS, Urgency, as_urgent_as
from bot.readiness import Parts, Readiness
from bot.sample_alerts import SAMPLE_ALERTS
from bot.settings import Settings, WrongSettings, check_slack_settings, load_settings
from bot.slack import Door
from bot.tokens import APP_TOKEN, BOT_TOKEN, app_door, token_taken, web_client
from bot.turns import Turns
from incidents.actions.keys import new_key, new_page_key
from incidents.actions.services import register_services
from incidents.consequences import Pace
from incidents.core import Clock, Core
from incidents.model.incident import Incident
from incidents.model.refusals import Refusal
from incidents.model.vocabulary import parse_incident_number
from storage.database import BadDatabaseUrl, DatabaseInUse, DatabaseUnreachable
from storage.runner import JobRunner
from storage.standing import UnknownMigration
from storage.storage import SqlStorage
from storage.verify import verify as verify_timeline
from web.alert_intake import alert_routes
from web.fetching import fetch
from web.operations import operations_routes
from web.readers.post import Post
from web.readers.routes import ReaderDesk
from web.readers.telling import Telling
from web.server import serving, take_address
from web.slack_requests import slack_requests
from web.status.site import StatusSite, status_routes

if TYPE_CHECKING:
    from sandbox.server import Sandbox

log = structlog.get_logger()

PING = 10.0
"""Seconds between looks at the connection to Slack, and from one that ended to the next, at most."""
FAREWELL = 1.0
"""Seconds for Slack to let a connection go."""
JOBS_FINISH = timedelta(seconds=3)
"""For the jobs that run when the bot stops; those that do not end by then are done by the next process."""
DEADLINE = 9.0
"""Seconds from being told to stop to being gone."""

EXAMPLE = Path(__file__).parent.parent / "org.example.yml"
"""The organisation of the demo."""


def now() -> datetime:
    """The time, aware UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Running:
    """A bot at work."""

    bot: Bot
    runner: JobRunner
    port: int
    """Where it is reached over HTTP."""
    operations_port: int
    """Where operators ask for health and metrics."""


@asynccontextmanager
async def running_bot(settings: Settings, pace: Pace | None = None, clock: Clock = now) -> AsyncIterator[Running]:
    """The bot at work while the block runs: storage open, Slack connected, jobs running.

    Raises WrongSettings for whatever a person can mend.
    """
    check_slack_settings(settings)
    async with AsyncExitStack() as stack:
        address = stack.enter_context(_taken_address(settings.tocsin_host, settings.tocsin_port, "TOCSIN"))
        port: int = address.getsockname()[1]
        settings = settings.model_copy(update={"tocsin_port": port})
        metrics = Metrics()
        readiness = Readiness(metrics)
        operations_port = await stack.enter_async_context(_operations(settings, readiness, metrics))
        storage = await stack.enter_async_context(opened_storage(settings))
        if (common := storage.common_turns) is not None:
            await common.forget()
        client = web_client(settings, settings.slack_bot_token)
        door = Door(client, watch=metrics, limits=LIMITS[settings.slack_rates], turns=Turns(common))
        stack.callback(door.circuit.stop)
        bot = await _meet_slack(settings, Core(storage, clock, pace or Pace()), door)
        bot = replace(bot, metrics=metrics)
        post = Post(*settings.mail) if settings.mail else None
        telling = Telling(bot.core, post, settings.url)
        handlers = {kind: partial(work, bot) for kind in HANDLERS} | telling.handlers
        runner = JobRunner(storage, handlers, clock, on_ended=metrics.job_ended)
        stack.push_async_callback(runner.stop, JOBS_FINISH)
        with can_be_mended(DatabaseInUse, OSError):
            await runner.start()
        app = build_app(bot, client, settings.slack_signing_secret)
        stack.push_async_callback(app.finish)
        for_slack = [slack_requests(app)] if settings.over_http else []
        site = StatusSite(storage.read.public, settings.url, clock)
        await stack.enter_async_context(site.kept_fresh())
        desk = ReaderDesk(bot.core, site.page, settings.url, mail=post is not None)
        routes = [*alert_routes(bot.core, fetch), *for_slack, *desk.routes(), *status_routes(site)]
        await stack.enter_async_context(serving(address, routes))
        if settings.over_http:
            bot.missed.set()
            is_connected: Callable[[], Awaitable[bool]] = _always
        else:
            is_connected = await stack.enter_async_context(_socket(settings, app, bot.missed))
        stack.push_async_callback(app.close)
        with as_urgent_as(Urgency.REFRESH):
            catching_up = asyncio.create_task(keep_caught_up(bot))
            calendars = asyncio.create_task(keep_calendars_read(bot))
        stack.callback(catching_up.cancel)
        stack.callback(calendars.cancel)
        readiness.begin(Parts(lambda: storage.jobs.backlog(clock()), is_connected, lambda: door.circuit.since))
        stack.callback(readiness.end)
        yield Running(bot, runner, port, operations_port)


async def _meet_slack(settings: Settings, core: Core, door: Door) -> Bot:
    with token_taken(BOT_TOKEN):
        me = await door.call("auth.test")
    return Bot(
        core=core,
        slack=door,
        people=People(door, me["team_id"], core.storage.read.organisation),
        identity=Identity(me["user_id"], me["bot_id"], me["team_id"], me["url"]),
        announcement_channels=settings.tocsin_announcement_channels,
        channel_name=settings.tocsin_channel_name,
        url=settings.url,
    )


def _taken_address(host: str, port: int, setting: str) -> socket:
    """Where tools, Slack or operators will be heard; ``setting`` is how its settings begin. Raises WrongSettings."""
    with can_be_mended(
        OSError, what=f"{host}:{port} cannot be used: ", hint=f"Choose another {setting}_HOST or {setting}_PORT."
    ):
        return take_address(host, port)


@asynccontextmanager
async def _operations(settings: Settings, readiness: Readiness, metrics: Metrics) -> AsyncIterator[int]:
    """Operators are answered while the block runs, the start and the end of the bot included; gives the port.

    Raises WrongSettings.
    """
    host, port = settings.tocsin_operations_host, settings.tocsin_operations_port
    address = _taken_address(host, port, "TOCSIN_OPERATIONS")
    async with serving(address, operations_routes(readiness.look, metrics.registry)):
        yield address.getsockname()[1]


async def _always() -> bool:
    """Over HTTP Slack calls when it has something to say: there is no connection that could be down."""
    return True


@asynccontextmanager
async def _socket(
    settings: Settings, app: AsyncApp, missed: asyncio.Event
) -> AsyncIterator[Callable[[], Awaitable[bool]]]:
    """Socket Mode is connected while the block runs; ``missed`` is set at each `hello`. Raises WrongSettings.

    Gives what says whether it is connected at the moment.

    Its address is asked for here, since slack_sdk's client would try a token that Slack refuses forever.
    """
    with token_taken(APP_TOKEN):
        opened = await app_door(settings).call("apps.connections.open")
    handler = AsyncSocketModeHandler(app, settings.slack_app_token, ping_interval=PING)
    handler.client.wss_uri = opened["url"]

    async def on_message(client: object, message: dict[str, Any], raw: str | None = None) -> None:
        """https://docs.slack.dev/apis/events-api/using-socket-mode#connect"""
        if message.get("type") == "hello":
            missed.set()

    handler.client.message_listeners.append(on_message)
    try:
        await handler.connect_async()  # type: ignore[no-untyped-call]
        yield handler.client.is_connected
    finally:
        await leave_slack(handler)


async def leave_slack(handler: AsyncSocketModeHandler) -> None:
    """Close the connection; where Slack does not answer to that, without its farewell."""
    try:
        async with asyncio.timeout(FAREWELL):
            await handler.close_async()  # type: ignore[no-untyped-call]
    except TimeoutError:
        await handler.close_async()  # type: ignore[no-untyped-call]


@asynccontextmanager
async def opened_storage(settings: Settings) -> AsyncIterator[SqlStorage]:
    """The database of ``settings``, while the block runs. Raises WrongSettings."""
    with can_be_mended(BadDatabaseUrl, DatabaseUnreachable, UnknownMigration, hint="Check DATABASE_URL."):
        storage = await SqlStorage.open(settings.database_url)
    try:
        yield storage
    finally:
        await storage.close()


@contextmanager
def can_be_mended(*faults: type[Exception], what: str = "", hint: str = "") -> Iterator[None]:
    """Raises WrongSettings for one of ``faults`` in the block: ``what``, its own words, and the ``hint``."""
    try:
        yield
    except faults as fault:
        raise WrongSettings(f"{what}{_in_words(fault).rstrip('.')}. {hint}".strip()) from fault


def _in_words(fault: Exception) -> str:
    """What went wrong; of an address, which ``what`` names, the operating system's word only."""
    if isinstance(fault, OSError) and fault.errno and fault.errno > 0 and fault.filename is None:
        return os.strerror(fault.errno)
    return str(fault)


def stop_asked() -> asyncio.Event:
    """From now on Ctrl-C and SIGTERM end nothing by themselves, but set this event.

    What has not ended by `DEADLINE` never will, and is ended where it stands, which the log then tells: every change
    is stored with what must follow from it, so that nothing is lost.
    """
    stopped = asyncio.Event()

    def stop() -> None:
        stopped.set()
        dump_traceback_later(DEADLINE, exit=True)

    for signal_number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signal_number, stop)
    return stopped


def carry_out(work: Coroutine[Any, Any, int]) -> None:
    """Run ``work`` and leave with its exit code; what a person can mend is one sentence and exit code 2."""
    try:
        sys.exit(asyncio.run(work))
    except WrongSettings as wrong:
        click.echo(str(wrong), err=True)
        sys.exit(2)


@click.group()
def cli() -> None:
    """Tocsin: incidents, in Slack."""
    start_log(logging.INFO)


@cli.command()
def run() -> None:
    """Work in your Slack workspace until stopped."""

    async def work() -> int:
        settings = load_settings()
        async with running_bot(settings) as running:
            stopped = stop_asked()
            settle_memory()
            way = "HTTP" if settings.over_http else "Socket Mode"
            log.info(
                "ready",
                slack=way,
                http=f"{settings.tocsin_host}:{running.port}",
                operations=f"{settings.tocsin_operations_host}:{running.operations_port}",
            )
            await stopped.wait()
            log.info("stopping")
        return 0

    carry_out(work())


def settle_memory() -> None:
    """Have the garbage collector pass over what stays anyhow, the code above all: each time that would take 0.1 s.

    https://docs.python.org/3/library/gc.html#gc.freeze
    """
    gc.collect()
    gc.freeze()


@cli.command()
@click.option("--port", default=8065, show_default=True, help="Where the sandbox is served; 0 takes a free port.")
def demo(port: int) -> None:
    """Try it without Slack: the real bot in a workspace on this machine, in your browser."""
    from sandbox.server import running_sandbox  # a tenth of the time in which `run` starts, which has no use for it

    async def work() -> int:
        with TemporaryDirectory() as folder:
            async with AsyncExitStack() as stack:
                with can_be_mended(
                    OSError, what=f"Port {port} cannot be used: ", hint="Choose another: make demo PORT=8066."
                ):
                    sandbox = await stack.enter_async_context(running_sandbox(MANIFEST, port=port))
                settings = sandbox_settings(sandbox, f"sqlite:///{folder}/tocsin.db")
                running = await stack.enter_async_context(running_bot(settings))
                await apply_text(running.bot.core, read_text(EXAMPLE), asking(running.bot.slack))
                await offer_samples(sandbox, running)
                stopped = stop_asked()
                pages = await running.bot.core.storage.read.public.snapshots()
                click.echo(f"\n  Open {sandbox.url} in your browser.")
                for page in pages:
                    click.echo(f"  Customers read {running.bot.url}/status/{page.page.id}")
                click.echo("\n  Ctrl-C ends it; nothing is kept.\n")
                await stopped.wait()
        return 0

    start_log(logging.WARNING)
    carry_out(work())


async def offer_samples(sandbox: "Sandbox", running: Running) -> None:
    """The sandbox has a button for each sample alert, which its source's tool posts."""
    from sandbox.samples import SampleRequest

    keys = {source: await new_key(running.bot.core, source) for source in {each.source for each in SAMPLE_ALERTS}}
    sandbox.offer(
        *(
            SampleRequest(
                name=sample.name,
                url=f"http://127.0.0.1:{running.port}/alerts/{sample.source}/{keys[sample.source]}",
                description=sample.description,
                body=sample.body,
                repeat=sample.repeat,
                series=sample.series,
                advances=sample.advances,
            )
            for sample in SAMPLE_ALERTS
        )
    )


def sandbox_settings(sandbox: "Sandbox", database_url: str) -> Settings:
    """The settings of a bot that works in ``sandbox``."""
    return Settings(
        _env_file=None,
        slack_bot_token=sandbox.app.bot_token,
        slack_app_token=sandbox.app.app_token if sandbox.app.socket_mode else "",
        slack_signing_secret=sandbox.app.signing_secret,
        slack_api_url=sandbox.api_url,
        slack_rates="none" if sandbox.slack.limits.mode == "off" else "published",
        database_url=database_url,
        tocsin_port=0,
        tocsin_operations_port=0,
    )


@cli.command()
@click.argument("names", nargs=-1, required=True)
def services(names: tuple[str, ...]) -> None:
    """Name the services that incidents can affect: tocsin services Checkout API "Mobile app"."""

    async def work() -> int:
        async with opened_storage(load_settings()) as storage:
            for service in await register_services(Core(storage, now), names):
                click.echo(f"{service.name} ({service.id})")
        return 0

    carry_out(work())


@cli.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what would be changed.")
def apply(file: Path, dry_run: bool) -> None:
    """Make the organisation (teams, services, schedules …) what a YAML FILE says."""

    async def work() -> int:
        settings = load_settings()
        slack = door_if_any(settings)
        text, lookup = read_text(file), asking(slack) if slack else without_slack
        async with opened_storage(settings) as storage:
            try:
                with token_taken(BOT_TOKEN):
                    carry = foresee_text if dry_run else apply_text
                    made = await carry(Core(storage, now), text, lookup, file.parent)
            except BadFile as bad:
                for fault in bad.faults:
                    click.echo(f"{file}:{fault.line}:{fault.column}: {fault.sentence}", err=True)
                return 2
            except Refusal as refusal:
                raise WrongSettings(refusal.sentence) from refusal
        for line in lines_of(made):
            click.echo(line)
        if dry_run and made.changes:
            click.echo("This was a dry run: nothing was changed.")
        return 0

    carry_out(work())


@cli.command("source-key")
@click.argument("source")
def source_key(source: str) -> None:
    """Make a new key for an alert source, and show its address; the key before it stays valid for a day."""

    async def work() -> int:
        settings = load_settings()
        async with opened_storage(settings) as storage:
            core = Core(storage, now)
            try:
                key = await new_key(core, source)
            except Refusal as refusal:
                raise WrongSettings(refusal.sentence) from refusal
            organisation = await storage.read.organisation.current()
        for line in address_lines(settings.url, source, organisation.sources[source].tool, key):
            click.echo(line)
        return 0

    carry_out(work())


@cli.command("page-key")
@click.argument("page")
def page_key(page: str) -> None:
    """Make a new key for a private status page, and show its link; the key before it stays valid for a day."""

    async def work() -> int:
        settings = load_settings()
        async with opened_storage(settings) as storage:
            try:
                key = await new_page_key(Core(storage, now), page)
            except Refusal as refusal:
                raise WrongSettings(refusal.sentence) from refusal
        for line in page_lines(settings.url, page, key):
            click.echo(line)
        return 0

    carry_out(work())


@cli.command()
@click.argument("what", default="org")
@click.option("--format", "form", type=click.Choice(list(WRITERS)), default="markdown", show_default=True)
def export(what: str, form: str) -> None:
    """Write the organisation (org) as a file for `apply`, or the whole timeline of an incident (INC-12)."""

    async def work() -> int:
        settings = load_settings()
        async with opened_storage(settings) as storage:
            slack = door_if_any(settings)
            if what == "org":
                click.echo(await written_organisation(Core(storage, now), slack), nl=False)
                return 0
            found = await find_incident(storage, what)
            people = People(slack, "", storage.read.organisation) if slack else None
            click.echo(await export_timeline(storage, found, form, people), nl=False)
        return 0

    carry_out(work())


def door_if_any(settings: Settings) -> Door | None:
    """Slack's door, where there is a token for it."""
    return Door(web_client(settings, settings.slack_bot_token)) if settings.slack_bot_token else None


@cli.command()
@click.argument("incident")
def verify(incident: str) -> None:
    """Recompute the chain of an incident's timeline (INC-12), and name the first broken entry."""

    async def work() -> int:
        async with opened_storage(load_settings()) as storage:
            number = (await find_incident(storage, incident)).number
            broken = await verify_timeline(storage, number)
        if broken is not None:
            click.echo(f"INC-{number}: the timeline is broken at entry {broken}.", err=True)
            return 1
        click.echo(f"INC-{number}: the timeline is whole.")
        return 0

    carry_out(work())


async def find_incident(storage: SqlStorage, written: str) -> Incident:
    """The incident that is called ``INC-12`` or ``12``. Raises WrongSettings."""
    number = parse_incident_number(written) or parse_incident_number(f"INC-{written}")
    incident = await storage.read.incident(number) if number is not None else None
    if incident is None:
        raise WrongSettings(f'There is no incident "{written}" in this database. Write it as INC-12.')
    return incident


@cli.command()
def retry() -> None:
    """Try again what was given up: `tocsin doctor` says what, and why."""

    async def work() -> int:
        async with opened_storage(load_settings()) as storage:
            parked = await storage.jobs.parked()
            for each in parked:
                await storage.jobs.retry(each.job.id, now())
        click.echo(f"{len(parked)} to try again; the bot does it while it runs.")
        return 0

    carry_out(work())


@cli.command()
def doctor() -> None:
    """Look at settings, database, Slack and manifest, and change nothing; say what to do for each fault."""
    from storage.examination import examine_database  # and with it Alembic, which `run` seldom needs

    async def work() -> int:
        sick = False
        async for finding in examine(examine_database):
            click.echo(f"{'✗' if finding.faults else '✓'} {finding.what}")
            for line in [*finding.faults, *finding.notes]:
                click.echo(f"    {line}")
            sick = sick or bool(finding.faults)
        return 1 if sick else 0

    carry_out(work())

"""The composition root, where the bot is put together out of all rooms, and how it comes to its end.

`tocsin run` works in a real workspace, `tocsin demo` in the sandbox; both put together the same bot.
"""

import asyncio
import gc
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from faulthandler import dump_traceback_later
from functools import partial
from socket import socket
from typing import TYPE_CHECKING, Any

import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

from bot.app import build_app
from bot.calendars import keep_calendars_read
from bot.channels.catching_up import keep_caught_up
from bot.channels.work import HANDLERS, work
from bot.context import Bot, Identity
from bot.metrics import Metrics
from bot.people import People
from bot.rates import LIMITS, Urgency, as_urgent_as
from bot.readiness import Parts, Readiness
from bot.settings import Settings, WrongSettings, check_slack_settings
from bot.slack import Door
from bot.tokens import APP_TOKEN, BOT_TOKEN, app_door, token_taken, web_client
from bot.turns import Turns
from incidents.consequences import Pace
from incidents.core import Clock, Core
from storage.database import BadDatabaseUrl, DatabaseInUse, DatabaseUnreachable
from storage.runner import JobRunner
from storage.standing import UnknownMigration
from storage.storage import SqlStorage
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
    pass

log = structlog.get_logger()

PING = 10.0
"""Seconds between looks at the connection to Slack, and from one that ended to the next, at most."""
FAREWELL = 1.0
"""Seconds for Slack to let a connection go."""
JOBS_FINISH = timedelta(seconds=3)
"""For the jobs that run when the bot stops; those that do not end by then are done by the next process."""
DEADLINE = 9.0
"""Seconds from being told to stop to being gone."""


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
            catching_up = asyncio.create_task(keep_caught_up(bot, common))
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


async def until_stopped(work: Coroutine[Any, Any, None]) -> int:
    """Do ``work``; Ctrl-C and SIGTERM cancel it, wherever it is by then. Gives the exit code.

    What has not ended by `DEADLINE` never will, and is ended where it stands, which the log then tells: every change
    is stored with what must follow from it, so that nothing is lost.
    """
    working = asyncio.create_task(work)
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signal_number, _stop, working)
    with suppress(asyncio.CancelledError):
        await working
    return 0


def _stop(working: asyncio.Task[None]) -> None:
    if not working.cancelling():
        log.info("stopping")
        dump_traceback_later(DEADLINE, exit=True)
        working.cancel()


async def for_ever() -> None:
    """Until it is cancelled."""
    await asyncio.Event().wait()


def settle_memory() -> None:
    """Have the garbage collector pass over what stays anyhow, the code above all: each time that would take 0.1 s.

    https://docs.python.org/3/library/gc.html#gc.freeze
    """
    gc.collect()
    gc.freeze()

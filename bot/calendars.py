"""Reading the calendars of schedules while the bot runs, so that who is on call is known when somebody is paged.

What was read stays valid while a calendar cannot be read. Addresses are secrets: they are neither logged nor shown.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp
import structlog

from bot.context import Bot
from bot.directory import Directory
from bot.slack import SlackRefused, SlackUnavailable
from incidents.actions.on_call import store_calendar
from incidents.model.calendar import Entry, UnreadableCalendar, entries_in
from incidents.model.on_call import AHEAD, CalendarState, Shift
from incidents.model.text import storable

log = structlog.get_logger()

EVERY = timedelta(minutes=15)
AGAIN = timedelta(minutes=2)
"""How soon it is tried again after a fault."""

LOOK = 30.0
"""Seconds between looks whether a calendar is due, or a new one is there."""

TIME_LIMIT = 30.0
"""Seconds for one calendar."""

SIZE_LIMIT = 5_000_000
"""Bytes of one calendar."""

NAME_LIMIT = 200
"""Characters of a name that are kept."""

BEHIND = timedelta(days=2)
WHOLE = timedelta(days=1)
"""After this time a calendar is read even if it has not changed, since it goes on."""


class Unread(Exception):
    """A calendar could not be read; the message is the end of a sentence that says so."""


@dataclass(frozen=True)
class Fetched:
    """What is at an address; ``text`` is None where it is what was read before."""

    text: str | None
    etag: str = ""


class Calendars:
    """The calendars of all schedules, each read when it is due."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._due: dict[tuple[str, str], datetime] = {}

    async def read_due(self) -> None:
        """Read what is due; a fault is stored with the calendar's schedule."""
        read = self._bot.core.storage.read
        schedules = (await read.organisation.current()).schedules
        wanted = {(id, each.calendar) for id, each in schedules.items() if each.calendar is not None}
        self._due = {key: at for key, at in self._due.items() if key in wanted}
        directory = Directory(self._bot)
        for schedule, address in sorted(wanted):
            now = self._bot.core.clock()
            if self._due.get((schedule, address), now) <= now:
                sound = await self._read(schedule, address, directory)
                self._due[schedule, address] = now + (EVERY if sound else AGAIN)

    async def _read(self, schedule: str, address: str, directory: Directory) -> bool:
        """Read one calendar and store what it says; whether that went well."""
        core = self._bot.core
        known = (await core.storage.read.on_call.calendars()).get(schedule)
        state = known if known is not None and known.address == address else CalendarState(address)
        now = core.clock()
        try:
            fetched = await fetch(address, _known_version(state, now))
            if fetched.text is None:
                if state.fault:
                    await store_calendar(core, schedule, replace(state, fault="", fault_at=None), None)
                return True
            entries = await asyncio.to_thread(entries_in, fetched.text, now - BEHIND, now + AHEAD)
            shifts = await shifts_of(entries, directory)
        except (Unread, UnreadableCalendar) as fault:
            return await self._failed(schedule, state, str(fault))
        except (SlackRefused, SlackUnavailable) as error:
            return await self._failed(schedule, state, f"Slack did not say who its people are ({error})")
        # What somebody mends in Slack is to be seen at the next reading.
        etag = fetched.etag if all(shift.person for shift in shifts) else ""
        await store_calendar(core, schedule, CalendarState(address, etag, now), shifts)
        return True

    async def _failed(self, schedule: str, state: CalendarState, fault: str) -> bool:
        if fault != state.fault:
            log.warning("calendar_not_read", schedule=schedule, fault=fault)
        since = state.fault_at if state.fault else self._bot.core.clock()
        await store_calendar(self._bot.core, schedule, replace(state, fault=fault, fault_at=since), None)
        return False


async def keep_calendars_read(bot: Bot) -> None:
    """Read calendars when they are due, until cancelled."""
    calendars = Calendars(bot)
    while True:
        try:
            await calendars.read_due()
        except Exception:
            log.exception("calendars_not_read")
        await asyncio.sleep(LOOK)


def _known_version(state: CalendarState, now: datetime) -> str:
    return state.etag if state.read_at is not None and now - state.read_at < WHOLE else ""


async def shifts_of(entries: Sequence[Entry], directory: Directory) -> list[Shift]:
    """The shifts of those whom ``entries`` mean, by name alone where nobody knows who that is.

    Raises SlackRefused, SlackUnavailable.
    """
    return [
        Shift(person, entry.begin, entry.end, storable(name[:NAME_LIMIT]))
        for entry in entries
        for name, person in await directory.meant(entry.who)
    ]


async def fetch(address: str, etag: str) -> Fetched:
    """What is at ``address``, of the web (``webcal:`` too) or a file's; ``etag`` is of what is known. Raises Unread.

    https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/If-None-Match
    """
    scheme, colon, rest = address.partition("://")
    if colon and scheme.lower() in {"http", "https", "webcal"}:
        url = f"https://{rest}" if scheme.lower() == "webcal" else address
        return await _download(url, etag)
    return Fetched(await asyncio.to_thread(_file, Path(address)))


async def _download(url: str, etag: str) -> Fetched:
    headers = {"Accept": "text/calendar", **({"If-None-Match": etag} if etag else {})}
    try:
        async with (
            asyncio.timeout(TIME_LIMIT),
            aiohttp.ClientSession(trust_env=True) as session,
            session.get(url, headers=headers) as answer,
        ):
            if answer.status == 304 and etag:
                return Fetched(None)
            if answer.status != 200:
                raise Unread(f"its server answered {answer.status}")
            content = bytearray()
            async for chunk in answer.content.iter_chunked(65_536):
                content += chunk
                _within_limit(len(content))
            return Fetched(_decoded(bytes(content)), answer.headers.get("ETag", ""))
    except TimeoutError as error:
        raise Unread(f"its server gave no answer within {TIME_LIMIT:.0f} seconds") from error
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise Unread(f"its server can't be reached ({type(error).__name__})") from error


def _file(path: Path) -> str:
    try:
        if not path.is_file():
            raise Unread("there is no such file")
        _within_limit(path.stat().st_size)
        return _decoded(path.read_bytes())
    except (OSError, ValueError) as error:
        raise Unread(f"its file can't be read ({type(error).__name__})") from error


def _within_limit(size: int) -> None:
    if size > SIZE_LIMIT:
        raise Unread(f"it is larger than {SIZE_LIMIT // 1_000_000} MB")


def _decoded(content: bytes) -> str:
    return content.decode("utf-8-sig", errors="replace")

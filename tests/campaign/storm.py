"""Several people at several incidents at once, while Slack and the network do their worst, as a seed decides."""

import asyncio
import random
import string
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Literal

from sandbox.client import Person
from sandbox.refusals import RefusedError
from sandbox.server import Sandbox
from sandbox.troubles import ApiTrouble, DeliveryTrouble
from tests.e2e.workspace import Json, filled, words

GENERAL = "C0GENERAL"
NAMES = ("ana", "ben", "cleo", "dan")
DECLARERS = ("ana", "ben")
MOST = 3
"""Incidents of one storm."""
FAILURES = ("internal_error", "fatal_error", "service_unavailable", "request_timeout", "ratelimited")
DELIVERIES: tuple[Literal["double", "drop", "delay", "reorder"], ...] = ("double", "drop", "delay", "reorder")
HARMED = (
    "*",
    "chat.postMessage",
    "chat.update",
    "conversations.create",
    "conversations.invite",
    "conversations.setTopic",
    "pins.add",
    "bookmarks.add",
    "views.open",
    "chat.postEphemeral",
)
COMMANDS = (
    "severity {number}",
    "status monitoring",
    "status identified",
    "note {word}",
    "title {word}",
    "lead",
    "join",
    "leave",
    "resolve",
    "reopen",
)


@dataclass
class Said:
    """A message of somebody's, as they last left it."""

    channel: str
    ts: str
    text: str
    deleted: bool = False


@dataclass
class Storm:
    """What people did, as they know it; ``seed`` decides all that is left to chance."""

    sandbox: Sandbox
    seed: int
    chance: random.Random = field(init=False)
    said: list[Said] = field(default_factory=list)
    accepted: list[str] = field(default_factory=list)
    """The titles of the incidents whose declaration was accepted."""
    doubtful: list[str] = field(default_factory=list)
    """Those of which nobody was told whether it was."""

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)

    async def rage(self, seconds: float) -> None:
        """People work, and troubles befall the bot, for so long."""
        enough = asyncio.get_running_loop().time() + seconds
        # Each has chances of their own, so that what one draws does not hang on how quick another was.
        people = [self._work(name, random.Random(self.chance.random()), enough) for name in NAMES]
        await asyncio.gather(*people, self._harm(random.Random(self.chance.random()), enough))

    def calm(self) -> None:
        """No trouble from here on."""
        self.sandbox.slack.troubles.api.clear()
        self.sandbox.slack.troubles.deliveries.clear()

    async def _harm(self, chance: random.Random, enough: float) -> None:
        troubles = self.sandbox.slack.troubles
        while asyncio.get_running_loop().time() < enough:
            troubles.api.append(_api_trouble(chance))
            if chance.random() < 0.5:
                kind = chance.choice(DELIVERIES)
                troubles.deliveries.append(DeliveryTrouble(kind, chance.randint(1, 2), seconds=chance.uniform(0, 0.3)))
            await asyncio.sleep(chance.uniform(0.01, 0.1))

    async def _work(self, name: str, chance: random.Random, enough: float) -> None:
        person = self.sandbox.person(name)
        acts: list[Callable[[Person, random.Random], Awaitable[None]]] = [
            *(self._say, self._say, self._say, self._say, self._reply, self._reply, self._edit, self._edit),
            *(self._delete, self._command, self._come, self._declare),
        ]
        if name in DECLARERS:
            await self._tried(self._declare, person, chance)
        while asyncio.get_running_loop().time() < enough:
            await self._tried(chance.choice(acts), person, chance)
            await asyncio.sleep(chance.uniform(0, 0.03))

    async def _tried(
        self, act: Callable[[Person, random.Random], Awaitable[None]], person: Person, chance: random.Random
    ) -> None:
        try:
            await act(person, chance)
        except RefusedError:
            return  # they were told so, and go on with something else

    def _rooms(self, person: Person) -> list[str]:
        """The incidents' channels that somebody is in."""
        channels = self.sandbox.workspace.channels.values()
        return [each.id for each in channels if each.name.startswith("inc-") and person.id in each.members]

    def _mine(self, person: Person, chance: random.Random) -> Said | None:
        kept = [each for each in self.said if not each.deleted and self._author(each) == person.id]
        return chance.choice(kept) if kept else None

    def _author(self, said: Said) -> str | None:
        message = self.sandbox.workspace.channels[said.channel].messages.get(said.ts)
        return message.user if message else None

    async def _come(self, person: Person, chance: random.Random) -> None:
        for each in list(self.sandbox.workspace.channels.values()):
            if each.name.startswith("inc-") and person.id not in each.members:
                await person.join(each.id)

    async def _say(self, person: Person, chance: random.Random) -> None:
        for room in self._rooms(person)[-2:]:
            text = _text(chance)
            self.said.append(Said(room, await person.say(room, text), text))

    async def _reply(self, person: Person, chance: random.Random) -> None:
        open_rooms = set(self._rooms(person))
        roots = [each for each in self.said if each.channel in open_rooms and not each.deleted]
        if roots:
            root, text = chance.choice(roots), _text(chance)
            message = self.sandbox.workspace.channels[root.channel].messages.get(root.ts)
            if message is not None and message.thread_ts in (None, root.ts):
                self.said.append(Said(root.channel, await person.say(root.channel, text, thread_ts=root.ts), text))

    async def _edit(self, person: Person, chance: random.Random) -> None:
        mine = self._mine(person, chance)
        if mine is not None:
            text = _word(chance)
            await person.edit(mine.channel, mine.ts, text)
            mine.text = text

    async def _delete(self, person: Person, chance: random.Random) -> None:
        mine = self._mine(person, chance)
        if mine is not None and chance.random() < 0.4:
            await person.delete(mine.channel, mine.ts)
            mine.deleted = True

    async def _command(self, person: Person, chance: random.Random) -> None:
        for room in self._rooms(person)[-1:]:
            typed = chance.choice(COMMANDS).format(number=chance.randint(1, 5), word=_word(chance))
            await person.command(room, f"/incident {typed}")

    async def _declare(self, person: Person, chance: random.Random) -> None:
        if len(self.accepted) + len(self.doubtful) >= MOST:
            return
        title = _word(chance)
        await person.command(GENERAL, f"/incident declare {title}")
        view = await _form(person, title)
        if view is None:
            return
        self.doubtful.append(title)
        refused = await person.submit(view["id"], filled(view, summary="Since the deploy"))
        if not refused:
            self.doubtful.remove(title)
            self.accepted.append(title)


async def _form(person: Person, title: str) -> Json | None:
    """The form that opened with ``title`` in it; none where it did not within a second, of which they were told."""
    for _ in range(50):
        views = await person.views()
        if views and title in words(views[-1]) and any(block["type"] == "input" for block in views[-1]["blocks"]):
            return views[-1]
        await asyncio.sleep(0.02)
    return None


def _api_trouble(chance: random.Random) -> ApiTrouble:
    trouble = ApiTrouble(chance.choice(HARMED), times=chance.randint(1, 3))
    match chance.choice(("error", "before", "after", "slow", "slow answer")):
        case "error":
            trouble.error = chance.choice(FAILURES)
        case "before":
            trouble.cut = "before"
        case "after":
            trouble.cut = "after"
        case "slow":
            trouble.delay = chance.uniform(0, 0.2)
        case _:
            trouble.hold = chance.uniform(0, 0.2)
    return trouble


def _text(chance: random.Random) -> str:
    """A word, or as much as somebody pastes of a log."""
    return _word(chance) * chance.choice((1, 1, 200))


def _word(chance: random.Random) -> str:
    return "".join(chance.choices(string.ascii_lowercase, k=12))

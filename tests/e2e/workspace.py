"""A workspace with the bot at work in it, and the eyes and hands of its people.

Hands find buttons and fields by what a person reads on them; eyes see what the sandbox shows.
"""

import asyncio
import copy
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from bot.main import Running
from bot.paging.targets import SEARCH
from bot.submissions import SLOW
from incidents.model.incident import Incident
from incidents.model.timeline import Entry
from sandbox.client import Person
from sandbox.deliveries.transport import Kind
from sandbox.refusals import RefusedError
from sandbox.server import Sandbox
from sandbox.workspace import Call
from tests.clock import Clock

Json = dict[str, Any]
Seen = TypeVar("Seen")
PATIENCE = 20.0
"""Seconds until something that should be seen is given up."""


async def eventually(look: Callable[[], Awaitable[Seen | None]], patience: float = PATIENCE) -> Seen:
    """What ``look`` sees, once it sees something true. Raises AssertionError after ``patience`` seconds."""
    deadline = asyncio.get_running_loop().time() + patience
    while True:
        seen = await look()
        if seen:
            return seen
        assert asyncio.get_running_loop().time() < deadline, f"never seen: {look.__qualname__}"
        await asyncio.sleep(0.01)


async def searched(who: Person, view: Json) -> None:
    """Have whom one can page offered in a form, as whoever chooses there has."""
    await who.suggestions(SEARCH, "page", "", view_id=view["id"])


def words(message: Any) -> str:
    """All that can be read in a message or view."""
    return json.dumps(message, ensure_ascii=False)


@dataclass
class Workplace:
    """The sandbox, the bot in it, and the people that tests act as."""

    sandbox: Sandbox
    running: Running
    clock: Clock

    def person(self, name: str) -> Person:
        return self.sandbox.person(name)

    @property
    def general(self) -> str:
        return self.channel("general")

    def channel(self, name: str) -> str:
        """The id of a channel, by its name."""
        found = [c.id for c in self.sandbox.workspace.channels.values() if c.name == name]
        assert len(found) == 1, f"{len(found)} channels are called {name}"
        return found[0]

    async def incident(self, number: int) -> Incident:
        incident = await self.running.bot.core.storage.read.incident(number)
        assert incident is not None
        return incident

    async def timeline(self, number: int) -> list[Entry]:
        return await self.running.bot.core.storage.read.entries(number, 1, 1_000_000)

    async def settle(self, within: timedelta = timedelta(minutes=1)) -> None:
        """Wait until the bot has said all that it has to say ``within`` this time."""
        async with asyncio.timeout(PATIENCE):
            await self.running.runner.idle(within)

    async def later(self, **time: float) -> None:
        """``time`` (as of `timedelta`) passes, and what became due meanwhile is done."""
        await self.settle(timedelta())
        self.clock.pass_by(**time)
        await self.settle(timedelta(seconds=5))

    async def declare(self, who: Person, title: str, where: str | None = None, **answers: Any) -> str:
        """Fill in the declare form as ``who``; gives the id of the channel once they are in it with its card."""
        before = {c.id for c in self.sandbox.workspace.channels.values()}
        await who.command(where or self.general, f"/incident declare {title}")
        view = await self.form(who, "Declare an incident")
        if "page" in answers:
            await searched(who, view)
        await self._submit(who, view, filled(view, **answers))

        async def opened() -> str | None:
            new = [c for c in self.sandbox.workspace.channels.values() if c.id not in before and not c.is_im]
            return new[0].id if new and who.id in new[0].members and await self.card(new[0].id) else None

        channel = await eventually(opened)
        with suppress(RefusedError):  # one that was submitted again is gone
            await who.close_view(view["id"])
        return channel

    async def _submit(self, who: Person, view: Json, values: Json) -> None:
        """On a busy machine once more, as the form says, unless it has become the way to the channel by then."""
        faults = await who.submit(view["id"], values)
        while faults:
            assert set(faults.values()) == {SLOW}
            try:
                faults = await who.submit(view["id"], values)
            except RefusedError:
                return

    async def form(self, who: Person, title: str) -> Json:
        """The top modal of ``who``, once it has this title."""

        async def opened() -> Json | None:
            views = await who.views()
            return views[-1] if views and views[-1]["title"]["text"] == title else None

        return await eventually(opened)

    async def messages(self, channel: str) -> list[Json]:
        """What all members of ``channel`` see in it, oldest first; nothing while no person is in it."""
        users = self.sandbox.workspace.users
        people = [m for m in self.sandbox.workspace.channels[channel].members if not users[m].is_bot]
        seen = await self.sandbox.person(people[0]).messages(channel) if people else []
        return [message for message in seen if not message["is_ephemeral"]]

    async def by_bot(self, channel: str) -> list[Json]:
        """All that stands under the bot's name in ``channel``, what Slack writes there included (``joined #…``)."""
        return [m for m in await self.messages(channel) if m.get("user") == self.running.bot.identity.user_id]

    async def card(self, channel: str) -> Json | None:
        """The first message of the bot with blocks in ``channel``."""
        return next((message for message in await self.by_bot(channel) if message.get("blocks")), None)

    async def shown_card(self, channel: str, text: str) -> Json:
        """The card, once it shows ``text``."""

        async def shown() -> Json | None:
            card = await self.card(channel)
            return card if card and text in words(card) else None

        return await eventually(shown)

    async def typed(self, who: Person, where: str, text: str) -> Json:
        """The answer that ``who`` alone gets to a command."""
        return await self.answered(who, where, who.command(where, text))

    async def answered(self, who: Person, where: str, act: Awaitable[None]) -> Json:
        """The new message that ``who`` alone sees in ``where`` after ``act``."""
        before = {m["ts"] for m in await who.messages(where)}
        await act

        async def said() -> Json | None:
            return next((m for m in await who.messages(where) if m["is_ephemeral"] and m["ts"] not in before), None)

        return await eventually(said)

    async def closed(self, who: Person) -> None:
        """Wait until ``who`` has no modal before them."""

        async def none() -> bool:
            return not await who.views()

        await eventually(none)

    async def told(self, who: Person, where: str, text: str) -> Json:
        """The message that only ``who`` can see in ``where``, once one holds ``text``."""

        async def said() -> Json | None:
            seen = [m for m in await who.messages(where) if m.get("is_ephemeral") and text in words(m)]
            return seen[-1] if seen else None

        return await eventually(said)

    async def read(self, who: Person, where: str, text: str) -> Json:
        """The message that everybody can see in ``where``, once one holds ``text``."""

        async def said() -> Json | None:
            seen = [m for m in await who.messages(where) if not m.get("is_ephemeral") and text in words(m)]
            return seen[-1] if seen else None

        return await eventually(said)

    async def press(self, who: Person, channel: str, message: Json, label: str, choose: str | None = None) -> None:
        """Press the button, or open the menu, that reads ``label``; choose the option that reads ``choose``."""
        block, element = element_reading(message["blocks"], label)
        what = {"selected_option": option_reading(element, choose)} if choose else {"value": element.get("value")}
        await who.press(element["action_id"], block["block_id"], channel=channel, ts=message["ts"], **what)

    async def press_in(self, who: Person, view: Json, label: str, choose: str | None = None) -> None:
        """The same, in a modal or Home tab."""
        block, element = element_reading(view["blocks"], label)
        what = {"selected_option": option_reading(element, choose)} if choose else {"value": element.get("value")}
        await who.press(element["action_id"], block["block_id"], view_id=view["id"], **what)

    def calls(self, *methods: str) -> list[Call]:
        """The bot's calls to Slack so far, of these methods or of all."""
        made = [call for call in self.sandbox.workspace.calls if call.direction == "api"]
        return [call for call in made if not methods or call.name in methods]

    def delivered(self, name: str) -> Json:
        """The last payload of this type that Slack delivered to the bot."""
        sent = [call for call in self.sandbox.workspace.calls if call.direction == "delivery" and call.name == name]
        return copy.deepcopy(sent[-1].arguments)

    async def deliver(self, kind: Kind, payload: Json) -> Any:
        """Have Slack deliver just this payload; gives the acknowledgement. Raises UnansweredError."""
        return await self.sandbox.slack.courier.sockets.deliver(kind, payload)


def elements(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Every interactive element, with its block."""
    for block in blocks:
        for element in [*block.get("elements", []), block.get("accessory"), block.get("element")]:
            if element and "action_id" in element:
                yield block, element


def element_reading(blocks: list[Json], label: str) -> tuple[Json, Json]:
    """The element on which ``label`` is read: a button's text, a menu's placeholder or shown option, a ⋯ option."""
    for block, element in elements(blocks):
        read = [element.get("text"), element.get("placeholder"), *(o["text"] for o in element.get("options", []))]
        if any(text and text["text"] == label for text in read):
            return block, element
    raise AssertionError(f"nothing reads {label!r} in {words(blocks)}")


def option_reading(element: Mapping[str, Any], label: str) -> Json:
    for option in element["options"]:
        if label in option["text"]["text"]:
            return dict(option)
    raise AssertionError(f"no option reads {label!r}")


def filled(view: Json, **values: Any) -> Json:
    """The values of a form: by the block id of each question, as a person would fill it in."""
    kinds = {block["block_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"}
    return {block: {kinds[block]["action_id"]: _value(kinds[block], value)} for block, value in values.items()}


def option_offered(target: str) -> Json:
    """The option of a search that means ``target``; a person's id alone will do."""
    value = target if ":" in target else f"person:slack:{target}"
    return {"text": {"type": "plain_text", "text": value, "emoji": True}, "value": value}


def _value(element: Json, value: Any) -> Json:
    kind = element["type"]
    match kind:
        case "plain_text_input":
            return {"type": kind, "value": value}
        case "static_select" | "radio_buttons":
            return {"type": kind, "selected_option": option_reading(element, value)}
        case "checkboxes":
            return {"type": kind, "selected_options": [option_reading(element, each) for each in value]}
        case "multi_external_select":
            return {"type": kind, "selected_options": [option_offered(each) for each in value]}
        case "multi_users_select":
            return {"type": kind, "selected_users": value}
        case "multi_static_select":
            return {"type": kind, "selected_options": [option_reading(element, each) for each in value]}
        case "users_select":
            return {"type": kind, "selected_user": value}
        case "conversations_select":
            return {"type": kind, "selected_conversation": value}
        case "datepicker":
            return {"type": kind, "selected_date": value}
        case "timepicker":
            return {"type": kind, "selected_time": value}
        case "datetimepicker":
            return {"type": kind, "selected_date_time": value}
    raise AssertionError(f"no hands for {kind}")

"""A workspace with the bot at work in it, and the eyes and hands of its people.

Hands find buttons and fields by what a person reads on them; eyes see what the sandbox shows.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from bot.main import Running
from incidents.model.incident import Incident
from incidents.model.timeline import Entry
from sandbox.client import Person
from sandbox.server import Sandbox

Json = dict[str, Any]
Seen = TypeVar("Seen")
PATIENCE = 10.0
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


def words(message: Any) -> str:
    """All that can be read in a message or view."""
    return json.dumps(message, ensure_ascii=False)


@dataclass
class Workplace:
    """The sandbox, the bot in it, and the people that tests act as."""

    sandbox: Sandbox
    running: Running

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

    async def declare(self, who: Person, title: str, where: str | None = None, **answers: Any) -> str:
        """Fill in the declare form as ``who``; gives the id of the channel once they are in it with its card."""
        before = {c.id for c in self.sandbox.workspace.channels.values()}
        await who.command(where or self.general, f"/incident declare {title}")
        view = await self.form(who, "Declare an incident")
        errors = await who.submit(view["id"], filled(view, **answers))
        assert errors == {}

        async def opened() -> str | None:
            new = [c for c in self.sandbox.workspace.channels.values() if c.id not in before]
            return new[0].id if new and who.id in new[0].members and await self.card(new[0].id) else None

        channel = await eventually(opened)
        await who.close_view(view["id"])
        return channel

    async def form(self, who: Person, title: str) -> Json:
        """The top modal of ``who``, once it has this title."""

        async def opened() -> Json | None:
            views = await who.views()
            return views[-1] if views and views[-1]["title"]["text"] == title else None

        return await eventually(opened)

    async def card(self, channel: str) -> Json | None:
        """The first message of the bot with blocks in ``channel``."""
        me = self.running.bot.identity.user_id
        posts = [m for m in await self.person("ana").messages(channel) if m.get("user") == me and m.get("blocks")]
        return posts[0] if posts else None

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

    def calls(self, *methods: str) -> list[Json]:
        """The bot's calls to Slack so far, of these methods or of all."""
        return [call for call in self.sandbox.workspace_calls() if not methods or call["method"] in methods]


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


def _value(element: Json, value: Any) -> Json:
    kind = element["type"]
    match kind:
        case "plain_text_input":
            return {"type": kind, "value": value}
        case "static_select" | "radio_buttons":
            return {"type": kind, "selected_option": option_reading(element, value)}
        case "checkboxes":
            return {"type": kind, "selected_options": [option_reading(element, each) for each in value]}
        case "multi_users_select":
            return {"type": kind, "selected_users": value}
        case "multi_external_select":
            return {"type": kind, "selected_options": value}
    raise AssertionError(f"no hands for {kind}")

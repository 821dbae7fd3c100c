"""Whom a name or an e-mail address means, among the people of the workspace who can be paged.

https://docs.slack.dev/reference/methods/users.lookupByEmail, https://docs.slack.dev/reference/methods/users.list
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from bot.channels.listing import pages
from bot.context import Bot, person
from bot.slack import SlackRefused
from incidents.model.calendar import is_address, parts_of, several_in
from incidents.model.identity import Person


class Directory:
    """Asks Slack for no more than is needed, each thing once; made anew when it may have changed."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._by_address: dict[str, Person | None] = {}
        self._by_name: dict[str, set[str]] | None = None

    async def meant(self, who: str) -> list[tuple[str, Person | None]]:
        """The people whom a calendar means by ``who``, each by name; None for whom nobody knows.

        It does not guess: what may be somebody else is nobody. Raises SlackRefused, SlackUnavailable.
        """
        whole = await self._find(who)
        if whole is not None:
            return [(who, whole)]
        several = [(name, await self._find(name)) for name in several_in(who)]
        if any(person for _, person in several):
            return several
        named = {await self._find(part) for part in parts_of(who)} - {None}
        return [(who, named.pop() if len(named) == 1 else None)]

    async def _find(self, name: str) -> Person | None:
        if is_address(name):
            return await self._with_address(name.casefold())
        if self._by_name is None:
            self._by_name = await self._everybody()
        found = self._by_name.get(_folded(name.removeprefix("@")), set())
        return person(next(iter(found))) if len(found) == 1 else None

    async def _with_address(self, address: str) -> Person | None:
        if address not in self._by_address:
            self._by_address[address] = await self._look_up(address)
        return self._by_address[address]

    async def _look_up(self, address: str) -> Person | None:
        try:
            user = (await self._bot.slack.call("users.lookupByEmail", email=address))["user"]
        except SlackRefused as refused:
            if refused.error != "users_not_found":
                raise
            return None
        return person(user["id"]) if _can_be_paged(user) else None

    async def _everybody(self) -> dict[str, set[str]]:
        """Ids by name: several people can have one."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        async for user in pages(self._bot.slack, "users.list", "members"):
            if _can_be_paged(user):
                for name in _names(user):
                    found[_folded(name)].add(user["id"])
        return found


def _can_be_paged(user: Mapping[str, Any]) -> bool:
    nobody = user.get("deleted") or user.get("is_bot") or user.get("is_stranger") or user["id"] == "USLACKBOT"
    return not nobody


def _names(user: Mapping[str, Any]) -> Iterator[str]:
    profile = user.get("profile") or {}
    for name in (user["id"], user.get("name"), user.get("real_name"), *map(profile.get, ("real_name", "display_name"))):
        if name:
            yield name


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()

"""Who people are, as Slack says, remembered for some minutes: their name, and whether they may command.

https://docs.slack.dev/reference/methods/users.info, https://docs.slack.dev/reference/objects/user-object,
https://docs.slack.dev/reference/methods/bots.info
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import structlog

from bot.channels.listing import pages
from bot.rates import beside
from bot.slack import Door, SlackRefused, SlackUnavailable
from incidents.model.alert import TOOLS
from incidents.model.identity import TOCSIN, Channel, Group, Person, PlatformId
from incidents.model.refusals import Refusal
from incidents.ports.organisation import OrganisationReader

log = structlog.get_logger()

REMEMBERED = 600.0
"""Seconds after which what is known is looked up again; a change of the profile is heard of sooner."""

SEARCH_PATIENCE = 2.0
"""Seconds that a search waits for a listing: Slack shows nothing after three."""

GROUP_PATIENCE = 2.0
"""Seconds that a page waits for Slack to say who is in a group."""
GROUP_LISTED = "usergroups.users.list"

UNKNOWN = {"user_not_found", "user_not_visible", "users_not_found", "bot_not_found"}


class NotAMember(Refusal):
    """Guests and people of other organisations command nothing."""

    def __init__(self) -> None:
        super().__init__(
            "Guests, and people from other organisations, can read and write where they were invited, "
            "but not command Tocsin. Ask somebody of this workspace to do it."
        )


class NotAnAdmin(Refusal):
    """Settings are for admins."""

    def __init__(self) -> None:
        super().__init__("Only admins and owners of this workspace can change that. Ask one of them.")


@dataclass(frozen=True)
class SlackPerson:
    """What the bot needs to know of somebody."""

    name: str
    """By which they are shown."""
    is_member: bool
    """Of this workspace, with a full account, and human."""
    is_admin: bool = False
    """Of this workspace, or its owner."""
    timezone: str = "UTC"
    other_names: tuple[str, ...] = ()
    """By which they are known too: their handle, their whole name, its parts."""


Item = TypeVar("Item")


class Listed(Generic[Item]):
    """A long listing of Slack's, read beside and remembered: who searches waits `SEARCH_PATIENCE` at the longest."""

    def __init__(self) -> None:
        self._items: list[Item] = []
        self._read_at = 0.0
        self._reading: asyncio.Task[None] | None = None

    async def known(self, read: Callable[[], Awaitable[list[Item]]]) -> list[Item]:
        """What was read last; ``read`` is begun where that is long ago, or never."""
        if self._reading is None and (not self._read_at or time.monotonic() - self._read_at > REMEMBERED):
            self._reading = beside(self._read(read))
        if self._reading is not None and not self._read_at:
            await asyncio.wait([self._reading], timeout=SEARCH_PATIENCE)
        return self._items

    async def _read(self, read: Callable[[], Awaitable[list[Item]]]) -> None:
        try:
            self._items = await read()
            self._read_at = time.monotonic()
        except (SlackRefused, SlackUnavailable) as error:
            log.warning("listing_not_read", error=str(error))
        finally:
            self._reading = None


class People:
    """The people of workspace ``team_id``; ``organisation`` knows the monitoring tools, which Slack does not."""

    def __init__(self, slack: Door, team_id: str, organisation: OrganisationReader | None = None) -> None:
        self._slack = slack
        self._team_id = team_id
        self._organisation = organisation
        self._known: dict[str, tuple[float, SlackPerson]] = {}
        self._everybody: Listed[tuple[Person, str]] = Listed()
        self._every_group: Listed[tuple[Group, str]] = Listed()
        self._groups: dict[Group, tuple[Person, ...]] = {}
        self._looking: set[asyncio.Task[None]] = set()

    async def get(self, user_id: str) -> SlackPerson:
        """Look somebody up; who is unknown to Slack is nobody's member. Raises SlackUnavailable, SlackRefused."""
        if user_id == TOCSIN.id:
            return SlackPerson("Tocsin", is_member=True)
        asked_at, known = self._known.get(user_id, (0.0, None))
        if known is not None:
            if time.monotonic() - asked_at > REMEMBERED:
                self._look_again(user_id, known)
            return known
        try:
            found = await self._look_up(user_id)
        except SlackRefused as refused:
            if refused.error not in UNKNOWN:
                raise
            found = SlackPerson(user_id, is_member=False)
        self._known[user_id] = (time.monotonic(), found)
        return found

    async def names(self, people: Iterable[Person]) -> dict[Person, str]:
        """The names of several people, looked up side by side. Raises SlackUnavailable, SlackRefused."""
        wanted = list(dict.fromkeys(people))
        found = await asyncio.gather(*(self._name(person) for person in wanted))
        return dict(zip(wanted, found, strict=True))

    async def all_names(self, people: Iterable[Person]) -> list[str]:
        """Whatever they are called by in Slack. Raises SlackUnavailable, SlackRefused."""
        known = await asyncio.gather(*(self.get(person.id) for person in people if person.platform != TOOLS))
        return list(dict.fromkeys(name for each in known for name in (each.name, *each.other_names)))

    async def members(self, group: Group) -> tuple[Person, ...]:
        """Who is in a Slack user group: as last known where Slack does not say at once, so that a page goes out.

        Nobody where Slack refuses to say. https://docs.slack.dev/reference/methods/usergroups.users.list
        Raises SlackUnavailable where it has never said.
        """
        try:
            async with asyncio.timeout(GROUP_PATIENCE):
                answer = await self._slack.call(GROUP_LISTED, usergroup=group.id)
        except (SlackRefused, SlackUnavailable, TimeoutError) as error:
            log.warning("group_not_read", group=group, error=str(error))
            if group not in self._groups and not isinstance(error, SlackRefused):
                raise SlackUnavailable(GROUP_LISTED, "no answer in time") from error
            return self._groups.get(group, ())
        self._groups[group] = tuple(Person.of(group.platform, user) for user in answer["users"])
        return self._groups[group]

    async def everybody(self) -> list[tuple[Person, str]]:
        """Who can be paged, by the name people know them by; what is known so far where Slack takes long to say."""
        return await self._everybody.known(self._list_people)

    async def groups(self) -> list[tuple[Group, str]]:
        """The user groups of the workspace, by handle; what is known so far where Slack takes long to say.

        https://docs.slack.dev/reference/methods/usergroups.list
        """
        return await self._every_group.known(self._list_groups)

    async def _list_people(self) -> list[tuple[Person, str]]:
        found = []
        async for user in pages(self._slack, "users.list", "members"):
            known = self._read(user)
            if known.is_member and not (user.get("deleted") or user.get("is_bot") or user["id"] == "USLACKBOT"):
                found.append((Person.of("slack", user["id"]), known.name))
        return found

    async def _list_groups(self) -> list[tuple[Group, str]]:
        listed = (await self._slack.call("usergroups.list"))["usergroups"]
        return [(Group.of("slack", group["id"]), group["handle"]) for group in listed if not group.get("date_delete")]

    async def label(self, named: PlatformId) -> str:
        """What a person or channel is called; its id where Slack does not say. Raises SlackUnavailable."""
        try:
            if isinstance(named, Person):
                return await self._name(named)
            if isinstance(named, Channel):
                name: str = (await self._slack.call("conversations.info", channel=named.id))["channel"]["name"]
                return name
        except SlackRefused:
            return named.id
        return named.id

    async def _name(self, person: Person) -> str:
        if person.platform != TOOLS:
            return (await self.get(person.id)).name
        sources = (await self._organisation.current()).sources if self._organisation else {}
        return sources[person.id].name if person.id in sources else person.id

    def forget(self, user_id: str = "") -> None:
        """Somebody's profile changed; where it is not known whose, it may be anybody's."""
        if user_id:
            self._known.pop(user_id, None)
        else:
            self._known.clear()

    async def must_be_member(self, user_id: str) -> None:
        """Raises NotAMember for whoever may not command."""
        if not (await self.get(user_id)).is_member:
            raise NotAMember

    async def must_be_admin(self, user_id: str) -> None:
        """Raises NotAMember, NotAnAdmin for whoever may not change settings."""
        await self.must_be_member(user_id)
        if not (await self.get(user_id)).is_admin:
            raise NotAnAdmin

    def _look_again(self, user_id: str, known: SlackPerson) -> None:
        """Refresh what is known beside; nobody who waits for an answer waits for that."""
        self._known[user_id] = (time.monotonic(), known)
        looking = beside(self._refresh(user_id))
        self._looking.add(looking)
        looking.add_done_callback(self._looking.discard)

    async def _refresh(self, user_id: str) -> None:
        try:
            self._known[user_id] = (time.monotonic(), await self._look_up(user_id))
        except (SlackRefused, SlackUnavailable) as error:
            log.info("person_not_refreshed", error=str(error), request_id=error.request_id)

    async def _look_up(self, user_id: str) -> SlackPerson:
        """Some bots are no users: what they write names the bot only."""
        if user_id.startswith("B"):
            answer = await self._slack.call("bots.info", bot=user_id)
            return SlackPerson(answer["bot"].get("name") or user_id, is_member=False)
        return self._read((await self._slack.call("users.info", user=user_id))["user"])

    def _read(self, user: dict[str, Any]) -> SlackPerson:
        profile = user.get("profile") or {}
        outsider = user.get("is_stranger") or user.get("team_id", self._team_id) != self._team_id
        guest = user.get("is_restricted") or user.get("is_ultra_restricted")
        whole = user.get("real_name") or profile.get("real_name") or ""
        return SlackPerson(
            name=profile.get("display_name") or whole or user.get("name") or user["id"],
            is_member=not (outsider or guest or user.get("is_bot") or user.get("deleted")),
            is_admin=bool(user.get("is_admin") or user.get("is_owner")),
            timezone=user.get("tz") or "UTC",
            other_names=tuple(filter(None, (user.get("name"), whole, *whole.split()))),
        )

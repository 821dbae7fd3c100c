"""Whom a file means: people and groups by id, and by @handle or e-mail address where Slack is asked.

https://docs.slack.dev/reference/methods/users.list, https://docs.slack.dev/reference/methods/users.lookupByEmail,
https://docs.slack.dev/reference/methods/usergroups.list
"""

import re
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from rapidfuzz import fuzz, process

from bot.settings import WrongSettings
from bot.slack import SCOPES, Door, SlackRefused
from incidents.model.identity import Group, Person, PlatformId

USER = re.compile(r"[UW][A-Z0-9]{2,}")
GROUP = re.compile(r"S[A-Z0-9]{2,}")
PLATFORM_ID = re.compile(r"[a-z]+:\S+")
SLACK = "slack"
SLACKBOT = "USLACKBOT"
PAGE = 200
"""People asked for at a time, as Slack advises: https://docs.slack.dev/apis/web-api/pagination"""

Named = TypeVar("Named", Person, Group)


def written_id(named: PlatformId) -> str:
    """An id as it is written into a file, and as `Names` reads it."""
    pattern = USER if isinstance(named, Person) else GROUP
    return named.id if named.platform == SLACK and pattern.fullmatch(named.id) else str(named)


@dataclass
class Names:
    """Knows whom people mean: by id always, by handle or address where that has been found out.

    What has not been is noted in ``people_sought`` and ``groups_sought``.
    """

    people: Mapping[str, Person | str] = field(default_factory=dict)
    """By what was written, folded: whom it means, else a sentence why nobody."""
    groups: Mapping[str, Group | str] = field(default_factory=dict)
    people_sought: set[str] = field(default_factory=set)
    groups_sought: set[str] = field(default_factory=set)

    def person(self, written: str) -> Person:
        """Raises ValueError, which says what to write instead."""
        return _found(Person, USER, written, self.people, self.people_sought)

    def group(self, written: str) -> Group:
        """Raises ValueError, which says what to write instead."""
        return _found(Group, GROUP, written, self.groups, self.groups_sought)

    @property
    def all_known(self) -> bool:
        return not self.people_sought and not self.groups_sought


Lookup = Callable[[Names], Awaitable[Names]]
"""Finds out whom those mean who are sought."""


def _found(
    kind: type[Named], id: re.Pattern[str], written: str, known: Mapping[str, Named | str], sought: set[str]
) -> Named:
    if id.fullmatch(written):
        return kind.of(SLACK, written)
    if PLATFORM_ID.fullmatch(written):
        return kind(written)
    handle = written.removeprefix("@").casefold()
    found = known.get(handle)
    if isinstance(found, kind):
        return found
    sought.add(handle)
    raise ValueError(found if isinstance(found, str) else f"{written} is not known yet")


async def without_slack(sought: Names) -> Names:
    """Where there is no token to ask Slack with, only ids can be written."""

    def why(handle: str) -> str:
        return f'Slack can\'t be asked who "{handle}" is without SLACK_BOT_TOKEN; set it, or write the id (U…, S…)'

    return Names(
        {handle: why(handle) for handle in sought.people_sought},
        {handle: why(handle) for handle in sought.groups_sought},
    )


def asking(slack: Door) -> Lookup:
    """Asks Slack, for no more than what is sought. Raises WrongSettings, SlackRefused, SlackUnavailable."""

    async def ask(sought: Names) -> Names:
        try:
            return await look_up(sought)
        except SlackRefused as refused:
            if refused.error != "missing_scope":
                raise
            needed = " and ".join(SCOPES[refused.method])
            raise WrongSettings(
                f"Tocsin may not ask Slack who people are: {refused.method} needs {needed}. Install the app again with "
                "app_manifest.yml, or write ids (U…, S…)."
            ) from refused

    async def look_up(sought: Names) -> Names:
        people: dict[str, Person | str] = {}
        addresses = {each for each in sought.people_sought if "@" in each}
        for address in sorted(addresses):
            people[address] = await _with_address(slack, address)
        if handles := sought.people_sought - addresses:
            people.update(_pick(Person, handles, await _people(slack), "nobody"))
        groups = _pick(Group, sought.groups_sought, await _groups(slack), "no group") if sought.groups_sought else {}
        return Names(people, groups)

    return ask


async def _with_address(slack: Door, address: str) -> Person | str:
    try:
        user = (await slack.call("users.lookupByEmail", email=address))["user"]
    except SlackRefused as refused:
        if refused.error != "users_not_found":
            raise
        return f"nobody in Slack has the address {address}"
    return Person.of(SLACK, user["id"])


async def _people(slack: Door) -> dict[str, list[tuple[str, str]]]:
    """The id and full name of everybody who can be paged, by each handle they have."""
    found: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    cursor: str | None = None
    while cursor != "":
        answer = await slack.call("users.list", limit=PAGE, cursor=cursor)
        for user in answer["members"]:
            if not user.get("deleted") and not user.get("is_bot") and user["id"] != SLACKBOT:
                for handle in _handles(user):
                    found[handle].append((user["id"], user.get("real_name") or user["name"]))
        cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
    return found


def _handles(user: Mapping[str, Any]) -> set[str]:
    shown = (user.get("profile") or {}).get("display_name") or ""
    return {name.casefold() for name in (user["name"], shown) if name}


async def names_of_groups(slack: Door) -> dict[Group, str]:
    """What each user group is called. Raises SlackRefused, SlackUnavailable."""
    return {Group.of(SLACK, id): name for found in (await _groups(slack)).values() for id, name in found}


async def _groups(slack: Door) -> dict[str, list[tuple[str, str]]]:
    groups: Iterable[Mapping[str, Any]] = (await slack.call("usergroups.list"))["usergroups"]
    return {group["handle"].casefold(): [(group["id"], group["name"])] for group in groups}


def _pick(
    kind: type[Named], handles: Iterable[str], there: Mapping[str, list[tuple[str, str]]], nobody: str
) -> dict[str, Named | str]:
    return {handle: _one(kind, handle, there, nobody) for handle in handles}


def _one(kind: type[Named], handle: str, there: Mapping[str, list[tuple[str, str]]], nobody: str) -> Named | str:
    found = there.get(handle, [])
    if len(found) == 1:
        return kind.of(SLACK, found[0][0])
    if found:
        several = ", ".join(f"{id} ({name})" for id, name in found)
        return f"@{handle} are several; write the id of one: {several}"
    near = process.extractOne(handle, there.keys(), scorer=fuzz.ratio, score_cutoff=60)
    return f"there is {nobody} called @{handle} in Slack" + (f'; did you mean "@{near[0]}"?' if near else "")

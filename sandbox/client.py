"""Acting as a person of the sandbox from Python, over its HTTP API, as tests do.

A refused act raises RefusedError; what is seen is plain JSON in Slack's shapes.
"""

from types import TracebackType
from typing import Any, Self

import aiohttp

from sandbox.refusals import RefusedError
from sandbox.things import Json


class Person:
    """One person at the keyboard, whose acts raise RefusedError; use it with `async with`, or call `close`."""

    def __init__(self, url: str, user_id: str) -> None:
        self.id = user_id
        self._url = f"{url}/sandbox/api"
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        if self._session:
            await self._session.close()
            self._session = None

    # Writing -------------------------------------------------------------------------------------------------------

    async def say(
        self,
        channel: str,
        text: str,
        *,
        thread_ts: str | None = None,
        broadcast: bool = False,
        files: list[Json] | None = None,
    ) -> str:
        """Write a message; gives its ts.

        `text` is in Slack's format (`&lt;`, `<@U0BEN>`); `files` are `{"name", "content", "mimetype"?}`.
        """
        body = {"channel": channel, "text": text, "thread_ts": thread_ts, "broadcast": broadcast, "files": files or []}
        return str((await self.act("message", **body))["ts"])

    async def edit(self, channel: str, ts: str, text: str) -> None:
        await self.act("edit", channel=channel, ts=ts, text=text)

    async def delete(self, channel: str, ts: str) -> None:
        await self.act("delete", channel=channel, ts=ts)

    async def react(self, channel: str, ts: str, name: str) -> None:
        await self.act("react", channel=channel, ts=ts, name=name)

    async def unreact(self, channel: str, ts: str, name: str) -> None:
        await self.act("unreact", channel=channel, ts=ts, name=name)

    async def bot_message(self, channel: str, text: str, **more: Any) -> str:
        """Let another bot (Grafana) post, with `attachments=`, `blocks=` …; gives the ts.

        It uses an incoming webhook, or with `webhook=False` its bot user.
        """
        return str((await self.act("bot_message", channel=channel, text=text, **more))["ts"])

    async def pin(self, channel: str, ts: str) -> None:
        await self.act("pin", channel=channel, ts=ts)

    async def change_profile(self, **fields: str) -> None:
        """Change `real_name`, `title` or `tz`."""
        await self.act("profile", **fields)

    async def change_usergroup(self, usergroup: str, *users: str) -> None:
        """Say who is in a user group from now on; only admins may."""
        await self.act("usergroup", usergroup=usergroup, users=list(users))

    async def deactivate(self, user: str) -> None:
        """Close somebody's account; only admins may."""
        await self.act("deactivate", user=user)

    # Channels ------------------------------------------------------------------------------------------------------

    async def create(self, name: str, *, is_private: bool = False) -> str:
        """Make a channel; gives its id."""
        return str((await self.act("create", name=name, is_private=is_private))["channel"]["id"])

    async def join(self, channel: str) -> None:
        await self.act("join", channel=channel)

    async def leave(self, channel: str) -> None:
        await self.act("leave", channel=channel)

    async def invite(self, channel: str, *users: str) -> None:
        await self.act("invite", channel=channel, users=list(users))

    async def kick(self, channel: str, user: str) -> None:
        await self.act("kick", channel=channel, user=user)

    async def rename(self, channel: str, name: str) -> None:
        await self.act("rename", channel=channel, name=name)

    async def archive(self, channel: str) -> None:
        await self.act("archive", channel=channel)

    async def unarchive(self, channel: str) -> None:
        await self.act("unarchive", channel=channel)

    async def delete_channel(self, channel: str) -> None:
        await self.act("delete_channel", channel=channel)

    # The app -------------------------------------------------------------------------------------------------------

    async def command(self, channel: str, text: str) -> None:
        """Type a slash command, `/word rest`; returns once the app acknowledged."""
        await self.act("command", channel=channel, text=text)

    async def shortcut(self, callback_id: str, *, channel: str | None = None, ts: str | None = None) -> None:
        await self.act("shortcut", callback_id=callback_id, channel=channel, ts=ts)

    async def press(self, action_id: str, block_id: str, **where_and_what: Any) -> None:
        """Press or choose: `channel=` and `ts=` or `view_id=`, with `value=`, `selected_option=` … as need be."""
        await self.act("press", action_id=action_id, block_id=block_id, **where_and_what)

    async def suggestions(self, action_id: str, block_id: str, query: str = "", **where: Any) -> Json:
        """Type into an external menu; gives what the app offers, as `options` and `option_groups`.

        Refused: `query_too_short`, and `operation_timeout` where Slack's client finds nothing.
        """
        found = await self.act("options", action_id=action_id, block_id=block_id, query=query, **where)
        return {"options": found["options"], "option_groups": found["option_groups"]}

    async def options(self, action_id: str, block_id: str, query: str = "", **where: Any) -> list[Json]:
        """As `suggestions`, groups flattened."""
        found = await self.suggestions(action_id, block_id, query, **where)
        return [*found["options"], *(option for group in found["option_groups"] for option in group["options"])]

    async def choose(
        self, action_id: str, block_id: str, *labels: str, query: str | None = None, **where: Any
    ) -> list[Json]:
        """Choose in an external menu, several where it takes several; gives the options chosen.

        Each label, an option's text or value, is typed and picked from what is offered; `query` is typed in its stead.
        """
        chosen = []
        for label in labels:
            offered = await self.options(action_id, block_id, label if query is None else query, **where)
            fitting = [option for option in offered if label in (option["value"], option["text"]["text"])]
            if not fitting:
                raise RefusedError("option_not_found", label=label)
            chosen.append(fitting[0])
        one = chosen[-1] if chosen else ""
        await self.press(action_id, block_id, selected_option=one, selected_options=chosen, **where)
        return chosen

    async def submit(self, view_id: str, values: Json) -> dict[str, str]:
        """Submit a form; gives errors by block id, empty when it was taken."""
        return dict((await self.act("submit", view_id=view_id, values=values)).get("errors", {}))

    async def close_view(self, view_id: str, *, whole_stack: bool = False) -> None:
        await self.act("close", view_id=view_id, all=whole_stack)

    async def open_home(self, tab: str = "home") -> None:
        """Open the app's Home, or its `messages`."""
        await self.act("home", tab=tab)

    async def try_sample(self, name: str) -> Json:
        """Send a sample of the "Try it" panel.

        Gives `statuses` (how often each was answered, 0 for no answer), `seconds`, and `said`, an answer's beginning.
        """
        outcome = await self.act("try", name=name)
        statuses = {int(status): times for status, times in outcome["statuses"].items()}
        return {"statuses": statuses, "seconds": outcome["seconds"], "said": outcome["said"]}

    # Seeing --------------------------------------------------------------------------------------------------------

    async def messages(self, channel: str, thread_ts: str | None = None) -> list[Json]:
        """A channel's (or thread's) messages, oldest first, with the ephemeral ones for this person."""
        where = {"channel": channel} | ({"thread_ts": thread_ts} if thread_ts else {})
        return list((await self._see("messages", where))["messages"])

    async def views(self) -> list[Json]:
        """Open modals, the top one last."""
        return list((await self._see("views", {}))["views"])

    async def home(self) -> Json | None:
        """What the app published in this person's Home tab."""
        found: Json | None = (await self._see("views", {}))["home"]
        return found

    async def workspace(self) -> Json:
        return await self._see("workspace", {})

    async def channel_named(self, name: str) -> Json:
        """A channel this person sees. Raises RefusedError `channel_not_found`."""
        for channel in (await self.workspace())["channels"]:
            if channel.get("name") == name:
                return dict(channel)
        raise RefusedError("channel_not_found")

    async def calls(self) -> list[Json]:
        """What the app asked and was told since the start."""
        return list((await self._see("calls", {}))["calls"])

    # Trouble -------------------------------------------------------------------------------------------------------

    async def trouble(self, **wanted: Any) -> None:
        """Ask for trouble, as `sandbox.people` has it: `method="chat.*", error="internal_error", times=None` …

        Raises RefusedError `invalid_arguments`.
        """
        await self._post("trouble", wanted)

    async def outage(self, seconds: float, answer: str = "503") -> None:
        """Slack is down from now on: calls are answered HTTP 503, or cut (`answer="cut"`), and there are no sockets."""
        await self.trouble(outage=seconds, answer=answer)

    async def seed_troubles(self, seed: int) -> None:
        """Draw anew: with the same seed, standing troubles befall the same calls."""
        await self.trouble(seed=seed)

    async def limit(self, mode: str) -> None:
        """Count calls as Slack does: `off`, `real` or `harsh`, as `sandbox.limits` has it."""
        await self.trouble(limits=mode)

    async def troubles(self) -> Json:
        """What is in force: `seed`, `limits`, `calls`, `events`, `outage`."""
        return await self._see("troubles", {})

    async def calm(self, id: int | None = None) -> None:
        """No trouble any more, or not the one with this id."""
        await self._post("calm", {"id": id})

    # -----------------------------------------------------------------------------------------------------------------

    async def act(self, verb: str, **body: Any) -> Json:
        """Do anything of `sandbox.people`; None fields are left out. Raises RefusedError."""
        return await self._post(verb, {"as": self.id} | {k: v for k, v in body.items() if v is not None})

    async def _post(self, verb: str, body: Json) -> Json:
        async with self._client().post(f"{self._url}/{verb}", json=body) as answer:
            return _accepted(await answer.json())

    async def _see(self, what: str, where: dict[str, str]) -> Json:
        async with self._client().get(f"{self._url}/{what}", params={"as": self.id} | where) as answer:
            return _accepted(await answer.json())

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        return self._session


def _accepted(answer: Json) -> Json:
    if answer["ok"]:
        return answer
    raise RefusedError(answer["error"], **{k: v for k, v in answer.items() if k not in {"ok", "error"}})

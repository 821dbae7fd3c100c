"""What a payload lets the app do for a while: open a modal once (trigger_id), answer a few times (response_url).

docs.slack.dev/interactivity/handling-user-interaction: 3 seconds and once; 30 minutes and five times.
"""

import itertools
import re
import secrets
import time
from dataclasses import dataclass, field

from sandbox.deliveries.transport import Timing
from sandbox.refusals import RefusedError


@dataclass
class Trigger:
    """A person's act, and the conversation before them at the time, where that is known."""

    user: str
    channel: str | None
    issued: float
    used: bool = False


class Triggers:
    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._issued: dict[str, Trigger] = {}
        self._numbers = itertools.count(1_000_000)

    def issue(self, user: str, channel: str | None) -> str:
        trigger_id = f"{next(self._numbers)}.{secrets.randbelow(10**10)}.{secrets.token_hex(16)}"
        self._issued[trigger_id] = Trigger(user, channel, time.monotonic())
        return trigger_id

    def owner(self, trigger_id: str) -> str | None:
        """The person whose act it was, if it is a trigger."""
        trigger = self._issued.get(trigger_id)
        return trigger.user if trigger else None

    def exchange(self, trigger_id: str) -> Trigger:
        """Whose act it was and where; the trigger is used up.

        Raises RefusedError `invalid_trigger_id`, `exchanged_trigger_id`, `expired_trigger_id`.
        """
        trigger = self._issued.get(trigger_id)
        if trigger is None or not re.fullmatch(r"\d+\.\d+\.[0-9a-f]+", trigger_id):
            raise RefusedError("invalid_trigger_id")
        if trigger.used:
            raise RefusedError("exchanged_trigger_id")
        if time.monotonic() - trigger.issued > self._timing.trigger:
            raise RefusedError("expired_trigger_id")
        trigger.used = True
        return trigger


@dataclass
class ResponseUrl:
    """Where the answer goes: `channel`, to `user` unless for all; `message_ts` is the message it may replace."""

    channel: str
    user: str
    message_ts: str | None = None
    thread_ts: str | None = None
    issued: float = field(default_factory=time.monotonic)
    uses: int = 0


class ResponseUrls:
    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._issued: dict[str, ResponseUrl] = {}

    def issue(self, hook: ResponseUrl) -> str:
        """The secret last part of the address."""
        secret = secrets.token_urlsafe(18)
        self._issued[secret] = hook
        return secret

    def use(self, secret: str) -> ResponseUrl:
        """Raises RefusedError `expired_url`, `used_url`."""
        hook = self._issued.get(secret)
        if hook is None or time.monotonic() - hook.issued > self._timing.response_url:
            raise RefusedError("expired_url")
        if hook.uses >= self._timing.answers_per_response_url:
            raise RefusedError("used_url")
        hook.uses += 1
        return hook

"""Delivery to the app's request URL, signed as Slack signs.

docs.slack.dev/authentication/verifying-requests-from-slack
"""

import hashlib
import hmac
import json
import time
import urllib.parse
from typing import Any

import aiohttp

from sandbox.deliveries.transport import Kind, Retry, Timing, UnansweredError
from sandbox.things import App, Json

FOLLOWED = 2
"""Redirects that are followed: docs.slack.dev/apis/events-api ("Retry reasons")."""
AGENT = "Slackbot 1.0 (+https://api.slack.com/robots)"


def signature(secret: str, timestamp: str, body: str) -> str:
    """`v0=` and the HMAC-SHA256, in hex, of `v0:{timestamp}:{body}`."""
    return "v0=" + hmac.new(secret.encode(), f"v0:{timestamp}:{body}".encode(), hashlib.sha256).hexdigest()


class RequestUrl:
    """The app's HTTP endpoint."""

    def __init__(self, app: App, url: str, timing: Timing) -> None:
        self._app = app
        self._url = url
        self._timing = timing
        self._session: aiohttp.ClientSession | None = None

    async def deliver(self, kind: Kind, payload: Json, retry: Retry | None = None) -> Any:
        """See `Transport.deliver`. Anything but a 2xx within the time allowed is no acknowledgement.

        An app that answers `x-slack-no-retry: 1` with it is not asked again (docs.slack.dev/apis/events-api).
        """
        body, content_type = encode(kind, payload)
        headers = {"Content-Type": content_type, "User-Agent": AGENT, **self._signed(body)}
        if retry:
            headers |= {"X-Slack-Retry-Num": str(retry.number), "X-Slack-Retry-Reason": retry.reason}
        timeout = aiohttp.ClientTimeout(total=self._timing.acknowledge)
        try:
            async with self._client().post(
                self._url, data=body.encode(), headers=headers, timeout=timeout, max_redirects=FOLLOWED + 1
            ) as answer:
                if not 200 <= answer.status < 300:
                    raise UnansweredError("http_error", is_final=answer.headers.get("X-Slack-No-Retry") == "1")
                return _read(await answer.text())
        except TimeoutError:
            raise UnansweredError("http_timeout") from None
        except aiohttp.TooManyRedirects:
            raise UnansweredError("too_many_redirects") from None
        except aiohttp.ClientSSLError:
            raise UnansweredError("ssl_error") from None
        except aiohttp.ClientError:
            raise UnansweredError("connection_failed") from None

    async def close(self) -> None:
        if self._session:
            await self._session.close()

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        return self._session

    def _signed(self, body: str) -> dict[str, str]:
        timestamp = str(int(time.time()))
        return {
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(self._app.signing_secret, timestamp, body),
        }


def encode(kind: Kind, payload: Json) -> tuple[str, str]:
    """Body and content type: events are JSON, commands a form, interactions a form with one field `payload`."""
    if kind == "events_api":
        return json.dumps(payload), "application/json"
    fields = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
    return urllib.parse.urlencode(fields), "application/x-www-form-urlencoded"


def _read(body: str) -> Any:
    """The acknowledgement's JSON; plain text answers a command as a message would."""
    if not body.strip():
        return None
    try:
        return json.loads(body)
    except ValueError:
        return {"text": body}

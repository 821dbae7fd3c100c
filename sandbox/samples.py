"""HTTP requests that whoever starts the sandbox lets people send from the page, to see what the app makes of them.

Such as a monitoring tool's alert: the sandbox knows neither what they mean nor who answers.
"""

import asyncio
import ipaddress
import json
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import aiohttp

AT_ONCE = 10
PATIENCE = aiohttp.ClientTimeout(total=30)
EXCERPT = 300


@dataclass(frozen=True)
class SampleRequest:
    """A request with a name, sent to this machine only. Raises ValueError for a `url` elsewhere.

    `body` is text, or what is sent as JSON. In it `{n}` is a number and `{now}` the time (ISO 8601, UTC). The number
    grows by one with each request of the samples that share a `series` (by default the sample's own), unless `advances`
    is false: then it is the last one, so that one sample can take back what another did.
    `repeat` is how many requests one press sends.
    """

    name: str
    url: str
    description: str = ""
    method: str = "POST"
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    repeat: int = 1
    series: str = ""
    advances: bool = True

    def __post_init__(self) -> None:
        if not _is_here(urlsplit(self.url).hostname or ""):
            raise ValueError(f"{self.name}: {self.url} is not on this machine")


@dataclass(frozen=True)
class Outcome:
    """What came of one press: how often each status (0 for no answer) was given, in how many seconds.

    `said` is the beginning of the answer, of a failure where there was one.
    """

    statuses: dict[int, int]
    seconds: float
    said: str

    @property
    def is_good(self) -> bool:
        return all(200 <= status < 300 for status in self.statuses)


class Samples:
    """The samples on offer, the numbers they are at, and what came of each when it was last sent."""

    def __init__(self) -> None:
        self.requests: dict[str, SampleRequest] = {}
        self.outcomes: dict[str, Outcome] = {}
        self._numbers: Counter[str] = Counter()

    def offer(self, *requests: SampleRequest) -> None:
        """Offer these instead of what was offered before."""
        self.requests = {request.name: request for request in requests}
        self.outcomes = {}

    async def send(self, name: str) -> Outcome:
        """Send a sample as often as it says, ten at a time. Raises KeyError for one that is not offered."""
        sample = self.requests[name]
        bodies = [self._body(sample) for _ in range(sample.repeat)]
        turns = asyncio.Semaphore(AT_ONCE)
        began = time.perf_counter()
        async with aiohttp.ClientSession(timeout=PATIENCE) as session:
            answers = await asyncio.gather(*(_send(session, turns, sample, body) for body in bodies))
        said = next((text for status, text in answers if not 200 <= status < 300), answers[-1][1])
        statuses = dict(sorted(Counter(status for status, _ in answers).items()))
        outcome = Outcome(statuses, time.perf_counter() - began, said[:EXCERPT])
        self.outcomes[name] = outcome
        return outcome

    def _body(self, sample: SampleRequest) -> str | None:
        series = sample.series or sample.name
        if sample.advances or not self._numbers[series]:
            self._numbers[series] += 1
        if sample.body is None:
            return None
        text = sample.body if isinstance(sample.body, str) else json.dumps(sample.body)
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return text.replace("{n}", str(self._numbers[series])).replace("{now}", now)


async def _send(
    session: aiohttp.ClientSession, turns: asyncio.Semaphore, sample: SampleRequest, body: str | None
) -> tuple[int, str]:
    """The answer's status and text; status 0 and why, when there was none."""
    kind = {} if body is None or isinstance(sample.body, str) else {"Content-Type": "application/json"}
    asked = session.request(
        sample.method,
        sample.url,
        data=body.encode() if body is not None else None,
        headers=kind | dict(sample.headers),
        allow_redirects=False,
    )
    try:
        async with turns, asked as answer:
            return answer.status, await answer.text(errors="replace")
    except TimeoutError:
        return 0, "No answer within thirty seconds."
    except aiohttp.ClientError as problem:
        return 0, str(problem)


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

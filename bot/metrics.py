"""What operators count and alarm on, one set of numbers a bot: docs/operating.md says what each is good for.

Names and units: https://prometheus.io/docs/practices/naming/
"""

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

from bot.rates import Urgency
from bot.slack import Watch
from incidents.ports import Job

ACKNOWLEDGED = 200
UNTIL_SLACK_GIVES_UP = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0)
"""Seconds: https://docs.slack.dev/interactivity/handling-user-interaction#acknowledgment_response"""


class Metrics(Watch):
    """The numbers of one bot, in a ``registry`` of their own."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self._deliveries = Counter(
            "tocsin_deliveries", "What Slack delivered, by what it was answered.", ["kind", "code"], registry=registry
        )
        self._acknowledgement = Histogram(
            "tocsin_acknowledgement_seconds",
            "Time from a delivery to its acknowledgement.",
            ["kind"],
            buckets=UNTIL_SLACK_GIVES_UP,
            registry=registry,
        )
        self._calls = Counter(
            "tocsin_slack_calls", "Calls to Slack, each attempt counted.", ["method", "result"], registry=registry
        )
        self._waited = Counter(
            "tocsin_slack_wait_seconds",
            "Time that calls to Slack waited before they were made (again), by who waits for them and for what.",
            ["method", "class", "reason"],
            registry=registry,
        )
        self._away = Gauge(
            "tocsin_slack_away", "Whether Slack's Web API cannot be reached, and calls to it wait.", registry=registry
        )
        self._jobs = Counter(
            "tocsin_jobs", "Attempts at jobs, by how they ended.", ["kind", "result"], registry=registry
        )
        self._mirrored = Counter(
            "tocsin_mirrored_messages",
            "Messages, edits and deletions put on a timeline as they were heard.",
            registry=registry,
        )
        self._caught_up = Counter(
            "tocsin_caught_up_messages",
            "Messages, edits and deletions put on a timeline because they were read back later.",
            registry=registry,
        )
        self._lag = Gauge(
            "tocsin_job_lag_seconds", "How long the job that waits longest could have run.", registry=registry
        )
        self._parked = Gauge("tocsin_jobs_parked", "Jobs that were given up.", registry=registry)
        self._ready = Gauge("tocsin_ready", "Whether this part is ready to work.", ["part"], registry=registry)

    def delivered(self, kind: str, code: int, seconds: float) -> None:
        """Slack's delivery of ``kind`` was answered with the status ``code`` after ``seconds``."""
        self._deliveries.labels(kind, code).inc()
        if code == ACKNOWLEDGED:
            self._acknowledgement.labels(kind).observe(seconds)

    def called(self, method: str, result: str) -> None:
        self._calls.labels(method, result).inc()

    def waited(self, method: str, urgency: Urgency, reason: str, seconds: float) -> None:
        self._waited.labels(method, urgency.name.lower(), reason).inc(seconds)

    def away(self, away: bool) -> None:
        self._away.set(away)

    def job_ended(self, job: Job, result: str) -> None:
        """One attempt at ``job`` came to ``result``."""
        self._jobs.labels(job.kind.value, result).inc()

    def mirrored(self, messages: int) -> None:
        """So many ``messages`` were recorded as they were heard."""
        self._mirrored.inc(messages)

    def caught_up(self, messages: int) -> None:
        """So many ``messages`` were recorded later."""
        self._caught_up.inc(messages)

    def backlog(self, lag: float, parked: float) -> None:
        """How the queue of jobs stands, ``lag`` in seconds; not a number where it is not known."""
        self._lag.set(lag)
        self._parked.set(parked)

    def readiness(self, parts: Mapping[str, bool]) -> None:
        """Which parts are ready."""
        for part, ready in parts.items():
            self._ready.labels(part).set(ready)

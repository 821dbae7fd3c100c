"""A storm: so many alerts of one source within a short time that they are shown, and page, as one.

Nothing of it is dropped: each alert is on record, and in the storm's thread.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from incidents.model.identity import Person
from incidents.model.vocabulary import Severity

MANY = 6
"""So many new alerts of one source …"""
WITHIN = timedelta(seconds=60)
"""… within this time begin a storm: a channel takes one message a second, and nobody reads more.

https://docs.slack.dev/apis/web-api/rate-limits
"""
STORM_LIST = 20
"""How many alerts of a storm one message lists."""
CALM = timedelta(minutes=5)
"""A storm is over once no new alert has come for so long …"""
LONGEST = timedelta(hours=1)
"""… or once it has lasted so long: who accepted it has not accepted whatever may come for ever."""


@dataclass
class Storm:
    """Alerts that came together; ``severity`` is the worst of them."""

    id: int
    source: str
    began_at: datetime
    last_at: datetime
    severity: Severity
    alerts: int = 0
    accepted_by: Person | None = None

    def rages(self, at: datetime) -> bool:
        """Whether an alert that comes at ``at`` belongs to it."""
        return at - self.last_at < CALM and at - self.began_at < LONGEST

    def add(self, severity: Severity, at: datetime) -> bool:
        """One alert more; True where it is worse than all before."""
        worse = severity < self.severity
        self.severity = min(severity, self.severity)
        self.alerts += 1
        self.last_at = at
        return worse

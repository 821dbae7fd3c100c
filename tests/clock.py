"""A clock that tests can move forward, so that what is due in minutes is seen in milliseconds."""

from datetime import UTC, datetime, timedelta


class Clock:
    """Goes as the real one does, and jumps when told to."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def pass_by(self, **time: float) -> None:
        """Let ``time`` (as of `timedelta`) pass at once."""
        self._ahead += timedelta(**time)

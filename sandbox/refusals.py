"""A refusal by Slack's own error name.

Raised by whatever breaks a rule, answered as `{"ok": false, "error": name}` (docs.slack.dev/apis/web-api).
"""

from typing import Any


class RefusedError(Exception):
    """Slack says no: `name` is Slack's error name, `details` are further fields of the answer."""

    def __init__(self, name: str, **details: Any) -> None:
        super().__init__(name)
        self.name = name
        self.details = details

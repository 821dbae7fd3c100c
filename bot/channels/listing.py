"""Reading a listing of Slack's to its end, page after page: https://docs.slack.dev/apis/web-api/pagination"""

from collections.abc import AsyncIterator
from typing import Any

from bot.slack import Door

PAGE = 200
"""Things a page, as Slack advises."""


async def pages(slack: Door, method: str, items: str, **arguments: Any) -> AsyncIterator[dict[str, Any]]:
    """Every item that ``method`` lists under ``items``. Raises SlackRefused, SlackUnavailable."""
    cursor: str | None = None
    while True:
        answer = await slack.call(method, limit=PAGE, cursor=cursor, **arguments)
        for item in answer[items]:
            yield item
        cursor = (answer.get("response_metadata") or {}).get("next_cursor") or None
        if cursor is None:
            return

"""Messages that were drawn once and stand as they are, so that a busy channel is not drawn anew at each change."""

from collections.abc import Callable

from markupsafe import Markup

from sandbox.page.rows import MessageRow
from sandbox.things import Change, Message
from sandbox.workspace import Workspace

MOST_KEPT = 20_000
"""Rows, of all readers together; some KB each."""
# What changes nothing that a message shows. A change that has to do with one message concerns this and its thread;
# any other, such as somebody's new name, may concern all.
ELSEWHERE = {
    "bookmark_changed",
    "home_opened",
    "home_published",
    "samples_changed",
    "view_closed",
    "view_opened",
    "view_updated",
}


class DrawnMessages:
    """The HTML of messages by reader and row, kept until something of it changes."""

    def __init__(self, workspace: Workspace) -> None:
        self._kept: dict[str, dict[tuple[str, str], tuple[tuple[object, ...], Markup]]] = {}
        self._rows = 0
        workspace.listen(self._hear)

    def __len__(self) -> int:
        """Rows that are kept."""
        return self._rows

    def drawn(self, reader: str, row: MessageRow, draw: Callable[[MessageRow], Markup]) -> Markup:
        """The row as the reader sees it; `draw` is asked where that is not known."""
        rows = self._kept.setdefault(row.message.ts, {})
        kept = rows.get((reader, row.id))
        if kept and kept[0] == row.surroundings:
            return kept[1]
        html = draw(row)
        self._rows += kept is None
        rows[reader, row.id] = (row.surroundings, html)
        while self._rows > MOST_KEPT:
            self._forget(next(iter(self._kept)))
        return html

    def _hear(self, change: Change) -> None:
        message = change.data.get("message")
        if isinstance(message, Message):
            self._forget(message.ts)
            self._forget(message.thread_ts or "")
        elif change.kind not in ELSEWHERE:
            self._kept.clear()
            self._rows = 0

    def _forget(self, ts: str) -> None:
        self._rows -= len(self._kept.pop(ts, {}))

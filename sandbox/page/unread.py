"""What each person has read, which Slack's client knows and its API does not tell.
What was there before the page began counts as read; a channel that appears later is unread at once."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice, takewhile

from sandbox.things import Channel, Message

MOST_COUNTED = 1000
EVERYBODY = ("<!here", "<!channel", "<!everyone")
"""docs.slack.dev/messaging/formatting-message-text#special-mentions"""


@dataclass
class Unread:
    """Marks of reading by person and channel; `since` is the ts from which messages count."""

    since: str
    marks: dict[tuple[str, str], str] = field(default_factory=dict)

    def read(self, user_id: str, channel: Channel) -> None:
        """The person has seen everything that is in the channel now."""
        latest = (next(reversed(seen), self.since) for seen in (channel.messages, channel.ephemerals))
        self.marks[user_id, channel.id] = max(*latest, self.since)

    def mark(self, user_id: str, channel: Channel) -> str:
        """The ts until which the person has read the channel."""
        return self.marks.get((user_id, channel.id), self.since)

    def messages(self, user_id: str, channel: Channel) -> Iterator[Message]:
        """What others wrote in the channel since the person last looked, newest first; replies in threads left out."""
        mark = self.mark(user_id, channel)
        unread = takewhile(lambda message: message.ts > mark, channel.latest())
        return (message for message in islice(unread, MOST_COUNTED) if message.user != user_id)

    def mentions(self, user_id: str, channel: Channel) -> int:
        """How many of those call the person: by name, with everybody, or in a direct message by being there."""
        calls = (f"<@{user_id}", *EVERYBODY)
        unread = self.messages(user_id, channel)
        texts = (message.text for message in unread)
        return sum(channel.is_im or ("<" in text and any(call in text for call in calls)) for text in texts)

"""What each person has read, which Slack's client knows and its API does not tell.
What was there before the page began counts as read; a channel that appears later is unread at once."""

from dataclasses import dataclass, field

from sandbox.things import Channel, Message


@dataclass
class Unread:
    """Marks of reading by person and channel; `since` is the ts from which messages count."""

    since: str
    marks: dict[tuple[str, str], str] = field(default_factory=dict)

    def read(self, user_id: str, channel: Channel) -> None:
        """The person has seen everything that is in the channel now."""
        self.marks[user_id, channel.id] = max([*channel.messages, *channel.ephemerals, self.since])

    def messages(self, user_id: str, channel: Channel) -> list[Message]:
        """What others wrote in the channel since the person last looked, replies in threads left out."""
        mark = self.marks.get((user_id, channel.id), self.since)
        return [m for m in channel.timeline() if m.ts > mark and m.user != user_id]

    def mentions(self, user_id: str, channel: Channel) -> int:
        """How many of those call the person: by name, or in a direct message by being there."""
        unread = self.messages(user_id, channel)
        return len(unread) if channel.is_im else sum(f"<@{user_id}" in message.text for message in unread)

"""A message of the bot: its blocks, and the words that notifications and screen readers use instead of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from slack_sdk.models.blocks import Block

from bot.cards.text import cut

TEXT_LIMIT = 3_000
"""Characters of the text; Slack advises at most 4,000: https://docs.slack.dev/reference/methods/chat.postMessage"""


@dataclass(frozen=True)
class Message:
    """What to post: ``text`` is markup and says the same as ``blocks``, in words."""

    text: str
    blocks: Sequence[Block]

    def to_dict(self) -> dict[str, Any]:
        """The arguments for Slack's posting methods. Raises SlackObjectFormationError beyond Slack's limits."""
        return {"text": cut(self.text, TEXT_LIMIT), "blocks": [block.to_dict() for block in self.blocks]}

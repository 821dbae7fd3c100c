"""Links back to messages in Slack, in the form that `chat.getPermalink` gives.

https://docs.slack.dev/reference/methods/chat.getPermalink
"""

import re
from urllib.parse import urlencode

from incidents.model import facts
from incidents.model.facts import Fact

_TS = re.compile(r"(\d+)\.(\d{6})")


def message_link(fact: Fact, workspace_url: str) -> str:
    """Where the message that ``fact`` tells of is; empty where there is none (any more), or no ``workspace_url``."""
    if not workspace_url or not isinstance(fact, facts.Message | facts.MessageEdited | facts.MessagePinned):
        return ""
    ts = _TS.fullmatch(fact.message)
    if ts is None:
        return ""
    link = f"{workspace_url.rstrip('/')}/archives/{fact.channel.id}/p{ts[1]}{ts[2]}"
    thread = None if isinstance(fact, facts.MessagePinned) else fact.thread
    return f"{link}?{urlencode({'thread_ts': thread, 'cid': fact.channel.id})}" if thread else link

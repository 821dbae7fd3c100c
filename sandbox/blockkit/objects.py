"""Block Kit's composition objects: texts, options, confirmations, filters.

docs.slack.dev/reference/block-kit/composition-objects
"""

from collections.abc import Iterator
from typing import Any

from sandbox.blockkit.rules import Fault, Rule, array, boolean, by_type, choice, shape, string

ID = string(255)
URL = string(3000)


def plain(most: int) -> Rule:
    return by_type(plain_text=shape({"text": string(most)}, {"emoji": boolean}))


def text(most: int) -> Rule:
    """Plain text or mrkdwn. Slack first says that no schema matched, then why."""
    kinds = by_type(
        plain_text=shape({"text": string(most)}, {"emoji": boolean}),
        mrkdwn=shape({"text": string(most)}, {"verbatim": boolean}),
    )

    def check(value: Any, at: str) -> Iterator[Fault]:
        faults = list(kinds(value, at))
        if faults and faults[0].pointer == f"{at}/text":
            yield Fault(at, "failed to match all allowed schemas")
        yield from faults

    return check


OPTION = shape({"text": plain(75), "value": string(150)}, {"description": plain(75)})
RICH_OPTION = shape({"text": text(75), "value": string(150)}, {"description": text(75)})
OVERFLOW_OPTION = shape({"text": plain(75), "value": string(150)}, {"description": plain(75), "url": URL})
OPTION_GROUP = shape({"label": plain(75), "options": array(OPTION, 100)}, {})
CONFIRM = shape(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": choice("primary", "danger")},
)
DISPATCH = shape({"trigger_actions_on": array(choice("on_enter_pressed", "on_character_entered"), 2)}, {})
FILTER = shape(
    {},
    {
        "include": array(choice("im", "mpim", "private", "public"), 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
)
SLACK_FILE = shape({}, {"id": string(), "url": URL})

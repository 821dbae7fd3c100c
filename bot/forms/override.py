"""The form behind `/incident oncall override`: who is on call instead, and from when until when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from slack_sdk.models.blocks import DateTimePickerElement, StaticSelectElement, UserSelectElement

from bot import payloads
from bot.cards.actions import ONCALL
from bot.cards.blocks import OPTIONS, option
from bot.cards.on_call import OVERRIDE
from bot.forms.form import VALUE, Carried, ask, chosen_in, filled, modal


@dataclass(frozen=True)
class Suggested:
    """What the form begins with."""

    user: str
    begin: datetime
    schedule: str | None = None
    end: datetime | None = None


def override_form(schedules: Mapping[str, str], suggested: Suggested, carried: Carried) -> dict[str, Any]:
    """``schedules`` gives names by id, at least one."""
    options = {id: option(id, name) for id, name in schedules.items()}
    chosen = options.get(suggested.schedule or next(iter(options)))
    offered = [each for each in options.values() if each is not chosen][: OPTIONS - 1]
    which = StaticSelectElement(
        action_id=VALUE, options=[*([chosen] if chosen else []), *offered], initial_option=chosen
    )
    return modal(
        ONCALL,
        "Override who is on call",
        "Override",
        [
            ask("schedule", "Schedule", which),
            ask("person", "On call instead", UserSelectElement(action_id=VALUE, initial_user=suggested.user)),
            ask("from", "From", _picker(suggested.begin)),
            ask("to", "Until", _picker(suggested.end)),
        ],
        carried,
    )


def read(view: payloads.View) -> str:
    """As one would type it: ``override payments <@U1> 2026-03-05T18:00:00+00:00 to 2026-03-06T09:00:00+00:00``."""
    person = filled(view, "person").get("selected_user") or ""
    return f"{OVERRIDE} {chosen_in(view, 'schedule')} <@{person}> {_picked(view, 'from')} to {_picked(view, 'to')}"


def _picker(initial: datetime | None) -> DateTimePickerElement:
    return DateTimePickerElement(
        action_id=VALUE, initial_date_time=int(initial.timestamp()) // 60 * 60 if initial else None
    )


def _picked(view: payloads.View, block_id: str) -> str:
    """https://docs.slack.dev/reference/block-kit/block-elements/datetime-picker-element"""
    seconds = filled(view, block_id).get("selected_date_time")
    return datetime.fromtimestamp(seconds, UTC).isoformat() if seconds else ""

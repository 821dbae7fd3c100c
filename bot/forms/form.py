"""What all forms share: how a modal is built, what it carries along unseen, and how an input is read.

Limits: https://docs.slack.dev/reference/views
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ValidationError
from slack_sdk.models.blocks import Block, InputBlock, InputInteractiveElement, PlainTextInputElement
from slack_sdk.models.views import View as Modal

from bot import payloads
from bot.asked import Asked
from bot.cards.text import cut, shorten
from bot.context import channel, person
from incidents.actions.mirror import PinnedMessage
from incidents.model.facts import File, MessagePinned
from incidents.model.organisation import Kind

VALUE = "value"
"""The action id of a form's inputs; their block ids tell them apart."""


class CarriedMessage(BaseModel):
    """A message that a form or button takes along."""

    channel: str
    ts: str
    author: str
    text: str
    files: tuple[File, ...] = ()

    def within(self, limit: int) -> "CarriedMessage":
        """The same in ``limit`` characters of JSON (2,000 or more): its text cut, of its files the first few."""
        files = tuple(file.model_copy(update={"name": shorten(file.name, 100), "link": ""}) for file in self.files[:5])
        carried = self.model_copy(update={"files": files})
        while len(carried.model_dump_json()) > limit:
            carried = carried.model_copy(update={"text": cut(carried.text, len(carried.text) * 3 // 4)})
        return carried

    def pinned(self) -> PinnedMessage:
        """As it is put on the timeline."""
        fact = MessagePinned(
            channel=channel(self.channel),
            message=self.ts,
            author=person(self.author),
            text=self.text,
            files=self.files,
        )
        return PinnedMessage(fact, datetime.fromtimestamp(float(self.ts), UTC))


class Carried(BaseModel):
    """What a form carries along: which incident it is about, and where its answer goes."""

    incident: int | None = None
    response_url: str = ""
    message: CarriedMessage | None = None
    """The message from which an incident is declared."""
    alert: int | None = None
    """The alert that is linked, or from which an incident is declared."""
    update: int | None = None
    """The status update that is edited."""
    corrects: int | None = None
    """The published status update that is corrected."""
    template: str = ""
    """The mark of the text that the form began with, so that another status may bring its own in its place."""
    texts: int = 0
    """How often the form has put another text in the place of what stood there."""
    warned: bool = False
    """Whether the person has been told that there is an incident like this one."""
    part: tuple[Kind, str] | None = None
    """The part of the organisation that is changed; its id is empty where it is new."""
    seen: str = ""
    """What that part was when the form was drawn, as `fingerprint` tells; of a status update, its text's digest."""

    @classmethod
    def of(cls, asked: Asked, incident: int | None = None) -> "Carried":
        return cls(incident=incident, response_url=asked.response_url)

    @classmethod
    def read(cls, view: payloads.View) -> "Carried":
        """What ``view`` carried; nothing where it is not of that form."""
        try:
            return cls.model_validate_json(view.private_metadata)
        except ValidationError:
            return cls()


def modal(word: str, title: str, submit: str, blocks: Sequence[Block], carried: Carried) -> dict[str, Any]:
    """A form that serves ``word``; ``title`` and ``submit`` have at most 24 characters."""
    view = Modal(
        type="modal",
        callback_id=word,
        title=title,
        submit=submit,
        close="Cancel",
        blocks=list(blocks),
        private_metadata=carried.model_dump_json(exclude_defaults=True),
    )
    built: dict[str, Any] = view.to_dict()
    return built


def ask(
    block_id: str, label: str, element: InputInteractiveElement, *, hint: str = "", optional: bool = False
) -> Block:
    """One question of a form."""
    return InputBlock(block_id=block_id, label=label, element=element, hint=hint or None, optional=optional)


def text_box(limit: int, value: str = "", *, lines: bool = False, placeholder: str = "") -> PlainTextInputElement:
    """A box for text of up to ``limit`` characters (Slack takes 3,000 at the most)."""
    most = min(limit, 3_000)
    return PlainTextInputElement(
        action_id=VALUE,
        initial_value=cut(value, most) or None,
        multiline=lines,
        max_length=most,
        placeholder=placeholder or None,
    )


def filled(view: payloads.View, block_id: str, action_id: str = VALUE) -> Mapping[str, Any]:
    """The state of one input; empty where it is not there."""
    return view.state.values.get(block_id, {}).get(action_id, {})


def text_in(view: payloads.View, block_id: str) -> str:
    """What was written into a box; an empty one comes back as null."""
    return filled(view, block_id).get("value") or ""


def chosen_in(view: payloads.View, block_id: str) -> str:
    """The value of the option that was chosen, empty for none."""
    return (filled(view, block_id).get("selected_option") or {}).get("value") or ""

"""What somebody asked of the bot, by a word, a press, a form or a shortcut, and the ways to answer that person.

The answer goes where the question was asked: beside a command or a button, or into the modal.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from bot.cards.actions import read_press
from bot.cards.message import Message
from bot.context import Bot, channel, person
from bot.payloads import Press
from incidents.model.identity import Channel, Person


@dataclass(frozen=True)
class Asked:
    """One request of one person."""

    bot: Bot
    by: Person
    text: str = ""
    """What follows the word, or what was chosen."""
    named: int | None = None
    """The number of the incident that a button or form belongs to."""
    channel: Channel | None = None
    """Where it was asked, where that is a channel."""
    trigger_id: str = ""
    response_url: str = ""
    view: Mapping[str, Any] = field(default_factory=dict)
    """The modal in which it was asked; empty elsewhere."""
    origin: str | None = None
    """The name of this delivery, so that it counts once."""
    action: Mapping[str, Any] = field(default_factory=dict)
    """The button or menu that was used; empty for a word."""
    in_own_answer: bool = False
    """Whether that was in an answer that only this person sees."""
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    """When it was asked."""

    @classmethod
    def by_press(cls, bot: Bot, press: Press, action: Mapping[str, Any]) -> "Asked":
        """What somebody asks by one of the actions of ``press``."""
        meant = read_press(action)
        return cls(
            bot=bot,
            by=person(press.user.id),
            text=meant.text if meant else "",
            named=meant.incident if meant else None,
            channel=channel(press.channel.id) if press.channel else None,
            trigger_id=press.trigger_id,
            response_url=press.response_url,
            view=press.view.model_dump() if press.view else {},
            action=action,
            in_own_answer=press.container.is_ephemeral,
        )

    def about(self, number: int, text: str) -> "Asked":
        """The same request, about incident ``number``, with ``text``."""
        return replace(self, named=number, text=text)

    async def answer(self, message: Message) -> None:
        """Say ``message`` to this person alone.

        https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
        """
        if self.response_url:
            await self.bot.slack.respond(
                self.response_url,
                response_type="ephemeral",
                replace_original=False,
                **message.to_dict(),
            )
        elif self.trigger_id:
            await self.show(_as_modal(message))

    async def turn_to(self, message: Message) -> None:
        """Put ``message`` in place of the answer or modal in which it was asked; elsewhere, answer with it."""
        if self.in_own_answer:
            await self.bot.slack.respond(self.response_url, replace_original=True, **message.to_dict())
        elif self.view.get("type") == "modal":
            await self.redraw(_as_modal(message))
        else:
            await self.answer(message)

    async def show(self, view: Mapping[str, Any]) -> None:
        """Open ``view`` as a modal, on top of the one in which it was asked."""
        method = "views.push" if self.view.get("type") == "modal" else "views.open"
        await self.bot.slack.call(method, trigger_id=self.trigger_id, view=view)

    async def redraw(self, view: Mapping[str, Any]) -> None:
        """Replace the modal in which it was asked."""
        await self.bot.slack.call("views.update", view_id=self.view["id"], view=view)


def _as_modal(message: Message) -> dict[str, Any]:
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": "Tocsin"},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": message.to_dict()["blocks"],
    }

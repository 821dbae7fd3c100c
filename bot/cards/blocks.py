"""The blocks and elements that cards are made of, cut to Slack's limits as they are built.

https://docs.slack.dev/reference/block-kit/blocks, https://docs.slack.dev/reference/block-kit/block-elements
"""

from collections.abc import Sequence
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ConfirmObject,
    ContextBlock,
    HeaderBlock,
    InteractiveElement,
    LinkButtonElement,
    MarkdownTextObject,
    Option,
    OverflowMenuElement,
    PlainTextObject,
    SectionBlock,
    StaticSelectElement,
)
from slack_sdk.models.views import View

from bot.cards.actions import MORE, action
from bot.cards.text import cut, shorten

HEADER_LIMIT = 150
SECTION_LIMIT = 3_000
CONTEXT_LIMIT = 2_000
OPTION_LIMIT = 75
OPTION_VALUE_LIMIT = 150
BUTTON_LIMIT = 75
VALUE_LIMIT = 2_000
BLOCK_ID_LIMIT = 255
OPTIONS = 100
MODAL_TITLE_LIMIT = 24


def markup(text: str, limit: int = SECTION_LIMIT) -> MarkdownTextObject:
    """Markup in which Slack looks for nothing that is not written out: ``verbatim``.

    Else ``@here`` or ``#general``, typed by somebody into a title, could become a mention:
    https://docs.slack.dev/reference/block-kit/composition-objects/text-object
    """
    return MarkdownTextObject(text=cut(text, limit), verbatim=True)


def plain(text: str, limit: int) -> PlainTextObject:
    """Text without markup."""
    return PlainTextObject(text=shorten(text, limit), emoji=True)


def header(text: str) -> Block:
    """A large line of plain text."""
    return HeaderBlock(text=plain(text, HEADER_LIMIT))


def section(text: str, accessory: InteractiveElement | None = None, block_id: str | None = None) -> Block:
    """A paragraph of markup, perhaps with an element beside it."""
    return SectionBlock(text=markup(text), accessory=accessory, block_id=block_id)


def context(*texts: str) -> Block:
    """A small line of markup; of several, each has the room of a line to itself."""
    return ContextBlock(elements=[markup(text, CONTEXT_LIMIT) for text in texts])


def row(elements: Sequence[InteractiveElement], block_id: str | None = None) -> Block:
    """Buttons and menus beside each other.

    A menu goes back to what somebody chose, whatever its new initial option says, as long as its block's id is the
    same, so give blocks with menus an id that names what is chosen ("If a message is updated, use a new block_id":
    https://docs.slack.dev/reference/block-kit/blocks/actions-block).
    """
    return ActionsBlock(elements=list(elements), block_id=block_id)


def button(
    text: str,
    word: str,
    incident: int | None = None,
    value: str = "",
    *,
    part: str = "",
    style: str | None = None,
    confirm: ConfirmObject | None = None,
) -> ButtonElement:
    """A button that stands for ``/incident <word> INC-<incident> <value>``; ``part`` as in `action`."""
    return ButtonElement(
        text=plain(text, BUTTON_LIMIT),
        action_id=action(word, incident, part),
        value=value or None,
        style=style,
        confirm=confirm,
    )


def link_button(text: str, url: str, word: str) -> LinkButtonElement:
    """A button that opens ``url``; a press of it is delivered under ``word`` all the same."""
    return LinkButtonElement(text=plain(text, BUTTON_LIMIT), url=url, action_id=action(word))


def menu(action_id: str, options: Sequence[Option], chosen: Option | None, placeholder: str) -> StaticSelectElement:
    """A menu of up to 100 options, showing the ``chosen`` one."""
    return StaticSelectElement(
        action_id=action_id,
        options=list(options)[:OPTIONS],
        initial_option=chosen,
        placeholder=PlainTextObject(text=placeholder),
    )


def more_menu(incident: int, words: Sequence[tuple[str, str]]) -> OverflowMenuElement:
    """The ``⋯`` menu: up to five words, each with what it is called."""
    options = [option(word, text) for word, text in words]
    return OverflowMenuElement(action_id=action(MORE, incident), options=options)


def option(value: str, text: str) -> Option:
    """One choice of a menu."""
    return Option(value=value, text=plain(text, OPTION_LIMIT))


def confirmation(title: str, text: str, yes: str) -> ConfirmObject:
    """The question that is asked before a press counts."""
    return ConfirmObject(title=title, text=markup(text, 300), confirm=yes, deny="Cancel")


def modal(title: str, blocks: Sequence[Block], *, callback_id: str = "", metadata: str = "") -> dict[str, Any]:
    """A modal that is only read and pressed in, as `views.open` takes it."""
    view = View(
        type="modal",
        callback_id=callback_id or None,
        title=PlainTextObject(text=shorten(title, MODAL_TITLE_LIMIT)),
        close=PlainTextObject(text="Close"),
        blocks=list(blocks),
        private_metadata=metadata or None,
    )
    built: dict[str, Any] = view.to_dict()
    return built

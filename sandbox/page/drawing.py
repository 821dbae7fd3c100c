"""Jinja2 templates that draw Block Kit as HTML, bound to one workspace's names.
The templates hold the shapes of blocks; this module gives them Slack's text and choices."""

import re
from collections.abc import Callable, Mapping, Sequence
from types import CodeType
from typing import Any

from jinja2 import BytecodeCache, Environment, PackageLoader
from jinja2.bccache import Bucket
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

from sandbox.forms import as_text
from sandbox.page import mrkdwn as slack_text
from sandbox.page.names import Choice, Names
from sandbox.shapes import file_path
from sandbox.things import File

Json = Mapping[str, Any]

# What a markdown block understands: https://docs.slack.dev/reference/block-kit/blocks/markdown-block
MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"]).disable("image")
HERE = re.compile(r"data:image/|https?://(?:localhost|127\.0\.0\.1|\[::1\])(?:[:/]|$)", re.IGNORECASE)

FEW = 12
PICTURES = {"image/png", "image/jpeg", "image/gif", "image/webp"}
"""The files that are shown as pictures; an SVG may hold scripts."""
LINES, LONGEST_BEGINNING = 5, 600
"""How much is shown of a text: lines, and bytes."""


class Compiled(BytecodeCache):
    """Templates as code, compiled once for everybody; each reader has an environment of their own for the names."""

    def __init__(self) -> None:
        self._codes: dict[str, CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._codes.get(bucket.key)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._codes[bucket.key] = bucket.code


COMPILED = Compiled()


def environment(names: Names) -> Environment:
    """The page's templates, with filters that read ids through `names`; all values are escaped."""
    made = Environment(
        loader=PackageLoader("sandbox.page"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=COMPILED,
    )
    filters: dict[str, Callable[..., Any]] = {
        "plain": lambda text: slack_text.plain_text(str(text or "")),
        "mrkdwn": lambda text: slack_text.mrkdwn(str(text), names),
        "text_object": lambda text: _text_object(text, names),
        "markdown": lambda text: Markup(MARKDOWN.render(slack_text.unescaped(text))),
        "with_breaks": lambda text: Markup("<br>").join(escape(line) for line in text.split("\n")),
        "user_mention": lambda user_id: slack_text.user_mention(user_id, names),
        "channel_mention": lambda channel_id: slack_text.channel_mention(channel_id, names),
        "usergroup_mention": lambda usergroup_id: slack_text.usergroup_mention(usergroup_id, names),
        "broadcast": slack_text.broadcast,
        "emoji_span": slack_text.emoji_span,
        "link": slack_text.link,
        "rich_link": lambda part: slack_text.link(part["url"], part.get("text", "")),
        "rich_date": lambda part: slack_text.date(part["timestamp"], part["format"], part.get("fallback", "")),
        "on_this_machine": on_this_machine,
        "has_few": has_few,
        "offered_options": lambda element: offered_options(element, names),
        "initial_options": lambda element: initial_options(element, names),
        "address": file_path,
        "beginning": _beginning,
        "rich_as_text": as_text,
        "drawn_confirm": lambda confirm: drawn_confirm(confirm, names),
    }
    made.filters.update(filters)
    made.globals["PICTURES"] = PICTURES
    return made


def _beginning(file: File) -> str:
    """The first lines of a text."""
    return "\n".join(file.content[:LONGEST_BEGINNING].decode(errors="replace").splitlines()[:LINES])


def draw_blocks(
    environment: Environment, blocks: Sequence[Json], prefix: str, errors: Mapping[str, str] | None = None
) -> Markup:
    """`blocks` as HTML; `prefix` makes the ids of their inputs unique on the page, `errors` are texts by block id."""
    kit: Any = environment.get_template("blocks.html").module
    return Markup(kit.draw(blocks, prefix, errors or {}))


def _text_object(text: Json, names: Names) -> Markup:
    # https://docs.slack.dev/reference/block-kit/composition-objects/text-object
    if text["type"] == "mrkdwn":
        return slack_text.mrkdwn(text["text"], names)
    return slack_text.plain_text(text["text"])


def drawn_confirm(confirm: Json, names: Names) -> dict[str, str]:
    """A confirmation dialog's texts as HTML, for the page's script to show."""
    # https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object
    parts = ("title", "text", "confirm", "deny")
    return {part: str(_text_object(confirm[part], names)) for part in parts} | {"style": confirm.get("style", "")}


def on_this_machine(url: str | None) -> bool:
    """Whether showing the picture at `url` asks nothing of another machine."""
    return HERE.match(url or "") is not None


def has_few(element: Json) -> bool:
    """Whether a static select has no more options than one sees at a glance; among more one searches."""
    groups = [group["options"] for group in element.get("option_groups") or []]
    return sum(map(len, [element.get("options") or [], *groups])) <= FEW


def offered_options(element: Json, names: Names) -> list[Json]:
    """The options, groups apart, that a searchable select shows before anything is typed; an external one has none."""
    kind = element["type"].removeprefix("multi_")
    if kind == "users_select":
        return [_option(choice) for choice in names.user_choices()]
    if kind == "channels_select":
        return [_option(choice) for choice in names.channel_choices()]
    if kind == "conversations_select":
        return [_option(choice) for choice in names.conversation_choices(element.get("filter") or {})]
    return list(element.get("options", []))


def initial_options(element: Json, names: Names) -> list[Json]:
    """What a searchable select has chosen at first, as option objects, under whichever of Slack's names it stands."""
    ids: list[str] = []
    for field in ("user", "channel", "conversation"):
        ids += element.get(f"initial_{field}s", [])
        ids += [element[f"initial_{field}"]] if element.get(f"initial_{field}") else []
    if ids:
        known = {choice.value: choice for choice in [*names.user_choices(), *names.conversation_choices({})]}
        return [_option(known.get(id_, Choice(id_, id_))) for id_ in ids]
    single = [element["initial_option"]] if element.get("initial_option") else []
    return [*element.get("initial_options", []), *single]


def _option(choice: Choice) -> Json:
    return {"value": choice.value, "text": {"type": "plain_text", "text": choice.text}}

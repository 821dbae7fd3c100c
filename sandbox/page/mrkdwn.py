"""Slack's mrkdwn as HTML: the text of messages, sections and context elements.
Everything not understood as markup is escaped, so nobody's text becomes a tag."""

import re

from markupsafe import Markup, escape

from sandbox.emoji_names import character, with_characters
from sandbox.page.names import Names

# https://docs.slack.dev/messaging/formatting-message-text (escaping, basic formatting, advanced formatting)
ENTITIES = {"&amp;": "&", "&lt;": "<", "&gt;": ">"}
ENTITY = re.compile("|".join(ENTITIES))
FENCE = re.compile(r"```\n?(.+?)\n?```", re.DOTALL)
QUOTE = re.compile(r"(?:&gt;|>) ?")
OPEN_QUOTE = re.compile(r"(?:&gt;|>){3} ?")
BULLET = re.compile(r"\s*[•◦▪-] ")
# https://docs.slack.dev/reference/block-kit/composition-objects/text-object ("URLs will be auto-converted into links")
BARE_ADDRESS = r"https?://(?:(?!&[gl]t;)[^\s<>`|])*(?:(?!&[gl]t;)[^\s<>`|.,;:!?()*_~'\"])"
SAFE_ADDRESS = re.compile(r"(?:https?|mailto|tel|slack):", re.IGNORECASE)


def _styled(mark: str) -> str:
    """A pattern for text between two marks. Each place in it fits one alternative only: no text is slow."""
    sign = re.escape(mark)
    whole = rf"<[^<>\n]*>|`[^`\n]*`|:[a-z0-9_+'-]+:|{BARE_ADDRESS}"
    inner = rf"(?:{whole}|(?!{whole})[^{sign}\n])+?"
    return rf"(?<![\w{sign}]){sign}(?=\S)({inner})(?<=\S){sign}(?![\w{sign}])"


INLINE = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|<(?P<angle>[^<>\n]+)>"
    rf"|(?P<address>{BARE_ADDRESS})"
    r"|:(?P<emoji>[a-z0-9_+'-]+(?:::skin-tone-[2-6])?):"
    rf"|(?P<b>{_styled('*')})|(?P<i>{_styled('_')})|(?P<s>{_styled('~')})"
)


def unescaped(text: str) -> str:
    """Slack's three entities as the characters they stand for; no other entity is touched."""
    return ENTITY.sub(lambda match: ENTITIES[match[0]], text)


def plain_text(text: str) -> Markup:
    """A `plain_text` object: emoji drawn, no other markup."""
    return escape(with_characters(unescaped(text)))


def mrkdwn(text: str, names: Names) -> Markup:
    """`text` as HTML, with ids read through `names`."""
    parts: list[Markup] = []
    position = 0
    for fence in FENCE.finditer(text):
        parts.append(_lines(text[position : fence.start()].removesuffix("\n"), names))
        parts.append(Markup("<pre><code>{}</code></pre>").format(unescaped(fence[1])))
        position = fence.end()
    parts.append(_lines(text[position:].removeprefix("\n") if position else text, names))
    return Markup("").join(parts)


def _lines(text: str, names: Names) -> Markup:
    """Text without code blocks: runs of quoted lines become one blockquote."""
    if not text:
        return Markup("")
    html: list[Markup] = []
    quoted: list[str] = []
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if opening := OPEN_QUOTE.match(line):
            quoted += [line[opening.end() :], *lines[number + 1 :]]
            break
        if opening := QUOTE.match(line):
            quoted.append(line[opening.end() :])
            continue
        if quoted:
            html.append(_quote(quoted, names))
            quoted = []
        html.append(_line(line, names))
    if quoted:
        html.append(_quote(quoted, names))
    return _with_breaks(html)


def _with_breaks(html: list[Markup]) -> Markup:
    """Lines joined by `<br>`, except beside what stands on lines of its own."""
    joined = Markup("")
    for number, part in enumerate(html):
        stands_alone = part.startswith(("<blockquote", '<span class="bullet'))
        after_such = number > 0 and html[number - 1].startswith(("<blockquote", '<span class="bullet'))
        if number and not stands_alone and not after_such:
            joined += Markup("<br>")
        joined += part
    return joined


def _quote(lines: list[str], names: Names) -> Markup:
    return Markup("<blockquote>{}</blockquote>").format(_with_breaks([_line(line, names) for line in lines]))


def _line(line: str, names: Names) -> Markup:
    if BULLET.match(line):
        return Markup('<span class="bullet">{}</span>').format(_inline(line, names))
    return _inline(line, names)


def _inline(text: str, names: Names) -> Markup:
    html: list[Markup] = []
    position = 0
    for match in INLINE.finditer(text):
        html.append(escape(unescaped(text[position : match.start()])))
        html.append(_markup(match, names))
        position = match.end()
    html.append(escape(unescaped(text[position:])))
    return Markup("").join(html)


def _markup(match: re.Match[str], names: Names) -> Markup:
    if match["code"]:
        return Markup("<code>{}</code>").format(unescaped(match["code"]))
    if match["angle"]:
        return angle(match["angle"], names)
    if match["address"]:
        return link(unescaped(match["address"]))
    if match["emoji"]:
        return emoji_span(match["emoji"])
    for tag in ("b", "i", "s"):
        if match[tag]:
            return Markup(f"<{tag}>{{}}</{tag}>").format(_inline(match[tag][1:-1], names))
    raise AssertionError(f"the pattern matched no part of {match[0]!r}")


def emoji_span(name: str) -> Markup:
    """The emoji called `name`, or its name between colons where nobody knows it."""
    drawn = character(name)
    if drawn is None:
        return escape(f":{name}:")
    return Markup('<span class="emoji" role="img" aria-label="{0}" title=":{0}:">{1}</span>').format(name, drawn)


def angle(inside: str, names: Names) -> Markup:
    """What stands between `<` and `>`: a mention, a date or a link."""
    target, _, label = inside.partition("|")
    if target.startswith("@"):
        return user_mention(target[1:], names, unescaped(label))
    if target.startswith("#"):
        return channel_mention(target[1:], names, unescaped(label))
    if target.startswith("!subteam^"):
        return usergroup_mention(target.removeprefix("!subteam^"), names, unescaped(label))
    if target.startswith("!date^"):
        return _date(target, label)
    if target.startswith("!"):
        return broadcast(target[1:])
    return link(unescaped(target), unescaped(label))


def user_mention(user_id: str, names: Names, label: str = "") -> Markup:
    """`@name` of a person, marked with the id so that the page can tell the reader's own."""
    name = names.user(user_id) or label or user_id
    return Markup('<span class="mention" data-user="{}">@{}</span>').format(user_id, name)


def channel_mention(channel_id: str, names: Names, label: str = "") -> Markup:
    """`#name` of a channel, which opens it when pressed; a channel out of sight has no name in Slack either."""
    name = names.channel(channel_id) or label
    if not name:
        return Markup('<span class="mention">#private channel</span>')
    return Markup('<a class="mention" href="?channel={0}" data-channel="{0}">#{1}</a>').format(channel_id, name)


def usergroup_mention(usergroup_id: str, names: Names, label: str = "") -> Markup:
    """`@handle` of a user group."""
    name = names.usergroup(usergroup_id) or label.removeprefix("@") or usergroup_id
    return Markup('<span class="mention">@{}</span>').format(name)


def broadcast(word: str) -> Markup:
    """`@here`, `@channel` or `@everyone`."""
    return Markup('<span class="mention broadcast">@{}</span>').format(word)


def is_safe(url: str) -> bool:
    """Whether a press on `url` may open it: no `javascript:`, no address inside this page."""
    return SAFE_ADDRESS.match(url) is not None


def link(url: str, label: str = "") -> Markup:
    """A link that opens beside the page; an address of an unsafe scheme is text only."""
    if not is_safe(url):
        return escape(label or f"<{url}>")
    text = with_characters(label or url.removeprefix("mailto:"))
    return Markup('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>').format(url, text)


def _date(target: str, fallback: str) -> Markup:
    # https://docs.slack.dev/messaging/formatting-message-text#date-formatting
    _, timestamp, form, *url = [*target.split("^"), ""][:4]
    if not timestamp.isdecimal():
        return escape(unescaped(fallback))
    shown = date(int(timestamp), unescaped(form), unescaped(fallback))
    if is_safe(url[0]):
        return Markup('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>').format(unescaped(url[0]), shown)
    return shown


def date(timestamp: int, form: str, fallback: str) -> Markup:
    """A moment in epoch seconds; the page's script writes it in the reader's zone by Slack's `{tokens}`."""
    return Markup('<time data-epoch="{}" data-form="{}">{}</time>').format(timestamp, form, fallback or timestamp)

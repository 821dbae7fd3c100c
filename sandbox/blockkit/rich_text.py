"""What stands in rich text: sections, lists, quotes and preformatted text, and the pieces each is made of.

docs.slack.dev/reference/block-kit/blocks/rich-text-block, and the page of each element; docs.slack.dev/tools/
node-slack-sdk/reference/types (RichTextStyleable and the types that extend it).
"""

from sandbox.blockkit.objects import ID, URL
from sandbox.blockkit.rules import Fields, Rule, array, boolean, by_type, choice, integer, shape, string

STYLES: Fields = dict.fromkeys(["bold", "italic", "strike", "code", "underline"], boolean)
OF_TEXT: Fields = {"style": shape({}, STYLES)}
OF_MENTIONS: Fields = {
    "style": shape({}, STYLES | dict.fromkeys(["highlight", "client_highlight", "unlink"], boolean)),
}
BORDER: Fields = {"border": integer(0, 1)}

PIECE = by_type(
    text=shape({"text": string()}, OF_TEXT),
    link=shape({"url": URL}, OF_TEXT | {"text": string(least=0), "unsafe": boolean}),
    emoji=shape({"name": string()}, OF_MENTIONS | {"unicode": string(), "url": URL, "skin_tone": integer(1, 6)}),
    user=shape({"user_id": string()}, OF_MENTIONS),
    usergroup=shape({"usergroup_id": string()}, OF_MENTIONS),
    team=shape({"team_id": string()}, OF_MENTIONS),
    channel=shape({"channel_id": string()}, OF_MENTIONS),
    broadcast=shape({"range": choice("here", "channel", "everyone")}, OF_MENTIONS),
    color=shape({"value": string()}, OF_MENTIONS),
    date=shape(
        {"timestamp": integer(0, 99_999_999_999), "format": string()},
        OF_MENTIONS | {"url": URL, "fallback": string(least=0)},
    ),
)
PIECES: Fields = {"elements": array(PIECE, least=0)}

PARTS: dict[str, Rule] = {
    "rich_text_section": shape(PIECES, {}),
    "rich_text_quote": shape(PIECES, BORDER),
    "rich_text_preformatted": shape(PIECES, BORDER | {"language": string()}),
}
PARTS["rich_text_list"] = shape(
    {
        "style": choice("bullet", "ordered"),
        "elements": array(by_type(rich_text_section=PARTS["rich_text_section"])),
    },
    BORDER | {"indent": integer(0, 8), "offset": integer(0, 1_000_000)},
)

RICH_TEXT = shape({"elements": array(by_type(**PARTS), least=0)}, {"block_id": ID})

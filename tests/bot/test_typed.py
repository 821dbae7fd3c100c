"""What people type: as plain text it loses nothing but the signs of markup, as markup it says nothing more."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.typed import markup, mentioned_user, plain

TOKENS = [
    "<@U0ANA>",
    "<@U0ANA|ana>",
    "<@W012A3CDE|ben>",
    "<#C0GENERAL|general>",
    "<#C0GENERAL|>",
    "<!subteam^S0ONCALL|@oncall>",
    "<https://status.example/a?b=1&amp;c=2>",
    "<https://status.example|the page>",
    "<mailto:ana@example.com|ana@example.com>",
]
"""https://docs.slack.dev/messaging/formatting-message-text"""

SHOUTS = ["<!channel>", "<!here>", "<!everyone>", "<!here|here>", "<!channel|x>", "<!date^1^{date}|now>"]
ESCAPED = ["&amp;", "&lt;", "&gt;", "&lt;!channel&gt;", "&amp;lt;", "&amp;copy;"]
AS_SENT = st.text(st.characters(exclude_characters="<>&", exclude_categories=["Cs"])) | st.sampled_from(ESCAPED)
"""Text as Slack sends it, which escapes what people type."""

typed = st.lists(AS_SENT | st.sampled_from(TOKENS)).map("".join)
raw = st.lists(st.text() | st.sampled_from([*TOKENS, *SHOUTS, "&", "<", ">", "&amp;"])).map("".join)


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("Checkout &amp; API &lt;down&gt;", "Checkout & API <down>"),
        ("<@U0ANA|ana> broke it", "@ana broke it"),
        ("<@U0ANA> broke it", "@U0ANA broke it"),
        ("see <#C0GENERAL|general>", "see #general"),
        ("see <https://status.example|the page>", "see the page"),
        ("see <https://status.example>", "see https://status.example"),
        ("ask <!subteam^S0ONCALL|@oncall>", "ask @oncall"),
        ("&amp;lt;", "&lt;"),
        ("&copy; &#60; &lt", "&copy; &#60; &lt"),
        ("&copy; &amp; <@U0ANA|ana>", "&copy; & @ana"),
        ("", ""),
    ],
)
def test_plain_text_reads_as_people_read_it(said: str, read: str) -> None:
    assert plain(said) == read


@given(st.text())
def test_plain_text_loses_nothing_that_was_typed(text: str) -> None:
    """Slack escapes three characters: https://docs.slack.dev/messaging/formatting-message-text#escaping"""
    assert plain(html.escape(text, quote=False)) == text


@given(raw)
def test_markup_wakes_nobody(text: str) -> None:
    assert not re.search(r"<!(?!subteam\^)", markup(text))


@given(raw)
def test_in_markup_only_mentions_and_links_are_marked(text: str) -> None:
    rest = markup(text)
    for token in re.findall(r"<[^<>]*>", rest):
        assert re.match(r"<(@[UW]|#[CGD]|!subteam\^S?|https?://|mailto:)", token)
    assert not re.search(r"[<>]", re.sub(r"<[^<>]*>", "", rest))


@given(typed)
def test_what_slack_sent_is_kept_as_it_is(text: str) -> None:
    assert markup(text) == text


@given(raw)
def test_markup_of_markup_is_the_same(text: str) -> None:
    assert markup(markup(text)) == markup(text)


@given(st.text())
def test_markup_reads_as_what_was_typed(text: str) -> None:
    assert plain(markup(html.escape(text, quote=False))) == text


@pytest.mark.parametrize("shout", SHOUTS)
def test_a_shout_that_was_typed_stays_words(shout: str) -> None:
    assert markup(f"wake {shout} up") == f"wake {html.escape(shout, quote=False)} up"
    assert plain(f"wake {shout} up") == f"wake {shout} up"


@pytest.mark.parametrize(
    ("text", "user"),
    [
        ("<@U0ANA|ana>", "U0ANA"),
        ("give it to <@W012A3CDE> and <@U0BEN>", "W012A3CDE"),
        ("@ana", None),
        ("&lt;@U0ANA&gt;", None),
        ("<#C0GENERAL|general>", None),
        ("", None),
    ],
)
def test_the_first_person_mentioned_is_found(text: str, user: str | None) -> None:
    assert mentioned_user(text) == user

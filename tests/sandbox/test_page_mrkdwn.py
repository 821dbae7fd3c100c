"""Slack's mrkdwn as HTML: what Slack shows is shown, and nobody's text becomes a tag."""

import time

import pytest

from sandbox.emoji_names import with_characters
from sandbox.page.mrkdwn import mrkdwn, plain_text
from sandbox.page.names import Choice


class Names:
    """A workspace of one person, one channel and one group."""

    def user(self, user_id: str) -> str | None:
        return {"U1": "ana <b>"}.get(user_id)

    def channel(self, channel_id: str) -> str | None:
        return {"C1": "general"}.get(channel_id)

    def usergroup(self, usergroup_id: str) -> str | None:
        return {"S1": "sre"}.get(usergroup_id)

    def user_choices(self) -> list[Choice]:
        return [Choice("U1", "ana <b>")]

    def channel_choices(self) -> list[Choice]:
        return [Choice("C1", "general")]


def html(text: str) -> str:
    return str(mrkdwn(text, Names()))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("*bold*", "<b>bold</b>"),
        ("_italic_", "<i>italic</i>"),
        ("~gone~", "<s>gone</s>"),
        ("*_both_*", "<b><i>both</i></b>"),
        ("`a *b* c`", "<code>a *b* c</code>"),
        ("2*3*4 and snake_case_name", "2*3*4 and snake_case_name"),
        ("* not bold *", "* not bold *"),
        ("one\ntwo", "one<br>two"),
        ("```x = *1*\ny```", "<pre><code>x = *1*\ny</code></pre>"),
        ("&gt; said\n&gt; again\nafter", "<blockquote>said<br>again</blockquote>after"),
        ("&gt;&gt;&gt;all\nof it", "<blockquote>all<br>of it</blockquote>"),
        ("a &amp; b &lt;c&gt;", "a &amp; b &lt;c&gt;"),
    ],
)
def test_text_is_styled_as_slack_styles_it(text: str, shown: str) -> None:
    assert html(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<@U1>", '<span class="mention" data-user="U1">@ana &lt;b&gt;</span>'),
        ("<@U9|old>", '<span class="mention" data-user="U9">@old</span>'),
        ("<#C1>", '<a class="mention" href="?channel=C1" data-channel="C1">#general</a>'),
        ("<#C9>", '<span class="mention">#private channel</span>'),
        ("<!subteam^S1>", '<span class="mention">@sre</span>'),
        ("<!here>", '<span class="mention broadcast">@here</span>'),
        (
            "<https://x.test/a_b_c?d=1&amp;e=2|the *page*>",
            '<a href="https://x.test/a_b_c?d=1&amp;e=2" target="_blank" rel="noopener noreferrer">the *page*</a>',
        ),
        (
            "<!date^1700000000^{date_short_pretty} at {time}|14 Nov>",
            '<time data-epoch="1700000000" data-form="{date_short_pretty} at {time}">14 Nov</time>',
        ),
        ("<!date^soon^{time}|later>", "later"),
    ],
)
def test_mentions_links_and_dates_read_as_names_and_moments(text: str, shown: str) -> None:
    assert html(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "*<script>alert(1)</script>*",
        "```<script>alert(1)</script>```",
        "`<script>`",
        "<javascript:alert(1)|<script>>",
        "<@<script>>",
        '<https://x.test/"onmouseover="alert(1)|x>',
        "<!date^1^<script>|<script>>",
        "> <img src=x onerror=alert(1)>",
    ],
)
def test_no_text_becomes_a_tag_or_an_attribute(text: str) -> None:
    shown = html(text)
    assert "<script" not in shown
    assert "<img" not in shown
    assert '"onmouseover' not in shown


SLOW_IF_GUESSED = ["*" + "<a>" * 5000, "_" + "`a` :b: " * 5000, "*a _b ~c " * 5000, ":a" * 20000, "<" * 20000]


@pytest.mark.parametrize("text", SLOW_IF_GUESSED, ids=lambda text: str(text)[:9])
def test_no_text_is_slow_to_draw(text: str) -> None:
    started = time.process_time()
    html(text)
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    "text", ["<http://[|x>", "<!date^999999999999999999999^{time}|x>", "<!date^|x>", "<|>", "<>", "<!>"]
)
def test_malformed_markup_is_drawn_all_the_same(text: str) -> None:
    assert html(f"before {text} after").startswith("before ")


@pytest.mark.parametrize(
    ("text", "address", "around"),
    [
        ("see https://x.test/a_b_c?d=1&amp;e=2.", "https://x.test/a_b_c?d=1&amp;e=2", "see {}."),
        ("(https://x.test/)", "https://x.test/", "({})"),
        ("*https://x.test/a_b*", "https://x.test/a_b", "<b>{}</b>"),
        ("&lt;https://x.test&gt;", "https://x.test", "&lt;{}&gt;"),
        ("_so_ https://x.test/_ *b*", "https://x.test/", "<i>so</i> {}_ <b>b</b>"),
    ],
)
def test_an_address_that_is_written_out_is_a_link(text: str, address: str, around: str) -> None:
    linked = f'<a href="{address}" target="_blank" rel="noopener noreferrer">{address}</a>'
    assert html(text) == around.format(linked)


def test_a_link_of_an_unsafe_scheme_is_text() -> None:
    assert html("<javascript:alert(1)|press me>") == "press me"
    assert html("<data:text/html,hello>") == "&lt;data:text/html,hello&gt;"


@pytest.mark.parametrize(
    ("name", "drawn"),
    [
        ("rotating_light", "🚨"),
        ("+1", "👍"),
        ("large_orange_circle", "🟠"),
        ("large_yellow_circle", "🟡"),
        ("large_blue_circle", "🔵"),
        ("white_check_mark", "✅"),
        ("pushpin", "📌"),
        ("flag-pt", "🇵🇹"),
        ("male-technologist", "👨‍💻"),
        ("egg", "🥚"),
        ("wave::skin-tone-4", "👋"),
    ],
)
def test_emoji_are_drawn_by_slacks_names(name: str, drawn: str) -> None:
    assert with_characters(f"a :{name}: b") == f"a {drawn} b"
    assert f">{drawn}</span>" in html(f":{name}:")


def test_an_unknown_emoji_and_a_time_stay_as_typed() -> None:
    assert html(":no_such_thing: at 10:30:00") == ":no_such_thing: at 10:30:00"


def test_plain_text_has_emoji_and_no_markup() -> None:
    assert plain_text(":fire: *A* <@U1> &amp; <b>") == "🔥 *A* &lt;@U1&gt; &amp; &lt;b&gt;"

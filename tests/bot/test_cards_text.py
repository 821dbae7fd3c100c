"""The text of cards: nobody's words become markup, nothing is cut into nonsense."""

import html
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards.text import (
    by_name,
    channel_link,
    cut,
    duration,
    escape,
    joined,
    listing,
    mention,
    pieces,
    prose,
    slack_date,
)
from incidents.model.identity import TOCSIN, Channel, Person
from tests.bot.cards_samples import ANA, name_of


def test_what_people_type_calls_nobody() -> None:
    assert escape("<!channel> <@U1> a & b") == "&lt;!channel&gt; &lt;@U1&gt; a &amp; b"


def test_addresses_in_prose_stay_links_and_the_rest_is_escaped() -> None:
    assert prose("see https://x.io/a?b=1&c=2. <!here>") == "see <https://x.io/a?b=1&amp;c=2>. &lt;!here&gt;"
    assert prose("(https://x.io/a)|<https://y.io|z>") == "(<https://x.io/a>)|&lt;<https://y.io>|z&gt;"


def test_a_text_that_fits_is_left_alone() -> None:
    assert cut("just so", 7) == "just so"


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        ("one two three", 8, "one two…"),
        ("ab &lt;cd", 6, "ab…"),
        ("ab &lt;cd", 8, "ab &lt;…"),
        ("hello <@U123456> there", 12, "hello…"),
        ("hello <@U123456> there", 18, "hello <@U123456>…"),
    ],
)
def test_cutting_keeps_entities_and_references_whole(text: str, limit: int, shown: str) -> None:
    assert cut(text, limit) == shown


@given(st.text(alphabet="ab<>&;@U1|\n 🔥", max_size=80), st.integers(1, 80))
def test_whatever_is_escaped_and_cut_fits_and_shows_the_beginning(text: str, limit: int) -> None:
    shown = cut(escape(text), limit)
    assert len(shown) <= limit
    assert "<" not in shown and ">" not in shown
    entities = shown.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")
    assert text.startswith(entities.removesuffix("…")) or text == entities


@given(st.text(alphabet="a<>& ", max_size=80), st.integers(8, 40))
def test_pieces_lose_nothing_and_break_no_entity(text: str, limit: int) -> None:
    parts = pieces(escape(text), limit)
    assert "".join(parts) == escape(text)
    assert all(len(part) <= limit and escape(html.unescape(part)) == part for part in parts)


@given(st.lists(st.text(min_size=1, max_size=20), max_size=50), st.integers(40, 200))
def test_a_listing_fits_and_counts_what_it_leaves_out(parts: list[str], limit: int) -> None:
    shown = listing(parts, limit)
    assert len(shown) <= limit
    assert shown == ", ".join(parts) or shown.endswith(" more")


def test_a_listing_says_how_many_more() -> None:
    assert listing(["Checkout", "API", "Search", "Login"], 25) == "Checkout, API and 2 more"


def test_parts_of_a_sentence() -> None:
    assert [joined(parts) for parts in (["a"], ["a", "b"], ["a", "b", "c"])] == ["a", "a and b", "a, b and c"]


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(seconds=59), "under 1 min"),
        (timedelta(seconds=-5), "under 1 min"),
        (timedelta(minutes=14, seconds=59), "14 min"),
        (timedelta(hours=2, minutes=5), "2 h 05 min"),
        (timedelta(days=3, hours=4, minutes=59), "3 d 4 h"),
    ],
)
def test_durations_read_at_a_glance(length: timedelta, words: str) -> None:
    assert duration(length) == words


def test_times_are_in_the_readers_zone_with_words_and_a_fallback() -> None:
    at = datetime(2026, 11, 3, 3, 12, tzinfo=UTC)
    assert slack_date(at) == "<!date^1793675520^\u200b{date_short_pretty} at {time}|Nov 3, 2026 at 03:12 UTC>"
    assert (
        slack_date(at, "{time}", "https://x.io/?a&b")
        == "<!date^1793675520^\u200b{time}^https://x.io/?a&amp;b|03:12 UTC>"
    )


def test_people_and_places_are_references_where_slack_knows_them() -> None:
    assert mention(ANA) == "<@U00ANA>"
    assert mention(TOCSIN) == "Tocsin"
    assert mention(Person.of("slack", "B1>x")) == "B1&gt;x"
    assert channel_link(Channel.of("slack", "C1")) == "<#C1>"


def test_a_name_calls_nobody_whatever_it_is() -> None:
    assert by_name(name_of)(ANA) == "@ana"
    assert by_name(lambda person: "<!channel>")(ANA) == "@&lt;!channel&gt;"
    assert by_name(name_of)(TOCSIN) == "Tocsin"

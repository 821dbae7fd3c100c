"""Names of channels: within Slack's rules for any title, and different where one is taken."""

import unicodedata
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.naming import LIMIT, candidates, channel_name

TEMPLATE = "inc-{number}-{title}"


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Checkout fails for card payments", "inc-12-checkout-fails-for-card-payments"),
        ("⚠️ Checkout's down!! 1️⃣", "inc-12-checkouts-down-1"),
        ("Größe: ÄÖÜ", "inc-12-größe-äöü"),
        ("हिन्दी में", "inc-12-हिन्दी-में"),
        ("ครับผม", "inc-12-ครับผม"),
        ("日本語 テスト", "inc-12-日本語-テスト"),
        ("snake_case stays", "inc-12-snake_case-stays"),
        ("- – — _ -", "inc-12"),
        ("👩‍👩‍👧", "inc-12"),
    ],
)
def test_a_title_becomes_words_with_hyphens(title: str, name: str) -> None:
    assert channel_name(TEMPLATE, 12, title) == name


@pytest.mark.parametrize("length", [79, 80, 500])
def test_a_long_title_is_cut(length: int) -> None:
    assert len(channel_name(TEMPLATE, 12, "x" * length)) == LIMIT


def test_a_template_of_nothing_that_slack_takes_still_makes_a_name() -> None:
    assert channel_name("{title}", 12, "!!!") == "inc-12"
    assert channel_name("Incident #{number} {title}", 12, "API") == "incident-12-api"


@given(st.text(max_size=500), st.integers(1, 10**9), st.sampled_from([TEMPLATE, "{title}", "X{title}_{number}"]))
def test_every_name_is_within_slacks_rules_and_no_two_are_the_same(title: str, number: int, template: str) -> None:
    names = list(islice(candidates(template, number, title), 120))

    assert len(set(names)) == len(names)
    for name in names:
        assert 0 < len(name) <= LIMIT
        assert name == name.lower()
        assert any(character.isalnum() for character in name)
        assert all(c.isalnum() or c in "-_" or unicodedata.category(c) in {"Mn", "Mc"} for c in name)

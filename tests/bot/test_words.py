"""The words of `/incident`: found in any case, and when mistyped, the one that was meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bot.commands  # noqa: F401  (registers the words)
from bot.words import WORDS, UnknownCommand, find_word, nearest
from incidents.model.refusals import Refusal

LISTED = [word.word for word in WORDS.values() if word.listed]


@pytest.mark.parametrize("word", LISTED)
def test_a_word_is_found_in_any_case(word: str) -> None:
    assert find_word(word) is find_word(word.upper()) is WORDS[word]


@pytest.mark.parametrize("word", LISTED)
def test_a_listed_word_has_help_and_does_one_thing(word: str) -> None:
    known = WORDS[word]
    assert known.what
    assert (known.run is None) != (known.on_incident is None)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("sevrity", "severity"),
        ("severty", "severity"),
        ("Declair", "declare"),
        ("delcare", "declare"),
        ("stauts", "status"),
        ("resovle", "resolve"),
        ("timelin", "timeline"),
        ("hlep", "help"),
        ("lst", "list"),
        ("joim", "join"),
    ],
)
def test_a_slip_of_the_finger_is_understood(typed: str, meant: str) -> None:
    assert nearest(typed) == meant
    with pytest.raises(UnknownCommand) as unknown:
        find_word(typed)
    assert f"Did you mean /incident {meant}" in unknown.value.sentence


@pytest.mark.parametrize("typed", ["pizza", "x", "???", "42", "🔥", "checkout-is-down"])
def test_what_is_like_nothing_is_sent_to_help(typed: str) -> None:
    with pytest.raises(UnknownCommand) as unknown:
        find_word(typed)
    assert "/incident help" in unknown.value.sentence


@pytest.mark.parametrize("word", LISTED)
@given(data=st.data())
def test_a_letter_left_out_of_a_long_word_is_understood(word: str, data: st.DataObject) -> None:
    if len(word) < 5:
        return
    left_out = data.draw(st.integers(0, len(word) - 1))
    typed = word[:left_out] + word[left_out + 1 :]
    assert nearest(typed) == (typed if typed in LISTED else word)


@given(st.text(max_size=3000))
def test_whatever_is_typed_the_answer_is_short(typed: str) -> None:
    try:
        find_word(typed)
    except Refusal as refusal:
        assert len(refusal.sentence) < 200

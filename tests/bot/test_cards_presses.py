"""A press means the word that its button or menu stands for; what is malformed means nothing."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards.actions import Pressed, action, read_press


def test_a_button_is_its_word_with_its_value_as_text() -> None:
    pressed = {"type": "button", "action_id": action("undo", 12), "value": "7"}
    assert read_press(pressed) == Pressed("undo", 12, "7")
    assert read_press({"type": "button", "action_id": action("declare")}) == Pressed("declare")


def test_a_choice_is_the_text_one_would_have_typed() -> None:
    chosen = {"type": "static_select", "action_id": action("severity", 3), "selected_option": {"value": "1"}}
    assert read_press(chosen) == Pressed("severity", 3, "1")
    person = {"type": "users_select", "action_id": action("lead", 3), "selected_user": "U1"}
    assert read_press(person) == Pressed("lead", 3, "<@U1>")


def test_each_choice_of_the_more_menu_is_a_word() -> None:
    chosen = {"type": "overflow", "action_id": action("more", 3), "selected_option": {"value": "timeline"}}
    assert read_press(chosen) == Pressed("timeline", 3)


def test_what_was_chosen_before_stands_in_the_block() -> None:
    chosen = {
        "type": "static_select",
        "action_id": action("list", part="severity"),
        "block_id": "with:resolved mine",
        "selected_option": {"value": "sev1"},
    }
    assert read_press(chosen) == Pressed("list", None, "resolved mine sev1")


@pytest.mark.parametrize(
    "malformed",
    [
        {},
        {"type": "button"},
        {"type": "button", "action_id": "somebody.elses"},
        {"type": "button", "action_id": "incident."},
        {"type": "button", "action_id": "incident.join:twelve"},
        {"type": "button", "action_id": "incident.join:9999999999"},
        {"type": "button", "action_id": 12},
        {"type": "static_select", "action_id": "incident.status:1", "selected_option": None},
        {"type": "static_select", "action_id": "incident.status:1", "selected_option": {"value": 3}},
        {"type": "users_select", "action_id": "incident.lead:1", "selected_user": None},
        {"type": "datepicker", "action_id": "incident.lead:1"},
        {"type": "button", "action_id": "incident.open"},
    ],
)
def test_what_is_malformed_taken_back_or_just_a_link_means_nothing(malformed: dict[str, Any]) -> None:
    assert read_press(malformed) is None


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(["button", "static_select", "users_select", "overflow"]) | ANYTHING,
            "action_id": st.sampled_from(["incident.join:1", "incident.more:2", "incident.list"]) | ANYTHING,
            "block_id": st.just("with:") | ANYTHING,
            "value": ANYTHING,
            "selected_user": ANYTHING,
            "selected_option": ANYTHING | st.fixed_dictionaries({"value": ANYTHING}),
        },
    )
)
def test_no_payload_breaks_the_reading(payload: dict[str, Any]) -> None:
    pressed = read_press(payload)
    assert pressed is None or (isinstance(pressed.word, str) and isinstance(pressed.text, str))

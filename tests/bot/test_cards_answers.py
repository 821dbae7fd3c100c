"""What one person is told: done, refused, failed, which one; the modal after declaring; and help."""

import pytest

from bot.cards.actions import Pressed, read_press
from bot.cards.answers import done, failed, refused, which_incident
from bot.cards.declared import could_not_open_view, declared_view, declaring_view
from bot.cards.help import HelpRow, help_message
from tests.bot.cards_samples import ANA, act, button, elements, incident, labels
from tests.bot.cards_samples import read as words


def test_done_is_one_line_that_can_be_taken_back() -> None:
    made = incident()
    made.change_title("Else", act(ANA))
    shown = done("INC-12 is now called: Else", undo=made.new_entries[-1]).to_dict()
    assert shown["text"] == words(shown) == "INC-12 is now called: Else"
    assert read_press(button(shown, "Undo")) == Pressed("undo", 12, str(made.head.length))
    assert labels(done("So it was.").to_dict()) == []


def test_a_refusal_quotes_what_was_typed_without_meaning_it() -> None:
    shown = refused('There is no "<!channel>". Did you mean /incident severity?').to_dict()
    assert words(shown) == 'There is no "&lt;!channel&gt;". Did you mean /incident severity?'


def test_a_failure_names_its_reference() -> None:
    shown = failed("7f3a").to_dict()
    assert words(shown) == "That did not work; nothing was changed. Reference 7f3a, it is in the log."


def test_which_incident_carries_on_with_what_was_typed() -> None:
    shown = which_incident([incident()], "severity", "2").to_dict()
    assert "`/incident severity INC-12`" in words(shown)
    assert "🟠 SEV2 *INC-12* Checkout fails for card payments" in words(shown)
    assert read_press(button(shown, "INC-12")) == Pressed("severity", 12, "2")


def test_a_text_too_long_for_a_button_is_not_cut_but_asked_for_again() -> None:
    shown = which_incident([incident()], "note", "x" * 2_001).to_dict()
    assert labels(shown) == []
    assert "Next time name it" not in words(shown) and "Type it again with its name" in words(shown)


def test_the_modal_after_declaring_becomes_the_way_into_the_channel() -> None:
    made = incident()
    declaring = declaring_view(made)
    assert declaring["title"]["text"] == "INC-12 declared"
    assert "Opening its channel…" in words(declaring)
    declared = declared_view(made, "T1")
    assert "Its channel: <#C00CHECKOUT>" in words(declared)
    (go,) = elements(declared)
    assert go["url"] == "slack://channel?team=T1&id=C00CHECKOUT"
    assert read_press(go) is None


def test_without_a_channel_it_is_just_declared() -> None:
    made = incident()
    made.detach_channel(act(ANA))
    assert words(declared_view(made, "T1")) == "Declared: 🟠 SEV2 *INC-12* Checkout fails for card payments"


def test_a_channel_that_could_not_be_opened_can_be_tried_again() -> None:
    shown = could_not_open_view(incident(), "this workspace <forbids> it.")
    assert "could not be opened: this workspace &lt;forbids&gt; it." in words(shown)
    assert read_press(button(shown, "Try again")) == Pressed("channel", 12)


ROWS = [HelpRow(word, f"what {word} does", "[more]") for word in "abcdefghi"]


def test_help_shows_the_six_words_one_needs_before_the_rest() -> None:
    shown = help_message(ROWS, welcome=False).to_dict()
    needed, rest = words(shown).split("*And the rest*")
    assert needed.count("/incident") == 6 and rest.count("`/incident") == 3
    assert "`/incident a [more]`  what a does" in needed


@pytest.mark.parametrize("welcome", [True, False])
def test_only_somebody_new_is_welcomed(welcome: bool) -> None:
    shown = help_message(ROWS[:3], welcome=welcome).to_dict()
    assert ("I am Tocsin" in words(shown)) is welcome
    assert "And the rest" not in words(shown)

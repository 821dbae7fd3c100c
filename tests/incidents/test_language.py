"""The languages of the status pages: whole translations, and how each writes days, durations and shares."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import bot.updates
import incidents.public
import web.status
from incidents.public.language import LOCALES, language
from incidents.public.page import Window

LOCALE = Path(incidents.public.__file__).parent / "locale"
ROOMS = (web.status, bot.updates, incidents.public)
"""Where something is said to customers."""
TRANSLATED = sorted(set(LOCALES) - {"en"})
PLACE = re.compile(r"%\(\w+\)s")


def said_in_english() -> set[str]:
    """Every phrase that templates and modules have translated."""
    found = chain.from_iterable(
        extract_from_dir(
            str(Path(room.__file__ or "").parent),
            [("**.py", "python"), ("**/templates/**", "jinja2")],
            keywords={"N_": None, "gettext": None, "ngettext": (1, 2)},
        )
        for room in ROOMS
    )
    return {words if isinstance(words, str) else words[0] for _, _, words, _, _ in found}


def catalogue(code: str) -> Catalog:
    with (LOCALE / f"{code}.po").open("rb") as file:
        return read_po(file, locale=code)


def all_of(words: str | Iterable[str]) -> list[str]:
    return [words] if isinstance(words, str) else list(words)


@pytest.mark.parametrize("code", TRANSLATED)
def test_all_is_translated_and_nothing_that_is_not_said(code: str) -> None:
    translated = {all_of(message.id)[0]: message for message in catalogue(code) if message.id}
    assert translated.keys() == said_in_english()
    for message in translated.values():
        assert not message.fuzzy and all(all_of(message.string)), message.id
        for words in all_of(message.string):
            assert set(PLACE.findall(words)) == set(PLACE.findall(all_of(message.id)[-1])), message.id


def test_there_is_a_translation_for_each_language() -> None:
    assert sorted(file.stem for file in LOCALE.iterdir()) == TRANSLATED


def test_whoever_asks_for_a_language_that_is_not_there_gets_english() -> None:
    assert [language(code).code for code in ("de", "de-AT", "DE_ch", "en-US", "fr", "")] == [
        "de", "de", "de", "en", "en", "en"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("time", "words"),
    [
        ({"seconds": 20}, "1 min"),
        ({"minutes": 45}, "45 min"),
        ({"minutes": 125}, "2 h 05 min"),
        ({"days": 3, "hours": 4, "minutes": 59}, "3 d 4 h"),
    ],
)
def test_durations_read_as_everywhere_else(time: dict[str, float], words: str) -> None:
    assert language("en").duration(timedelta(**time)) == words


@pytest.mark.parametrize(
    ("share", "english", "german"),
    [
        (1.0, "100%", "100 %"),
        (0.999999, "99.99%", "99,99 %"),
        (0.995, "99.5%", "99,5 %"),
        (0.57, "57%", "57 %"),
        (0.0, "0%", "0 %"),
    ],
)
def test_a_share_is_never_rounded_up(share: float, english: str, german: str) -> None:
    assert language("en").share(share) == english
    assert language("de").share(share).replace("\xa0", " ") == german


def test_days_and_windows() -> None:
    english, german = language("en"), language("de")
    assert english.days(date(2026, 11, 3), date(2026, 11, 3)) == "Tue 3 Nov"
    assert english.days(date(2026, 11, 3), date(2026, 11, 6)) == "3–6 Nov"
    assert german.month(date(2026, 3, 1)) == "März 2026"
    night = Window(datetime(2026, 12, 31, 23, tzinfo=UTC), datetime(2027, 1, 1, 1, 30, tzinfo=UTC))
    assert english.window(night) == "Thu 31 Dec, 23:00 – Fri 1 Jan, 01:30 UTC"

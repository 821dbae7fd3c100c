"""Settings: each missing or wrong one is a sentence that names it; the README's table is the truth about them."""

import re
from pathlib import Path

import pytest

from bot.settings import Settings, WrongSettings, check_slack_settings, load_settings
from tests.bot.command_line import REPOSITORY

GOOD = {"SLACK_BOT_TOKEN": "xoxb-1-2-abc", "SLACK_APP_TOKEN": "xapp-1-A1-2-abc"}
SAID_IN_WORDS = {"Slack's": "https://slack.com/api/"}


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An environment without any of our settings, in a folder without a file of them."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SLACK_BOT_TOKEN", "", "is missing: copy the Bot User OAuth Token"),
        ("SLACK_BOT_TOKEN", "xoxp-1-2-abc", "is not a bot token"),
        ("SLACK_BOT_TOKEN", "xoxb-…", "copied whole"),
        ("SLACK_BOT_TOKEN", "xoxb-", "copied whole"),
        ("SLACK_BOT_TOKEN", "xoxb-1 2", "copied whole"),
        ("SLACK_APP_TOKEN", "", "is missing: make an app-level token"),
        ("SLACK_APP_TOKEN", "xoxb-1-2-abc", "is not an app-level token"),
        ("SLACK_APP_TOKEN", "xapp-…", "copied whole"),
        ("SLACK_API_URL", "slack.com/api", "https://"),
        ("SLACK_API_URL", "", "https://"),
        ("SLACK_RATES", "all", "'published' or 'none'"),
        ("TOCSIN_PORT", "many", "integer"),
        ("TOCSIN_PORT", "-1", "greater than or equal to 0"),
        ("TOCSIN_PORT", "65536", "less than or equal to 65535"),
        ("TOCSIN_OPERATIONS_PORT", "65536", "less than or equal to 65535"),
        ("TOCSIN_CHANNEL_NAME", "inc-{id}", "{number} and {title}"),
        ("TOCSIN_CHANNEL_NAME", "inc-{", "{number} and {title}"),
        ("TOCSIN_CHANNEL_NAME", "inc-{number.__class__.nothing}", "{number} and {title}"),
        ("TOCSIN_CHANNEL_NAME", "inc-{number[0]}", "{number} and {title}"),
        ("TOCSIN_CHANNEL_NAME", "inc-{}", "{number} and {title}"),
    ],
)
def test_a_missing_or_wrong_setting_is_named_in_a_sentence(
    given: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    given.setenv(name, value)
    with pytest.raises(WrongSettings) as wrong:
        check_slack_settings(load_settings())

    sentence = str(wrong.value)
    assert sentence.startswith(f"{name} is ")
    assert said in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence


def test_a_sentence_never_repeats_a_secret(given: pytest.MonkeyPatch) -> None:
    given.setenv("SLACK_BOT_TOKEN", "xoxp-secret")
    with pytest.raises(WrongSettings) as wrong:
        check_slack_settings(load_settings())
    assert "secret" not in str(wrong.value)


def test_an_app_token_means_socket_mode_and_a_signing_secret_http(given: pytest.MonkeyPatch) -> None:
    assert load_settings().over_http is False
    given.setenv("SLACK_APP_TOKEN", "")
    given.setenv("SLACK_SIGNING_SECRET", "8f742231b10e8888abcd99yyyzzz85a5")
    settings = load_settings()
    check_slack_settings(settings)
    assert settings.over_http is True


def test_blanks_around_a_value_do_not_count(given: pytest.MonkeyPatch) -> None:
    given.setenv("SLACK_BOT_TOKEN", " xoxb-1-2-abc\n")
    assert load_settings().slack_bot_token == "xoxb-1-2-abc"


@pytest.mark.parametrize(
    ("written", "channels"),
    [
        ("incidents", ("incidents",)),
        ("#incidents, #ops", ("incidents", "ops")),
        ("C012AB3CD ops", ("C012AB3CD", "ops")),
        ("", ()),
    ],
)
def test_announcement_channels_are_written_as_one_likes(
    given: pytest.MonkeyPatch, written: str, channels: tuple[str, ...]
) -> None:
    given.setenv("TOCSIN_ANNOUNCEMENT_CHANNELS", written)
    assert load_settings().tocsin_announcement_channels == channels


def test_slacks_address_is_taken_with_and_without_its_slash(given: pytest.MonkeyPatch) -> None:
    for written in ("http://127.0.0.1:8043/api", "http://127.0.0.1:8043/api/"):
        given.setenv("SLACK_API_URL", written)
        assert load_settings().slack_api_url == "http://127.0.0.1:8043/api/"


def test_a_file_gives_what_the_environment_does_not(given: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("SLACK_BOT_TOKEN=xoxb-of-the-file\nTOCSIN_PORT=4000\nSOMETHING_ELSE=1\n")
    settings = load_settings()
    assert (settings.slack_bot_token, settings.tocsin_port) == (GOOD["SLACK_BOT_TOKEN"], 4000)


def test_the_readme_names_each_setting_with_its_default() -> None:
    table = (REPOSITORY / "README.md").read_text().split("## Settings")[1].split("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if "| `" in line]
    written: dict[str, str] = {}
    for names, _, default in rows:
        defaults = re.findall("`([^`]+)`", default)
        for place, name in enumerate(re.findall("`([^`]+)`", names)):
            written[name.lower()] = (
                defaults[place] if defaults else {"Slack's": "https://slack.com/api/"}.get(default, "")
            )

    settings = Settings(_env_file=None).model_dump()
    assert written == {
        name: " ".join(value) if isinstance(value, tuple) else str(value) for name, value in settings.items()
    }

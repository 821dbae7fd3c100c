"""Secrets and addresses, from the environment or a `.env` file: each with the sentence that says how to get it.

What an organisation is (services, teams …) is data and lives in the database instead.
"""

import re
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class WrongSettings(Exception):
    """A setting is missing or wrong; the message is one sentence that says which and what to do."""


class Settings(BaseSettings):
    """Every setting of a deployment, under the name of its environment variable in lower case."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", str_strip_whitespace=True)

    slack_bot_token: str = ""
    slack_app_token: str = ""
    slack_signing_secret: str = ""
    slack_api_url: str = "https://slack.com/api/"
    slack_rates: Literal["published", "none"] = "published"
    database_url: str = "sqlite:///tocsin.db"
    tocsin_host: str = "127.0.0.1"
    tocsin_port: int = Field(default=3000, ge=0, le=65535)
    tocsin_operations_host: str = "127.0.0.1"
    tocsin_operations_port: int = Field(default=9464, ge=0, le=65535)
    tocsin_url: str = ""
    tocsin_smtp_url: str = ""
    tocsin_mail_from: str = ""
    tocsin_announcement_channels: Annotated[tuple[str, ...], NoDecode] = ("incidents",)
    tocsin_channel_name: str = "inc-{number}-{title}"

    @field_validator("tocsin_announcement_channels", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return (
            tuple(filter(None, value.replace("#", "").replace(",", " ").split())) if isinstance(value, str) else value
        )

    @field_validator("slack_api_url")
    @classmethod
    def _with_slash(cls, value: str) -> str:
        return _address(value) + "/"

    @field_validator("tocsin_url")
    @classmethod
    def _without_slash(cls, value: str) -> str:
        return _address(value) if value else ""

    @field_validator("tocsin_smtp_url")
    @classmethod
    def _smtp(cls, value: str) -> str:
        if value and not re.fullmatch(r"smtps?://[^/]+/?", value):
            raise ValueError("must be an address as smtp://user:password@host:587")
        return value

    @field_validator("tocsin_channel_name")
    @classmethod
    def _known_placeholders(cls, value: str) -> str:
        try:
            value.format(number=1, title="title")
        except (LookupError, ValueError, TypeError, AttributeError) as error:
            raise ValueError("can hold {number} and {title}, and no other braces") from error
        return value

    @property
    def url(self) -> str:
        """Where this Tocsin is reached from outside, without a slash at its end."""
        return self.tocsin_url or f"http://{self.tocsin_host}:{self.tocsin_port}"

    @property
    def mail(self) -> tuple[str, str] | None:
        """Where mail is handed in, and who it is from; None where no mail is sent."""
        if not self.tocsin_smtp_url:
            return None
        host = urlsplit(self.url).hostname or "localhost"
        return self.tocsin_smtp_url, self.tocsin_mail_from or f"Status <status@{host}>"

    @property
    def over_http(self) -> bool:
        """Whether Slack's requests come over HTTP, because there is no token for Socket Mode."""
        return not self.slack_app_token


def _address(value: str) -> str:
    if not value.startswith(("http://", "https://")):
        raise ValueError("must be an address that begins with https://")
    return value.rstrip("/")


def load_settings() -> Settings:
    """Read the settings. Raises WrongSettings for a value of the wrong form, and a file that cannot be read."""
    try:
        return Settings()
    except (OSError, UnicodeDecodeError) as error:
        raise WrongSettings(f"The file .env cannot be read: {error}.") from None
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]).upper()
        raise WrongSettings(f"{name} is wrong: {first['msg'].removeprefix('Value error, ')}.") from None


def check_slack_settings(settings: Settings) -> None:
    """Raises WrongSettings where a secret that the bot needs to talk to Slack is missing or of the wrong kind.

    Token prefixes: https://docs.slack.dev/authentication/tokens
    """
    for problem in slack_problems(settings):
        raise WrongSettings(problem)


def slack_problems(settings: Settings) -> list[str]:
    """One sentence for each secret that is missing or of the wrong kind."""
    problems = []
    if not settings.slack_bot_token:
        problems.append(
            "SLACK_BOT_TOKEN is missing: copy the Bot User OAuth Token (xoxb-…) from your app's OAuth & Permissions."
        )
    elif not _is_token("xoxb", settings.slack_bot_token):
        problems.append("SLACK_BOT_TOKEN is not a bot token: it must be xoxb- and what follows it, copied whole.")
    if settings.slack_app_token and not _is_token("xapp", settings.slack_app_token):
        problems.append(
            "SLACK_APP_TOKEN is not an app-level token: it must be xapp- and what follows it, copied whole."
        )
    if settings.over_http and not settings.slack_signing_secret:
        problems.append(
            "SLACK_APP_TOKEN is missing: make an app-level token with connections:write (Basic Information), "
            "or set SLACK_SIGNING_SECRET to be called over HTTP."
        )
    return problems


def _is_token(kind: str, value: str) -> bool:
    return re.fullmatch(rf"{kind}-[A-Za-z0-9-]+", value) is not None

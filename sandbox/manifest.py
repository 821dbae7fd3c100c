"""An app as its Slack manifest describes it: scopes, events, commands, shortcuts, how it is reached.

docs.slack.dev/reference/app-manifest
"""

import json
from pathlib import Path
from typing import Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, model_validator

from sandbox.things import App

BOT_TOKEN = "xoxb-sandbox"
APP_TOKEN = "xapp-sandbox"
SIGNING_SECRET = "sandbox-signing-secret"


class Part(BaseModel):
    """A part of a manifest; what the sandbox has no use for is passed over."""

    model_config = ConfigDict(extra="ignore")


class Information(Part):
    name: str = "App"


class AppHome(Part):
    home_tab_enabled: bool = False
    messages_tab_enabled: bool = True


class BotUser(Part):
    display_name: str | None = None


class SlashCommand(Part):
    command: str
    description: str = ""
    usage_hint: str = ""
    should_escape: bool = False
    url: str | None = None


class Shortcut(Part):
    name: str
    type: Literal["global", "message"]
    callback_id: str
    description: str = ""


class Features(Part):
    app_home: AppHome = AppHome()
    bot_user: BotUser = BotUser()
    slash_commands: list[SlashCommand] = []
    shortcuts: list[Shortcut] = []


class Scopes(Part):
    bot: list[str] = []


class OAuth(Part):
    scopes: Scopes = Scopes()


class Events(Part):
    request_url: str | None = None
    bot_events: list[str] = []


class Interactivity(Part):
    is_enabled: bool = False
    request_url: str | None = None
    message_menu_options_url: str | None = None


class Settings(Part):
    event_subscriptions: Events = Events()
    interactivity: Interactivity = Interactivity()
    socket_mode_enabled: bool = False


class Manifest(Part):
    display_information: Information = Information()
    features: Features = Features()
    oauth_config: OAuth = OAuth()
    settings: Settings = Settings()

    @model_validator(mode="after")
    def _commands_need_their_scope(self) -> Self:
        """docs.slack.dev/reference/scopes/commands"""
        asked = self.features.slash_commands or self.features.shortcuts
        if asked and "commands" not in self.oauth_config.scopes.bot:
            raise ValueError("slash commands and shortcuts need the bot scope `commands`")
        return self


def read_manifest(source: Path | str | dict[str, Any]) -> Manifest:
    """From the path of a file in YAML or JSON, such text or a mapping.

    Raises pydantic's ValidationError, yaml's YAMLError, OSError.
    """
    if isinstance(source, dict):
        return Manifest.model_validate(source)
    text = source.read_text(encoding="utf-8") if isinstance(source, Path) else source
    return Manifest.model_validate(_parsed(text))


def _parsed(text: str) -> Any:
    """JSON is YAML, but for the tabs that may indent it."""
    try:
        return json.loads(text)
    except ValueError:
        return yaml.safe_load(text)


def install(manifest: Manifest, request_url: str | None = None) -> App:
    """The app installed in the sandbox; with a `request_url` it is reached there alone, whatever the manifest says."""
    features, settings = manifest.features, manifest.settings
    elsewhere = {} if request_url is None else {"url": None}
    return App(
        id="A0SANDBOX",
        name=features.bot_user.display_name or manifest.display_information.name,
        bot_id="B0SANDBOX",
        bot_user_id="U0SANDBOXBOT",
        bot_token=BOT_TOKEN,
        app_token=APP_TOKEN,
        signing_secret=SIGNING_SECRET,
        verification_token="sandbox-verification-token",
        scopes=set(manifest.oauth_config.scopes.bot),
        bot_events=set(settings.event_subscriptions.bot_events),
        commands={c.command: c.model_dump() | elsewhere for c in features.slash_commands},
        shortcuts=[s.model_dump() for s in features.shortcuts],
        socket_mode=settings.socket_mode_enabled and request_url is None,
        interactivity=settings.interactivity.is_enabled,
        request_url=request_url or settings.event_subscriptions.request_url or settings.interactivity.request_url,
        options_url=None if request_url else settings.interactivity.message_menu_options_url,
        home_tab=features.app_home.home_tab_enabled,
        messages_tab=features.app_home.messages_tab_enabled,
    )

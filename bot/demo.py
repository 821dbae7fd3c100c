"""The bot in the sandbox, for whoever has no Slack at hand: the organisation of the example, and alerts to try."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.main import Running, can_be_mended, running_bot
from bot.manifest import MANIFEST
from bot.organisation_file.applying import apply_text, read_text
from bot.organisation_file.names import asking
from bot.sample_alerts import SAMPLE_ALERTS
from bot.settings import Settings
from incidents.actions.keys import new_key
from sandbox.samples import SampleRequest
from sandbox.server import Sandbox, running_sandbox

EXAMPLE = Path(__file__).parent.parent / "org.example.yml"
"""The organisation of the demo."""


@asynccontextmanager
async def running_demo(port: int) -> AsyncIterator[tuple[Sandbox, Running]]:
    """The sandbox, served at ``port``, and the bot at work in it, while the block runs. Raises WrongSettings."""
    with TemporaryDirectory() as folder:
        async with AsyncExitStack() as stack:
            with can_be_mended(
                OSError, what=f"Port {port} cannot be used: ", hint="Choose another: make demo PORT=8066."
            ):
                sandbox = await stack.enter_async_context(running_sandbox(MANIFEST, port=port))
            settings = sandbox_settings(sandbox, f"sqlite:///{folder}/tocsin.db")
            running = await stack.enter_async_context(running_bot(settings))
            await apply_text(running.bot.core, read_text(EXAMPLE), asking(running.bot.slack))
            await offer_samples(sandbox, running)
            yield sandbox, running


async def offer_samples(sandbox: Sandbox, running: Running) -> None:
    """The sandbox has a button for each sample alert, which its source's tool posts."""
    keys = {source: await new_key(running.bot.core, source) for source in {each.source for each in SAMPLE_ALERTS}}
    sandbox.offer(
        *(
            SampleRequest(
                name=sample.name,
                url=f"http://127.0.0.1:{running.port}/alerts/{sample.source}/{keys[sample.source]}",
                description=sample.description,
                body=sample.body,
                repeat=sample.repeat,
                series=sample.series,
                advances=sample.advances,
            )
            for sample in SAMPLE_ALERTS
        )
    )


def sandbox_settings(sandbox: Sandbox, database_url: str) -> Settings:
    """The settings of a bot that works in ``sandbox``."""
    return Settings(
        _env_file=None,
        slack_bot_token=sandbox.app.bot_token,
        slack_app_token=sandbox.app.app_token if sandbox.app.socket_mode else "",
        slack_signing_secret=sandbox.app.signing_secret,
        slack_api_url=sandbox.api_url,
        slack_rates="none" if sandbox.slack.limits.mode == "off" else "published",
        database_url=database_url,
        tocsin_port=0,
        tocsin_operations_port=0,
    )

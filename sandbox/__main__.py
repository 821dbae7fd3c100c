"""`python -m sandbox`: a Slack workspace on this machine, in a process of its own.

Prints where it is and the tokens to give to an app.
"""

import asyncio
from pathlib import Path

import click
from pydantic import ValidationError
from yaml import YAMLError

from sandbox.deliveries.transport import Timing
from sandbox.limits import MODES, Mode
from sandbox.server import Sandbox, running_sandbox


@click.command()
@click.option("--port", default=8043, show_default=True, help="Port on 127.0.0.1; 0 takes a free one.")
@click.option(
    "--manifest",
    default="app_manifest.yml",
    show_default=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The app's Slack manifest.",
)
@click.option("--request-url", default=None, help="Deliver over HTTP to this address instead of Socket Mode.")
@click.option(
    "--limits",
    default="off",
    show_default=True,
    type=click.Choice(MODES),
    help="Slack's rate limits: as Slack publishes them, or without the bursts it tolerates.",
)
@click.option(
    "--hurry",
    default=1.0,
    show_default=True,
    type=click.FloatRange(min=1),
    help="How many times sooner than from Slack an event comes again that was not acknowledged.",
)
def main(port: int, manifest: Path, request_url: str | None, limits: Mode, hurry: float) -> None:
    """Run a Slack workspace on this machine, with the app of a manifest installed."""
    try:
        asyncio.run(_serve(port, manifest, request_url, limits, hurried(hurry)))
    except KeyboardInterrupt:
        click.echo()
    except OSError as problem:
        raise click.ClickException(f"cannot listen on port {port}: {problem.strerror}") from problem
    except (ValidationError, YAMLError) as problem:
        raise click.ClickException(f"{manifest} is not a Slack manifest: {problem}") from problem


def hurried(times: float) -> Timing:
    """Slack's times, the waits before an event comes again so many times shorter."""
    return Timing(retries=tuple(wait / times for wait in Timing().retries))


async def _serve(port: int, manifest: Path, request_url: str | None, limits: Mode, timing: Timing) -> None:
    serving = running_sandbox(manifest, port=port, request_url=request_url, limits=limits, timing=timing)
    async with serving as sandbox:
        click.echo(_greeting(sandbox))
        await asyncio.Event().wait()


def _greeting(sandbox: Sandbox) -> str:
    app = sandbox.app
    lines = [
        f"{sandbox.workspace.team_name} is open: {sandbox.url}",
        f"SLACK_API_URL={sandbox.api_url}",
        f"SLACK_BOT_TOKEN={app.bot_token}",
    ]
    lines.append(
        f"SLACK_APP_TOKEN={app.app_token}" if app.socket_mode else f"SLACK_SIGNING_SECRET={app.signing_secret}"
    )
    return "\n".join(lines)


if __name__ == "__main__":
    main()

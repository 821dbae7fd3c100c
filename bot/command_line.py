"""The command line: `tocsin run`, `tocsin demo`, and what is looked at or changed while no bot runs."""

import asyncio
import logging
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import click
import structlog

from bot.doctor import examine
from bot.exporting import WRITERS, export_timeline
from bot.logs import start_log
from bot.main import for_ever, now, opened_storage, running_bot, settle_memory, until_stopped
from bot.organisation_file.addresses import address_lines, page_lines
from bot.organisation_file.applying import apply_text, foresee_text, lines_of, read_text, written_organisation
from bot.organisation_file.names import asking, without_slack
from bot.organisation_file.places import BadFile
from bot.people import People
from bot.settings import Settings, WrongSettings, load_settings
from bot.slack import Door
from bot.tokens import BOT_TOKEN, token_taken, web_client
from incidents.actions.keys import new_key, new_page_key
from incidents.actions.services import register_services
from incidents.core import Core
from incidents.model.incident import Incident
from incidents.model.refusals import Refusal
from incidents.model.vocabulary import parse_incident_number
from storage.storage import SqlStorage
from storage.verify import verify as verify_timeline

log = structlog.get_logger()


def carry_out(work: Coroutine[Any, Any, int]) -> None:
    """Run ``work`` and leave with its exit code; what a person can mend is one sentence and exit code 2."""
    try:
        sys.exit(asyncio.run(work))
    except Refusal as refusal:
        click.echo(refusal.sentence, err=True)
        sys.exit(2)
    except WrongSettings as wrong:
        click.echo(str(wrong), err=True)
        sys.exit(2)


@click.group()
def cli() -> None:
    """Tocsin: incidents, in Slack."""
    start_log(logging.INFO)


@cli.command()
def run() -> None:
    """Work in your Slack workspace until stopped."""

    async def work() -> None:
        settings = load_settings()
        async with running_bot(settings) as running:
            settle_memory()
            way = "HTTP" if settings.over_http else "Socket Mode"
            log.info(
                "ready",
                slack=way,
                http=f"{settings.tocsin_host}:{running.port}",
                operations=f"{settings.tocsin_operations_host}:{running.operations_port}",
            )
            await for_ever()

    carry_out(until_stopped(work()))


@cli.command()
@click.option("--port", default=8065, show_default=True, help="Where the sandbox is served; 0 takes a free port.")
def demo(port: int) -> None:
    """Try it without Slack: the real bot in a workspace on this machine, in your browser."""
    from bot.demo import running_demo  # a tenth of the time in which `run` starts, which has no use for it

    async def work() -> None:
        async with running_demo(port) as (sandbox, running):
            pages = await running.bot.core.storage.read.public.snapshots()
            click.echo(f"\n  Open {sandbox.url} in your browser.")
            for page in pages:
                click.echo(f"  Customers read {running.bot.url}/status/{page.page.id}")
            click.echo("\n  Ctrl-C ends it; nothing is kept.\n")
            await for_ever()

    start_log(logging.WARNING)
    carry_out(until_stopped(work()))


@cli.command()
@click.argument("names", nargs=-1, required=True)
def services(names: tuple[str, ...]) -> None:
    """Name the services that incidents can affect: tocsin services Checkout API "Mobile app"."""

    async def work() -> int:
        async with opened_storage(load_settings()) as storage:
            for service in await register_services(Core(storage, now), names):
                click.echo(f"{service.name} ({service.id})")
        return 0

    carry_out(work())


@cli.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what would be changed.")
def apply(file: Path, dry_run: bool) -> None:
    """Make the organisation (teams, services, schedules …) what a YAML FILE says."""

    async def work() -> int:
        settings = load_settings()
        slack = door_if_any(settings)
        text, lookup = read_text(file), asking(slack) if slack else without_slack
        async with opened_storage(settings) as storage:
            try:
                with token_taken(BOT_TOKEN):
                    carry = foresee_text if dry_run else apply_text
                    made = await carry(Core(storage, now), text, lookup, file.parent)
            except BadFile as bad:
                for fault in bad.faults:
                    click.echo(f"{file}:{fault.line}:{fault.column}: {fault.sentence}", err=True)
                return 2
        for line in lines_of(made):
            click.echo(line)
        if dry_run and made.changes:
            click.echo("This was a dry run: nothing was changed.")
        return 0

    carry_out(work())


@cli.command("source-key")
@click.argument("source")
def source_key(source: str) -> None:
    """Make a new key for an alert source, and show its address; the key before it stays valid for a day."""

    async def work() -> int:
        settings = load_settings()
        async with opened_storage(settings) as storage:
            core = Core(storage, now)
            key = await new_key(core, source)
            organisation = await storage.read.organisation.current()
        for line in address_lines(settings.url, source, organisation.sources[source].tool, key):
            click.echo(line)
        return 0

    carry_out(work())


@cli.command("page-key")
@click.argument("page")
def page_key(page: str) -> None:
    """Make a new key for a private status page, and show its link; the key before it stays valid for a day."""

    async def work() -> int:
        settings = load_settings()
        async with opened_storage(settings) as storage:
            key = await new_page_key(Core(storage, now), page)
        for line in page_lines(settings.url, page, key):
            click.echo(line)
        return 0

    carry_out(work())


@cli.command()
@click.argument("what", default="org")
@click.option("--format", "form", type=click.Choice(list(WRITERS)), default="markdown", show_default=True)
def export(what: str, form: str) -> None:
    """Write the organisation (org) as a file for `apply`, or the whole timeline of an incident (INC-12)."""

    async def work() -> int:
        settings = load_settings()
        async with opened_storage(settings) as storage:
            slack = door_if_any(settings)
            if what == "org":
                click.echo(await written_organisation(Core(storage, now), slack), nl=False)
                return 0
            found = await find_incident(storage, what)
            people = People(slack, "", storage.read.organisation) if slack else None
            click.echo(await export_timeline(storage, found, form, people), nl=False)
        return 0

    carry_out(work())


def door_if_any(settings: Settings) -> Door | None:
    """Slack's door, where there is a token for it."""
    return Door(web_client(settings, settings.slack_bot_token)) if settings.slack_bot_token else None


@cli.command()
@click.argument("incident")
def verify(incident: str) -> None:
    """Recompute the chain of an incident's timeline (INC-12), and name the first broken entry."""

    async def work() -> int:
        async with opened_storage(load_settings()) as storage:
            number = (await find_incident(storage, incident)).number
            broken = await verify_timeline(storage, number)
        if broken is not None:
            click.echo(f"INC-{number}: the timeline is broken at entry {broken}.", err=True)
            return 1
        click.echo(f"INC-{number}: the timeline is whole.")
        return 0

    carry_out(work())


async def find_incident(storage: SqlStorage, written: str) -> Incident:
    """The incident that is called ``INC-12`` or ``12``. Raises WrongSettings."""
    number = parse_incident_number(written) or parse_incident_number(f"INC-{written}")
    incident = await storage.read.incident(number) if number is not None else None
    if incident is None:
        raise WrongSettings(f'There is no incident "{written}" in this database. Write it as INC-12.')
    return incident


@cli.command()
def retry() -> None:
    """Try again what was given up: `tocsin doctor` says what, and why."""

    async def work() -> int:
        async with opened_storage(load_settings()) as storage:
            parked = await storage.jobs.parked()
            for each in parked:
                await storage.jobs.retry(each.job.id, now())
        click.echo(f"{len(parked)} to try again; the bot does it while it runs.")
        return 0

    carry_out(work())


@cli.command()
def doctor() -> None:
    """Look at settings, database, Slack and manifest, and change nothing; say what to do for each fault."""
    from storage.examination import examine_database  # and with it Alembic, which `run` seldom needs

    async def work() -> int:
        sick = False
        async for finding in examine(examine_database):
            click.echo(f"{'✗' if finding.faults else '✓'} {finding.what}")
            for line in [*finding.faults, *finding.notes]:
                click.echo(f"    {line}")
            sick = sick or bool(finding.faults)
        return 1 if sick else 0

    carry_out(work())

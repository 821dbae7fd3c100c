"""The form of how somebody is reached beside Slack: by which addresses, how soon, and at what hours.

Addresses are an admin's to enter, since the bot opens them and they name its environment's variables; when each is
used, and when to be quiet, everybody says for themselves.
"""

from slack_sdk.models.blocks import Block

from bot import payloads
from bot.cards.blocks import context, section
from bot.cards.text import escape
from bot.forms.form import ask, text_box, text_in
from bot.forms.settings.fields import Around, WrongField, severity_in, severity_question, time_in, time_question
from bot.organisation_file.writing import written_minutes
from bot.organisation_file.written import minutes_in
from incidents.model.organisation import Notifications, Outside, Quiet

SEPARATOR = " after "
NO_ADDRESS = "Beside Slack, nothing is set up for you. An admin can add your phone or e-mail: Home, Settings, People."


def questions(wanted: Notifications | None, around: Around) -> list[Block]:
    """All of it, for admins."""
    ways = "\n".join(f"{way.url}{SEPARATOR}{written_minutes(way.after)}" for way in wanted.outside) if wanted else ""
    return [
        ask(
            "outside",
            "Addresses beside Slack",
            text_box(3_000, ways, lines=True, placeholder="mailto://${SMTP}?to=ana@example.com after 2 minutes"),
            hint="A line an address of Apprise (appriseit.com/services); ${NAME} is of the bot's environment.",
            optional=True,
        ),
        *_quiet_questions(wanted, around),
    ]


def read(view: payloads.View, before: Notifications | None) -> Notifications:
    """Raises WrongField."""
    lines = [line.strip() for line in text_in(view, "outside").splitlines() if line.strip()]
    return Notifications(outside=tuple(_way(line) for line in lines), quiet=_read_quiet(view))


def own_questions(wanted: Notifications | None, around: Around) -> list[Block]:
    """What everybody says for themselves; addresses are shown by their kind alone, for they may hold secrets."""
    ways = wanted.outside if wanted else ()
    after = [
        ask(
            f"after.{number}",
            f"{number + 1}. {way.url.partition(':')[0]}: after",
            text_box(20, written_minutes(way.after)),
            hint="How long after the page in Slack, as 2 minutes.",
        )
        for number, way in enumerate(ways)
    ]
    return [*(after or [context(escape(NO_ADDRESS))]), *_quiet_questions(wanted, around)]


def read_own(view: payloads.View, before: Notifications | None) -> Notifications:
    """Raises WrongField."""
    ways = before.outside if before else ()
    outside = (
        way.model_copy(update={"after": _minutes(f"after.{number}", text_in(view, f"after.{number}"))})
        for number, way in enumerate(ways)
    )
    return Notifications(outside=tuple(outside), quiet=_read_quiet(view))


def _quiet_questions(wanted: Notifications | None, around: Around) -> list[Block]:
    quiet = wanted.quiet if wanted else None
    return [
        section("*Quiet hours*: then, only what is urgent goes anywhere but Slack. Leave the times out for none."),
        time_question("begin", "From", quiet.begin if quiet else None),
        time_question("end", "Until", quiet.end if quiet else None),
        ask("timezone", "Time zone", text_box(60, quiet.timezone if quiet else around.timezone), optional=True),
        *severity_question("urgent", "Urgent from", quiet.urgent if quiet else Quiet.model_fields["urgent"].default),
    ]


def _read_quiet(view: payloads.View) -> Quiet | None:
    begin, end = time_in(view, "begin"), time_in(view, "end")
    if begin is None and end is None:
        return None
    if begin is None or end is None:
        raise WrongField("begin" if begin is None else "end", "Quiet hours have a beginning and an end.")
    return Quiet(
        begin=begin, end=end, timezone=text_in(view, "timezone").strip() or "UTC", urgent=severity_in(view, "urgent")
    )


def _way(line: str) -> Outside:
    url, _, after = line.partition(SEPARATOR)
    return Outside(url=url.strip(), after=_minutes("outside", after))


def _minutes(block_id: str, text: str) -> int:
    try:
        return minutes_in(text or "0")
    except ValueError as error:
        raise WrongField(block_id, "Write how long after the page in Slack, as 2 minutes.") from error

"""The form of a schedule: people who take turns, or a calendar that another tool publishes."""

from slack_sdk.models.blocks import Block

from bot import payloads
from bot.forms.form import ask, text_box, text_in
from bot.forms.settings.fields import (
    Around,
    WrongField,
    day_in,
    day_question,
    menu_in,
    menu_question,
    people_in,
    people_question,
    time_in,
    time_question,
)
from bot.organisation_file.writing import written_turn
from bot.organisation_file.written import turn_in
from incidents.model.checked import NAME_LIMIT
from incidents.model.organisation import Rotation, Schedule, Weekday

START = "start"


def questions(schedule: Schedule | None, around: Around) -> list[Block]:
    rotation = schedule.rotation if schedule else None
    days = {START: "As the first turn", **{day.value: day.value.capitalize() for day in Weekday}}
    day = rotation.day.value if rotation and rotation.day else START
    return [
        ask("name", "Name", text_box(NAME_LIMIT, schedule.name if schedule else "")),
        people_question(
            "members", "Who takes turns", rotation.members if rotation else (), hint="In this order, over and over."
        ),
        day_question("start", "The first turn begins", rotation.start if rotation else None),
        ask(
            "length",
            "A turn is",
            text_box(20, written_turn(rotation) if rotation else "1 week"),
            hint="1 week, 2 weeks, 1 day, 3 days …",
            optional=True,
        ),
        *menu_question("day", "Turns change on (for turns of weeks)", days, day),
        time_question("at", "Turns change at", rotation.at if rotation else Rotation.model_fields["at"].default),
        ask(
            "timezone",
            "Time zone",
            text_box(60, rotation.timezone if rotation else around.timezone),
            hint="As Europe/Berlin.",
            optional=True,
        ),
        ask(
            "calendar",
            "Or a calendar",
            text_box(2_000, (schedule.calendar or "") if schedule else "", placeholder="https://….ics"),
            hint="The iCal address that another on-call tool publishes. Then leave out who takes turns.",
            optional=True,
        ),
    ]


def read(view: payloads.View, before: Schedule | None) -> Schedule:
    """Raises WrongField."""
    calendar = text_in(view, "calendar").strip()
    if calendar:
        if people_in(view, "members"):
            raise WrongField("calendar", "Either people take turns or a calendar says who is on call: leave out one.")
        return Schedule(name=text_in(view, "name"), calendar=calendar)
    return Schedule(name=text_in(view, "name"), rotation=_rotation(view))


def _rotation(view: payloads.View) -> Rotation:
    start = day_in(view, "start")
    if start is None:
        raise WrongField("start", "Choose the day on which the first turn begins.")
    try:
        length, unit = turn_in(text_in(view, "length") or "1 week")
    except ValueError as error:
        raise WrongField("length", _sentence(error)) from error
    day = menu_in(view, "day") or START
    return Rotation.model_validate(
        {
            "members": people_in(view, "members"),
            "start": start,
            "length": length,
            "unit": unit,
            "day": None if day == START else day,
            "at": time_in(view, "at") or Rotation.model_fields["at"].default,
            "timezone": text_in(view, "timezone").strip() or "UTC",
        }
    )


def _sentence(error: ValueError) -> str:
    said = str(error)
    return f"{said[:1].upper()}{said[1:]}."

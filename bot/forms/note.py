"""The form behind `/incident note`."""

from typing import Any

from bot import payloads
from bot.forms.form import Carried, ask, modal, text_box, text_in
from bot.typed import markup
from incidents.model.text import COMMENT_LIMIT


def note_form(carried: Carried) -> dict[str, Any]:
    box = text_box(COMMENT_LIMIT, lines=True)
    question = ask("note", "Note", box, hint="Goes onto the timeline, and into the incident's channel.")
    return modal("note", "Add a note", "Add", [question], carried)


def read(view: payloads.View) -> str:
    return markup(text_in(view, "note"))

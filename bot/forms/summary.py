"""The form behind `/incident summary`."""

from typing import Any

from bot import payloads
from bot.forms.form import Carried, ask, modal, text_box, text_in
from incidents.model.incident import Incident
from incidents.model.text import SUMMARY_LIMIT


def summary_form(incident: Incident, carried: Carried) -> dict[str, Any]:
    box = text_box(SUMMARY_LIMIT, incident.summary, lines=True)
    question = ask(
        "summary", "Summary", box, hint="What is known: what fails, since when, what still works.", optional=True
    )
    return modal("summary", "Change the summary", "Change", [question], carried)


def read(view: payloads.View) -> str:
    """A blank where it was emptied, which removes the summary; nothing at all would ask for it again."""
    return text_in(view, "summary") or " "

"""The form behind `/incident title`."""

from typing import Any

from bot import payloads
from bot.forms.form import Carried, ask, modal, text_box, text_in
from incidents.model.incident import Incident
from incidents.model.text import TITLE_LIMIT


def title_form(incident: Incident, carried: Carried) -> dict[str, Any]:
    box = text_box(TITLE_LIMIT, incident.title)
    question = ask("title", "Title", box, hint="What is broken, and for whom.")
    return modal("title", "Change the title", "Change", [question], carried)


def read(view: payloads.View) -> str:
    return text_in(view, "title")

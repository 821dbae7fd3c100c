"""The form behind `/incident reopen`: it asks for the reason."""

from typing import Any

from bot import payloads
from bot.forms.form import Carried, ask, modal, text_box, text_in
from incidents.model.text import REASON_LIMIT


def reopen_form(carried: Carried) -> dict[str, Any]:
    question = ask("reason", "Why?", text_box(REASON_LIMIT), hint="What shows that it is not over.")
    return modal("reopen", "Reopen the incident", "Reopen", [question], carried)


def read(view: payloads.View) -> str:
    return text_in(view, "reason")

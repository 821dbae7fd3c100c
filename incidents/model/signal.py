"""What a monitoring tool says, whichever tool it is: something fires, is taken on, is over, or is remarked upon.

Each tool's module in `web/alerts` reads its own payload into these.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from incidents.model.text import storable
from incidents.model.vocabulary import DEFAULT_SEVERITY, Severity

KEY_LIMIT = 500
TITLE_LIMIT = 500
DETAILS_LIMIT = 10_000
LINK_LIMIT = 2_000
LABEL_LIMIT = 1_000
LABELS = 50
"""How many labels of one signal are kept."""


def _within(limit: int) -> AfterValidator:
    """A tool's text is never refused for its length: what is beyond ``limit`` characters gives way to an ellipsis."""

    def cut(text: str) -> str:
        kept = storable(text.strip())
        return kept if len(kept) <= limit else kept[: limit - 1] + "…"

    return AfterValidator(cut)


def _few(labels: dict[str, str]) -> dict[str, str]:
    return dict(list(labels.items())[:LABELS])


Label = Annotated[str, _within(LABEL_LIMIT)]


class SignalKind(StrEnum):
    """What the tool says of the alert with this key."""

    FIRE = "fire"
    ACCEPT = "accept"
    RESOLVE = "resolve"
    COMMENT = "comment"


class Signal(BaseModel):
    """One thing that a tool says of one alert.

    ``key`` tells the source's alerts apart: while one is open, what fires with the same key is the same alert.
    """

    model_config = ConfigDict(frozen=True)

    kind: SignalKind
    key: Annotated[str, Field(min_length=1, max_length=KEY_LIMIT), AfterValidator(storable)]
    title: Annotated[str, _within(TITLE_LIMIT)] = ""
    severity: Severity = DEFAULT_SEVERITY
    details: Annotated[str, _within(DETAILS_LIMIT)] = ""
    """Plain text: what the tool says beyond the title; of a comment, the comment."""
    service: Annotated[str, _within(TITLE_LIMIT)] = ""
    """The service as the tool names it: an id, a name or an alias of one of the organisation's, or something else."""
    link: Annotated[str, _within(LINK_LIMIT)] = ""
    """Where the tool shows the alert (http or https, else it is not shown)."""
    runbook: Annotated[str, _within(LINK_LIMIT)] = ""
    labels: Annotated[dict[Label, Label], AfterValidator(_few)] = {}
    """Whatever else tells it apart, by name: what auto-declare rules match."""
    began_at: datetime | None = None
    """Since when it fires, where the tool says so (aware)."""
    episode: str | None = None
    """The tool's name for this stretch of firing; once it is over, what still arrives of it is late."""
    delivery: str | None = None
    """The tool's name for this very message, where it has one: delivered twice, it counts once."""

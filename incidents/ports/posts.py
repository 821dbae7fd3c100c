"""The messages that the bot keeps up to date: what for, and where they are."""

from dataclasses import dataclass
from enum import StrEnum

from incidents.model.identity import Channel


class Purpose(StrEnum):
    """What a message that the bot keeps up to date is for."""

    CARD = "card"
    ANNOUNCEMENT = "announcement"
    ALERT = "alert"
    STORM = "storm"
    STORM_LIST = "storm_list"
    CALL = "call"
    DRAFT = "draft"


@dataclass(frozen=True)
class Post:
    """A message the bot wrote and will edit: where it is, and its id there.

    ``subject`` is the number of the incident, alert, storm or call that the purpose is about; ``part`` tells several
    messages about one apart.
    """

    subject: int
    purpose: Purpose
    channel: Channel
    message: str
    part: int = 0

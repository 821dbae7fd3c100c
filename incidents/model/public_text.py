"""What a status update says, word for word: approval is for exactly this, so it has a digest."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, model_validator

from incidents.model.text import storable
from incidents.model.vocabulary import Impact, PublicStatus
from incidents.public.page import Window
from incidents.public.words import Stage

Words = Annotated[str, AfterValidator(storable)]


class AffectedForPublic(BaseModel):
    """A service as customers are told of it: its name, and how it does."""

    model_config = ConfigDict(frozen=True)

    name: Words
    impact: Impact


class PublicText(BaseModel):
    """All that approval is for. Times are aware UTC.

    ``body`` is Markdown; ``services`` is, by the service's id, what customers are told about each. With ``begins_at``
    and ``ends_at`` it announces planned maintenance.
    """

    model_config = ConfigDict(frozen=True)

    title: Words
    status: PublicStatus
    body: Words
    services: Mapping[str, AffectedForPublic] = {}
    notify: bool = True
    """Whether subscribers are told."""
    next_at: datetime | None = None
    """When the next update is promised."""
    publish_at: datetime | None = None
    """Not to be published before; none: as soon as it is approved."""
    begins_at: datetime | None = None
    ends_at: datetime | None = None

    @model_validator(mode="after")
    def _whole_window(self) -> Self:
        if (self.begins_at is None) != (self.ends_at is None):
            raise ValueError("maintenance has a beginning and an end")
        if self.begins_at is not None and self.ends_at is not None and self.begins_at >= self.ends_at:
            raise ValueError("maintenance ends after it begins")
        return self

    @property
    def digest(self) -> str:
        """SHA-256, in hex, of every word of it."""
        said = json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(said.encode()).hexdigest()

    def stands(self, at: datetime) -> PublicStatus | Stage:
        """What customers who read it at ``at`` are told of where things stand."""
        if self.begins_at is None or self.ends_at is None:
            return self.status
        return Window(self.begins_at, self.ends_at).stage(self.status, at)

    def promises_before(self, now: datetime) -> bool:
        """Whether the next update is promised for a time that is past when customers read it, now or later."""
        return self.next_at is not None and self.next_at <= max(now, self.publish_at or now)

    @property
    def affected(self) -> dict[str, Impact]:
        """How each service does after it, by its id: once all is over, none is affected."""
        return {} if self.status is PublicStatus.RESOLVED else self.impacts

    @property
    def impacts(self) -> dict[str, Impact]:
        """How each service does, by its id."""
        return {service: told.impact for service, told in self.services.items()}

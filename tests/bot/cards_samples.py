"""What the tests of cards share: people, an incident in the middle of things, and a card read as its reader does."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from incidents.model import facts
from incidents.model.identity import TOCSIN, Channel, Person, PlatformId
from incidents.model.incident import Incident
from incidents.model.parts import Act, Declaration, Service
from incidents.model.vocabulary import Impact, Severity

T0 = datetime(2026, 11, 23, 3, 12, tzinfo=UTC)
NOW = T0 + timedelta(minutes=14)

ANA, BEN, CLEO, DAN = (Person.of("slack", f"U00{name}") for name in ("ANA", "BEN", "CLEO", "DAN"))
CHANNEL = Channel.of("slack", "C00CHECKOUT")
CHECKOUT, API = Service("checkout", "Checkout"), Service("api", "API")


def name_of(named: PlatformId) -> str:
    """``ana`` for U00ANA."""
    return named.id[3:].lower()


def act(by: Person, minutes: float = 5) -> Act:
    """Something ``by`` does some ``minutes`` after the declaration."""
    return Act(by, T0 + timedelta(minutes=minutes))


def incident(*, page: Sequence[Person] = (), **declared: Any) -> Incident:
    """INC-12, declared by ana at 03:12 with what ``declared`` says of it, who paged some; its channel is open."""
    declaration = Declaration(
        **{
            "title": "Checkout fails for card payments",
            "severity": Severity.SEV2,
            "services": {CHECKOUT: Impact.PARTIAL_OUTAGE, API: Impact.DEGRADED},
        }
        | declared
    )
    made = Incident.declare(12, declaration, Act(ANA, T0))
    made.record_paging([facts.Paged(person=person) for person in page], Act(ANA, T0))
    made.attach_channel(CHANNEL, "inc-12-checkout-fails", act(TOCSIN, 1))
    return made


def elements(shown: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every button and menu of a message or view, each with the ``block_id`` that its press would have."""
    for block in shown["blocks"]:
        inside = block["elements"] if block["type"] == "actions" else [block.get("accessory")]
        for element in inside:
            if element is not None and "action_id" in element:
                yield {**element, "block_id": block.get("block_id", "")}


def button(shown: Mapping[str, Any], label: str) -> dict[str, Any]:
    """The press of the one button that reads ``label``."""
    (found,) = [each for each in elements(shown) if each["type"] == "button" and each["text"]["text"] == label]
    return found


def labels(shown: Mapping[str, Any]) -> list[str]:
    """What the buttons read."""
    return [each["text"]["text"] for each in elements(shown) if each["type"] == "button"]


def read(shown: Mapping[str, Any]) -> str:
    """All the text of a message or view, top to bottom, but for its buttons and menus."""
    texts = []
    for block in shown["blocks"]:
        parts = [block.get("text")] if "text" in block else block.get("elements", [])
        texts += [part["text"] for part in parts if block["type"] != "actions" and isinstance(part, dict)]
    return "\n".join(texts)


def choosing(shown: Mapping[str, Any], action_id: str, value: str) -> dict[str, Any]:
    """The press of choosing the option ``value`` in a menu that offers it."""
    (menu,) = [each for each in elements(shown) if each["action_id"] == action_id and each["type"] != "button"]
    (option,) = [each for each in menu["options"] if each["value"] == value]
    return {"type": menu["type"], "action_id": action_id, "block_id": menu["block_id"], "selected_option": option}

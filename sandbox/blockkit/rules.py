"""The few kinds of rule that Block Kit's published schema is made of.

A rule looks at a value and names every fault with a JSON pointer, in the words Slack's own validator uses
(docs.slack.dev/reference/methods/chat.postMessage, "errors"; docs.slack.dev/reference/methods/blocks.validate).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Fault:
    pointer: str
    message: str

    def __str__(self) -> str:
        return f"{self.message} [json-pointer:{self.pointer}]"


Rule = Callable[[Any, str], Iterator[Fault]]
Fields = dict[str, Rule]


def string(most: int | None = None, least: int = 1) -> Rule:
    """Text of `least` to `most` characters."""

    def check(value: Any, at: str) -> Iterator[Fault]:
        if not isinstance(value, str):
            yield Fault(at, "must provide a string")
        elif len(value) < least:
            yield Fault(at, f"must be more than {least - 1} characters")
        elif most is not None and len(value) > most:
            yield Fault(at, f"must be less than {most + 1} characters")

    return check


def boolean(value: Any, at: str) -> Iterator[Fault]:
    if not isinstance(value, bool):
        yield Fault(at, "must provide a boolean")


def integer(least: int, most: int) -> Rule:
    def check(value: Any, at: str) -> Iterator[Fault]:
        if isinstance(value, bool) or not isinstance(value, int):
            yield Fault(at, "must provide a number")
        elif not least <= value <= most:
            yield Fault(at, f"must be between {least} and {most}")

    return check


def number(value: Any, at: str) -> Iterator[Fault]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        yield Fault(at, "must provide a number")


def choice(*allowed: str) -> Rule:
    def check(value: Any, at: str) -> Iterator[Fault]:
        if value not in allowed:
            yield Fault(at, f"must be one of: {', '.join(allowed)}")

    return check


def anything(value: Any, at: str) -> Iterator[Fault]:
    """What Slack checks elsewhere, or this sandbox does not look into."""
    return iter(())


def mapping(value: Any, at: str) -> Iterator[Fault]:
    if not isinstance(value, dict):
        yield Fault(at, "must provide an object")


def array(item: Rule, most: int | None = None, least: int = 1) -> Rule:
    def check(value: Any, at: str) -> Iterator[Fault]:
        if not isinstance(value, list):
            yield Fault(at, "must provide an array")
            return
        if most is not None and len(value) > most:
            yield Fault(at, f"no more than {most} items allowed")
        if len(value) < least:
            yield Fault(at, f"no fewer than {least} items allowed")
        for index, one in enumerate(value):
            yield from item(one, f"{at}/{index}")

    return check


def shape(required: Fields, optional: Fields, *also: Rule) -> Rule:
    """An object with these fields and no others; a null field counts as absent. `also` are rules for the whole."""
    known = required | optional

    def check(value: Any, at: str) -> Iterator[Fault]:
        if not isinstance(value, dict):
            yield Fault(at, "must provide an object")
            return
        for name in required:
            if value.get(name) is None:
                yield Fault(at, f"missing required field: {name}")
        for name, inner in value.items():
            if name == "type" or inner is None:
                continue
            if name in known:
                yield from known[name](inner, f"{at}/{name}")
            else:
                yield Fault(at, f"invalid additional property: {name}")
        for rule in also:
            yield from rule(value, at)

    return check


def by_type(**kinds: Rule) -> Rule:
    """An object that follows the rule named by its `type`."""

    def check(value: Any, at: str) -> Iterator[Fault]:
        if not isinstance(value, dict):
            yield Fault(at, "must provide an object")
            return
        kind = value.get("type")
        if kind is None:
            yield Fault(at, "missing required field: type")
        elif not isinstance(kind, str) or kind not in kinds:
            yield Fault(f"{at}/type", f"unsupported type: {kind}")
        else:
            yield from kinds[kind](value, at)

    return check


def nullable(rule: Rule) -> Rule:
    """The rule, or null."""

    def check(value: Any, at: str) -> Iterator[Fault]:
        if value is not None:
            yield from rule(value, at)

    return check


def not_together(name: str, other: str) -> Rule:
    """Not both are there and true."""

    def check(value: Any, at: str) -> Iterator[Fault]:
        if value.get(name) and value.get(other):
            yield Fault(at, f"{name} is not allowed with {other}")

    return check


def one_of(*names: str) -> Rule:
    """Exactly one of these fields is there."""

    def check(value: Any, at: str) -> Iterator[Fault]:
        given = [name for name in names if value.get(name) is not None]
        if not given:
            yield Fault(at, f"missing required field: {names[0]}")
        elif len(given) > 1:
            yield Fault(at, f"only one of {', '.join(names)} is allowed")

    return check


def some_of(*names: str) -> Rule:
    """At least one of these fields is there."""

    def check(value: Any, at: str) -> Iterator[Fault]:
        if all(value.get(name) is None for name in names):
            yield Fault(at, f"missing required field: {names[0]}")

    return check

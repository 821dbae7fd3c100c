"""Addresses that hold a key: where a tool posts its alerts, in the words of its own settings; a private page's link."""

from collections.abc import Iterator

from incidents.model.organisation import Tool

SHOWN_ONCE = "It is shown only now. A key that was made before stays valid for 24 hours."


def address_lines(url: str, source: str, tool: Tool, key: str) -> Iterator[str]:
    """What to enter in the tool's settings; ``url`` is Tocsin's own."""
    match tool:
        case Tool.PAGERDUTY:
            yield f"Address (instead of https://events.pagerduty.com/v2/enqueue): {url}/v2/enqueue"
            yield f"Integration key (routing_key): {key}"
        case Tool.ILERT:
            yield f"Address (instead of https://api.ilert.com/api/events): {url}/api/events"
            yield f"Integration key (apiKey): {key}"
        case _:
            yield f"{url}/alerts/{source}/{key}"
    yield SHOWN_ONCE


def page_lines(url: str, page: str, key: str) -> Iterator[str]:
    """How a private status page is read with ``key``; ``url`` is Tocsin's own."""
    yield f"{url}/shared/{key}"
    yield f"Or sign in at {url}/private/{page} with the name {page} and the password {key}"
    yield SHOWN_ONCE

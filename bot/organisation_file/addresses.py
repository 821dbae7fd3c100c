"""Where a monitoring tool posts its alerts, in the words of that tool's own settings."""

from collections.abc import Iterator

from incidents.model.organisation import Tool


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
    yield "It is shown only now. A key that was made before stays valid for 24 hours."

"""The sample alerts that the demo offers as buttons: what the tools of `org.example.yml` would post.

In a body, ``{n}`` is a number that tells one press from the next, and ``{now}`` the time.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class SampleAlert:
    """One button: what it is called, which source posts what, and how often."""

    name: str
    description: str
    source: str
    body: Any
    repeat: int = 1
    series: str = ""
    advances: bool = True


def _alertmanager(status: str, name: str, severity: str, summary: str, **labels: str) -> dict[str, Any]:
    alert = {
        "status": status,
        "labels": {"alertname": name, "severity": severity, **labels},
        "annotations": {"summary": summary, "runbook_url": "https://runbooks.example.com/" + name.lower()},
        "startsAt": "{now}",
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "https://prometheus.example.com/graph",
        "fingerprint": f"{name}-{{n}}",
    }
    return {"version": "4", "status": status, "externalURL": "https://alertmanager.example.com", "alerts": [alert]}


def _resolved(body: dict[str, Any]) -> dict[str, Any]:
    return body | {"status": "resolved", "alerts": [alert | {"status": "resolved"} for alert in body["alerts"]]}


CHECKOUT = _alertmanager("firing", "HighErrorRate", "error", "checkout 5xx at 12 % (was 0.1 %)", service="Checkout")
API = _alertmanager("firing", "ApiDown", "critical", "no API instance answers", service="API", environment="production")

SAMPLE_ALERTS = (
    SampleAlert("Checkout fails", "Prometheus fires; Payments is paged", "prometheus", CHECKOUT, series="checkout"),
    SampleAlert(
        "Checkout recovers",
        "The same alert is over",
        "prometheus",
        _resolved(CHECKOUT),
        series="checkout",
        advances=False,
    ),
    SampleAlert("API is down", "So bad that an incident is declared by itself", "prometheus", API),
    SampleAlert(
        "Disk is filling up",
        "Any script can post JSON",
        "anything",
        {"key": "disk-{n}", "title": "Disk of web-{n} is 91 % full", "severity": "warning", "service": "Website"},
    ),
    SampleAlert(
        "Alert storm",
        "200 alerts at once: one thread, one page",
        "prometheus",
        _alertmanager("firing", "PodCrashLooping", "warning", "pod api-{n} restarts again and again", service="API"),
        repeat=200,
    ),
)

"""Prometheus Alertmanager's webhook: what its documentation shows becomes alerts.

https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
"""

from typing import Any

from incidents.model.organisation import Tool
from incidents.model.vocabulary import AlertStatus, Severity
from tests.web.intake import Intake

Json = dict[str, Any]


def group(*alerts: Json) -> Json:
    return {
        "version": "4",
        "groupKey": '{}:{alertname="HighErrorRate"}',
        "truncatedAlerts": 0,
        "status": "firing",
        "receiver": "tocsin",
        "groupLabels": {"alertname": "HighErrorRate"},
        "commonLabels": {"alertname": "HighErrorRate"},
        "commonAnnotations": {},
        "externalURL": "http://alertmanager.example:9093",
        "alerts": list(alerts),
    }


def alert(status: str = "firing", began: str = "2026-11-23T03:05:00.000Z", **more: Any) -> Json:
    return {
        "status": status,
        "labels": {
            "alertname": "HighErrorRate",
            "severity": "critical",
            "service": "checkout-api",
            "instance": "shop-1",
        },
        "annotations": {
            "summary": "checkout 5xx at 12 %",
            "description": "It was 0.1 %.",
            "runbook_url": "https://runbooks.example/5xx",
        },
        "startsAt": began,
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus.example/graph?g0.expr=x",
        "fingerprint": "c6eadffa33fcdf37",
        **more,
    }


async def test_what_fires_is_an_alert_with_all_that_it_tells(intake: Intake) -> None:
    answer = await intake.post(Tool.ALERTMANAGER, group(alert()))
    assert (answer.status, answer.body) == (202, {"status": "accepted"})
    found = await intake.alert()
    assert found.title == "HighErrorRate — checkout 5xx at 12 %"
    assert (found.severity, found.service, found.details) == (Severity.SEV1, "checkout", "It was 0.1 %.")
    assert found.link == "http://prometheus.example/graph?g0.expr=x"
    assert found.runbook == "https://runbooks.example/5xx"
    assert found.labels == {"instance": "shop-1"}
    assert found.began_at.isoformat() == "2026-11-23T03:05:00+00:00"


async def test_each_alert_of_a_group_is_one(intake: Intake) -> None:
    await intake.post(Tool.ALERTMANAGER, group(alert(), alert(fingerprint="other"), alert(fingerprint="third")))
    assert len(await intake.alerts()) == 3


async def test_firing_again_adds_to_it_and_resolved_ends_it(intake: Intake) -> None:
    for _ in range(3):
        await intake.post(Tool.ALERTMANAGER, group(alert()))
    assert ((await intake.alert()).times, (await intake.alert()).status) == (3, AlertStatus.PENDING)
    await intake.post(Tool.ALERTMANAGER, group(alert("resolved", endsAt="2026-11-23T04:00:00Z")))
    assert (await intake.alert()).status is AlertStatus.RESOLVED


async def test_what_is_late_of_an_episode_that_is_over_does_nothing(intake: Intake) -> None:
    await intake.post(Tool.ALERTMANAGER, group(alert()))
    await intake.post(Tool.ALERTMANAGER, group(alert("resolved")))
    await intake.post(Tool.ALERTMANAGER, group(alert()))  # the same startsAt: repeated, not new
    assert (await intake.alert()).status is AlertStatus.RESOLVED
    await intake.post(Tool.ALERTMANAGER, group(alert(began="2026-11-23T05:00:00.000Z")))
    first, second = await intake.alerts()
    assert (first.status, second.status) == (AlertStatus.RESOLVED, AlertStatus.PENDING)
    await intake.post(Tool.ALERTMANAGER, group(alert("resolved")))  # of the first episode
    assert (await intake.alerts())[1].status is AlertStatus.PENDING


async def test_labels_tell_alerts_apart_where_there_is_no_fingerprint(intake: Intake) -> None:
    await intake.post(Tool.ALERTMANAGER, group(alert(fingerprint=""), alert(fingerprint="")))
    await intake.post(Tool.ALERTMANAGER, group(alert(fingerprint="", labels={"alertname": "Other"})))
    assert [each.title.split(" ")[0] for each in await intake.alerts()] == ["HighErrorRate", "Other"]


async def test_what_is_no_group_is_refused_with_what_is_wrong_and_nothing_is_stored(intake: Intake) -> None:
    answer = await intake.post(Tool.ALERTMANAGER, group(alert(startsAt="yesterday")))
    assert answer.status == 422 and answer.body["errors"][0].startswith("alerts.0.startsAt: ")
    older = await intake.post(Tool.ALERTMANAGER, {**group(alert()), "version": "3"})
    assert older.status == 422 and older.body["errors"][0].startswith("version: ")
    assert (await intake.post(Tool.ALERTMANAGER, {"hello": "there"})).body["errors"] == ["alerts: Field required"]
    assert await intake.alerts() == []

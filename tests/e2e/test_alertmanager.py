"""A real Prometheus Alertmanager fires and resolves alerts into the running bot.

https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
"""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml

from incidents.actions.keys import new_key
from incidents.model.organisation import AlertSource, Organisation, Policy, Step, Target, Tool
from tests.e2e.workspace import Workplace, eventually, words

ROUTE = {
    "receiver": "tocsin",
    "group_by": ["alertname"],
    "group_wait": "0s",
    "group_interval": "1s",
    "repeat_interval": "1h",
}


@asynccontextmanager
async def alertmanager(folder: Path, webhook: str) -> AsyncIterator[str]:
    """An Alertmanager that sends all it is told to ``webhook``; gives its own address."""
    config = {
        "route": ROUTE,
        "receivers": [{"name": "tocsin", "webhook_configs": [{"url": webhook, "send_resolved": True}]}],
    }
    (folder / "alertmanager.yml").write_text(yaml.safe_dump(config))
    address = f"127.0.0.1:{free_port()}"
    process = await asyncio.create_subprocess_exec(
        "prometheus-alertmanager",
        f"--config.file={folder / 'alertmanager.yml'}",
        f"--storage.path={folder / 'data'}",
        f"--web.listen-address={address}",
        "--cluster.listen-address=",
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield f"http://{address}"
    finally:
        process.terminate()
        await process.wait()


def free_port() -> int:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


async def tell(address: str, **alert: Any) -> None:
    """Post what Prometheus posts: https://prometheus.io/docs/alerting/latest/alerts_api/"""
    labels = {"alertname": "HighErrorRate", "severity": "critical", "service": "Checkout"}
    told = {"labels": labels, "annotations": {"summary": "checkout 5xx at 12 %"}} | alert

    async def accepted() -> bool:
        try:
            async with (
                aiohttp.ClientSession() as session,
                session.post(f"{address}/api/v2/alerts", json=[told]) as answer,
            ):
                return answer.status == 200
        except aiohttp.ClientConnectionError:
            return False

    await eventually(accepted)


@pytest.fixture
async def webhook(workplace: Workplace) -> str:
    """The secret address of an alert source whose messages go to #general, and whose policy calls Dan."""
    core, port = workplace.running.bot.core, workplace.running.port
    dan = Target(f"person:slack:{workplace.person('dan').id}")
    organisation = Organisation(
        policies={"payments": Policy(name="Payments", steps=(Step(targets=(dan,)),))},
        sources={
            "prod": AlertSource(name="Prometheus prod", tool=Tool.ALERTMANAGER, channel="general", policy="payments")
        },
    )
    async with core.storage.transaction() as unit:
        await unit.organisation.save(organisation)
    key = await new_key(core, "prod")
    return f"http://127.0.0.1:{port}/alerts/prod/{key}"


async def test_alertmanager_fires_into_a_message_and_a_page_and_resolves_it(
    workplace: Workplace, webhook: str, tmp_path: Path
) -> None:
    ana, dan = workplace.person("ana"), workplace.person("dan")
    began = datetime.now(UTC) - timedelta(minutes=3)
    async with alertmanager(tmp_path, webhook) as address:
        await tell(address, startsAt=began.isoformat(), generatorURL="https://prometheus.example.com/graph")
        fired = await workplace.read(ana, workplace.general, "checkout 5xx at 12 %")
        assert "HighErrorRate" in words(fired)
        assert "https://prometheus.example.com/graph" in words(fired)

        await eventually(lambda: paged(workplace, dan.id))

        await tell(address, startsAt=began.isoformat(), endsAt=datetime.now(UTC).isoformat())
        over = await workplace.read(ana, workplace.general, "Resolved")
        assert over["ts"] == fired["ts"]
    (alert,) = [await workplace.running.bot.core.storage.read.alerts.alert(1)]
    assert alert is not None and not alert.is_open
    assert abs(alert.began_at - began) < timedelta(seconds=1)
    assert await workplace.running.bot.core.storage.read.alerts.alert(2) is None


async def paged(workplace: Workplace, user: str) -> bool:
    """Whether the bot has written to ``user`` directly."""
    rooms = [room for room in workplace.sandbox.workspace.channels.values() if room.is_im and user in room.members]
    return any("HighErrorRate" in words(message.text) for room in rooms for message in room.messages.values())

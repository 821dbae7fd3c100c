"""The "Try it" panel: what is sent, how it is numbered, that it stays on this machine, and pressing it in a browser."""

import json
from collections.abc import AsyncIterator

import pytest
from aiohttp import web as http
from playwright.async_api import Browser, expect

from sandbox.refusals import RefusedError
from sandbox.samples import SampleRequest
from sandbox.server import Sandbox
from tests.window import window


class Intake:
    """A server that keeps the bodies it gets, and refuses those that say so."""

    def __init__(self) -> None:
        self.bodies: list[str] = []
        self.url = ""

    async def take(self, request: http.Request) -> http.Response:
        self.bodies.append(await request.text())
        if "wrong" in self.bodies[-1]:
            return http.json_response({"error": "no severity"}, status=422)
        return http.Response(status=202, text="taken")

    @property
    def keys(self) -> list[str]:
        return [json.loads(body)["key"] for body in self.bodies]


@pytest.fixture
async def intake() -> AsyncIterator[Intake]:
    app, intake = http.Application(), Intake()
    app.router.add_post("/alerts", intake.take)
    runner = http.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await http.TCPSite(runner, "127.0.0.1", 0).start()
    intake.url = f"http://127.0.0.1:{runner.addresses[0][1]}/alerts"
    yield intake
    await runner.cleanup()


@pytest.fixture
def offered(sandbox: Sandbox, intake: Intake) -> Sandbox:
    fire = {"key": "checkout-{n}", "status": "firing", "since": "{now}"}
    resolve = {"key": "checkout-{n}", "status": "resolved"}
    sandbox.offer(
        SampleRequest("Fire", intake.url, "Checkout answers 5xx", body=fire, series="checkout"),
        SampleRequest("Resolve", intake.url, body=resolve, series="checkout", advances=False),
        SampleRequest("Storm", intake.url, "Many at once", body={"key": "storm-{n}"}, repeat=25),
        SampleRequest("Wrong", intake.url, body={"key": "wrong"}),
        SampleRequest("Nobody", "http://127.0.0.1:1/alerts", body="plain"),
    )
    return sandbox


async def test_each_press_may_be_something_new_and_another_sample_take_it_back(
    offered: Sandbox, intake: Intake
) -> None:
    ana = offered.person("ana")
    for name in ("Fire", "Resolve", "Fire", "Resolve"):
        assert (await ana.try_sample(name))["statuses"] == {202: 1}
    assert intake.keys == ["checkout-1", "checkout-1", "checkout-2", "checkout-2"]
    assert json.loads(intake.bodies[0])["since"].endswith("Z")


async def test_a_storm_is_many_requests_each_with_its_number(offered: Sandbox, intake: Intake) -> None:
    assert (await offered.person("ana").try_sample("Storm"))["statuses"] == {202: 25}
    assert sorted(intake.keys) == sorted(f"storm-{number}" for number in range(1, 26))


async def test_failures_are_told(offered: Sandbox) -> None:
    ana = offered.person("ana")
    wrong = await ana.try_sample("Wrong")
    assert (wrong["statuses"], json.loads(wrong["said"])) == ({422: 1}, {"error": "no severity"})
    nobody = await ana.try_sample("Nobody")
    assert nobody["statuses"] == {0: 1}
    assert "127.0.0.1:1" in nobody["said"]
    with pytest.raises(RefusedError, match="unknown_sample"):
        await ana.try_sample("Something else")


@pytest.mark.parametrize(
    "url", ["https://alerts.example/1", "http://10.0.0.1/", "http://169.254.169.254/", "file:///x"]
)
def test_samples_stay_on_this_machine(url: str) -> None:
    with pytest.raises(ValueError, match="not on this machine"):
        SampleRequest("Elsewhere", url)


@pytest.mark.browser
@pytest.mark.parametrize("size", [(1280, 800), (390, 844)])
async def test_samples_are_pressed_in_the_page_and_their_answers_seen_by_all(
    browser: Browser, offered: Sandbox, intake: Intake, size: tuple[int, int]
) -> None:
    async with window(browser, offered, "U0ANA", size=size) as ana, window(browser, offered, "U0BEN") as ben:
        panel = ana.page.get_by_role("complementary", name="Try it")
        await expect(panel).to_be_hidden()
        await ana.page.locator("#header").get_by_role("button", name="Try it").click()
        await panel.get_by_role("button", name="Fire").click()
        await expect(panel.get_by_role("button", name="Fire")).to_contain_text("202 in")
        await panel.get_by_role("button", name="Storm").click()
        await expect(panel.get_by_role("button", name="Storm")).to_contain_text("25 × 202 in")
        await panel.get_by_role("button", name="Wrong").click()
        await expect(panel.get_by_role("button", name="Wrong")).to_contain_text("no severity")
        assert len(intake.bodies) == 27
        await ben.page.locator("#header").get_by_role("button", name="Try it").click()
        seen = ben.page.get_by_role("complementary", name="Try it")
        await expect(seen.get_by_role("button", name="Storm")).to_contain_text("25 × 202 in")
        await ana.page.keyboard.press("Escape")
        await expect(panel).to_be_hidden()
        offered.offer()
        await expect(ana.page.get_by_role("button", name="Try it")).to_have_count(0)

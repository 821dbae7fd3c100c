"""What tests of several rooms share: a headless Chromium, where the machine has one.
Everything else stands beside the tests that use it."""

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "browser: drives a page in headless Chromium")


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium, driven by Playwright; the test is skipped where there is none."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("Chromium not found: install Debian's package chromium to run the browser tests")
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        yield chromium
        await chromium.close()


@pytest.fixture
def screenshots(tmp_path: Path) -> Path:
    """The folder for screenshots: TOCSIN_SCREENSHOTS, or the test's own."""
    folder = Path(os.environ.get("TOCSIN_SCREENSHOTS", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    return folder

"""A real Chromium against a running desk. A missing browser skips, and fails where CI=true."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.running import RunningDesk, new_folder

PATIENCE_MILLISECONDS = 20_000  # what is expected appears at once; a busy machine is given its time
expect.set_options(timeout=PATIENCE_MILLISECONDS)

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium_path() -> str:
    found = (
        os.environ.get("CHROMIUM")
        or shutil.which("chromium")
        or shutil.which("chromium-browser")
        or shutil.which("google-chrome")
    )
    if not found:
        message = "No Chromium here: install it (Debian: apt-get install chromium) or name it in CHROMIUM."
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return found


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A person whose key came a moment too early presses it again: here, a test is tried once more, and told as such."""
    for item in items:
        if "browser" in item.keywords:
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="module")
def desk() -> Iterator[RunningDesk]:
    folder = new_folder()
    running = RunningDesk(folder)
    yield running
    running.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Ended with the module: while Playwright runs, this thread has an event loop, and Django refuses its database there."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser, desk: RunningDesk) -> Iterator[Page]:
    """A page that fails the test when the console reports an error or anything leaves this machine."""
    context = browser.new_context(base_url=desk.url, viewport={"width": 1440, "height": 900}, color_scheme="light")
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda problem: complaints.append(str(problem)))
    opened.on(
        "request",
        lambda request: complaints.append(request.url) if not request.url.startswith((desk.url, "data:")) else None,
    )
    yield opened
    context.close()
    assert not complaints, complaints

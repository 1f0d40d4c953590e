"""The wallboard on a running desk: it counts by itself what comes in, also after the desk was gone for a moment, and never scrolls."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_main_job import sign_in
from tests.letters import letter
from tests.running import RunningDesk, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_it_keeps_itself_true(page: Page, desk: RunningDesk) -> None:
    sign_in(page, desk, "supervisor")
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.goto("/wallboard")
    waiting = page.locator(".board-figure").first
    before = int(waiting.inner_text())
    partner = desk.command("sample", "show")["partners"][0]["email"]
    desk.send(letter(partner, "Nothing lights up.", subject="The panel is dark"), partner)
    expect(waiting).to_have_text(str(before + 1))
    for width, height in ((1920, 1080), (1280, 720)):
        page.set_viewport_size({"width": width, "height": height})
        scrolled = page.evaluate("() => { scrollTo(0, 999); return [scrollX, scrollY] }")
        assert scrolled == [0, 0]
        for box in (one.bounding_box() for one in page.locator(".board section, .board footer").all()):
            assert box and box["x"] + box["width"] <= width and box["y"] + box["height"] <= height


def test_after_a_gap_it_reads_itself_anew(browser: Browser, desk: RunningDesk) -> None:
    page = browser.new_page(base_url=desk.url)
    sign_in(page, desk, "supervisor")
    page.goto("/wallboard")
    waiting = page.locator(".board-figure").first
    before = int(waiting.inner_text())
    partner = desk.command("sample", "show")["partners"][0]["email"]
    desk.kill("web")
    desk.send(letter(partner, "It hums only.", subject="The gate stays shut"), partner)
    until(lambda: desk.rows("select 1 from tickets_ticket where subject = 'The gate stays shut'"))
    expect(waiting).to_have_text(str(before + 1), timeout=30_000)
    page.close()

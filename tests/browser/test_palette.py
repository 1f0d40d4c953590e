"""The palette and the keys in a real browser: everything can be done without a mouse."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.visiting import go, note, open_tickets, ready, signed_in
from tests.running import RunningDesk

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_the_palette_by_keyboard(browser: Browser, desk: RunningDesk) -> None:
    number = open_tickets(desk)[0]
    with signed_in(browser, desk, "technician") as page:
        go(page, f"/tickets/{number}")
        page.locator("#composer-text").focus()
        page.keyboard.press("Control+k")
        field = page.get_by_role("combobox", name="Find and do anything")
        expect(field).to_be_focused()
        chosen = page.locator("#palette [aria-selected=true]")
        expect(chosen).to_have_count(1)
        page.keyboard.type("resovle")  # a slip
        expect(page.locator("#palette [role=option]:visible").first).to_contain_text("Resolve")
        expect(page.locator("#palette [data-count]")).to_contain_text(re.compile(r"\d+ results?"))
        first = field.get_attribute("aria-activedescendant")
        page.keyboard.press("ArrowDown")
        expect(field).not_to_have_attribute("aria-activedescendant", first or "")
        page.keyboard.press("ArrowUp")
        expect(field).to_have_attribute("aria-activedescendant", first or "")
        page.keyboard.press("Escape")
        expect(page.locator("#composer-text")).to_be_focused()  # back where one was

        page.keyboard.press("Control+k")
        page.keyboard.type("write note")
        expect(chosen).to_contain_text("Write a note")
        page.keyboard.press("Enter")
        expect(page.locator("[name=mode][value=note]")).to_be_checked()

        page.keyboard.press("Control+k")
        page.keyboard.type(str(open_tickets(desk)[1]))
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/tickets/{open_tickets(desk)[1]}")


def test_the_palette_by_touch(browser: Browser, desk: RunningDesk) -> None:
    with signed_in(browser, desk, "technician", has_touch=True, is_mobile=True) as page:
        page.set_viewport_size({"width": 390, "height": 844})
        go(page, "/")
        page.get_by_role("button", name="Find and do anything").tap()
        page.get_by_role("option", name="Duty").tap()
        page.wait_for_url("**/duty")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_palette_and_help_are_clean_for_everybody(browser: Browser, desk: RunningDesk, theme: str) -> None:
    with signed_in(browser, desk, "technician", color_scheme=theme) as page:
        go(page, f"/tickets/{open_tickets(desk)[0]}")
        for keys, shown in (("Control+k", "#palette [aria-selected=true]"), ("?", "#keys dl")):
            page.keyboard.press(keys)
            expect(page.locator(shown).first).to_be_visible()
            found = Axe().run(page).response["violations"]
            assert not [(fault["id"], fault["nodes"][0]["html"][:200]) for fault in found]
            page.keyboard.press("Escape")


def test_pairs_of_keys_go_places_and_single_ones_can_be_turned_off(browser: Browser, desk: RunningDesk) -> None:
    with signed_in(browser, desk, "technician") as page:
        page.keyboard.press("g")
        page.keyboard.press("d")
        page.wait_for_url("**/developers")
        ready(page)
        page.keyboard.press("?")
        page.get_by_label("Use single keys as shortcuts").uncheck()
        page.keyboard.press("Escape")
        page.keyboard.press("g")
        page.keyboard.press("q")
        page.keyboard.press("Control+k")  # a chord is not a single key
        expect(page.locator("#palette")).to_be_visible()
        assert page.url.endswith("/developers")


# What one may press on a page: buttons, links that look like one, menus. Those in the frame of the page have deeds.
PRESSED = """() => [...document.querySelectorAll('#main :is(button, a.button, summary.button)')]
  .filter((one) => one.checkVisibility() && !one.disabled)
  .map((one) => {
    const copy = one.cloneNode(true);
    for (const part of copy.querySelectorAll('kbd, svg, .count, [aria-hidden=true]')) part.remove();
    return [one.dataset.deed ?? '', copy.textContent.replace(/\\s+/g, ' ').trim() || one.title];
  })"""


@pytest.mark.parametrize("path", ["/", "/tickets/{}", "/duty", "/averages", "/notifications", "/setup/teams/"])
def test_the_palette_offers_everything_that_a_page_has_to_press(browser: Browser, desk: RunningDesk, path: str) -> None:
    with signed_in(browser, desk, "administrator") as page:
        go(page, path.format(open_tickets(desk)[0]))
        pressed = page.evaluate(PRESSED)
        page.keyboard.press("Control+k")
        page.wait_for_selector("#palette [aria-selected=true]")
        names = page.locator("#palette [role=option]:visible").evaluate_all("all => all.map((one) => one.dataset.name)")
        words = page.locator("#palette [data-how=here]").evaluate_all("all => all.map((one) => one.textContent.trim())")
        said = [word for deed, word in pressed if not deed]
        missing = [
            word for deed, word in pressed if not (deed in names if deed else word in words or said.count(word) > 1)
        ]
        assert pressed
        assert not missing, missing


def test_what_is_no_deed_is_pressed_from_the_palette_as_well(browser: Browser, desk: RunningDesk) -> None:
    with signed_in(browser, desk, "technician") as page:
        go(page, "/")
        page.keyboard.press("Control+k")
        page.keyboard.type("unassigned")
        expect(page.locator("#palette [aria-selected=true]")).to_contain_text("Unassigned")
        page.keyboard.press("Enter")
        page.wait_for_url("**/?view=unassigned")


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()")


def test_a_ticket_is_worked_on_without_a_mouse(browser: Browser, desk: RunningDesk) -> None:
    """From the queue to a note, an owner and the end of it, by keys alone; each step where a person would look."""
    with signed_in(browser, desk, "technician") as page:
        go(page, "/?view=unassigned")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url("**/tickets/*")
        ready(page)
        number = int(re.search(r"/tickets/(\d+)", page.url)[1])
        page.keyboard.press("Control+k")
        page.keyboard.type("assign to me")
        page.keyboard.press("Enter")
        expect(page.locator("#ticket-head")).to_contain_text("Assigned to", timeout=10_000)
        expect(page.locator("#palette")).to_be_hidden()
        page.keyboard.press("n")
        assert focused(page) == "composer-text"
        page.keyboard.type("Found by keys alone")
        page.keyboard.press("Control+Enter")
        expect(page.locator(".message.is-note").last).to_contain_text("Found by keys alone", timeout=10_000)
        expect(page.locator("#composer-text:focus")).to_have_count(0, timeout=10_000)
        page.keyboard.press("x")
        expect(page.locator("#ticket-head [data-state=resolved]")).to_be_visible(timeout=10_000)
        page.keyboard.press("Control+k")
        page.keyboard.type("re-open")
        page.keyboard.press("Enter")
        expect(page.locator("#ticket-head [data-state=resolved]")).to_have_count(0, timeout=10_000)
        note(desk, number, "Heard all the same")
        expect(page.get_by_text("Heard all the same").first).to_be_visible(timeout=10_000)

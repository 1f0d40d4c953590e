"""Search in a real browser: as one types, by keyboard alone, from everywhere."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.visiting import SOON, go, note, ready, signed_in
from tests.letters import letter
from tests.running import RunningDesk, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SUBJECT = "Gate at Zwanenburg stays shut"


@pytest.fixture(scope="module")
def number(desk: RunningDesk) -> int:
    """A ticket with words that stand nowhere else, a file, and a note."""
    partner = desk.command("sample", "show")["partners"][0]["email"]
    raw = letter(
        partner, "The solenoid buzzes all night.", subject=SUBJECT, attachment=("wiring-plan.pdf", b"%PDF-1.4")
    )
    desk.send(raw, partner)
    made = "select max(number) from tickets_ticket where subject = %s having max(number) is not null"
    found = int(until(lambda: desk.rows(made, SUBJECT))[0][0])
    note(desk, found, "Perhaps the quibblet is worn.")
    return found


@pytest.fixture
def tess(browser: Browser, desk: RunningDesk, number: int) -> Iterator[Page]:
    with signed_in(browser, desk, "technician") as page:
        yield page


def faults(page: Page) -> list[str]:
    return [one["id"] + one["nodes"][0]["html"][:120] for one in Axe().run(page).response["violations"]]


# --- the box at the top -----------------------------------------------------------------------------------------------


def test_a_ticket_is_found_and_opened_without_leaving_the_keys(tess: Page, number: int) -> None:
    go(tess, "/people")
    tess.keyboard.press("/")
    field = tess.get_by_role("combobox", name="Search")
    expect(field).to_be_focused()
    tess.keyboard.type("zwanenb")
    options = tess.get_by_role("listbox", name="Suggestions").get_by_role("option")
    expect(options.filter(has_text=SUBJECT).first).to_be_visible(timeout=SOON)
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(tess.locator(".search-box [data-count]")).to_contain_text(re.compile(r"\d suggestions?"))
    assert not faults(tess)

    tess.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", options.first.get_attribute("id") or "")
    tess.keyboard.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    expect(options.last).to_contain_text("All results for “zwanenb”")
    tess.keyboard.press("Escape")
    expect(options).to_have_count(0)
    expect(field).to_have_value("zwanenb")

    tess.keyboard.type("u")
    expect(options.filter(has_text=SUBJECT).first).to_be_visible(timeout=SOON)
    tess.keyboard.press("ArrowDown")
    tess.keyboard.press("Enter")
    tess.wait_for_url(re.compile(rf"/tickets/{number}"))


def test_enter_alone_leads_to_all_results_and_back_to_where_one_was(tess: Page) -> None:
    go(tess, "/people")
    tess.keyboard.press("/")
    tess.keyboard.type("solenoid")
    tess.keyboard.press("Enter")
    tess.wait_for_url("**/search/?q=solenoid")
    expect(tess.locator("#found .found").first).to_contain_text("The solenoid buzzes")
    tess.go_back()
    tess.wait_for_url("**/people")


# --- the page of results ------------------------------------------------------------------------------------------------


def test_results_come_as_one_types_and_the_arrows_lead_into_them(tess: Page, number: int) -> None:
    go(tess, "/search/")
    field = tess.get_by_role("searchbox", name="Search")
    expect(field).to_be_focused()
    tess.keyboard.type("quibb", delay=30)
    rows = tess.locator("#found .found")
    expect(rows.first).to_contain_text(SUBJECT, timeout=SOON)
    expect(rows.first.locator(".found-context mark")).to_have_text("quibblet")
    expect(rows.first).to_contain_text("Note")
    assert parse_qs(urlsplit(tess.url).query) == {"q": ["quibb"]}  # what is found can be kept, sent and loaded again
    expect(field).to_be_focused()

    tess.keyboard.press("ArrowDown")
    expect(rows.first.get_by_role("link")).to_be_focused()
    tess.keyboard.press("ArrowUp")
    expect(field).to_be_focused()
    tess.keyboard.press("ArrowDown")
    tess.keyboard.press("Enter")
    tess.wait_for_url(re.compile(rf"/tickets/{number}#message-\d+"))
    expect(tess.locator(".message.is-note", has_text="quibblet")).to_be_in_viewport()
    ready(tess)
    tess.keyboard.press("u")
    tess.wait_for_url("**/search/?q=quibb")
    expect(rows.first.get_by_role("link")).to_be_focused()


def test_a_slip_is_forgiven_and_told(tess: Page) -> None:
    go(tess, "/search/")
    tess.keyboard.type("solenoyd")
    expect(tess.get_by_text("“solenoyd” stands nowhere.")).to_contain_text("solenoid", timeout=SOON)
    expect(tess.locator("#found .found").first).to_contain_text(SUBJECT)
    assert not faults(tess)


def test_operators_narrow_and_what_is_not_understood_is_said(tess: Page, desk: RunningDesk, number: int) -> None:
    name = desk.command("ticket", "show", str(number))["person"]
    rows = tess.locator("#found .found", has_text=SUBJECT)
    go(tess, "/search/")
    field = tess.get_by_role("searchbox", name="Search")
    for question, is_found in (
        (f'zwanenburg from:"{name}" has:file is:open', True),
        ("zwanenburg has:note -is:closed", True),
        (f"number:{number}", True),
        (f"#{number}", True),
        ("wiring-plan", True),
        ("zwanenburg is:closed", False),
        ("zwanenburg -has:file", False),
        ("zwanenburg -solenoid", False),
    ):
        field.fill("")
        expect(tess.get_by_role("heading", name="Search everything you may see")).to_be_visible(timeout=SOON)
        tess.keyboard.type(question)
        if is_found:
            expect(rows.first, question).to_be_visible(timeout=SOON)
        else:
            expect(tess.get_by_role("heading", name="Nothing was found"), question).to_be_visible(timeout=SOON)
    field.fill("zwanenburg is:purple")
    expect(tess.locator("#found .page-note")).to_contain_text("“is:purple”: tickets can be", timeout=SOON)
    expect(rows.first).to_be_visible()


def test_results_are_there_without_a_script(browser: Browser, desk: RunningDesk, tess: Page) -> None:
    context = browser.new_context(
        base_url=desk.url, java_script_enabled=False, storage_state=tess.context.storage_state()
    )
    page = context.new_page()
    page.goto("/people")
    page.get_by_role("combobox", name="Search").fill("zwanenburg")
    page.keyboard.press("Enter")
    page.get_by_role("link", name=re.compile(SUBJECT)).first.click()
    expect(page.get_by_role("heading", name=SUBJECT)).to_be_visible()
    context.close()


@pytest.mark.parametrize(("width", "theme"), [(1440, "dark"), (1024, "light"), (390, "dark")])
def test_results_are_clean_for_everybody(tess: Page, theme: str, width: int) -> None:
    tess.set_viewport_size({"width": width, "height": 900})
    tess.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
    for path in ("/search/?q=zwanenburg", "/search/?q=lock", "/search/?q=xqzzy", "/search/?q=lock&of=people"):
        tess.goto(path)
        assert not faults(tess), path
        assert tess.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path

"""People and organisations in a real browser: searched, changed, written to and merged by keyboard; clean in both themes."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_main_job import sign_in
from tests.browser.test_setup import faults_of
from tests.running import RunningDesk

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def is_ready(page: Page) -> None:
    """Its keys are heard."""
    page.wait_for_selector("[data-dialog=keys]:not([hidden])", state="attached")


def test_somebody_is_found_merged_and_taken_apart_again_by_keyboard_alone(page: Page, desk: RunningDesk) -> None:
    sign_in(page, desk, "technician")
    is_ready(page)
    page.keyboard.press("g")
    page.keyboard.press("p")
    expect(page.get_by_role("heading", name="People", exact=True)).to_be_visible()
    is_ready(page)
    page.keyboard.press("f")
    page.keyboard.type("callum")
    rows = page.locator("#found tbody tr")
    expect(rows).to_have_count(2)
    home = rows.filter(has_text="homemail").get_by_role("link", name="Callum Geddes")
    home.press("Enter")

    expect(page.get_by_role("heading", name="Perhaps the same person")).to_be_visible()
    is_ready(page)
    page.keyboard.press("m")
    page.get_by_role("link", name="They have the same name").press("Enter")
    expect(page.get_by_text("callum.geddes@homemail.example").first).to_be_visible()
    page.get_by_role("button", name="Merge").press("Enter")

    expect(page.get_by_text("Merged. It can be undone here at any time.")).to_be_visible()
    side = page.get_by_role("complementary", name="What is known of them")
    expect(side.get_by_text("callum.geddes@homemail.example", exact=True)).to_be_visible()
    expect(page.locator(".life-moment").first).to_contain_text("merged Callum Geddes into this record")
    side.get_by_role("button", name="Undo").press("Enter")
    expect(page.get_by_text("Undone: everything is where it was.")).to_be_visible()
    expect(side.get_by_text("callum.geddes@homemail.example", exact=True)).to_be_visible()


def test_a_first_message_begins_a_ticket_that_can_be_taken_back(page: Page, desk: RunningDesk) -> None:
    sign_in(page, desk, "technician")
    page.goto("/people?q=priya")
    page.get_by_role("link", name="Priya Nandakumar").press("Enter")
    is_ready(page)
    page.keyboard.press("w")
    page.get_by_label("Subject").fill("Recall of one batch")
    page.get_by_label("Message").fill("Please look at the label of your panels.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Recall of one batch")).to_be_visible()
    expect(page.locator(".message.is-reply")).to_contain_text("Please look at the label")


def test_a_page_hears_what_a_colleague_does(page: Page, desk: RunningDesk) -> None:
    sign_in(page, desk, "technician")
    page.goto("/people?q=owen")
    page.get_by_role("link", name="Owen Tarrant").click()
    where = page.url
    other = page.context.new_page()
    other.goto(where)
    other.get_by_text("Add a note").click()
    other.get_by_label("What colleagues should know").fill("Speaks fast, writes slowly.")
    other.get_by_role("button", name="Keep the note").click()
    expect(page.locator(".life-moment").first).to_contain_text("Speaks fast, writes slowly.")


@pytest.mark.parametrize(("width", "theme"), [(1024, "light")])  # the others: test_every_page.py
def test_pages_of_people_are_clean_for_everybody(page: Page, desk: RunningDesk, theme: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    sign_in(page, desk, "administrator")
    page.goto("/people?q=homemail")
    again = page.get_by_role("link", name="Callum Geddes").get_attribute("href")
    page.goto("/people?q=owen")
    owen = page.get_by_role("link", name="Owen Tarrant").get_attribute("href")
    page.goto("/people/organisations?q=larkmoor")
    larkmoor = page.get_by_role("link", name="Larkmoor Entry Systems Ltd").get_attribute("href")
    assert again and owen and larkmoor
    key = owen.rsplit("/", 1)[1]
    paths = ["/people", "/people?q=xyzzy", "/people/organisations", "/people/alike", "/people/new"]
    paths += [owen, f"{owen}?kind=messages", f"{owen}/change", f"{owen}/writing", f"{owen}/merge", again]
    paths += [f"{again}/merge?into={key}", larkmoor, f"{larkmoor}/change", f"{larkmoor}/merge?q=brenn"]
    paths += ["/people/organisations/new"]
    faults: list[str] = []
    for path in paths:
        page.goto(path)
        faults += faults_of(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{path} is too wide"
    assert not faults

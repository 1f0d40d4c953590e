"""Views and many tickets at once in a real browser, by keys alone."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_main_job import sign_in
from tests.running import RunningDesk

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def technician(desk: RunningDesk, page: Page) -> Page:
    sign_in(page, desk, "technician")
    page.goto("/")
    expect(page.locator("#row-list")).to_be_visible()
    page.wait_for_selector("[data-dialog=keys]:not([hidden])", state="attached")
    return page


def test_a_view_is_made_by_keys_and_stands_in_the_rail(technician: Page) -> None:
    page = technician
    page.keyboard.press("f")
    page.keyboard.type("severity high", delay=20)
    expect(page.locator("#filter-options [data-pick-option]")).to_have_text(["Severity: High"])
    page.keyboard.press("Enter")
    expect(page.locator(".chip", has_text="Severity:")).to_be_visible()
    expect(page.locator(".is-unsaved")).to_be_visible()
    page.wait_for_selector("[data-dialog=keys]:not([hidden])", state="attached")
    page.keyboard.press("v")
    page.keyboard.type("The high ones")
    page.keyboard.press("Enter")
    expect(page.locator(".rail-parts a[aria-current=page]")).to_contain_text("The high ones")
    expect(page.locator(".is-unsaved")).to_have_count(0)
    marks = page.locator("#row-list .row [data-severity]")
    assert {marks.nth(n).get_attribute("data-severity") for n in range(marks.count())} == {"2"}
    page.wait_for_selector("[data-dialog=keys]:not([hidden])", state="attached")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Find and do anything")).to_be_focused()
    page.keyboard.type("the high", delay=20)
    expect(page.locator("[role=option]", has_text="The high ones")).to_be_visible()


def test_filters_go_one_by_one(technician: Page) -> None:
    page = technician
    page.goto("/?view=open&severity=high&nature=setup")
    page.get_by_label("Without the filter Severity").click()
    expect(page.locator(".chip")).to_have_count(1)
    page.get_by_text("As it was").click()
    expect(page.locator(".chip")).to_have_count(0)


def test_several_are_tagged_by_keys_and_the_tag_is_taken_back(technician: Page) -> None:
    page = technician
    page.keyboard.press("j")
    for key in ("J", "J"):
        page.keyboard.press(key)
    expect(page.locator(".row input:checked")).to_have_count(3)
    expect(page.locator("[data-many-count]")).to_have_text("3 chosen")
    expect(page.locator("#many-deeds summary").first).to_be_visible()
    page.keyboard.press("l")
    page.keyboard.type("by keys")
    page.keyboard.press("Enter")
    expect(page.locator(".batch-line")).to_contain_text("3 done.")
    page.wait_for_selector("[data-dialog=keys]:not([hidden])", state="attached")
    page.keyboard.press("z")
    expect(page.locator(".batch-line")).to_contain_text("3 undone.")


def test_what_is_chosen_stays_chosen_while_the_list_moves(technician: Page, desk: RunningDesk) -> None:
    page = technician
    page.keyboard.press("j")
    page.keyboard.press("x")
    number = page.locator(".row input:checked").get_attribute("value")
    before = page.locator("#row-list .row").count()
    mail = b"From: Thomas <t.wiesner@brennhof.example>\r\nSubject: One more\r\nMessage-ID: <views-1@brennhof.example>\r\n\r\nHi"
    desk.send(mail, "t.wiesner@brennhof.example")
    expect(page.locator("#row-list .row")).to_have_count(before + 1)
    expect(page.locator(f".row input[value='{number}']")).to_be_checked()
    page.keyboard.press("x")
    expect(page.locator("#many")).to_be_hidden()


def test_shift_and_click_chooses_what_lies_between(technician: Page) -> None:
    page = technician
    boxes = page.locator("#row-list .row > input")
    boxes.nth(1).click()
    boxes.nth(4).click(modifiers=["Shift"])
    expect(page.locator(".row input:checked")).to_have_count(4)
    page.get_by_text("Choose none").click()
    expect(page.locator(".row input:checked")).to_have_count(0)

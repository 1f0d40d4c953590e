"""The deeds on a ticket in a real browser, by the keyboard alone: done, told, taken back."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.visiting import SOON, go, new_ticket, note, signed_in
from tests.running import RunningDesk, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def set_up(browser: Browser, desk: RunningDesk) -> None:
    """An administrator switches time on, and makes a field and a checklist, by the keyboard."""
    with signed_in(browser, desk, "administrator") as page:
        go(page, "/setup/time/")
        page.get_by_label("Tickets ask for time spent").press("Space")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Tickets ask for time spent from now on.")).to_be_visible()
        go(page, "/setup/fields/")
        page.keyboard.press("c")
        page.get_by_label("Name").fill("Firmware")
        page.get_by_label("Name").press("Enter")
        expect(page.get_by_role("link", name="Firmware")).to_be_visible()
        go(page, "/setup/checklists/")
        page.keyboard.press("c")
        page.get_by_label("Name").fill("Repair")
        page.get_by_label("Tasks").fill("Ask for the serial\nSend a label")
        page.get_by_role("button", name="Save").press("Enter")
        expect(page.get_by_role("link", name="Repair")).to_be_visible()


@pytest.fixture
def tess(browser: Browser, desk: RunningDesk, set_up: None) -> Iterator[Page]:
    with signed_in(browser, desk, "technician") as page:
        yield page


@pytest.fixture(scope="module")
def partner(desk: RunningDesk) -> str:
    """Asked once: the sample names somebody else as soon as this one has written."""
    return str(desk.command("sample", "show")["partners"][0]["email"])


@pytest.fixture
def number(desk: RunningDesk, partner: str) -> int:
    return new_ticket(desk, partner)


def by_palette(page: Page, words: str) -> None:
    page.keyboard.press("Control+k")
    page.keyboard.type(words)
    page.wait_for_timeout(300)
    page.keyboard.press("Enter")


def pressed(summary: Locator) -> bool:
    """As a person does who sees that nothing happened: looks for a moment, and then presses again."""
    summary.press("Enter")
    summary.page.wait_for_timeout(500)
    return False


def faults(page: Page) -> list[str]:
    found = Axe().run(page, context="#main").response["violations"]
    return [f"{fault['id']} {[node['html'][:140] for node in fault['nodes'][:3]]}" for fault in found]


def undone(page: Page, what: str) -> None:
    offer = page.locator(".deed-undo")
    expect(offer).to_contain_text(what, timeout=SOON)
    page.keyboard.press("z")
    expect(page.locator("#line")).to_contain_text(f"took it back: {what}", timeout=SOON)


def test_a_tag_is_put_on_and_taken_back(tess: Page, number: int) -> None:
    go(tess, f"/tickets/{number}")
    tess.keyboard.press("l")
    expect(tess.locator("#tag-name")).to_be_focused()
    tess.keyboard.type("door station")
    tess.keyboard.press("Enter")
    expect(tess.locator(".tag")).to_have_text("door station Take the tag door station off", timeout=SOON)
    undone(tess, "the tag")
    expect(tess.locator(".tag")).to_have_count(0)


def test_a_ticket_is_put_to_sleep_and_woken_by_taking_it_back(tess: Page, number: int) -> None:
    go(tess, f"/tickets/{number}")
    tess.keyboard.press("s")
    expect(tess.locator("#snooze-first")).to_be_focused()
    tess.keyboard.press("Enter")
    expect(tess.locator("#ticket-head")).to_contain_text("Asleep until", timeout=SOON)
    assert faults(tess) == []
    undone(tess, "the snooze")
    expect(tess.locator("#ticket-head")).not_to_contain_text("Asleep until")


def test_a_task_is_added_done_and_changed_and_a_checklist_is_put(tess: Page, number: int) -> None:
    go(tess, f"/tickets/{number}")
    tess.keyboard.press("o")
    expect(tess.locator("#task-text")).to_be_focused()
    tess.keyboard.type("Call the factory")
    tess.keyboard.press("Enter")
    task = tess.locator(".task", has_text="Call the factory")
    expect(task).to_be_visible(timeout=SOON)
    task.get_by_role("button", name="Done:").press("Enter")
    expect(tess.locator(".task.is-done")).to_contain_text("done by", timeout=SOON)
    tess.keyboard.press("o")
    tess.get_by_role("button", name="Repair").press("Enter")
    expect(tess.locator(".task")).to_have_count(3, timeout=SOON)
    change = tess.locator(".task", has_text="Send a label")
    words = change.get_by_label("What is to be done")
    until(lambda: words.is_visible() or pressed(change.locator("summary")))  # the side is put in place anew meanwhile
    words.fill("Send two labels")
    words.press("Enter")
    expect(tess.locator(".task").last).to_contain_text("Send two labels", timeout=SOON)


def test_tickets_are_linked(tess: Page, desk: RunningDesk, partner: str, number: int) -> None:
    other = new_ticket(desk, partner)
    go(tess, f"/tickets/{number}")
    tess.keyboard.press("i")
    expect(tess.locator("#link-other")).to_be_focused()
    tess.keyboard.type(f"#{number}")
    tess.keyboard.press("Enter")
    expect(tess.locator("#sidebar [role=alert]")).to_contain_text("a link is between two", timeout=SOON)
    expect(tess.locator("#link-other")).to_have_value(str(number))
    tess.locator("#link-other").fill(str(other))
    tess.locator("#link-other").press("Enter")
    expect(tess.get_by_role("button", name=f"Take the link to #{other} off")).to_be_visible(timeout=SOON)


def test_a_ticket_is_merged_into_another_and_the_merge_is_taken_back(
    tess: Page, desk: RunningDesk, partner: str, number: int
) -> None:
    other = new_ticket(desk, partner)
    go(tess, f"/tickets/{number}")
    tess.keyboard.press("m")
    tess.wait_for_url(f"**/tickets/{number}/merge")
    expect(tess.locator("#merge-words")).to_be_focused()
    tess.keyboard.type(str(other))
    tess.keyboard.press("Enter")
    found = tess.locator(".merge-found a").first
    expect(found).to_contain_text(f"#{other}")
    found.press("Enter")
    expect(tess.get_by_role("button", name="Merge", exact=True)).to_be_focused()
    assert faults(tess) == []
    tess.keyboard.press("Enter")
    tess.wait_for_url(f"**/tickets/{other}")
    expect(tess.locator("#line .message.is-inbound")).to_have_count(2)
    undone(tess, "the merge")
    go(tess, f"/tickets/{number}")
    expect(tess.locator("#line .message.is-inbound")).to_have_count(1)
    expect(tess.locator("#composer-text")).to_be_visible()


def test_the_last_message_is_split_off_and_put_back(tess: Page, desk: RunningDesk, partner: str, number: int) -> None:
    other = new_ticket(desk, partner)
    go(tess, f"/tickets/{other}/merge?into={number}")
    tess.keyboard.press("Enter")
    tess.wait_for_url(f"**/tickets/{number}")
    tess.wait_for_selector("[data-dialog=keys]:not([hidden])", state="attached")
    last = tess.locator("#line .message.is-inbound .message-text").last.inner_text().strip()
    by_palette(tess, "Move the last message")
    tess.wait_for_url(lambda url: re.search(rf"/tickets/{number}\b", url) is None)
    expect(tess.locator("#line .message.is-inbound")).to_have_count(1)
    assert tess.locator("#line .message.is-inbound .message-text").inner_text().strip() == last
    tess.wait_for_selector("[data-dialog=keys]:not([hidden])", state="attached")
    expect(tess.locator(".deed-undo")).to_contain_text("the moving to a ticket of its own")
    tess.keyboard.press("z")
    expect(tess.locator("#ticket-head")).to_contain_text("Its messages were moved to", timeout=SOON)
    go(tess, f"/tickets/{number}")
    expect(tess.locator("#line .message.is-inbound")).to_have_count(2)


def test_a_field_is_filled_in_and_what_is_typed_waits_out_the_news(tess: Page, desk: RunningDesk, number: int) -> None:
    go(tess, f"/tickets/{number}")
    field = tess.get_by_label("Firmware")
    field.fill("3.10.1")
    tess.keyboard.press("Escape")  # nobody stands in it any more
    note(desk, number, "Something new")
    expect(tess.locator("#line")).to_contain_text("Something new", timeout=SOON)
    tess.wait_for_timeout(500)
    expect(field).to_have_value("3.10.1")
    by_palette(tess, "Keep the fields")
    expect(tess.locator("#line")).to_contain_text("filled in Firmware: 3.10.1", timeout=SOON)
    go(tess, f"/tickets/{number}")
    expect(tess.get_by_label("Firmware")).to_have_value("3.10.1")


def test_time_spent_is_noted_and_taken_back(tess: Page, number: int) -> None:
    go(tess, f"/tickets/{number}")
    by_palette(tess, "Note time spent")
    expect(tess.locator("#time-spent")).to_be_focused()
    tess.keyboard.type("soon")
    tess.keyboard.press("Enter")
    expect(tess.locator("#sidebar [role=alert]")).to_contain_text("1:30", timeout=SOON)
    expect(tess.locator("#time-spent")).to_have_value("soon")
    tess.locator("#time-spent").fill("1:30")
    tess.keyboard.press("Tab")
    tess.keyboard.type("On the phone")
    tess.keyboard.press("Enter")
    expect(tess.locator("#line")).to_contain_text("spent 90 min on it", timeout=SOON)
    entry = tess.locator(".task", has_text="On the phone")
    expect(entry).to_contain_text("1 h 30", timeout=SOON)
    assert faults(tess) == []
    entry.get_by_role("button", name="Take back").press("Enter")
    expect(entry).to_have_count(0, timeout=SOON)

"""The main job in a real browser, over real SMTP: a mail appears by itself, is answered, answered back, resolved, counted."""

import re
from email import message_from_bytes, policy

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.following import follow
from tests.letters import answer_to, letter
from tests.running import RunningDesk

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def sign_in(page: Page, desk: RunningDesk, role: str = "technician") -> dict[str, str]:
    who = next(entry for entry in desk.command("sample", "show")["staff"] if entry["role"] == role)
    page.goto("/")
    page.get_by_label("E-mail").fill(who["email"])
    page.get_by_label("Password").fill(who["password"])
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Queue")).to_be_visible()
    page.wait_for_selector("[data-dialog=keys]:not([hidden])", state="attached")  # the keys are ready
    return who


def test_the_main_job(page: Page, desk: RunningDesk) -> None:
    who = sign_in(page, desk)
    partner = desk.command("sample", "show")["partners"][0]["email"]
    subject = "The gate panel at Linden Court reboots"

    desk.send(letter(partner, "Each time the lock fires.", subject=subject), partner)
    row = page.get_by_role("link", name=subject)
    expect(row).to_be_visible()  # by itself, without loading the page again

    follow(page, row, "**/tickets/*")
    expect(page.get_by_text("Each time the lock fires.")).to_be_visible()
    page.keyboard.press("r")
    page.keyboard.type("Does the lock have its own supply?")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".message.is-reply")).to_contain_text("own supply")

    number = int(re.search(r"/tickets/(\d+)", page.url)[1])
    page.goto("/sent")
    page.get_by_role("link", name=f"[#{number}]").first.click()
    expect(page.get_by_text("In-Reply-To")).to_be_visible()
    source = page.request.get(page.url + "/source").body()
    ours = message_from_bytes(source, policy=policy.default)
    assert ours["In-Reply-To"] in ours["References"]

    page.goto(f"/tickets/{number}")
    desk.send(answer_to(source, partner, "No, it hangs on the panel."), partner)
    expect(page.get_by_text("No, it hangs on the panel.")).to_be_visible()

    page.keyboard.press("x")
    expect(page.locator(".ticket-facts")).to_contain_text("Resolved")
    told = desk.command("ticket", "show", str(number))
    counted = desk.command("clock", "elapsed", told["opened_at"], told["resolved_at"])
    assert told["resolution_seconds"] == counted["seconds"]
    assert told["state"] == "resolved"
    assert told["assignee"] == who["name"]

    page.goto("/averages")
    expect(page.get_by_role("heading", name="Reports")).to_be_visible()
    page.get_by_role("link", name="The tickets behind these figures").first.click()
    assert desk.command("promises", "recount")["differences"] == []


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])  # the others: test_every_page.py
def test_pages_are_clean_for_everybody(page: Page, desk: RunningDesk, theme: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme)
    page.goto("/accounts/login/")
    faults = _faults(page)
    sign_in(page, desk, "supervisor")
    number = desk.command("ticket", "list", "--view", "open")[0]["number"]
    for path in ("/", f"/tickets/{number}", "/averages", "/sent", "/aside", "/people", "/preferences"):
        page.goto(path)
        faults += _faults(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (
            f"{path} is wider than the screen"
        )
    assert not faults


def test_by_keyboard_alone(page: Page, desk: RunningDesk) -> None:
    sign_in(page, desk)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    focused = page.evaluate("document.activeElement.closest('[data-item]')?.id")
    assert focused == page.locator("[data-item]").first.get_attribute("id")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tickets/*")
    page.wait_for_load_state("load")
    page.keyboard.press("n")
    page.keyboard.type("Looked at it: the supply is too weak.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".message.is-note").last).to_contain_text("too weak")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()


def test_a_draft_survives_a_reload(page: Page, desk: RunningDesk) -> None:
    sign_in(page, desk)
    follow(page, page.locator("[data-item] a").first, "**/tickets/*")
    page.locator("#composer-text").fill("Half a thought")
    page.reload()
    expect(page.locator("#composer-text")).to_have_value("Half a thought")


def _faults(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{page.url}: {fault['id']} {[node['html'][:120] for node in fault['nodes'][:3]]}" for fault in found]

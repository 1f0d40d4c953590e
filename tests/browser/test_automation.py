"""A rule in a real browser: written by keyboard, looked at before it does anything, and then at work."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.visiting import SOON, go, ready, signed_in, tab_to
from tests.letters import letter
from tests.running import RunningDesk, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def ticket_about(desk: RunningDesk, subject: str) -> int:
    """A partner writes; the number of the ticket."""
    partner = desk.command("sample", "show")["partners"][0]["email"]
    found = "select number from tickets_ticket where subject = %s"
    desk.send(letter(partner, "Please look at it.", subject=subject), partner)
    return int(until(lambda: desk.rows(found, subject))[0][0])


def test_a_rule_is_written_looked_at_and_switched_on_by_keyboard(browser: Browser, desk: RunningDesk) -> None:
    before = ticket_about(desk, "Smoke from the panel at door 1")
    with signed_in(browser, desk, "administrator") as page:
        page.keyboard.press("g")
        page.keyboard.press("c")
        page.wait_for_url("**/setup/")
        ready(page)
        page.keyboard.press("Control+k")
        page.keyboard.type("automation")
        page.keyboard.press("Enter")
        page.wait_for_url("**/setup/automation/")
        ready(page)
        page.keyboard.press("c")
        page.wait_for_url("**/setup/automation/new")
        expect(page.get_by_label("Name", exact=True)).to_be_focused()
        page.keyboard.type("Smoke is urgent")
        tab_to(page, page.get_by_label("When", exact=True))
        expect(page.get_by_label("When", exact=True)).to_have_value("opened")
        tab_to(page, page.get_by_label("what", exact=True).first)
        page.keyboard.type("Subject has")
        expect(page.get_by_label("what", exact=True).first).to_have_value("subject:")
        tab_to(page, page.get_by_label("words", exact=True).first)
        page.keyboard.type("smoke")
        tab_to(page, page.get_by_label("Set the severity to"))
        page.keyboard.type("Critical")
        tab_to(page, page.get_by_label("Write this note"))
        page.keyboard.type("Call them at once.")

        # Shown is what it would have met, and nothing is done, not even saved.
        tab_to(page, page.get_by_role("button", name="What would it have met?"))
        page.keyboard.press("Enter")
        preview = page.get_by_role("region", name="Preview")
        expect(preview).to_be_focused()
        met = desk.rows("select count(*) from tickets_ticket where subject ilike %s", "%smoke%")[0][0]
        expect(preview).to_contain_text(
            "It would have met this 1 ticket" if met == 1 else f"It would have met {met} tickets"
        )
        expect(preview.get_by_role("link", name=f"#{before}")).to_be_visible()
        assert desk.command("ticket", "show", str(before))["severity"] == "normal"
        assert not desk.rows("select 1 from automation_rule where name = 'Smoke is urgent'")
        assert page.get_by_label("Write this note").input_value() == "Call them at once."

        tab_to(page, page.get_by_role("button", name="Save"), "Shift+Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Smoke is urgent")).to_be_visible()
        expect(page.get_by_text("Saved. Look at what it would have met, then switch it on.")).to_be_visible()
        ready(page)
        page.keyboard.press("Control+k")
        page.keyboard.type("switch on")
        expect(page.locator("#palette [aria-selected=true]")).to_contain_text("Switch on")
        page.keyboard.press("Enter")
        page.wait_for_url("**/setup/automation/")
        expect(page.locator(".rule", has_text="Smoke is urgent")).to_contain_text("on")

        after = ticket_about(desk, "Smoke from the panel at door 2")
        go(page, f"/tickets/{after}")
        expect(page.locator("#ticket-head")).to_contain_text("Critical", timeout=SOON)
        expect(page.locator(".message.is-note")).to_contain_text("Call them at once.", timeout=SOON)
        go(page, "/setup/automation/runs")
        runs = page.locator("tbody tr", has_text="Smoke is urgent")
        expect(runs).to_have_count(1)
        expect(runs).to_contain_text(f"#{after}")
    assert desk.command("ticket", "show", str(before))["severity"] == "normal"

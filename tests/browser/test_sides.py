"""A side conversation in a real browser: from the ticket to a supplier and back, by keyboard, and past the customer."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.visiting import SOON, go, open_tickets, ready, signed_in
from tests.letters import answer_to
from tests.running import RunningDesk, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SUPPLIER = "service@strikes.example"


def mails_to(desk: RunningDesk, address: str) -> list[tuple[int, bytes]]:
    found = desk.rows("select id, raw from email_channel_outgoingmail where recipient = %s order by id", address)
    return [(key, bytes(raw)) for key, raw in found]


def test_a_supplier_is_asked_beside_the_ticket_and_answers_there(browser: Browser, desk: RunningDesk) -> None:
    number = open_tickets(desk)[0]
    customer = desk.command("ticket", "show", str(number))["person_email"]
    heard = len(mails_to(desk, customer))
    with signed_in(browser, desk, "technician") as page:
        go(page, f"/tickets/{number}")
        page.keyboard.press("b")
        page.wait_for_url(f"**/tickets/{number}/sides/new")
        expect(page.get_by_label("E-mail address")).to_be_focused()
        page.keyboard.type(SUPPLIER)
        page.keyboard.press("Tab")
        page.keyboard.type("Strikes, service")
        page.keyboard.press("Tab")
        page.keyboard.type("Current of the strike")
        page.keyboard.press("Tab")
        page.keyboard.type("How much does it draw while it **holds**?")
        page.keyboard.press("Control+Enter")
        page.wait_for_url(re.compile(r"/sides/\d+"))
        side = page.url
        expect(page.locator("#letters")).to_contain_text("How much does it draw while it holds?")

        go(page, f"/tickets/{number}")
        expect(page.locator("#sidebar")).to_contain_text(SUPPLIER)
        raw = until(lambda: mails_to(desk, SUPPLIER))[-1][1]
        desk.send(answer_to(raw, SUPPLIER, "Half an ampere."), SUPPLIER)
        expect(page.locator("#ticket-head")).to_contain_text("a third party wrote", timeout=SOON)
        expect(page.locator(".message.is-side_in").last).to_contain_text("Half an ampere.")

        go(page, side)
        expect(page.locator("#letters")).to_contain_text("Half an ampere.")
        page.keyboard.press("r")
        expect(page.get_by_label("Your text")).to_be_focused()
        page.keyboard.type("Thank you.")
        page.keyboard.press("Control+Enter")
        expect(page.locator("#letters")).to_contain_text("Thank you.", timeout=SOON)
        ready(page)
        page.keyboard.press("Control+k")
        page.keyboard.type("close the side")
        expect(page.locator("#palette [aria-selected=true]")).to_contain_text("Close the side conversation")
        page.keyboard.press("Enter")
        expect(page.get_by_text("This conversation is closed.")).to_be_visible()
        go(page, f"/tickets/{number}")
        expect(page.locator("#ticket-head")).not_to_contain_text("a third party wrote")
    assert len(mails_to(desk, customer)) == heard
    assert not re.search(rb"Half an ampere", b"".join(raw for _key, raw in mails_to(desk, customer)))

"""Visits of people of the sample desk, each in a browser of their own, and what colleagues do meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.letters import letter
from tests.running import RunningDesk, until

SOON = 10_000  # milliseconds in which something comes by itself on a busy machine


@contextmanager
def signed_in(
    browser: Browser, desk: RunningDesk, role: str, url: str = "", complains: bool = True, script: str = "", **more: Any
) -> Iterator[Page]:
    """A browser of its own, signed in as the first of this role; its first page, which must not complain."""
    who = next(entry for entry in desk.command("sample", "show")["staff"] if entry["role"] == role)
    context = browser.new_context(base_url=url or desk.url, viewport={"width": 1440, "height": 900}, **more)
    if script:
        context.add_init_script(script)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda problem: complaints.append(str(problem)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill(who["email"])
    page.get_by_label("Password").fill(who["password"])
    page.get_by_role("button", name="Sign in", exact=True).click()
    ready(page)
    yield page
    context.close()
    assert not complains or not complaints, complaints


def ready(page: Page) -> None:
    page.wait_for_selector("[data-dialog=keys]:not([hidden])", state="attached")


def go(page: Page, path: str) -> None:
    page.goto(path)
    ready(page)


def open_tickets(desk: RunningDesk) -> list[int]:
    return [row["number"] for row in desk.command("ticket", "list", "--view", "open")]


def new_ticket(desk: RunningDesk, partner: str = "", text: str = "") -> int:
    """By mail from a partner of the sample, told apart from every other by its subject."""
    partner = partner or str(desk.command("sample", "show")["partners"][0]["email"])
    subject = f"Matter {uuid4().hex[:12]}"
    desk.send(letter(partner, text or f"Please look: {subject}", subject=subject), partner)
    return int(until(lambda: desk.rows("select number from tickets_ticket where subject = %s", subject))[0][0])


def email_of(desk: RunningDesk, role: str) -> str:
    return next(entry["email"] for entry in desk.command("sample", "show")["staff"] if entry["role"] == role)


def note(desk: RunningDesk, number: int, text: str) -> None:
    """A colleague writes a note, at the command line."""
    desk.command("ticket", "note", str(number), text, "--by", email_of(desk, "supervisor"))


def notify(desk: RunningDesk, email: str, key: str) -> None:
    """Somebody is told something, as an action would: a row, and the word for their browsers."""
    desk.rows(
        """
        with told as (
            insert into notifications_notification (person_id, kind, subject, key, facts, urgency, at, waits_for_mail)
            select person_id, 'escalated', 'ticket:1', %s, '{"number": 1}', 1, now(), false
            from people_account where email = %s
            returning person_id
        )
        select pg_notify('mainstay_live', pg_current_xact_id()::text || ' person:' || person_id)::text from told
        """,
        key,
        email,
    )


def another(context: BrowserContext, path: str) -> Page:
    page = context.new_page()
    go(page, path)
    return page


def tab_to(page: Page, wanted: Locator, key: str = "Tab") -> None:
    """By Tab alone, to what is wanted; it must be seen that one is there."""
    for _time in range(60):
        if wanted.evaluate("one => one === document.activeElement"):
            break
        page.keyboard.press(key)
    expect(wanted).to_be_focused()
    assert wanted.evaluate("one => one.matches(':focus-visible')")

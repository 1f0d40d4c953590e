"""Two technicians, several tabs, a cut network, the palette and the keys, in a real browser."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.gap import Network
from tests.running import RunningDesk

pytestmark = [pytest.mark.browser, pytest.mark.slow]

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


# --- two technicians on one ticket -----------------------------------------------------------------------------------------


def test_colleagues_see_who_looks_and_who_writes(browser: Browser, desk: RunningDesk) -> None:
    number = open_tickets(desk)[0]
    with signed_in(browser, desk, "technician") as tess, signed_in(browser, desk, "supervisor") as sue:
        go(sue, "/")
        face = sue.locator(f"#visits-{number} .face")
        go(tess, f"/tickets/{number}")
        expect(face).to_have_attribute("title", re.compile("is looking"), timeout=SOON)

        go(sue, f"/tickets/{number}")
        expect(tess.locator("#visitors")).to_contain_text("is looking", timeout=SOON)
        sue.keyboard.press("n")
        sue.keyboard.type("Let me see")
        expect(tess.locator("#visitors .visitors-words")).to_contain_text("is writing", timeout=SOON)
        sue.locator("#composer-text").fill("")

        go(sue, "/people")
        expect(tess.locator("#visitors .face")).to_have_count(0, timeout=SOON)


def test_a_new_message_comes_in_without_moving_what_one_reads(browser: Browser, desk: RunningDesk) -> None:
    number = open_tickets(desk)[1]
    for text in ("First", "Second", "Third"):
        note(desk, number, f"{text}\n" * 30)
    with signed_in(browser, desk, "technician") as page:
        page.set_viewport_size({"width": 1200, "height": 600})
        go(page, f"/tickets/{number}")
        page.evaluate("scrollTo(0, 200)")
        place = "document.querySelector('.message').getBoundingClientRect().top"
        before = page.evaluate(place)
        page.evaluate("getSelection().selectAllChildren(document.querySelector('.message-text'))")
        chosen = page.evaluate("getSelection().toString()")
        note(desk, number, "Something new.")
        pill = page.get_by_role("button", name="1 new message")
        expect(pill).to_be_visible(timeout=SOON)
        assert page.evaluate(place) == before
        assert page.evaluate("getSelection().toString()") == chosen != ""
        page.keyboard.press(".")
        expect(page.locator(".message.is-note").last).to_be_in_viewport()
        expect(pill).to_be_hidden()


# --- several tabs ----------------------------------------------------------------------------------------------------------


def another(context: BrowserContext, path: str) -> Page:
    page = context.new_page()
    go(page, path)
    return page


def test_many_tabs_share_one_stream_and_keep_in_step(browser: Browser, desk: RunningDesk) -> None:
    """A browser opens six connections to a host: eight streams of their own would leave none for pages."""
    number = open_tickets(desk)[2]
    with signed_in(browser, desk, "technician") as page:
        email = email_of(desk, "technician")
        tabs = [
            page,
            *(another(page.context, "/people") for _ in range(6)),
            another(page.context, f"/tickets/{number}"),
        ]
        bells = [tab.locator("#bell .count") for tab in tabs]
        notify(desk, email, "in step")
        for bell in bells:
            expect(bell).to_be_visible(timeout=SOON)
        page.get_by_role("link", name="Notices").first.click()
        page.get_by_role("button", name="Mark all as read").click()
        for bell in bells[1:]:
            expect(bell).to_have_count(0, timeout=SOON)
        note(desk, number, "For the last tab")
        expect(tabs[-1].get_by_text("For the last tab")).to_be_visible(timeout=SOON)


HIDDEN = """
Object.defineProperty(document, "hidden", { get: () => globalThis.isHidden ?? false });
globalThis.shown = [];
globalThis.Notification = class { static permission = "default";
  static async requestPermission() { return (this.permission = "granted"); }
  constructor(words, { tag }) { shown.push([words, tag]); } };
"""


def test_a_notice_is_told_beyond_the_page_once_and_only_when_that_was_asked_for(
    browser: Browser, desk: RunningDesk
) -> None:
    with signed_in(browser, desk, "technician", script=HIDDEN) as page:
        email = email_of(desk, "technician")
        go(page, "/preferences")
        other = another(page.context, "/people")
        assert page.evaluate("Notification.permission") == "default"  # nothing is asked before one presses
        page.get_by_role("button", name="Show notices while this page is in the background").click()
        expect(page.get_by_role("button", name="No more in the background")).to_be_visible()
        for tab in (page, other):
            tab.evaluate("Notification.permission = 'granted'; isHidden = true")
        notify(desk, email, "aloud")
        for tab in (page, other):
            expect(tab.locator("#toasts .toast")).to_be_visible(timeout=SOON)
        page.wait_for_timeout(1200)  # the tab that waited longest has had its turn
        told = page.evaluate("shown") + other.evaluate("shown")
        assert told == [["#1 was handed to the developers", "ticket:1"]]


# --- the network is away, the desk is restarted --------------------------------------------------------------------------------


@pytest.fixture
def network(desk: RunningDesk) -> Iterator[Network]:
    between = Network(desk.url)
    yield between
    between.close()


@pytest.mark.parametrize("script", ["", "delete globalThis.SharedWorker"], ids=["shared worker", "stream of its own"])
def test_after_a_gap_nothing_is_missed_and_nothing_else_is_asked_again(
    browser: Browser, desk: RunningDesk, network: Network, script: str
) -> None:
    number = open_tickets(desk)[3]
    with signed_in(browser, desk, "technician", network.url, complains=False, script=script) as page:
        go(page, f"/tickets/{number}")
        note(desk, number, "Before the gap")
        expect(page.get_by_text("Before the gap").first).to_be_visible(timeout=SOON)
        network.cut()
        expect(page.locator("#notice")).to_contain_text("Reconnecting", timeout=SOON)
        note(desk, number, "Said into the gap")
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url.removeprefix(network.url)))
        network.mend()
        expect(page.get_by_text("Said into the gap").first).to_be_visible(timeout=3 * SOON)
        expect(page.locator("#notice")).to_be_empty()
        assert f"/tickets/{number}/timeline" in asked
        assert "/notifications/bell" not in asked  # nobody was told anything meanwhile


def test_while_the_browser_says_it_is_offline_nothing_is_lost_either(browser: Browser, desk: RunningDesk) -> None:
    number = open_tickets(desk)[3]
    with signed_in(browser, desk, "technician", complains=False, script="delete globalThis.SharedWorker") as page:
        go(page, f"/tickets/{number}")
        page.context.set_offline(True)
        note(desk, number, "Said while offline")
        page.wait_for_timeout(1000)
        page.context.set_offline(False)
        expect(page.get_by_text("Said while offline").first).to_be_visible(timeout=3 * SOON)


def test_a_page_says_that_the_desk_was_updated_and_keeps_what_one_writes(browser: Browser, desk: RunningDesk) -> None:
    number = open_tickets(desk)[4]
    with signed_in(browser, desk, "technician", complains=False) as page:
        go(page, f"/tickets/{number}")
        page.locator("#composer-text").fill("Half a thought")
        page.evaluate("document.body.dataset.version = 'an older one'")
        desk.kill("web")
        expect(page.locator("#notice")).to_contain_text("The desk was updated", timeout=3 * SOON)
        expect(page.locator("#composer-text")).to_have_value("Half a thought")
        note(desk, number, "After the restart")
        expect(page.get_by_text("After the restart").first).to_be_visible(timeout=SOON)
        page.locator("#composer-text").fill("")


# --- palette and keys -----------------------------------------------------------------------------------------------------


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


# --- from ticket to ticket --------------------------------------------------------------------------------------------------


def test_from_ticket_to_ticket_and_back_to_the_same_row(browser: Browser, desk: RunningDesk) -> None:
    with signed_in(browser, desk, "technician") as page:
        page.set_viewport_size({"width": 1200, "height": 500})
        go(page, "/?view=all")
        rows = [row.get_attribute("href") or "" for row in page.locator("[data-item] a.cut").all()]
        for _ in range(12):
            page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{rows[11]}")
        page.wait_for_selector("[data-travel]:not([hidden])")
        page.evaluate("globalThis.isSameDocument = true")
        for place in (12, 13, 14):
            page.keyboard.press("]" if place != 13 else "J")
            page.wait_for_url(f"**{rows[place]}")
            number = re.search(r"\d+", rows[place])[0]
            expect(page.locator("h1")).to_be_visible()
            expect(page.locator("[data-visit]")).to_have_attribute("data-visit", f"ticket:{number}")
            expect(page).to_have_title(re.compile(rf"^#{number} "))
            expect(page.locator("[data-of]")).to_have_text(re.compile(rf"^{place + 1} of "))
        page.keyboard.press("[")
        page.wait_for_url(f"**{rows[13]}")
        assert page.evaluate("globalThis.isSameDocument")
        # What stands there is a page like any other: it is live, and one can work in it.
        number = int(re.search(r"\d+", rows[13])[0])
        note(desk, number, "Heard after travelling")
        expect(page.get_by_text("Heard after travelling").first).to_be_visible(timeout=SOON)
        page.keyboard.press("n")
        page.keyboard.type("Written after travelling")
        page.keyboard.press("Control+Enter")
        expect(page.locator(".message.is-note").last).to_contain_text("Written after travelling")

        page.go_back()
        page.wait_for_url("**/?view=all")
        back = page.locator(f'a.cut[href="{rows[13]}"]')
        expect(back).to_be_focused(timeout=SOON)
        expect(back).to_be_in_viewport()
        page.keyboard.press("Enter")
        page.wait_for_selector("[data-travel]:not([hidden])")
        page.keyboard.press("u")
        page.wait_for_url("**/?view=all")
        expect(page.locator(f'a.cut[href="{rows[13]}"]')).to_be_focused(timeout=SOON)

"""Two technicians, several tabs, a cut network, and the way from ticket to ticket, in a real browser."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser.gap import Network
from tests.browser.visiting import SOON, another, email_of, go, new_ticket, note, notify, open_tickets, signed_in
from tests.running import RunningDesk, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# Nothing is heard from the stream: the page stays as it was when it was opened.
DEAF = "delete globalThis.SharedWorker; globalThis.EventSource = class { addEventListener() {} close() {} };"

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
        expect(tess.locator("#visitors .face")).to_have_attribute("data-attention", "writing", timeout=SOON)
        expect(tess.locator("#writers")).to_contain_text("is writing here.", timeout=SOON)
        sue.locator("#composer-text").fill("")

        go(sue, "/people")
        expect(tess.locator("#visitors .face")).to_have_count(0, timeout=SOON)


def test_of_two_who_do_something_at_once_the_second_is_told(browser: Browser, desk: RunningDesk) -> None:
    """Each with the page as it stood before; what the second one writes meanwhile stays."""
    number = new_ticket(desk)
    with (
        signed_in(browser, desk, "technician", complains=False, script=DEAF) as tess,
        signed_in(browser, desk, "supervisor", complains=False, script=DEAF) as sue,
    ):
        for page in (tess, sue):
            go(page, f"/tickets/{number}")
        sue.locator("#composer-text").fill("Half a thought")
        tess.locator("#composer-text:focus").wait_for(state="detached")
        tess.keyboard.press("x")
        expect(tess.locator("#ticket-head [data-state=resolved]")).to_be_visible(timeout=SOON)
        sue.locator("#composer-text").blur()
        sue.keyboard.press("x")
        told = sue.locator("#ticket-head [role=alert]")
        expect(told).to_be_visible(timeout=SOON)
        expect(sue.locator("#ticket-head [data-state=resolved]")).to_be_visible()
        expect(sue.locator("#composer-text")).to_have_value("Half a thought")
        sue.locator("#composer-text").fill("")
    resolved = "select count(*) from tickets_ticketevent e join tickets_ticket t on t.id = e.ticket_id"
    assert desk.rows(f"{resolved} where t.number = %s and e.kind = 'resolved'", number) == [(1,)]


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


def test_what_is_on_its_way_does_not_close_what_one_opened_meanwhile(browser: Browser, desk: RunningDesk) -> None:
    """Else the rest of what one types would act as single keys."""
    number = open_tickets(desk)[1]
    with signed_in(browser, desk, "technician") as page:
        go(page, f"/tickets/{number}")
        held: list[Route] = []
        page.route("**/header", lambda route: held.append(route))  # noqa: PLW0108
        note(desk, number, "Meanwhile")
        until(lambda: page.wait_for_timeout(50) or held)
        page.keyboard.press("l")
        page.keyboard.type("half a")
        held[0].continue_()
        expect(page.get_by_text("Meanwhile").first).to_be_visible(timeout=SOON)
        page.wait_for_timeout(300)
        page.keyboard.type(" tag")
        expect(page.locator("#tag-name")).to_have_value("half a tag")
        page.unroute("**/header")
        with page.expect_response("**/header"):  # read as soon as it is closed
            page.keyboard.press("Escape")
            page.keyboard.press("Escape")


# --- several tabs ----------------------------------------------------------------------------------------------------------


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


NOTICES = "select count(*) from notifications_notification"


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
        told = desk.rows(NOTICES)
        network.cut()
        expect(page.locator("#notice")).to_contain_text("Reconnecting", timeout=SOON)
        note(desk, number, "Said into the gap")
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url.removeprefix(network.url)))
        network.mend()
        expect(page.get_by_text("Said into the gap").first).to_be_visible(timeout=3 * SOON)
        expect(page.locator("#notice")).to_be_empty()
        assert f"/tickets/{number}/timeline" in asked
        # The sample grows older meanwhile: an alarm may tell somebody something at any moment.
        assert "/notifications/bell" not in asked or desk.rows(NOTICES) != told


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


def test_a_page_says_that_the_session_is_over_and_leads_back_here(browser: Browser, desk: RunningDesk) -> None:
    number = open_tickets(desk)[4]
    with signed_in(browser, desk, "technician", complains=False) as page:
        go(page, f"/tickets/{number}")
        page.context.clear_cookies(name=re.compile("-session$"))
        page.locator("#composer-text").fill("Half a thought")
        expect(page.locator("#notice")).to_contain_text("You are signed out. What you typed is kept.", timeout=3 * SOON)
        expect(page.locator("#composer-text")).to_have_value("Half a thought")
        link = page.locator("#notice").get_by_role("link", name="Sign in")
        expect(link).to_have_attribute("href", f"/accounts/login/?next=%2Ftickets%2F{number}")


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

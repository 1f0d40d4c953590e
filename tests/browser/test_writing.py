"""Writing in a real browser: nothing typed is lost, what was sent can be taken back, and the keyboard is enough."""

import base64
import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.visiting import SOON, email_of, go, new_ticket, open_tickets, ready, signed_in
from tests.letters import letter
from tests.running import RunningDesk, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYPj/HwADAQH/nWFEZwAAAABJRU5ErkJggg=="  # one point
# A clipboard as a program fills it, pasted or dropped at the field.
PUT = """
([kind, texts, picture]) => {
  const field = document.querySelector("#composer-text");
  field.focus();
  const held = new DataTransfer();
  for (const [type, text] of Object.entries(texts)) held.setData(type, text);
  if (picture) {
    const bytes = Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0));
    held.items.add(new File([bytes], "shot.png", { type: "image/png" }));
  }
  const event = kind === "paste"
    ? new ClipboardEvent("paste", { clipboardData: held, bubbles: true, cancelable: true })
    : new DragEvent("drop", { dataTransfer: held, bubbles: true, cancelable: true });
  field.dispatchEvent(event);
}
"""


@pytest.fixture
def tess(browser: Browser, desk: RunningDesk) -> Iterator[Page]:
    with signed_in(browser, desk, "technician") as page:
        yield page


@pytest.fixture
def number(desk: RunningDesk) -> int:
    """A ticket of its own for each test, by mail from a partner."""
    return new_ticket(desk)


def offered(page: Page) -> Locator:
    """The list at the cursor."""
    return page.locator(".suggestions [role=option]")


def kept(page: Page) -> None:
    expect(page.locator("[data-saved]")).to_have_text("Draft kept", timeout=SOON)


def faults(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{fault['id']} {[node['html'][:140] for node in fault['nodes'][:3]]}" for fault in found]


# --- sending and taking back --------------------------------------------------------------------------------------------


def test_a_reply_is_taken_back_with_a_key_while_it_counts_down(tess: Page, desk: RunningDesk, number: int) -> None:
    go(tess, f"/tickets/{number}")
    tess.keyboard.press("r")
    tess.keyboard.type("Sent *too* soon")
    tess.keyboard.press("Control+Enter")
    reply = tess.locator(".message.is-reply").last
    expect(reply).to_contain_text("Sent too soon")
    expect(reply.locator("em")).to_have_text("too")
    left = reply.locator("[data-left]")
    first = left.inner_text()
    assert re.fullmatch(r"\d+ s", first)
    until(lambda: left.inner_text() != first, 5)
    tess.keyboard.press("z")
    expect(tess.locator("#composer-text")).to_have_value("Sent *too* soon", timeout=SOON)
    assert desk.command("ticket", "show", str(number))["state"] == "new"


def test_after_the_window_there_is_nothing_to_press(tess: Page, number: int) -> None:
    go(tess, f"/tickets/{number}")
    tess.keyboard.press("r")
    tess.keyboard.type("Meant so")
    tess.keyboard.press("Control+Enter")
    undo = tess.locator(".message.is-reply .undo")
    expect(undo).to_be_visible()
    expect(undo).to_be_hidden(timeout=14_000)


def test_send_and_resolve_and_send_later_are_found_behind_a_slash(tess: Page, desk: RunningDesk, number: int) -> None:
    go(tess, f"/tickets/{number}")
    tess.keyboard.press("r")
    tess.keyboard.type("Solved! /resolve")
    option = offered(tess).filter(has_text="Send and resolve")
    expect(option).to_be_visible()
    for _time in range(10):
        if option.get_attribute("aria-selected") == "true":
            break
        tess.keyboard.press("ArrowDown")
    tess.keyboard.press("Enter")
    expect(tess.locator(".message.is-reply").last).to_contain_text("Solved!")
    expect(tess.locator(".message.is-reply").last).not_to_contain_text("/resolve")
    assert until(lambda: desk.command("ticket", "show", str(number))["state"] == "resolved")


def test_a_reply_for_later_waits_above_the_composer(tess: Page, desk: RunningDesk, number: int) -> None:
    go(tess, f"/tickets/{number}")
    tess.keyboard.press("r")
    tess.keyboard.type("Good morning")
    tess.locator("#more-sending").click()
    assert not faults(tess)
    tess.locator("button[name=later]").first.click()
    waiting = tess.locator(".planned-reply")
    expect(waiting).to_contain_text("wrote a reply that is to be sent")
    expect(tess.locator("#composer-text")).to_have_value("")
    partner = desk.command("sample", "show")["partners"][0]["email"]
    subject = desk.command("ticket", "show", str(number))["subject"]
    desk.send(letter(partner, "Never mind!", subject=f"Re: {subject} [#{number}]"), partner)
    waiting.locator("summary").click()
    waiting.get_by_role("button", name="Change it").click()
    expect(tess.locator("#composer-text")).to_have_value("Good morning")
    expect(tess.locator(".planned-reply")).to_have_count(0)


# --- drafts -----------------------------------------------------------------------------------------------------------


def test_a_draft_is_there_after_signing_out_and_in_another_browser(
    browser: Browser, tess: Page, desk: RunningDesk, number: int
) -> None:
    go(tess, f"/tickets/{number}")
    tess.keyboard.press("r")
    tess.keyboard.type("Half a thought")
    tess.locator("[data-forgets-drafts]").first.evaluate("form => form.requestSubmit()")  # at once, before it was kept
    tess.wait_for_url(lambda url: f"/tickets/{number}" not in url)
    assert not tess.evaluate("Object.keys(localStorage).filter(name => name.startsWith('mainstay-draft:')).length")
    with signed_in(browser, desk, "technician") as elsewhere:
        go(elsewhere, f"/tickets/{number}")
        expect(elsewhere.locator("#composer-text")).to_have_value("Half a thought")


def test_a_session_that_ends_while_one_writes_loses_nothing(tess: Page, desk: RunningDesk, number: int) -> None:
    go(tess, f"/tickets/{number}")
    tess.keyboard.press("r")
    tess.keyboard.type("Half")
    kept(tess)
    cookies = tess.context.cookies()
    tess.context.clear_cookies(name="mainstay-session")
    tess.keyboard.type(" a thought")
    expect(tess.locator("#notices, .notice").first).to_contain_text("Sign in", timeout=SOON)
    tess.context.add_cookies(cookies)  # signed in again
    go(tess, f"/tickets/{number}")
    expect(tess.locator("#composer-text")).to_have_value("Half a thought")


def test_two_windows_of_one_person_tell_each_other_and_lose_nothing(
    browser: Browser, desk: RunningDesk, tess: Page, number: int
) -> None:
    with signed_in(browser, desk, "technician", complains=False) as other:
        go(tess, f"/tickets/{number}")
        go(other, f"/tickets/{number}")
        tess.locator("#composer-text").fill("In the first")
        kept(tess)
        other.locator("#composer-text").fill("In the second")
        told = other.locator("[data-told]")
        expect(told).to_contain_text("You went on writing this in another window.", timeout=SOON)
        expect(other.locator("#composer-text")).to_have_value("In the second")
        assert not faults(other)
        told.get_by_role("button", name="Take that text").click()
        expect(other.locator("#composer-text")).to_have_value("In the first")
        other.locator("#composer-text").fill("In the first and on")
        kept(other)
        other.locator("#composer-text").focus()
        other.keyboard.press("Control+Enter")
        expect(other.locator(".message.is-reply").last).to_contain_text("In the first and on")


# --- two colleagues -----------------------------------------------------------------------------------------------------


def test_a_colleague_answers_meanwhile(browser: Browser, desk: RunningDesk, number: int) -> None:
    with (
        signed_in(browser, desk, "technician", complains=False) as tess,
        signed_in(browser, desk, "supervisor") as sue,
    ):
        go(tess, f"/tickets/{number}")
        go(sue, f"/tickets/{number}")
        tess.keyboard.press("r")
        tess.keyboard.type("My answer")
        expect(sue.locator("#writers")).to_contain_text("is writing here.", timeout=SOON)
        sue.locator("#composer-text").fill("Sue was **first**")
        sue.locator("#composer-text").press("Control+Enter")
        expect(sue.locator(".message.is-reply").last).to_contain_text("Sue was first")
        tess.locator("#composer-text").press("Control+Enter")
        news = tess.locator(".composer-news")
        expect(news).to_contain_text("This was answered meanwhile")
        expect(news).to_contain_text("Sue was first")
        expect(tess.locator("#composer-text")).to_have_value("My answer")
        assert not faults(tess)
        assert [one["kind"] for one in desk.command("ticket", "show", str(number))["messages"]].count("reply") == 1
        tess.locator("#composer-text").press("Control+Enter")
        expect(tess.locator(".message.is-reply").last).to_contain_text("My answer")
        expect(tess.locator(".composer-news")).to_have_count(0)


# --- macros and canned answers -----------------------------------------------------------------------------------------


def test_a_macro_by_keyboard_previewed_run_and_undone(tess: Page, desk: RunningDesk, number: int) -> None:
    go(tess, f"/tickets/{number}")
    before = desk.command("ticket", "show", str(number))
    tess.keyboard.press("r")
    tess.keyboard.type("/ask")
    expect(offered(tess).first).to_have_attribute("aria-selected", "true")
    tess.keyboard.press("Enter")
    preview = tess.locator("#macro")
    expect(preview).to_contain_text("Send the reply below")
    expect(preview.get_by_role("button", name="Run it")).to_be_focused()
    assert not faults(tess)
    tess.keyboard.press("Escape")
    expect(tess.locator("#composer-text")).to_be_focused()
    assert desk.command("ticket", "show", str(number))["assignee"] == before["assignee"]
    tess.keyboard.type("/ask")
    expect(offered(tess).first).to_be_visible()
    tess.keyboard.press("Enter")
    expect(preview.get_by_role("button", name="Run it")).to_be_focused()
    tess.keyboard.press("Enter")
    expect(tess.locator(".message.is-reply").last).to_contain_text("we need two photos")
    ready(tess)
    assert desk.command("ticket", "show", str(number))["assignee"] is not None
    tess.keyboard.press("z")
    expect(tess.get_by_text("is undone.")).to_be_visible(timeout=SOON)
    after = desk.command("ticket", "show", str(number))
    assert (after["assignee"], after["state"]) == (before["assignee"], before["state"])


def test_a_canned_answer_by_its_shortcut_marks_what_is_missing(tess: Page, number: int) -> None:
    go(tess, f"/tickets/{number}")
    tess.keyboard.press("w")
    expect(offered(tess).first).to_be_visible()
    tess.keyboard.type("power")
    expect(offered(tess).first).to_contain_text("Check the supply")
    tess.keyboard.press("Enter")
    expect(tess.locator("#composer-text")).to_have_value(re.compile("⟦the product⟧"))
    chosen = (
        "[...document.querySelectorAll('#composer-text')].map(f => f.value.slice(f.selectionStart, f.selectionEnd))[0]"
    )
    assert tess.evaluate(chosen) == "⟦the product⟧"  # the next letters fill it in
    expect(tess.locator("[data-told]")).to_contain_text("Not known here: the product.")
    tess.keyboard.type("AA-07B")
    expect(tess.locator("#composer-text")).to_have_value(re.compile("of the AA-07B"))


def test_a_colleague_is_mentioned_by_keyboard(tess: Page, desk: RunningDesk, number: int) -> None:
    name = next(entry["name"] for entry in desk.command("sample", "show")["staff"] if entry["role"] == "supervisor")
    go(tess, f"/tickets/{number}")
    tess.keyboard.press("n")
    tess.keyboard.type(f"Have a look, @{name[:3].lower()}")
    expect(offered(tess).first).to_contain_text(name)
    tess.keyboard.press("Tab")
    expect(tess.locator("#composer-text")).to_have_value(f"Have a look, @{name} ")
    tess.keyboard.type("please")
    tess.keyboard.press("Control+Enter")
    expect(tess.locator(".message.is-note .mention").last).to_have_text(f"@{name}")
    told = "select count(*) from notifications_notification n join people_account a using (person_id)"
    assert desk.rows(f"{told} where a.email = %s and n.kind = 'mentioned'", email_of(desk, "supervisor"))[0][0] == 1


# --- pasting ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["paste", "drop"])
def test_a_picture_is_put_into_the_text(tess: Page, number: int, kind: str) -> None:
    go(tess, f"/tickets/{number}")
    tess.evaluate(PUT, [kind, {}, PNG])
    field = tess.locator("#composer-text")
    expect(field).to_have_value(re.compile(r"!\[shot\.png\]\(cid:[0-9a-f]{10}\)"))
    expect(tess.locator("#draft-files")).to_contain_text("shot.png")
    kept(tess)
    assert not faults(tess)
    field.press("Control+Enter")
    shown = tess.locator(".message.is-reply .written img").last
    expect(shown).to_have_attribute("alt", "shot.png")
    until(lambda: shown.evaluate("image => image.complete && image.naturalWidth") == 1)
    expect(tess.locator("#draft-files")).to_be_empty()
    got = tess.request.get(shown.get_attribute("src") or "").body()
    assert got == base64.b64decode(PNG)


def test_a_table_from_a_spreadsheet_keeps_its_form_and_one_step_takes_it_back(tess: Page, number: int) -> None:
    html = "<table><tr><td>Part</td><td>Volt</td></tr><tr><td>Lock</td><td>12</td></tr></table>"
    go(tess, f"/tickets/{number}")
    tess.evaluate(PUT, ["paste", {"text/html": html, "text/plain": "Part\tVolt\nLock\t12"}, ""])
    field = tess.locator("#composer-text")
    expect(field).to_have_value("| Part | Volt |\n| --- | --- |\n| Lock | 12 |")
    tess.locator("[data-preview]").click()
    expect(tess.locator("#composer-preview td").last).to_have_text("12")
    assert not faults(tess)
    tess.locator("[data-preview]").click()
    field.press("Control+z")
    expect(field).to_have_value("Part\tVolt\nLock\t12")


def test_nothing_of_a_hostile_clipboard_acts(tess: Page, number: int) -> None:
    html = "<b>x</b><img src=x onerror='globalThis.acted=1'><script>globalThis.acted=1</script><a href='javascript:1'>y</a>"
    go(tess, f"/tickets/{number}")
    tess.evaluate(PUT, ["paste", {"text/html": html, "text/plain": "x y"}, ""])
    expect(tess.locator("#composer-text")).to_have_value("**x**y")
    tess.locator("[data-preview]").click()
    expect(tess.locator("#composer-preview strong")).to_have_text("x")
    assert tess.evaluate("globalThis.acted") is None


def test_marks_and_lists_by_keyboard(tess: Page, number: int) -> None:
    go(tess, f"/tickets/{number}")
    tess.keyboard.press("r")
    tess.keyboard.press("Control+b")
    tess.keyboard.type("bold")
    field = tess.locator("#composer-text")
    expect(field).to_have_value("**bold**")
    tess.keyboard.press("End")
    tess.keyboard.type("\n- one\ntwo\n\nend")
    expect(field).to_have_value("**bold**\n- one\n- two\n\nend")


# --- without scripts ----------------------------------------------------------------------------------------------------


def test_everything_works_as_plain_forms(browser: Browser, desk: RunningDesk, number: int) -> None:
    who = next(entry for entry in desk.command("sample", "show")["staff"] if entry["role"] == "technician")
    context = browser.new_context(base_url=desk.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill(who["email"])
    page.get_by_label("Password").fill(who["password"])
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.goto(f"/tickets/{number}")
    page.locator("#composer-text").fill("Hello")
    page.get_by_role("button", name="Canned answers and macros").click()
    page.get_by_role("button", name="Solved, thank you").click()
    expect(page.locator("#composer-text")).to_have_value(re.compile("^Hello\n\nGood to hear"))
    page.locator("input[type=file]").set_input_files(
        {"name": "plan.png", "mimeType": "image/png", "buffer": base64.b64decode(PNG)}
    )
    page.get_by_role("button", name="Send", exact=False).first.click()
    expect(page.locator(".message.is-reply")).to_contain_text("Good to hear")
    expect(page.locator(".message.is-reply")).to_contain_text("plan.png")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#composer-text")).to_have_value(re.compile("^Hello"))
    expect(page.locator("#draft-files")).to_contain_text("plan.png")
    page.get_by_role("button", name="Remove plan.png").click()
    expect(page.locator("#draft-files")).not_to_contain_text("plan.png")
    page.get_by_role("button", name="Canned answers and macros").click()
    page.get_by_role("link", name="Take it and ask for photos").click()
    page.get_by_role("button", name="Run it").click()
    expect(page.locator(".message.is-reply").last).to_contain_text("two photos")
    context.close()


@pytest.mark.parametrize(("width", "theme"), [(1024, "light")])  # the others: test_every_page.py
def test_pages_are_clean_for_everybody(browser: Browser, desk: RunningDesk, theme: str, width: int) -> None:
    with signed_in(browser, desk, "administrator", color_scheme=theme) as page:
        page.set_viewport_size({"width": width, "height": 900})
        number = open_tickets(desk)[0]
        ours = [row[0] for row in desk.rows("select id from writing_answer order by id limit 1")]
        theirs = [row[0] for row in desk.rows("select id from writing_macro order by id limit 1")]
        paths = ["/answers", "/answers/new", "/macros", "/macros/new", "/setup/answers/", "/setup/macros/"]
        paths += [f"/setup/answers/{ours[0]}", f"/setup/macros/{theirs[0]}", f"/tickets/{number}/ready"]
        paths += [f"/tickets/{number}/macro?macro={theirs[0]}"]
        for path in paths:
            page.goto(path)
            assert not faults(page), path
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path

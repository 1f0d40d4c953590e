"""Signing in by whatever there is, with the keyboard alone: passkey, code of an app, recovery code; and what ends a session."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_setup import faults_of
from tests.browser.visiting import SOON, go, open_tickets, ready
from tests.running import RunningDesk
from tests.signing_in import code_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SECURITY = "/preferences/security"


@contextmanager
def visitor(browser: Browser, desk: RunningDesk, complains: bool = True) -> Iterator[Page]:
    """A browser at the desk's address with a name: passkeys belong to names, not to numbers."""
    url = desk.url.replace("127.0.0.1", "localhost")
    context = browser.new_context(base_url=url, viewport={"width": 1440, "height": 900})
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda problem: complaints.append(str(problem)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    yield page
    context.close()
    assert not complains or not complaints, complaints


def keys_of(desk: RunningDesk, number: int) -> dict[str, str]:
    """Each test signs in as somebody else, so that none sets up what another one has."""
    who: dict[str, str] = desk.command("sample", "show")["staff"][number]
    return who


def types_password(page: Page, who: dict[str, str], then: str = "/") -> None:
    """The address has the focus; Tab leads to the password, Enter sends."""
    page.goto(f"/accounts/login/?next={then}")
    expect(page.get_by_label("E-mail")).to_be_focused()
    page.keyboard.type(who["email"])
    page.keyboard.press("Tab")
    page.keyboard.type(who["password"])
    page.keyboard.press("Enter")


def signs_out(page: Page) -> None:
    page.goto("/accounts/logout/")
    page.get_by_role("button", name="Sign out").press("Enter")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def device(page: Page) -> None:
    """A device of Chromium's own that keeps passkeys, and whose finger is always the right one."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_passkey_is_made_and_then_opens_the_desk_alone(browser: Browser, desk: RunningDesk) -> None:
    with visitor(browser, desk) as page:
        device(page)
        types_password(page, keys_of(desk, 0))
        ready(page)
        page.goto(SECURITY)
        page.get_by_role("link", name="Add a passkey").press("Enter")
        page.get_by_label("Name").focus()
        page.keyboard.press("Control+a")  # over the name that was proposed
        page.keyboard.type("My laptop")
        page.keyboard.press("Enter")
        # The first factor brings recovery codes with it; they stand in for the device when it is lost.
        expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
        page.goto(SECURITY)
        expect(page.get_by_role("strong").get_by_text("My laptop")).to_be_visible()
        assert not faults_of(page)

        signs_out(page)
        page.goto("/accounts/login/?next=/people")
        page.get_by_role("button", name="Sign in with a passkey").press("Enter")
        page.wait_for_url(re.compile(r"^[^?]*/people$"))
        page.goto(SECURITY)
        expect(page.locator(".section", has_text="Where you are signed in")).to_contain_text("by passkey")

        # Renamed, and taken away again: then it opens nothing.
        page.get_by_role("link", name=re.compile("^Rename")).press("Enter")
        page.get_by_label("Name").fill("Old laptop")
        page.get_by_label("Name").press("Enter")
        expect(page.get_by_role("strong").get_by_text("Old laptop")).to_be_visible()
        page.get_by_role("link", name=re.compile("^Remove")).press("Enter")
        page.get_by_role("button", name="Remove it").press("Enter")
        expect(page.get_by_role("strong").get_by_text("Old laptop")).to_have_count(0)
        signs_out(page)
        page.get_by_role("button", name="Sign in with a passkey").press("Enter")
        expect(page.get_by_text("That code or passkey is not right")).to_be_visible()
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_after_the_password_a_code_of_the_app_or_a_recovery_code(browser: Browser, desk: RunningDesk) -> None:
    who = keys_of(desk, 1)
    with visitor(browser, desk) as page:
        types_password(page, who)
        ready(page)
        page.goto(SECURITY)
        page.get_by_role("link", name="Set up an app").press("Enter")
        page.get_by_text("Type it in instead").press("Enter")
        secret = page.locator(".secret-text").inner_text()
        assert not faults_of(page)
        page.get_by_label("Code from the app").focus()
        page.keyboard.type(code_of(secret))
        page.keyboard.press("Enter")
        expect(page.get_by_text("recovery codes").first).to_be_visible()
        page.goto("/accounts/second-factor/codes/")
        codes = page.locator("code").all_inner_texts()
        assert len(codes) == 10
        assert not faults_of(page)

        signs_out(page)
        types_password(page, who, then="/people")
        field = page.get_by_label("Code")
        expect(field).to_be_focused()
        assert not faults_of(page)
        page.keyboard.type("000000")
        page.keyboard.press("Enter")
        expect(page.get_by_text("is not right, or was used already")).to_be_visible()
        field.fill(code_of(secret, steps=1))  # the one of this half-minute was used above
        field.press("Enter")
        page.wait_for_url(re.compile(r"^[^?]*/people$"))

        signs_out(page)
        types_password(page, who)
        expect(field).to_be_focused()
        page.keyboard.type(codes[0])
        page.keyboard.press("Enter")
        ready(page)
        page.goto(SECURITY)
        expect(page.locator(".security")).to_contain_text("9")

        signs_out(page)
        types_password(page, who)
        expect(field).to_be_focused()
        page.keyboard.type(codes[0])
        page.keyboard.press("Enter")
        expect(page.get_by_text("is not right, or was used already")).to_be_visible()


def test_who_must_have_a_second_factor_is_led_to_it_and_then_works(browser: Browser, desk: RunningDesk) -> None:
    who = keys_of(desk, 2)
    desk.command("staff", "require-second-factor", "on")
    try:
        with visitor(browser, desk) as page:
            device(page)
            types_password(page, who, then="/people")
            page.wait_for_url("**/second-factor?**")
            assert not faults_of(page)
            page.get_by_role("link", name=re.compile("passkey")).press("Enter")
            page.get_by_role("button", name="Make the passkey").press("Enter")
            expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
            page.get_by_role("link", name="To the desk").press("Enter")
            expect(page.get_by_role("heading", name="Queue")).to_be_visible()
    finally:
        desk.command("staff", "require-second-factor", "off")


def test_another_browser_is_signed_out_and_what_was_typed_there_is_back_after_the_next_sign_in(
    browser: Browser, desk: RunningDesk
) -> None:
    who, number = keys_of(desk, 3), open_tickets(desk)[0]
    with visitor(browser, desk, complains=False) as there, visitor(browser, desk) as here:
        types_password(there, who)
        ready(there)
        go(there, f"/tickets/{number}")
        there.keyboard.press("n")
        there.keyboard.type("Half")
        types_password(here, who)
        ready(here)
        here.goto(SECURITY)
        here.get_by_role("button", name="Sign out everywhere else").press("Enter")
        expect(here.get_by_text("1 other browser is signed out.")).to_be_visible()

        there.keyboard.type(" a thought")
        way = there.get_by_role("link", name="Sign in")
        expect(way).to_be_visible(timeout=SOON)
        way.press("Enter")
        expect(there.get_by_role("heading", name="Sign in")).to_be_visible()
        there.get_by_label("E-mail").fill(who["email"])
        there.get_by_label("Password").fill(who["password"])
        there.keyboard.press("Enter")
        there.wait_for_url(f"**/tickets/{number}**")
        ready(there)
        expect(there.locator("#composer-text")).to_have_value("Half a thought")

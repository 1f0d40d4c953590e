"""Every page of the desk, made from the list of addresses: clean for axe in both themes, sound on a phone, quiet in the console."""

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.urls import reverse
from playwright.sync_api import Browser, ConsoleMessage, Page

from mainstay.desk.accounts.urls import urlpatterns as accounts
from tests.browser.visiting import signed_in
from tests.desk.test_doors import MATRIX, PUBLIC, desk_patterns
from tests.running import ROOT, RunningDesk

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# What answers a part of a page, a file, somebody else's mail, or leads elsewhere. All else that is read is a page.
NO_PAGES = {
    *(
        "queue_rows",
        "many_deeds",
        "row_visits",
        "ticket_visits",
        "quiet_line",
        "bell",
        "notification_rows",
        "notification",
    ),
    *("ticket_timeline", "ticket_header", "ticket_sidebar", "ticket_beside", "ticket_suggestions", "tag_suggestions"),
    *(
        "person_timeline",
        "organisation_timeline",
        "organisation_options",
        "mailbox_rows",
        "duty_roster",
        "tracker_traffic",
    ),
    *("search_results", "search_suggestions", "deeds", "palette_found", "live_url", "developers_rows", "problem_part"),
    *("wallboard_part", "wallboard_screen_part", "wallboard_screen_live", "looks_accent", "looks_logo"),
    *("draft_file", "attachment", "attachment_preview", "message_text", "message_raw", "message_as_sent", "aside_raw"),
    *("sent_mail_source", "people_csv", "setup_log_csv", "report_json", "report_csv", "report_pdf"),
    *("report_volumes_csv", "report_tickets_csv"),
}
READ = [name for name, (method, _kind, _allowed, _sent) in MATRIX.items() if method == "get"] + sorted(PUBLIC)
PAGES = [name for name in READ if name not in NO_PAGES]
# Signing in and out, passwords, second factors: who is shown which page.
FOR_STRANGERS = ["account_login", "account_inactive", "socialaccount_login_cancelled", "socialaccount_login_error"]
FOR_STAFF = ["account_logout", "account_change_password", "account_reauthenticate"]
FOR_STAFF += ["mfa_activate_totp", "mfa_generate_recovery_codes", "mfa_add_webauthn"]
# Those that lead elsewhere, or that only somebody with a second factor is shown.
NOT_HERE = {
    *("mfa_index", "mfa_authenticate", "mfa_reauthenticate", "mfa_deactivate_totp", "mfa_view_recovery_codes"),
    *("mfa_download_recovery_codes", "mfa_list_webauthn", "mfa_login_webauthn", "mfa_reauthenticate_webauthn"),
    *("mfa_edit_webauthn", "mfa_remove_webauthn", "openid_connect_login", "openid_connect_callback"),
}

AXE = """async (more) => {
  const { violations } = await axe.run({ resultTypes: ['violations'], ...more });
  return violations.map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(' · ')}`);
}"""
ALL = {"rules": {"target-size": {"enabled": True}}}  # of WCAG 2.2, and off by default
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}  # what a theme changes


@pytest.fixture(scope="module")
def urls(desk: RunningDesk) -> dict[str, str]:
    """The address of each page, after one of everything was put on the desk."""
    made = subprocess.run(
        [sys.executable, "-P", "-m", "tests.browser.furnishing"],
        env=desk.environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    return json.loads(made.stdout)


@pytest.fixture(scope="module")
def administrator(browser: Browser, desk: RunningDesk) -> Iterator[Page]:
    with signed_in(browser, desk, "administrator", complains=False, reduced_motion="reduce") as page:
        yield page


@pytest.fixture(scope="module")
def stranger(browser: Browser, desk: RunningDesk) -> Iterator[Page]:
    page = browser.new_page(base_url=desk.url, reduced_motion="reduce")
    yield page
    page.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_clean_for_everybody(name: str, urls: dict[str, str], administrator: Page) -> None:
    assert faults_of(administrator, urls[name]) == []


@pytest.mark.parametrize("name", FOR_STAFF)
def test_a_page_of_ones_account_is_clean_for_everybody(name: str, administrator: Page) -> None:
    assert faults_of(administrator, reverse(name)) == []


@pytest.mark.parametrize("name", FOR_STRANGERS)
def test_a_page_before_the_sign_in_is_clean_for_everybody(name: str, stranger: Page) -> None:
    refused = [401] if name == "socialaccount_login_error" else []
    assert faults_of(stranger, reverse(name), *refused) == []


@pytest.mark.parametrize("path", ["/nowhere", "/setup/"])
def test_what_one_is_told_instead_of_a_page_is_clean_for_everybody(
    path: str, browser: Browser, desk: RunningDesk
) -> None:
    with signed_in(browser, desk, "technician", complains=False, reduced_motion="reduce") as page:
        assert faults_of(page, path, 404, 403) == []


def test_no_address_is_left_out() -> None:
    names = {pattern.name for pattern in desk_patterns()}
    assert names == set(MATRIX) | PUBLIC
    assert set(READ) >= NO_PAGES
    here = {*FOR_STRANGERS, *FOR_STAFF, *NOT_HERE}
    assert {name for one in accounts if (name := getattr(one, "name", ""))} == here


@pytest.mark.parametrize("name", sorted(NO_PAGES - PUBLIC))
def test_what_is_called_no_page_is_none(name: str, urls: dict[str, str], administrator: Page) -> None:
    answer = administrator.request.get(urls[name])
    is_of_ours = "sandbox" not in answer.headers.get("content-security-policy", "")
    is_page = is_of_ours and answer.url.endswith(urls[name]) and "<html" in answer.text().lower()
    assert not is_page


def faults_of(page: Page, url: str, *refusals: int) -> list[str]:
    """What is wrong with a page: in the light, in the dark, and as narrow as a phone."""
    said: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error" and not (refusals and "status of" in message.text):
            said.append(message.text)

    page.on("console", hear)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.emulate_media(color_scheme="light")
    answer = page.goto(url)
    assert answer is not None
    faults = [] if answer.status in (refusals or (200,)) else [f"answers {answer.status}"]
    page.evaluate(AXE_SCRIPT)
    faults += [f"in the light: {one}" for one in page.evaluate(AXE, ALL)]
    page.emulate_media(color_scheme="dark")
    faults += [f"in the dark: {one}" for one in page.evaluate(AXE, COLOURS)]
    if page.locator("h1").count() != 1:
        faults.append(f"has {page.locator('h1').count()} headings of the first rank")
    if not page.title().strip():
        faults.append("has no title")
    page.set_viewport_size({"width": 390, "height": 844})
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if wider > 0:
        faults.append(f"is {wider} points wider than a phone")
    page.remove_listener("console", hear)
    return faults + said

"""Set-up in a real browser: a colleague is hired by keyboard alone, and every page of it is clean in both themes."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.test_main_job import sign_in
from tests.running import RunningDesk

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PASSWORD = "four-quiet-grey-herons"


def faults_of(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{page.url}: {one['id']} {one['nodes'][0]['html'][:120]}" for one in found]


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.textContent.trim() || document.activeElement.name"))


def test_a_colleague_is_hired_by_keyboard_alone(page: Page, desk: RunningDesk) -> None:
    sign_in(page, desk, "administrator")
    page.goto("/setup/")
    page.wait_for_selector("[data-dialog=keys]:not([hidden])", state="attached")
    page.keyboard.press("j")
    assert focused(page) == "People and sign-ins"
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="People and sign-ins")).to_be_visible()
    page.wait_for_selector("[data-dialog=keys]:not([hidden])", state="attached")
    page.keyboard.press("c")
    expect(page.get_by_role("heading", name="Invite a colleague")).to_be_visible()
    page.get_by_label("Name").focus()
    page.keyboard.type("Nina Noor")
    page.keyboard.press("Tab")
    page.keyboard.type("nina@intercom.example")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nina Noor is invited")).to_be_visible()

    # The desk under test has no relay: the worker says so within seconds, and the page gives the link.
    for _attempt in range(50):
        page.goto("/setup/people/")
        if page.get_by_text("Give the link yourself").count():
            break
        page.wait_for_timeout(200)
    page.get_by_text("Give the link yourself").press("Enter")
    link = page.get_by_label("The link").input_value()

    context = page.context.browser.new_context()  # type: ignore[union-attr]
    theirs = context.new_page()
    theirs.goto(link.replace(link.split("/invitation/")[0], desk.url))
    expect(theirs.get_by_role("heading", name="Welcome, Nina Noor")).to_be_visible()
    theirs.get_by_label("Password").fill(PASSWORD)
    theirs.get_by_label("The same again").fill(PASSWORD)
    assert faults_of(theirs) == []
    theirs.keyboard.press("Enter")
    theirs.get_by_role("link", name="Sign in").press("Enter")
    theirs.get_by_label("E-mail").fill("nina@intercom.example")
    theirs.get_by_label("Password").fill(PASSWORD)
    theirs.keyboard.press("Enter")
    expect(theirs.get_by_role("heading", name="Queue")).to_be_visible()

    page.goto("/setup/people/")
    page.get_by_role("link", name="Nina Noor").press("Enter")
    page.get_by_role("link", name="Deactivate").press("Enter")
    page.get_by_role("button", name="Deactivate").press("Enter")
    expect(page.get_by_text("Nina Noor can't sign in any more.")).to_be_visible()
    theirs.reload()
    expect(theirs.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    context.close()


@pytest.mark.parametrize(("width", "theme"), [(1024, "light")])  # the others: test_every_page.py
def test_pages_of_setup_are_clean_for_everybody(page: Page, desk: RunningDesk, theme: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    sign_in(page, desk, "administrator")
    page.goto("/setup/")
    parts = page.eval_on_selector_all(".setup-parts a", "links => links.map(link => link.pathname)")
    assert {"/setup/people/", "/setup/roles/", "/setup/teams/", "/setup/looks/", "/setup/log/"} <= set(parts)
    inside = ["/setup/people/1", "/setup/people/invitations/new", "/setup/people/1/deactivation"]
    inside += ["/setup/roles/new?like=technician", "/setup/teams/new"]
    faults: list[str] = []
    for path in ["/setup/", *parts, *inside]:
        page.goto(path)
        faults += faults_of(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{path} is too wide"
    assert not faults


def test_the_companys_colour_is_on_every_page_and_still_clean(page: Page, desk: RunningDesk) -> None:
    sign_in(page, desk, "administrator")
    page.goto("/setup/looks/")
    page.get_by_label("Accent colour").fill("#ffd400")  # yellow: the hardest to read
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Light pages:")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--brand').trim()") == "#ffd400"
    faults: list[str] = []
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        for path in ("/setup/looks/", "/setup/people/", "/", "/averages"):
            page.goto(path)
            faults += faults_of(page)
    assert not faults

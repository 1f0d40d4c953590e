"""Every page that the desk has, in a real browser: clean for everybody in both themes, within a phone's width, silent in the console.

The pages come from the list of addresses (tests/desk/test_doors.py), so that a new one is looked at without being named here. They are
rendered first; then the browser is given them with their headers, so that the content security policy holds as it does on the desk.
"""

import mimetypes
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles import finders
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, Route, sync_playwright

from mainstay.people.models import Person
from tests.browser.conftest import FLAGS, chromium_path
from tests.desk.test_doors import MATRIX, Stage, stage  # noqa: F401 - the fixture

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DESK = "http://desk.localhost"  # nobody is asked: all of it is answered below
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
HEADERS = ("content-type", "content-security-policy", "content-language")
ACCOUNTS = {  # and whether somebody is signed in
    "account_login": False,
    "account_inactive": False,
    "socialaccount_login_cancelled": False,
    "socialaccount_login_error": False,
    "account_logout": True,
    "account_change_password": True,
    "account_reauthenticate": True,
    "mfa_activate_totp": True,
    "mfa_add_webauthn": True,
}
SHARES = 12  # of the addresses: a test each
NO_PAGE = 204


@dataclass(frozen=True)
class Shown:
    """A page as the desk answered it."""

    name: str
    path: str
    headers: dict[str, str]
    body: bytes


def whom(allowed: set[str], cast: Any) -> Person:
    """The first of those who may come in, in this order."""
    people = (cast.ada, cast.sue, cast.tess, cast.dev)
    return next(person for person in people if person.role in allowed)


def rendered(scene: Stage, sign_in: Any, share: int) -> Iterator[Shown]:
    """A share of the addresses that answer a whole page, by somebody who may see it, with one of everything in the desk."""
    for name, (method, kind, allowed, _sent) in list(MATRIX.items())[share::SHARES]:
        if method == "get":
            scene.asking = whom(allowed, scene.cast)
            url = reverse(f"desk:{name}", args=scene.arguments(kind))
            yield from shown(name, url, sign_in(scene.asking).get(url))
    for name, is_signed_in in list(ACCOUNTS.items())[share::SHARES]:
        client = sign_in(scene.cast.tess if is_signed_in else None)
        yield from shown(name, reverse(name), client.get(reverse(name)))


def shown(name: str, url: str, answer: Any) -> Iterator[Shown]:
    """The page, if it is a whole one; parts, files and what leads elsewhere are none."""
    if answer.streaming:
        b"".join(answer.streaming_content)  # read to its end, so that its file is closed
        return
    if answer.status_code != 200 or b"<!DOCTYPE html>" not in answer.content[:500]:
        return
    headers = {key: answer[key] for key in HEADERS if key in answer}
    if "sandbox" in headers.get("content-security-policy", ""):
        return  # what others wrote, in a frame where nothing runs, axe neither: test_mail_html.py looks at those
    yield Shown(name, urlsplit(url).path, headers, answer.content)


@pytest.mark.parametrize("share", range(SHARES))
def test_every_page_is_clean_for_everybody(stage: Stage, sign_in: Any, share: int) -> None:  # noqa: F811
    pages = list(rendered(stage, sign_in, share))
    assert len(pages) >= 4, [page.name for page in pages]
    known = {page.path: page for page in pages}
    faults: dict[str, list[str]] = {}
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        context = chromium.new_context(base_url=DESK, viewport=DESKTOP, reduced_motion="reduce")  # type: ignore[arg-type]
        context.route("**/*", lambda route: answer(route, known))
        for page in pages:
            if found := faults_of(page, context):
                faults[page.name] = found
        chromium.close()
    assert not faults, "\n".join(f"{name}: {fault}" for name, found in faults.items() for fault in found)


def answer(route: Route, known: dict[str, Shown]) -> None:
    """A page that was rendered, a file of ours, else nothing at all."""
    path = urlsplit(route.request.url).path
    if path in known and route.request.is_navigation_request():
        route.fulfill(status=200, headers=known[path].headers, body=known[path].body)
    elif path.startswith("/static/") and (file := finders.find(path.removeprefix("/static/"))):
        kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
        route.fulfill(status=200, content_type=kind, body=Path(str(file)).read_bytes())
    else:
        route.fulfill(status=NO_PAGE)


def faults_of(shown_page: Shown, context: BrowserContext) -> list[str]:
    page, faults = context.new_page(), list[str]()
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda problem: faults.append(str(problem)))
    page.goto(shown_page.path)
    page.wait_for_load_state("load")
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        found = Axe().run(page).response["violations"]
        faults += [f"{theme}: {one['id']} {one['nodes'][0]['html'][:160]}" for one in found]
    if (headings := page.locator("h1").count()) != 1:
        faults.append(f"{headings} headings of the first level")
    if not page.title().strip():
        faults.append("no title")
    faults += widths(page)
    page.close()
    return faults


def widths(page: Page) -> list[str]:
    """Whether it scrolls sideways on a telephone."""
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [f"{wide} px too wide on a telephone"] if wide > 0 else []

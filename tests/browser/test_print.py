"""A ticket on paper: its words and facts, nothing that is pressed, nothing that is for colleagues only."""

import io
import unicodedata

import pytest
from playwright.sync_api import Page
from pypdf import PdfReader

from tests.browser.test_main_job import sign_in
from tests.browser.visiting import note
from tests.running import RunningDesk

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def on_paper(page: Page, path: str) -> str:
    page.goto(path)
    page.wait_for_selector("[data-dialog=keys]:not([hidden])", state="attached")
    pages = PdfReader(io.BytesIO(page.pdf(format="A4"))).pages
    text = " ".join(one.extract_text() for one in pages)
    return " ".join(unicodedata.normalize("NFKC", text).split())  # some fonts write "fi" as one letter


def test_a_ticket_on_paper(page: Page, desk: RunningDesk) -> None:
    sign_in(page, desk)
    number = desk.command("ticket", "list", "--view", "open")[0]["number"]
    note(desk, number, "Only for colleagues: be patient.")
    shown = desk.command("ticket", "show", str(number))
    said = next(one for one in shown["messages"] if one["kind"] == "inbound")["text"]
    paper = on_paper(page, f"/tickets/{number}")
    assert " ".join(unicodedata.normalize("NFKC", said).split())[:60] in paper
    assert shown["subject"] in paper and f"#{number}" in paper
    assert "Only for colleagues" not in paper
    for pressed in ("Send", "Take it", "Snooze", "Add a task", "Write a note", "Ctrl"):
        assert pressed not in paper, pressed
    page.emulate_media(media="screen")
    assert "Only for colleagues" in page.locator("main").inner_text()


def test_a_report_on_paper(page: Page, desk: RunningDesk) -> None:
    sign_in(page, desk, "supervisor")
    paper = on_paper(page, "/averages")
    assert "First response" in paper and "Resolution" in paper
    assert "Download" not in paper

"""How much a browser that was never here is sent: all bytes of a first visit, as they came over the network."""

import re
import urllib.request

import pytest
from playwright.sync_api import Browser, Response

from tests.browser.visiting import open_tickets, ready, signed_in
from tests.running import RunningDesk

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LIMIT = 150_000


@pytest.mark.parametrize("page_name", ["queue", "ticket"])
def test_a_first_visit_weighs_less_than_150_kilobytes(browser: Browser, desk: RunningDesk, page_name: str) -> None:
    path = "/" if page_name == "queue" else f"/tickets/{open_tickets(desk)[0]}"
    with signed_in(browser, desk, "supervisor") as page:
        signed = page.context.storage_state()
    context = browser.new_context(base_url=desk.url, storage_state=signed)
    visit = context.new_page()
    answers: list[Response] = []
    visit.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108
    visit.goto(path)
    ready(visit)
    visit.wait_for_timeout(500)  # what behaviours load by themselves
    weights = {answer.url.removeprefix(desk.url): answer.request.sizes()["responseBodySize"] for answer in answers}
    hub = visit.evaluate("new URL(document.body.dataset.liveHub, location).href")  # a worker's own file is not told
    weights[hub] = sent_bytes(hub)
    assert any("desk.css" in url for url in weights) and any("htmx" in url for url in weights)
    assert sum(weights.values()) < LIMIT, sorted(weights.items(), key=lambda one: -one[1])
    texts = [
        answer
        for answer in answers
        if re.match("text/(html|css|javascript)", answer.header_value("content-type") or "")
    ]
    assert all(answer.header_value("content-encoding") == "gzip" for answer in texts if len(answer.body()) > 200)
    context.close()


def sent_bytes(url: str) -> int:
    with urllib.request.urlopen(urllib.request.Request(url, headers={"Accept-Encoding": "gzip"}), timeout=10) as answer:
        return len(answer.read())

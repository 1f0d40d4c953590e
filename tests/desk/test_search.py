"""Search in the browser: results in context, foreign text shown literally, remarks, and its costs."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from mainstay.tickets import actions
from tests.cast import Cast


def test_results_stand_in_context_with_their_words_marked(cast: Cast, now: datetime, sign_in: Any) -> None:
    ticket = cast.writes(cast.paula, now, "At the gate the Türöffner hums.", subject="Gate")
    page = sign_in(cast.tess).get("/search?q=turoffner").content.decode()
    assert f'href="/tickets/{ticket.number}#newest"' in page
    assert "<mark>Türöffner</mark>" in page


@pytest.mark.parametrize("path", ["/search", "/search/results"])
def test_foreign_text_is_shown_literally(cast: Cast, now: datetime, sign_in: Any, path: str) -> None:
    evil = "<script>alert(1)</script> lock"
    cast.writes(cast.paula, now, evil, subject=evil)
    page = sign_in(cast.tess).get(path, {"q": f'lock {evil} "><img src=x>'}).content.decode()
    assert "<script>alert(1)" not in page
    assert "<img src=x>" not in page
    assert "<script>alert(1)" not in sign_in(cast.tess).get(path, {"q": "lock"}).content.decode()


@pytest.mark.parametrize(
    "q", ["", "\x00", "x" * 10_000, "'\"\\", "is:", "before:0000-00-00", "#", "-", "a:b:c", "%%%", "þ", "&|!()"]
)
def test_whatever_is_typed_is_answered(cast: Cast, sign_in: Any, q: str) -> None:
    for path in ("/search", "/search/results"):
        assert sign_in(cast.tess).get(path, {"q": q, "after": q}).status_code == 200


def test_a_wrong_operator_is_told_and_the_rest_searched(cast: Cast, now: datetime, sign_in: Any) -> None:
    cast.writes(cast.paula, now)
    page = sign_in(cast.tess).get("/search/results", {"q": "lock is:purple"}).content.decode()
    assert "tickets can be open, new, waiting" in page
    assert 'class="hit"' in page


def test_older_ones_are_one_page_further(cast: Cast, now: datetime, sign_in: Any) -> None:
    for minute in range(25):
        cast.writes(cast.olaf, now + timedelta(minutes=minute))
    client = sign_in(cast.tess)
    first = client.get("/search", {"q": "lock"})
    after = first.context["found"].after
    assert (first.content.decode().count('class="hit"'), f"after={after}" in first.content.decode()) == (20, True)
    assert client.get("/search", {"q": "lock", "after": after}).content.decode().count('class="hit"') == 5


def test_it_costs_the_same_with_one_and_with_twenty(cast: Cast, now: datetime, sign_in: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client, counted = sign_in(cast.tess), []
    for number in (1, 20):
        for minute in range(number):
            ticket = cast.writes(cast.olaf, now + timedelta(minutes=minute))
            actions.note_on_ticket(ticket, text="lock", by=cast.tess, at=now)
        client.get("/search/results?q=lock")
        with CaptureQueriesContext(connection) as captured:
            client.get("/search/results?q=lock")
        counted.append(len(captured))
    assert counted[0] == counted[1] <= 13

"""Search in the browser: results in context, foreign text shown literally, kind words, and its costs."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mainstay.people.roles import add_role
from mainstay.people.states import Permission
from mainstay.search.models import Rebuild
from mainstay.tickets import actions
from tests.cast import Cast

PATHS = ("/search/", "/search/results", "/search/suggestions")


def test_results_stand_in_context_with_their_words_marked(cast: Cast, now: datetime, sign_in: Any) -> None:
    ticket = cast.writes(cast.paula, now, "At the gate the Türöffner hums.", subject="Gate")
    page = sign_in(cast.tess).get("/search/?q=turoffner").content.decode()
    assert f'href="/tickets/{ticket.number}#message-{ticket.messages.get(kind="inbound").pk}"' in page
    assert "<mark>Türöffner</mark>" in page


@pytest.mark.parametrize("path", PATHS)
def test_foreign_text_is_shown_literally(cast: Cast, now: datetime, sign_in: Any, path: str) -> None:
    evil = "<script>alert(1)</script> lock"
    cast.writes(cast.paula, now, evil, subject=evil)
    for asked in (f'lock {evil} "><img src=x>', "lock", "<img src=x>"):
        page = sign_in(cast.tess).get(path, {"q": asked}).content.decode()
        assert "<script>alert(1)" not in page
        assert "<img src=x" not in page


@pytest.mark.parametrize(
    "q",
    [
        "",
        "\x00",
        "x" * 10_000,
        "é " * 5000,
        "'\"\\",
        "is:",
        "before:0000-00-00",
        "#",
        "-",
        "a:b:c",
        "%%%",
        "þ",
        "&|!()",
    ],
)
def test_whatever_is_typed_is_answered(cast: Cast, sign_in: Any, q: str) -> None:
    client = sign_in(cast.tess)
    for path in PATHS:
        for of in ("", "tickets", "people", q):
            assert client.get(path, {"q": q, "after": q, "of": of}).status_code == 200


@pytest.mark.parametrize("after", ["1~\x00", "~", "9" * 30, "1~x~y", "²", "-1"])
def test_a_place_to_go_on_from_that_is_not_ours_is_ignored(cast: Cast, now: datetime, sign_in: Any, after: str) -> None:
    cast.writes(cast.paula, now)
    for of in ("tickets", "people", "organisations"):
        assert sign_in(cast.tess).get("/search/", {"q": "paula", "of": of, "after": after}).status_code == 200


def test_a_wrong_operator_is_told_and_the_rest_searched(cast: Cast, now: datetime, sign_in: Any) -> None:
    cast.writes(cast.paula, now)
    page = sign_in(cast.tess).get("/search/results", {"q": "lock is:purple"}).content.decode()
    assert "tickets can be open, closed, waiting" in page
    assert page.count("data-item") == 1


def test_older_ones_are_one_page_further(cast: Cast, now: datetime, sign_in: Any) -> None:
    for minute in range(25):
        cast.writes(cast.olaf, now + timedelta(minutes=minute))
    client = sign_in(cast.tess)
    first = client.get("/search/", {"q": "lock"})
    assert first.content.decode().count("data-item") == 20
    second = client.get(first.context["more"]["tickets"])
    assert second.content.decode().count("data-item") == 5
    assert second.context["more"] == {}


def test_one_kind_alone_can_be_shown(cast: Cast, now: datetime, sign_in: Any) -> None:
    cast.writes(cast.paula, now)
    page = sign_in(cast.tess).get("/search/", {"q": "paula", "of": "people"})
    assert (len(page.context["found"].people), page.context["found"].tickets) == (1, ())


def test_suggestions_are_few_of_each_kind(cast: Cast, now: datetime, sign_in: Any) -> None:
    for minute in range(9):
        cast.writes(cast.paula, now + timedelta(minutes=minute))
    text = sign_in(cast.tess).get("/search/suggestions", {"q": "larch"}).content.decode()
    assert text.count('role="option"') == 5 + 2 + 1 + 1  # tickets, Paula and Piet, Larch, all results
    assert "/search/?q=larch" in text
    assert sign_in(cast.tess).get("/search/suggestions", {"q": "l"}).content.decode().strip() == ""


def test_the_box_is_on_every_page_but_its_own_and_only_for_those_who_may_see_tickets(cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.tess)
    assert "data-suggests" in client.get("/").content.decode()
    assert "data-suggests" not in client.get("/search/").content.decode()
    role = add_role(name="Reader", permissions=[Permission.SEE_REPORTS], by=cast.ada, at=datetime.now().astimezone())
    cast.tom.account.role, cast.tom.account.custom_role = "", role
    cast.tom.account.save()
    reader = sign_in(cast.tom)
    assert "data-suggests" not in reader.get("/averages").content.decode()
    for path in PATHS:
        assert reader.get(path, {"q": "lock"}).status_code == 403
    assert "Larch" not in reader.get("/deeds/found", {"q": "larch"}).content.decode()


def test_it_is_said_while_words_are_still_missing(cast: Cast, now: datetime, sign_in: Any) -> None:
    cast.writes(cast.paula, now)
    Rebuild.objects.create(began_at=now)
    assert "is being made ready: 0 of" in sign_in(cast.tess).get("/search/results?q=lock").content.decode()


def test_it_costs_the_same_with_one_and_with_twenty(cast: Cast, now: datetime, sign_in: Any) -> None:
    client, counted = sign_in(cast.tess), []
    for number in (1, 20):
        for minute in range(number):
            ticket = cast.writes(cast.olaf, now + timedelta(minutes=minute))
            actions.note_on_ticket(ticket, text="lock", by=cast.tess, at=now)
        client.get("/search/results?q=lock")
        with CaptureQueriesContext(connection) as captured:
            client.get("/search/results?q=lock")
        counted.append(len(captured))
    assert counted[0] == counted[1] <= 16

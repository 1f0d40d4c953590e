"""The public page: opt-in, no sign-in, nobody's name in it, and only what was published."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mainstay.promises.actions import put_policy_in_force
from mainstay.reports.periods import month_of
from mainstay.reports.publishing import publish_month
from mainstay.tickets import actions
from tests.cast import POLICY, Cast
from tests.reports.mixed import after, mixed_history

NOVEMBER = month_of("2026-11")
LATER = NOVEMBER.end + timedelta(days=4, hours=9)
QUERIES = 3
NAMES = ("Tess", "Tom", "Sue", "Paula", "Piet", "Olaf", "Rita", "Larch", "Elm", "Reed", "Lock")


@pytest.fixture
def published(cast: Cast) -> Any:
    """A desk whose policy publishes its months, in December; November is published."""
    mixed_history(cast)
    text = POLICY.read_text(encoding="utf-8")
    assert "publishes = false" in text
    put_policy_in_force(text.replace("publishes = false", "publishes = true"), holds_from=after(300), at=after(300))
    publish_month(NOVEMBER, by=cast.sue, at=LATER)
    with time_machine.travel(LATER, tick=False):
        yield cast


def words(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_a_policy_that_publishes_nothing_has_no_page(cast: Cast, sign_in: Any) -> None:
    assert sign_in().get("/promise").status_code == 404
    assert sign_in(cast.ada).get("/promise").status_code == 404


def test_a_desk_without_a_policy_has_no_page(db: None, sign_in: Any) -> None:
    assert sign_in().get("/promise").status_code == 404


def test_it_says_what_is_promised_and_what_was_kept(published: Cast, sign_in: Any) -> None:
    text = words(sign_in().get("/promise", headers={"Accept-Language": "en"}))
    assert "We want you to get the most out of what you bought from us" in text
    assert "Everything 5 min 5 h" in text
    assert "Monday – Friday 06:00–22:00" in text and "Saturday – Sunday closed" in text
    assert "hours of the zone Etc/UTC, where it was 09:00" in text
    assert "November 2026 6 min 30 of 5 min (4) not kept 1 h 47 of 5 h (2) kept" in text
    assert "too complex for a guarantee on any single problem" in text
    assert "support@" in text


def test_it_names_nobody_and_shows_nothing_that_still_runs(published: Cast, sign_in: Any) -> None:
    ticket = published.writes(published.paula, LATER)
    actions.reply_to_ticket(ticket, text="x", by=published.tess, at=LATER + timedelta(minutes=1))
    text = words(sign_in().get("/promise"))
    assert not [name for name in NAMES if name in text]
    assert "December 2026 " not in text and "December 2026" not in text.split("How it really was")[1][:200]


def test_what_happens_after_publishing_is_not_seen(published: Cast, sign_in: Any) -> None:
    before = words(sign_in().get("/promise"))
    ticket = published.writes(published.olaf, NOVEMBER.end - timedelta(hours=10))
    actions.reply_to_ticket(ticket, text="x", by=published.tess, at=NOVEMBER.end - timedelta(hours=9))
    assert words(sign_in().get("/promise")) == before


@pytest.mark.parametrize(
    ("asked", "chosen", "language"),
    [
        ("nl-BE,nl;q=0.9,en;q=0.5", "", "nl"),
        ("de,fr;q=0.5", "", "en"),
        ("en", "nl", "nl"),
        ("nl", "xx", "nl"),
        ("", "", "en"),
        ("q=;;,,*", "%00", "en"),
    ],
)
def test_it_speaks_the_visitors_language_or_the_chosen_one(
    published: Cast, sign_in: Any, asked: str, chosen: str, language: str
) -> None:
    answer = sign_in().get("/promise", {"language": chosen}, headers={"Accept-Language": asked})
    assert answer["Content-Language"] == language
    assert f'<html lang="{language}"' in answer.content.decode()
    sentence = {"en": "We want you to get the most", "nl": "Wij willen dat u alles haalt"}[language]
    assert sentence in words(answer)


def test_it_can_be_kept_by_caches_sets_no_cookie_and_costs_little(published: Cast, sign_in: Any) -> None:
    client = sign_in()
    client.get("/promise")
    with CaptureQueriesContext(connection) as captured:
        answer = client.get("/promise")
    assert len(captured) == QUERIES
    assert "public" in answer["Cache-Control"] and "max-age=300" in answer["Cache-Control"]
    assert "Accept-Language" in answer["Vary"]
    assert not answer.cookies
    assert not re.search(r"<(form|script|input)\b", answer.content.decode())


def test_only_reading_is_possible(published: Cast, sign_in: Any) -> None:
    assert sign_in().post("/promise").status_code == 405

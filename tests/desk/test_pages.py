"""The pages of the desk: what they show, how many queries they cost, and that nothing typed is lost."""

import gzip
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mainstay.tickets import actions
from mainstay.tickets.models import Ticket
from tests.cast import Cast

QUEUE_QUERIES = 11
TICKET_QUERIES = 24  # one of them asks what there is around it at all
KB = 1024


def queries(client: Any, url: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_the_queue_costs_the_same_with_one_row_and_with_thirty(cast: Cast, now: datetime, sign_in: Any) -> None:
    client = sign_in(cast.tess)
    cast.writes(cast.paula, now)
    client.get(reverse("desk:queue"))
    one = queries(client, reverse("desk:queue"))
    for minute in range(29):
        ticket = cast.writes(cast.olaf, now + timedelta(minutes=minute))
        actions.assign_ticket(ticket, to=cast.tom, by=cast.tess, at=now + timedelta(hours=1))
    assert queries(client, reverse("desk:queue")) == one == QUEUE_QUERIES


def test_a_ticket_costs_the_same_with_one_message_and_with_thirty(cast: Cast, now: datetime, sign_in: Any) -> None:
    client = sign_in(cast.tess)
    ticket = cast.writes(cast.paula, now)
    url = reverse("desk:ticket", args=[ticket.number])
    client.get(url)
    one = queries(client, url)
    for minute in range(1, 30):
        actions.reply_to_ticket(ticket, text="x", by=cast.tess, at=now + timedelta(minutes=minute), then="open")
    assert queries(client, url) == one == TICKET_QUERIES


def test_pages_stay_light(cast: Cast, now: datetime, sign_in: Any) -> None:
    client = sign_in(cast.tess)
    for minute in range(60):
        ticket = cast.writes(cast.olaf, now + timedelta(minutes=minute))
    for url in (reverse("desk:queue"), reverse("desk:ticket", args=[ticket.number])):
        page = client.get(url).content
        assert len(page) < 120 * KB
        assert len(gzip.compress(page, 5)) < 16 * KB  # of the 150 kB that a first visit may cost


def test_a_reply_that_cannot_be_sent_keeps_what_was_typed(cast: Cast, now: datetime, sign_in: Any) -> None:
    ticket = cast.writes(cast.paula, now)
    client = sign_in(cast.tess)
    seen = ticket.messages.order_by("pk").last().pk
    actions.reply_to_ticket(ticket, text="Mine.", by=cast.tom, at=now + timedelta(minutes=1))
    url = reverse("desk:ticket_replies", args=[ticket.number])
    answer = client.post(url, {"text": "My long answer", "seen": str(seen)})
    assert answer.status_code == 422
    assert "My long answer" in answer.content.decode()
    assert ticket.messages.filter(kind="reply").count() == 1


def test_an_empty_reply_is_told_beside_the_field(cast: Cast, now: datetime, sign_in: Any) -> None:
    ticket = cast.writes(cast.paula, now)
    answer = sign_in(cast.tess).post(reverse("desk:ticket_replies", args=[ticket.number]), {"text": "  "})
    assert answer.status_code == 422
    assert "Write something first" in answer.content.decode().replace("&#x27;", "'")


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "{{ 7|add:7 }}", '"><img src=x onerror=alert(1)>'])
def test_foreign_text_is_shown_literally(cast: Cast, now: datetime, sign_in: Any, text: str) -> None:
    ticket = cast.writes("new@stranger.example", now, text, subject=text, sender_name=text)
    client = sign_in(cast.tess)
    for url in (reverse("desk:ticket", args=[ticket.number]), reverse("desk:queue") + "?view=refused"):
        page = client.get(url).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_paging_by_key_shows_every_ticket_once(cast: Cast, now: datetime, monkeypatch: Any) -> None:
    from mainstay.tickets.queries import queue_for

    for minute in range(7):
        cast.writes(cast.olaf, now + timedelta(minutes=minute))
    seen: list[int] = []
    after = ""
    while True:
        page = queue_for(cast.tess, "open", after, size=3)
        seen += [ticket.number for ticket in page.tickets]
        if not (after := page.after):
            break
    assert seen == list(Ticket.objects.order_by("opened_at").values_list("number", flat=True))


def test_pages_speak_dutch_to_those_who_chose_it(cast: Cast, now: datetime, sign_in: Any) -> None:
    client = sign_in(cast.tess)
    client.post(reverse("desk:preferences"), {"language": "nl", "theme": "dark", "zone": "Europe/Amsterdam"})
    page = client.get(reverse("desk:queue")).content.decode()
    assert 'lang="nl"' in page
    assert 'data-theme="dark"' in page
    assert "Wachtrij" in page


def test_a_bad_month_is_a_clear_sentence(cast: Cast, sign_in: Any) -> None:
    for month in ("2026-13", "0000-01", "x", "-1", "99999-01", "2026-1-1"):
        answer = sign_in(cast.sue).get(reverse("desk:averages"), {"month": month})
        page = answer.content.decode()
        assert (answer.status_code, "is no period" in page) == (400, True)

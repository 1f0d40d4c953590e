"""The page behind the mailed link, the report, and the switch."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from mainstay.satisfaction.actions import ask_about, choose_asking, rate
from mainstay.satisfaction.models import Rating
from mainstay.tickets import actions
from mainstay.tickets.models import Ticket
from tests.cast import Cast

AT = datetime(2026, 11, 17, 11, 0, tzinfo=UTC)


@pytest.fixture
def rating(cast: Cast, now: datetime) -> Any:
    choose_asking(is_on=True, by=cast.ada, at=now)
    ticket = cast.writes(cast.olaf, now, subject="Lock <b>& key")
    actions.reply_to_ticket(ticket, text="Press twice.", by=cast.tess, at=now, then="resolve")
    with time_machine.travel(AT, tick=False):
        yield ask_about(ticket.pk, resolved_at=now, at=AT)


def page_of(rating: Rating) -> str:
    return reverse("desk:rating", args=[rating.token])


def test_looking_at_the_link_decides_nothing(rating: Rating, sign_in: Any) -> None:
    page = sign_in().get(page_of(rating), {"score": "bad"})
    assert page.status_code == 200 and page["Cache-Control"] == "private, no-store"
    assert 'value="bad" required checked' in " ".join(page.content.decode().split())
    assert "Lock &lt;b&gt;&amp; key" in page.content.decode()
    rating.refresh_from_db()
    assert rating.rated_at is None


def test_without_javascript_one_button_sends_it(rating: Rating, sign_in: Any) -> None:
    client = sign_in()
    done = client.post(page_of(rating), {"score": "good", "comment": "Quick!"}, follow=True)
    assert "Thank you, we have it." in done.content.decode()
    rating.refresh_from_db()
    assert (rating.score, rating.comment) == ("good", "Quick!")


def test_a_comment_that_is_too_long_is_not_lost(rating: Rating, sign_in: Any) -> None:
    answer = sign_in().post(page_of(rating), {"score": "good", "comment": "y" * 4001})
    assert answer.status_code == 422 and "y" * 4001 in answer.content.decode()


def test_a_link_that_is_none_says_so_kindly(db: None, cast: Cast, sign_in: Any) -> None:
    answer = sign_in().get(reverse("desk:rating", args=["guessed"]))
    assert answer.status_code == 410 and "answer our mail instead" in answer.content.decode()


def test_the_answer_stands_on_the_ticket_and_in_the_report(cast: Cast, rating: Rating, sign_in: Any) -> None:
    rate(rating.token, score="bad", comment="<script>x</script> Slow.", at=AT)
    page = sign_in(cast.tess).get(reverse("desk:ticket", args=[rating.ticket.number])).content.decode()
    assert "The customer found our help" in page and "&lt;script&gt;x&lt;/script&gt; Slow." in page
    report = sign_in(cast.sue).get(reverse("desk:report_satisfaction"), {"period": "2026-11"}).content.decode()
    assert "&lt;script&gt;x&lt;/script&gt; Slow." in report and f"#{rating.ticket.number}" in report
    good = sign_in(cast.sue).get(reverse("desk:report_satisfaction"), {"period": "2026-11", "score": "good"})
    assert "Slow." not in good.content.decode()


def test_the_report_asks_as_much_for_one_answer_as_for_thirty(
    cast: Cast, rating: Rating, sign_in: Any, django_assert_num_queries: Any
) -> None:
    rate(rating.token, score="good", at=AT)
    cast.writes(cast.olaf, AT - timedelta(hours=2))  # something is open, so the quiet line counts it both times
    client = sign_in(cast.sue)
    address = reverse("desk:report_satisfaction") + "?period=2026-11"
    client.get(address)
    with django_assert_num_queries(13):
        client.get(address)
    for number in range(30):
        ticket = cast.writes(cast.olaf, AT - timedelta(hours=2))
        Rating.objects.create(ticket=ticket, token=f"t{number}", asked_at=AT, score="fair", rated_at=AT)
    with django_assert_num_queries(13):
        assert client.get(address).content.decode().count("<li>") >= 31


def test_the_switch_is_for_administrators(cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.ada)
    page = client.post(reverse("desk:satisfaction"), {"asks": "on"}, follow=True).content.decode()
    assert "Customers are asked from now on." in page and "checked" in page
    assert "not asked any more" in client.post(reverse("desk:satisfaction"), {}, follow=True).content.decode()
    assert Ticket.objects.count() == 0

"""Customers are asked once, at the right moment, and what they say stands on the ticket."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from mainstay.audit.models import SettingChange
from mainstay.notifications.models import Notification
from mainstay.people.errors import NotAllowed
from mainstay.satisfaction.actions import ask_about, choose_asking, rate
from mainstay.satisfaction.errors import CommentTooLong, NoSuchRating, NotAScore
from mainstay.satisfaction.models import Rating
from mainstay.satisfaction.queries import ratings_in, satisfaction_in
from mainstay.satisfaction.rules import ANSWERED_WITHIN, ASK_AFTER
from mainstay.satisfaction.states import COMMENT_LENGTH, Score
from mainstay.tickets import actions
from mainstay.tickets.models import Message, Ticket
from mainstay.tickets.states import MessageKind
from tests.cast import Cast
from tests.working import waiting_jobs

MINUTE = timedelta(minutes=1)
QUESTION = "How did you find our help?"


@pytest.fixture
def asking(cast: Cast, now: datetime) -> None:
    choose_asking(is_on=True, by=cast.ada, at=now)


def resolved(cast: Cast, now: datetime, who: Any = None) -> Ticket:
    """Answered and resolved four minutes after it came."""
    ticket = cast.writes(who or cast.olaf, now)
    actions.reply_to_ticket(ticket, text="Press twice.", by=cast.tess, at=now + 4 * MINUTE, then="resolve")
    return Ticket.objects.get(pk=ticket.pk)


def asked(ticket: Ticket, at: datetime) -> Rating | None:
    resolved_at = Ticket.objects.get(pk=ticket.pk).promise.resolved_at
    assert resolved_at is not None
    return ask_about(ticket.pk, resolved_at=resolved_at, at=at)


def questions(ticket: Ticket) -> list[Message]:
    sent = ticket.messages.filter(kind=MessageKind.ACKNOWLEDGEMENT, text__contains=QUESTION)
    return list(sent.order_by("pk"))


def test_half_an_hour_after_it_was_resolved_its_person_is_asked_with_a_link_for_each_answer(
    cast: Cast, asking: None, now: datetime
) -> None:
    ticket = resolved(cast, now)
    [job] = waiting_jobs("satisfaction.ask")
    assert job == {"ticket": ticket.pk, "resolved_at": (now + 4 * MINUTE).isoformat()}
    rating = asked(ticket, now + 4 * MINUTE + ASK_AFTER)
    assert rating is not None
    [mail] = questions(ticket)
    links = re.findall(r"https?://\S+/ratings/(\S+)\?score=(\w+)", mail.text)
    assert links == [(rating.token, score) for score in ("good", "fair", "bad")]
    ticket.refresh_from_db()
    assert ticket.state == "resolved"


def test_the_question_is_in_the_language_of_the_ticket(cast: Cast, asking: None, now: datetime) -> None:
    ticket = resolved(cast, now, cast.paula)
    assert asked(ticket, now + 34 * MINUTE)
    assert "Hoe vond u onze hulp?" in ticket.messages.latest("pk").text


def test_it_changes_no_figure(cast: Cast, asking: None, now: datetime) -> None:
    ticket = resolved(cast, now)
    before = ticket.promise.first_response_seconds, ticket.promise.resolution_seconds
    rating = asked(ticket, now + 34 * MINUTE)
    assert rating is not None
    rate(rating.token, score="good", at=now + 40 * MINUTE)
    ticket.promise.refresh_from_db()
    assert (ticket.promise.first_response_seconds, ticket.promise.resolution_seconds) == before
    assert actions.recount_promises() == (1, [])


def test_nobody_is_asked_unless_the_desk_was_told_to(cast: Cast, now: datetime) -> None:
    ticket = resolved(cast, now)
    assert waiting_jobs("satisfaction.ask") == []
    assert asked(ticket, now + 34 * MINUTE) is None


def test_what_was_opened_again_meanwhile_asks_nobody(cast: Cast, asking: None, now: datetime) -> None:
    ticket = resolved(cast, now)
    actions.reopen_ticket(ticket, by=cast.tess, at=now + 10 * MINUTE)
    assert ask_about(ticket.pk, resolved_at=now + 4 * MINUTE, at=now + 34 * MINUTE) is None
    actions.resolve_ticket(ticket, by=cast.tess, at=now + 20 * MINUTE)
    assert ask_about(ticket.pk, resolved_at=now + 4 * MINUTE, at=now + 34 * MINUTE) is None
    assert asked(ticket, now + 50 * MINUTE) is not None


def test_a_ticket_that_nobody_answered_or_that_is_left_out_asks_nobody(cast: Cast, asking: None, now: datetime) -> None:
    unanswered = cast.writes(cast.olaf, now)
    actions.resolve_ticket(unanswered, by=cast.tess, at=now + MINUTE)
    assert asked(unanswered, now + 34 * MINUTE) is None
    spam = resolved(cast, now, cast.paula)
    actions.exclude_ticket(spam, reason="spam", by=cast.tess, at=now + 5 * MINUTE)
    assert ask_about(spam.pk, resolved_at=now + 4 * MINUTE, at=now + 34 * MINUTE) is None


def test_one_person_is_asked_once_a_day(cast: Cast, asking: None, now: datetime) -> None:
    first, second = resolved(cast, now), resolved(cast, now + 5 * MINUTE)
    assert asked(first, now + 34 * MINUTE) is not None
    assert asked(second, now + 40 * MINUTE) is None
    assert asked(second, now + timedelta(days=1, hours=1)) is not None


def test_an_answer_can_be_changed_and_a_comment_added(cast: Cast, asking: None, now: datetime) -> None:
    ticket = resolved(cast, now)
    rating = asked(ticket, now + 34 * MINUTE)
    assert rating is not None
    rate(rating.token, score="fair", at=now + 40 * MINUTE)
    rate(rating.token, score="fair", comment=" It took long.\r\n ", at=now + 41 * MINUTE)
    rate(rating.token, score="good", at=now + 42 * MINUTE)
    rating.refresh_from_db()
    assert (rating.score, rating.comment) == ("good", "It took long.")
    told = ticket.events.filter(kind__startswith="rated").order_by("pk").values_list("kind", flat=True)
    assert list(told) == ["rated_fair", "rated_good"]


def test_a_bad_answer_is_told_once_to_the_assignee_and_the_supervisors(cast: Cast, asking: None, now: datetime) -> None:
    rating = asked(resolved(cast, now), now + 34 * MINUTE)
    assert rating is not None
    rate(rating.token, score="bad", at=now + 40 * MINUTE)
    rate(rating.token, score="bad", comment="Rude.", at=now + 41 * MINUTE)
    told = Notification.objects.filter(kind="rated_bad").order_by("person_id").values_list("person__name", flat=True)
    assert list(told) == ["Tess", "Sue"]


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"score": "splendid"}, NotAScore),
        ({"score": ""}, NotAScore),
        ({"score": "good", "comment": "x" * (COMMENT_LENGTH + 1)}, CommentTooLong),
    ],
)
def test_what_is_no_answer_is_refused_and_changes_nothing(
    cast: Cast, asking: None, now: datetime, given: dict[str, str], error: type[Exception]
) -> None:
    rating = asked(resolved(cast, now), now + 34 * MINUTE)
    assert rating is not None
    with pytest.raises(error):
        rate(rating.token, at=now + 40 * MINUTE, **given)
    rating.refresh_from_db()
    assert (rating.score, rating.rated_at) == ("", None)


def test_a_link_ends_and_a_guessed_one_is_none(cast: Cast, asking: None, now: datetime) -> None:
    rating = asked(resolved(cast, now), now + 34 * MINUTE)
    assert rating is not None
    for token, at in (("guessed", now), (rating.token, rating.asked_at + ANSWERED_WITHIN + MINUTE)):
        with pytest.raises(NoSuchRating):
            rate(token, score="good", at=at)


def test_figures_and_the_answers_behind_them_agree(cast: Cast, asking: None, now: datetime) -> None:
    for who, score in ((cast.olaf, "good"), (cast.paula, "bad"), (cast.piet, "")):
        rating = asked(resolved(cast, now, who), now + 34 * MINUTE)
        assert rating is not None
        if score:
            rate(rating.token, score=score, at=now + 40 * MINUTE)
    period = (now, now + timedelta(days=1))
    found = satisfaction_in(*period)
    assert (found.asked, found.answered, found.share) == (3, 2, 0.5)
    for score in Score:
        assert found.by_score[score] == ratings_in(cast.sue, *period, score=score).count()
    assert ratings_in(cast.sue, *period).count() == 2
    assert not ratings_in(cast.dev, *period).exists()
    assert satisfaction_in(now - timedelta(days=9), now).share is None


def test_only_administrators_switch_it_on_and_it_stands_in_the_log(cast: Cast, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        choose_asking(is_on=True, by=cast.sue, at=now)
    choose_asking(is_on=True, by=cast.ada, at=now)
    choose_asking(is_on=True, by=cast.ada, at=now)
    [change] = SettingChange.objects.filter(noun="satisfaction")
    assert (change.before, change.after, change.by_name) == ({"asks": False}, {"asks": True}, "Ada")

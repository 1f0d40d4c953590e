"""Replies for later: they leave at their moment, wait for a person when something happened, and are sent once."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mainstay.channels.email.models import OutgoingMail
from mainstay.notifications.models import Notification
from mainstay.people.errors import NotAllowed
from mainstay.tickets import actions as tickets
from mainstay.tickets.errors import AnsweredMeanwhile, NoAddress
from mainstay.tickets.models import Ticket
from mainstay.writing import actions
from mainstay.writing.errors import NotForLater, PlanSettled
from mainstay.writing.models import Draft, PlannedReply
from mainstay.writing.moments import mornings
from mainstay.writing.queries import files_of, planned_for, planned_on
from tests.cast import Cast
from tests.working import do_jobs, waiting_jobs

HOUR = timedelta(hours=1)
ADDRESS = "mainstay.channels.email.channel.EmailChannel.address_of"


def plan(ticket: Ticket, cast: Cast, at: datetime, **more: Any) -> PlannedReply:
    given = {"text": "**Good** morning", "due_at": at + HOUR, "by": cast.tess, "at": at, **more}
    return actions.plan_reply(ticket, **given)


def again(planned: PlannedReply) -> PlannedReply:
    return PlannedReply.objects.get(pk=planned.pk)


def held_notices() -> list[str]:
    found = Notification.objects.filter(kind="planned_reply_held").select_related("person").order_by("pk")
    return [one.person.name for one in found]


def test_it_is_no_answer_before_it_leaves_and_one_like_any_other_then(
    cast: Cast, ticket: Ticket, now: datetime
) -> None:
    actions.add_file(ticket, filename="plan.pdf", content=b"%PDF-1.4", by=cast.tess, at=now)
    planned = plan(ticket, cast, now, then="resolve")
    assert waiting_jobs("writing.send_planned") == [{"planned": planned.pk}]
    assert (Draft.objects.count(), ticket.messages.count(), OutgoingMail.objects.count()) == (0, 1, 0)
    do_jobs()
    assert again(planned).state == "waiting"  # its job is for later
    assert actions.send_planned(planned.pk, at=planned.due_at - timedelta(seconds=1)) is None
    sent = actions.send_planned(planned.pk, at=planned.due_at)
    assert sent is not None
    assert (sent.author, sent.text, sent.at, sent.text_format) == (
        cast.tess,
        "**Good** morning",
        planned.due_at,
        "markdown",
    )
    assert [one.filename for one in sent.attachments.all()] == ["plan.pdf"]
    ticket.refresh_from_db()
    assert (ticket.state, again(planned).state, again(planned).message) == ("resolved", "sent", sent)
    assert actions.send_planned(planned.pk, at=planned.due_at) is None  # a job that runs twice
    assert ticket.messages.filter(kind="reply").count() == 1


@pytest.mark.parametrize("away", [timedelta(0), timedelta(seconds=59), timedelta(days=367), -HOUR])
def test_a_moment_is_neither_over_nor_a_year_away(cast: Cast, ticket: Ticket, now: datetime, away: timedelta) -> None:
    with pytest.raises(NotForLater, match="a minute"):
        plan(ticket, cast, now, due_at=now + away)


def test_what_would_stop_a_reply_stops_a_plan(cast: Cast, ticket: Ticket, now: datetime, monkeypatch: Any) -> None:
    seen = ticket.messages.get().pk
    with pytest.raises(NotAllowed):
        plan(ticket, cast, now, by=cast.dev)
    actions.send_reply(ticket, text="Tom's", by=cast.tom, at=now)
    with pytest.raises(AnsweredMeanwhile):
        plan(ticket, cast, now, seen=seen)
    monkeypatch.setattr(ADDRESS, lambda *_: "")
    with pytest.raises(NoAddress):
        plan(ticket, cast, now)
    assert PlannedReply.objects.count() == 0


# --- what happens meanwhile -------------------------------------------------------------------------------------------


def customer_writes(cast: Cast, ticket: Ticket, at: datetime) -> None:
    cast.writes(cast.paula, at, "It works again!", thread=ticket.pk)


def test_what_the_customer_writes_before_holds_it_and_its_writer_is_told(
    cast: Cast, ticket: Ticket, now: datetime
) -> None:
    planned = plan(ticket, cast, now)
    customer_writes(cast, ticket, now + HOUR / 2)
    assert (again(planned).state, again(planned).because) == ("held", "customer_wrote")
    assert held_notices() == ["Tess"]
    assert actions.send_planned(planned.pk, at=planned.due_at) is None
    assert not ticket.messages.filter(kind="reply").exists()
    actions.send_planned_now(again(planned), by=cast.tom, at=now + HOUR)
    assert ticket.messages.get(kind="reply").author == cast.tess  # in the name of who wrote it
    assert (again(planned).state, again(planned).settled_by) == ("sent", cast.tom)


def test_by_its_writers_choice_it_leaves_whatever_the_customer_writes(
    cast: Cast, ticket: Ticket, now: datetime
) -> None:
    planned = plan(ticket, cast, now, regardless=True)
    customer_writes(cast, ticket, now + HOUR / 2)
    assert again(planned).state == "waiting"
    assert actions.send_planned(planned.pk, at=planned.due_at) is not None
    other = plan(ticket, cast, now + 2 * HOUR, regardless=True)
    actions.send_reply(ticket, text="Tom's", by=cast.tom, at=now + 2 * HOUR)
    assert again(other).because == "answered"  # but a colleague's answer holds it


@pytest.mark.parametrize(
    ("happens", "because"),
    [
        (lambda cast, ticket, at: actions.send_reply(ticket, text="x", by=cast.tom, at=at), "answered"),
        (lambda cast, ticket, at: tickets.resolve_ticket(ticket, by=cast.tom, at=at), "resolved"),
        (
            lambda cast, ticket, at: tickets.merge_ticket(
                ticket, into=cast.writes(cast.paula, at, subject="Other", may_auto_reply=False), by=cast.tom, at=at
            ),
            "merged",
        ),
    ],
)
def test_what_colleagues_do_before_holds_it(
    cast: Cast, ticket: Ticket, now: datetime, happens: Any, because: str
) -> None:
    planned = plan(ticket, cast, now)
    happens(cast, ticket, now + HOUR / 2)
    assert (again(planned).state, again(planned).because) == ("held", because)


def test_ones_own_reply_and_a_note_do_not_hold_it(cast: Cast, ticket: Ticket, now: datetime) -> None:
    planned = plan(ticket, cast, now)
    actions.send_reply(ticket, text="A word before", by=cast.tess, at=now)
    actions.write_note(ticket, text="Fine by me", by=cast.tom, at=now)
    assert again(planned).state == "waiting"


def test_a_desk_that_was_off_for_hours_asks_first(cast: Cast, ticket: Ticket, now: datetime) -> None:
    soon, late = plan(ticket, cast, now), plan(ticket, cast, now)
    assert actions.send_planned(late.pk, at=late.due_at + timedelta(hours=7)) is None
    assert (again(late).state, again(late).because) == ("held", "missed")
    assert actions.send_planned(soon.pk, at=soon.due_at + timedelta(hours=5)) is not None


def test_what_can_not_be_sent_then_says_why(cast: Cast, ticket: Ticket, now: datetime, monkeypatch: Any) -> None:
    planned = plan(ticket, cast, now)
    monkeypatch.setattr(ADDRESS, lambda *_: "")
    assert actions.send_planned(planned.pk, at=planned.due_at) is None
    held = again(planned)
    assert (held.state, held.because, bool(held.problem), held.settled_at) == ("held", "problem", True, None)
    assert not ticket.messages.filter(kind="reply").exists()


def test_who_left_the_desk_sends_nothing_and_those_who_lead_it_decide(
    cast: Cast, ticket: Ticket, now: datetime
) -> None:
    planned = plan(ticket, cast, now)
    tickets.deactivate_colleague(cast.tess.account, by=cast.ada, at=now)
    assert actions.send_planned(planned.pk, at=planned.due_at) is None
    assert again(planned).because == "problem"
    assert "Sue" in held_notices() and "Tess" not in held_notices()
    actions.send_planned_now(again(planned), by=cast.sue, at=planned.due_at)
    assert ticket.messages.get(kind="reply").author == cast.sue


# --- decisions --------------------------------------------------------------------------------------------------------


def test_a_held_one_can_be_left_to_its_moment(cast: Cast, ticket: Ticket, now: datetime) -> None:
    planned = plan(ticket, cast, now)
    customer_writes(cast, ticket, now)
    actions.resume_planned(again(planned), by=cast.tom, at=now)
    assert again(planned).state == "waiting"
    assert len(waiting_jobs("writing.send_planned")) == 2
    assert actions.send_planned(planned.pk, at=planned.due_at) is not None


def test_changed_it_stands_in_the_composer_with_its_files(cast: Cast, ticket: Ticket, now: datetime) -> None:
    actions.add_file(ticket, filename="plan.pdf", content=b"%PDF-1.4", by=cast.tess, at=now)
    planned = plan(ticket, cast, now)
    draft = actions.edit_planned(planned, by=cast.tom, at=now)
    assert (draft.person, draft.text) == (cast.tom, "**Good** morning")
    assert [one.filename for one in files_of(draft)] == ["plan.pdf"]
    assert (again(planned).state, actions.send_planned(planned.pk, at=planned.due_at)) == ("cancelled", None)


def test_what_is_settled_is_settled_once(cast: Cast, ticket: Ticket, now: datetime) -> None:
    planned = plan(ticket, cast, now)
    actions.cancel_planned(planned, by=cast.tess, at=now)
    for verb in (
        actions.cancel_planned,
        actions.send_planned_now,
        actions.edit_planned,
        actions.resume_planned,
    ):
        with pytest.raises(PlanSettled):
            verb(planned, by=cast.tess, at=now)
    assert planned_on(ticket) == []


def test_who_may_not_write_to_customers_decides_nothing(cast: Cast, ticket: Ticket, now: datetime) -> None:
    planned = plan(ticket, cast, now)
    for verb in (actions.cancel_planned, actions.send_planned_now, actions.edit_planned):
        with pytest.raises(NotAllowed):
            verb(planned, by=cast.dev, at=now)
    assert planned_for(cast.tom, planned.pk) == planned
    assert planned_for(cast.paula, planned.pk) is None


# --- moments ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "zone", "offered"),
    [
        (datetime(2026, 11, 17, 10, tzinfo=UTC), "Europe/Amsterdam", ["2026-11-18 08:00", "2026-11-23 08:00"]),
        (datetime(2026, 11, 22, 10, tzinfo=UTC), "Europe/Amsterdam", ["2026-11-23 08:00"]),  # a Sunday
        (datetime(2026, 11, 23, 10, tzinfo=UTC), "Europe/Amsterdam", ["2026-11-24 08:00", "2026-11-30 08:00"]),
        (datetime(2026, 11, 17, 23, tzinfo=UTC), "Asia/Tokyo", ["2026-11-19 00:00", "2026-11-23 00:00"]),
        (datetime(2026, 10, 24, 10, tzinfo=UTC), "Europe/Amsterdam", ["2026-10-25 08:00", "2026-10-26 08:00"]),
    ],
)
def test_mornings_are_the_customers(at: datetime, zone: str, offered: list[str]) -> None:
    assert [f"{one.at:%Y-%m-%d %H:%M}" for one in mornings(at, ZoneInfo(zone))] == offered

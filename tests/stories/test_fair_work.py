"""A day at the desk: work is given out fairly, nobody's absence makes a customer wait, and nothing starves."""

from datetime import UTC, date, datetime, timedelta

from mainstay.duty.actions import add_absence, add_shift, leave_sign, set_languages, set_presence
from mainstay.promises.actions import put_policy_in_force
from mainstay.tickets import actions
from mainstay.tickets.actions.ringing import ring_alarms
from mainstay.tickets.models import Ticket
from mainstay.tickets.queries import queue_for
from tests.cast import POLICY, Cast

SIX = datetime(2026, 11, 18, 6, 0, tzinfo=UTC)  # the desk opens


def at(hour: int, minute: int = 0) -> datetime:
    return SIX.replace(hour=hour, minute=minute)


def holder(ticket: Ticket) -> str:
    ticket.refresh_from_db()
    return ticket.assignee.name if ticket.assignee else "nobody"


def round_of(moment: datetime) -> None:
    """What the timetable does each minute."""
    actions.requeue_of_the_missing(moment)
    actions.assign_waiting(moment)
    actions.watch_duty(moment)


def test_a_day_with_two_shifts(cast: Cast, now: datetime) -> None:
    text = POLICY.read_text(encoding="utf-8")
    put_policy_in_force(text.replace("automatic = false", "automatic = true"), holds_from=now, at=now)
    week = {"weekdays": range(5), "zone": "Etc/UTC", "valid_from": date(2026, 11, 17), "by": cast.sue, "at": now}
    add_shift(cast.tess, starts=6 * 60, ends=14 * 60, **week)
    add_shift(cast.tom, starts=13 * 60, ends=22 * 60, **week)
    set_languages(cast.tom, ["nl"], by=cast.sue, at=now)

    # Before anybody is there a mail waits in the queue; Tess comes, and it is hers within the minute.
    early = cast.writes(cast.olaf, at(6))
    round_of(at(6, 1))
    assert holder(early) == "nobody"
    leave_sign(cast.tess, at=at(6, 2))
    round_of(at(6, 2))
    assert holder(early) == "Tess"

    # At one both are there. The Dutch one goes to Tom, who speaks it; the English one to whoever has less to do.
    leave_sign(cast.tess, at=at(13, 5))
    leave_sign(cast.tom, at=at(13, 5))
    dutch, english = cast.writes(cast.paula, at(13, 6)), cast.writes(cast.olaf, at(13, 6), severity="low")
    for ticket in (dutch, english):
        actions.assign_by_turn(ticket.pk, at=at(13, 6))
    assert (holder(dutch), holder(english)) == ("Tom", "Tess")

    # Tess answers one and goes home. What waits for the customer stays hers, what waits for us does not.
    actions.reply_to_ticket(english, text="Which firmware?", by=cast.tess, at=at(13, 30))
    leave_sign(cast.tess, at=at(13, 55))
    leave_sign(cast.tom, at=at(14, 10))
    round_of(at(14, 5))
    assert holder(early) == "Tess"  # her shift is over, but she was here a moment ago
    leave_sign(cast.tom, at=at(14, 12))
    round_of(at(14, 12))
    assert (holder(early), holder(english)) == ("Tom", "Tess")

    # The customer writes while she is gone: it waits for us again, and for Tom.
    cast.writes(cast.olaf, at(14, 20), thread=english.pk)
    leave_sign(cast.tom, at=at(14, 21))
    round_of(at(14, 21))
    assert holder(english) == "Tom"

    # Tom falls ill: everything of his is in the queue, supervisors are told, and nothing moves at night.
    add_absence(cast.tom, starts_at=at(15), ends_at=None, reason="sick", by=cast.sue, at=at(15))
    round_of(at(15))
    assert [holder(ticket) for ticket in (early, dutch, english)] == ["nobody"] * 3
    told = cast.sue.notifications.order_by("pk").values_list("kind", flat=True)
    assert set(told) >= {"requeued", "nobody_on_duty"}


def test_a_low_ticket_comes_to_the_top_by_its_caps(cast: Cast) -> None:
    """Nobody takes the question: after 15, 30 and 45 minutes it counts as one severity more, and stands before a fresh crisis."""
    question = cast.writes(cast.olaf, at(8), subject="question", severity="low")
    for minute, others_first in ((14, 3), (15, 2), (30, 1), (45, 0)):
        ring_alarms(question.pk, at=at(8, minute))
        for severity in ("critical", "high", "normal"):
            cast.writes(cast.paula, at(8, minute), subject=severity, severity=severity)
        order = [ticket.subject for ticket in queue_for(cast.tess).tickets]
        assert order[: order.index("question")] == ["critical", "high", "normal"][:others_first]
        for ticket in Ticket.objects.exclude(pk=question.pk):
            actions.exclude_ticket(ticket, reason="spam", by=cast.tess, at=at(8, minute))
            Ticket.objects.filter(pk=ticket.pk).update(state="closed")


def test_two_technicians_take_one_after_the_other(cast: Cast) -> None:
    tickets = [cast.writes(cast.olaf, SIX + timedelta(minutes=number)) for number in range(4)]
    taken = []
    for person in (cast.tess, cast.tom, cast.tess, cast.tom):
        it = actions.take_next_ticket(by=person, at=at(7))
        actions.reply_to_ticket(it, text="Done.", by=person, at=at(7))
        taken.append(it)
    assert taken == tickets


def test_lunch(cast: Cast) -> None:
    leave_sign(cast.tess, at=at(12))
    ticket = cast.writes(cast.olaf, at(11, 50))
    actions.assign_ticket(ticket, to=cast.tess, by=cast.tess, at=at(11, 51))
    set_presence(cast.tess, "away", until=at(12, 40), by=cast.tess, at=at(12))
    round_of(at(12, 14))
    assert holder(ticket) == "Tess"
    round_of(at(12, 16))
    assert holder(ticket) == "nobody"

"""z: what one did last stands there as it was before; never what somebody else did since. And deeds done behind one's back."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from mainstay.tickets import actions
from mainstay.tickets.errors import ChangedMeanwhile, NothingToUndo
from mainstay.tickets.models import Snooze, Ticket
from mainstay.tickets.queries import last_event_of, ticket_for
from tests.cast import Cast

Verb = Callable[[Ticket, Cast, datetime], Any]
VERBS: dict[str, Verb] = {
    "assign": lambda t, c, at: actions.assign_ticket(t, to=c.tom, by=c.tess, at=at),
    "classify": lambda t, c, at: actions.classify_ticket(t, nature="wiki", severity="low", by=c.tess, at=at),
    "resolve": lambda t, c, at: actions.resolve_ticket(t, by=c.tess, at=at),
    "wait": lambda t, c, at: actions.await_customer(t, by=c.tess, at=at),
    "tag": lambda t, c, at: actions.tag_ticket(t, name="noise", by=c.tess, at=at),
    "snooze": lambda t, c, at: actions.snooze_ticket(t, wakes_on="customer", by=c.tess, at=at),
}


def undo(ticket: Ticket, cast: Cast, at: datetime) -> None:
    last = last_event_of(ticket)
    assert last is not None
    actions.undo_deed(ticket, deed=last.pk, by=cast.tess, at=at)


def looks(ticket: Ticket, cast: Cast) -> tuple[Any, ...]:
    now = ticket_for(cast.tess, ticket.number)
    promise = now.promise
    return (
        now.state,
        now.assignee_id,
        now.nature,
        now.severity,
        now.rank,
        now.is_asleep,
        Snooze.objects.filter(ticket=now).exists(),
        [tag.name for tag in now.tags.order_by("name")],
        (promise.resolved_at, promise.reopened_count, promise.first_response_target_seconds, promise.next_alarm_at),
    )


@pytest.mark.parametrize("name", VERBS)
def test_everything_is_as_before(cast: Cast, now: datetime, name: str) -> None:
    ticket = cast.writes(cast.paula, now)
    before = looks(ticket, cast)
    VERBS[name](ticket, cast, now + timedelta(minutes=1))
    assert looks(ticket, cast) != before
    undo(ticket, cast, now + timedelta(minutes=2))
    assert looks(ticket, cast) == before
    assert actions.recount_promises()[1] == []


@pytest.mark.parametrize("name", VERBS)
def test_not_when_somebody_did_something_since(cast: Cast, now: datetime, name: str) -> None:
    ticket = cast.writes(cast.paula, now)
    VERBS[name](ticket, cast, now)
    deed = last_event_of(ticket)
    assert deed is not None
    actions.note_on_ticket(ticket, text="Wait!", by=cast.tom, at=now)
    after = looks(ticket, cast)
    with pytest.raises(NothingToUndo):
        actions.undo_deed(ticket, deed=deed.pk, by=cast.tess, at=now)
    assert looks(ticket, cast) == after


def test_not_what_somebody_else_did_nor_twice_nor_later_than_ten_minutes(cast: Cast, now: datetime) -> None:
    ticket = cast.writes(cast.paula, now)
    actions.assign_ticket(ticket, to=cast.tom, by=cast.tess, at=now)
    deed = last_event_of(ticket)
    assert deed is not None
    with pytest.raises(NothingToUndo):
        actions.undo_deed(ticket, deed=deed.pk, by=cast.tom, at=now)
    with pytest.raises(NothingToUndo):
        actions.undo_deed(ticket, deed=deed.pk, by=cast.tess, at=now + timedelta(minutes=11))
    actions.undo_deed(ticket, deed=deed.pk, by=cast.tess, at=now)
    with pytest.raises(NothingToUndo):
        actions.undo_deed(ticket, deed=deed.pk, by=cast.tess, at=now)


def test_a_resolving_that_was_taken_back_never_was_for_the_averages(cast: Cast, now: datetime) -> None:
    ticket = cast.writes(cast.paula, now)
    actions.reply_to_ticket(ticket, text="Try this.", by=cast.tess, at=now + timedelta(minutes=5), then="open")
    actions.resolve_ticket(ticket, by=cast.tess, at=now + timedelta(minutes=10))
    undo(ticket, cast, now + timedelta(minutes=15))
    actions.resolve_ticket(ticket, by=cast.tess, at=now + timedelta(minutes=20))
    promise = ticket_for(cast.tess, ticket.number).promise
    assert (promise.reopened_count, promise.resolution_seconds) == (0, 20 * 60)
    assert actions.recount_promises()[1] == []


def test_whoever_is_second_is_told_what_happened_and_changes_nothing(cast: Cast, now: datetime) -> None:
    ticket = cast.writes(cast.paula, now)
    seen = last_event_of(ticket)
    assert seen is not None
    actions.assign_ticket(ticket, to=cast.tom, by=cast.tom, at=now)
    with pytest.raises(ChangedMeanwhile, match="Tom assigned it to Tom"):
        actions.do_as_seen(
            ticket, actions.assign_ticket, seen=seen.pk, unless={"assigned"}, to=cast.tess, by=cast.tess, at=now
        )
    assert ticket_for(cast.tess, ticket.number).assignee == cast.tom

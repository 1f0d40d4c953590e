"""Merge: everything goes along, nothing foreign gets mixed, and all of it can be undone."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from mainstay.tickets import actions
from mainstay.tickets.errors import (
    ForeignOrganisation,
    JustAnswered,
    MergedAway,
    MergedElsewhere,
    MergeIntoPart,
    MergeWithItself,
    MessagesElsewhere,
    NothingToUndo,
)
from mainstay.tickets.models import Follower, Ticket
from mainstay.tickets.queries import find_tickets, last_event_of, links_of, moving_of, tasks_of, ticket_for
from tests.cast import Cast

MINUTE = timedelta(minutes=1)


def texts(ticket: Ticket) -> list[str]:
    return [message.text for message in ticket.messages.exclude(kind="acknowledgement").order_by("at", "pk")]


def looks(ticket: Ticket, cast: Cast) -> tuple[Any, ...]:
    now = ticket_for(cast.tess, ticket.number)
    return now.state, texts(now), now.promise.excluded, now.promise.resolved_at, now.promise.asked_at


@pytest.fixture
def pair(cast: Cast, now: datetime) -> tuple[Ticket, Ticket]:
    """Two of one organisation; the second was answered long ago."""
    one = cast.writes(cast.paula, now, "First.")
    two = cast.writes(cast.piet, now + MINUTE, "Second.")
    actions.reply_to_ticket(two, text="Try this.", by=cast.tess, at=now + 2 * MINUTE, then="open")
    two.messages.filter(kind="reply").update(delivery="sent")
    return one, two


def test_an_answered_ticket_is_merged_with_all_it_has_and_comes_back_whole(
    cast: Cast, now: datetime, pair: tuple[Ticket, Ticket]
) -> None:
    into, ticket = pair
    other = cast.writes(cast.paula, now, "A part.")
    actions.add_task(ticket, text="Call", by=cast.tess, at=now)
    actions.link_tickets(ticket, other=other, side="whole", by=cast.tess, at=now)
    actions.follow_ticket(ticket, by=cast.tom, at=now)
    before = looks(into, cast), looks(ticket, cast)
    at = now + 10 * MINUTE
    moving = moving_of(ticket, into)
    assert (moving.messages, moving.tasks, moving.parts, moving.joins) == (ticket.messages.count(), 1, 1, False)
    actions.merge_ticket(ticket, into=into, by=cast.tess, at=at)
    assert texts(into) == ["First.", "Second.", "Try this."]
    assert texts(ticket) == []
    assert [task.text for task in tasks_of(into)] == ["Call"]
    assert [(seen.side, seen.ticket) for seen in links_of(into, cast.tess)] == [("whole", other)]
    assert Follower.objects.filter(ticket=into, person=cast.tom, stopped=False).exists()
    actions.unmerge_ticket(ticket_for(cast.tess, ticket.number), by=cast.tess, at=at + MINUTE)
    assert (looks(into, cast), looks(ticket, cast)) == before
    assert [task.text for task in tasks_of(ticket)] == ["Call"]
    assert [seen.ticket for seen in links_of(ticket, cast.tess)] == [other]
    assert actions.recount_promises()[1] == []


def test_z_on_the_other_ticket_undoes_the_merge(cast: Cast, now: datetime, pair: tuple[Ticket, Ticket]) -> None:
    into, ticket = pair
    actions.resolve_ticket(into, by=cast.tess, at=now + 3 * MINUTE)
    before = looks(into, cast), looks(ticket, cast)
    at = now + 10 * MINUTE
    actions.merge_ticket(ticket, into=into, by=cast.tess, at=at)
    assert ticket_for(cast.tess, into.number).state == "open"
    last = last_event_of(into)
    assert last is not None
    with pytest.raises(NothingToUndo):
        actions.undo_deed(into, deed=last.pk, by=cast.tom, at=at)
    actions.undo_deed(into, deed=last.pk, by=cast.tess, at=at)
    assert (looks(into, cast), looks(ticket, cast)) == before
    assert ticket_for(cast.tess, into.number).promise.reopened_count == 0


def test_what_was_written_after_a_merge_stays_where_it_was_written(
    cast: Cast, now: datetime, pair: tuple[Ticket, Ticket]
) -> None:
    into, ticket = pair
    actions.merge_ticket(ticket, into=into, by=cast.tess, at=now + 10 * MINUTE)
    cast.writes(cast.piet, now + 11 * MINUTE, "Later.", thread=ticket.pk)
    assert texts(into)[-1] == "Later."
    actions.unmerge_ticket(ticket_for(cast.tess, ticket.number), by=cast.tess, at=now + 12 * MINUTE)
    assert (texts(into), texts(ticket)) == (["First.", "Later."], ["Second.", "Try this."])


def test_merges_of_merges_are_undone_from_the_last_to_the_first(cast: Cast, now: datetime) -> None:
    a, b, c = (cast.writes(cast.paula, now, text) for text in "abc")
    actions.merge_ticket(a, into=b, by=cast.tess, at=now + MINUTE)
    actions.merge_ticket(b, into=c, by=cast.tess, at=now + 2 * MINUTE)
    assert texts(c) == ["a", "b", "c"]
    with pytest.raises(MessagesElsewhere):
        actions.unmerge_ticket(ticket_for(cast.tess, a.number), by=cast.tess, at=now + 3 * MINUTE)
    assert cast.writes(cast.paula, now + 3 * MINUTE, "On a.", thread=a.pk) == c
    actions.unmerge_ticket(ticket_for(cast.tess, b.number), by=cast.tess, at=now + 4 * MINUTE)
    actions.unmerge_ticket(ticket_for(cast.tess, a.number), by=cast.tess, at=now + 5 * MINUTE)
    assert [texts(one) for one in (a, b, c)] == [["a"], ["b"], ["c", "On a."]]


def test_what_is_merged_is_not_merged_again_and_nothing_is_merged_into_it(
    cast: Cast, now: datetime, pair: tuple[Ticket, Ticket]
) -> None:
    into, ticket = pair
    third = cast.writes(cast.paula, now)
    at = now + 10 * MINUTE
    actions.merge_ticket(ticket, into=into, by=cast.tess, at=at)
    with pytest.raises(MergedAway):
        actions.merge_ticket(ticket, into=third, by=cast.tess, at=at)
    with pytest.raises(MergedElsewhere, match=f"#{into.number}"):
        actions.merge_ticket(third, into=ticket, by=cast.tess, at=at)
    with pytest.raises(MergeWithItself):
        actions.merge_ticket(third, into=third, by=cast.tess, at=at)


def test_one_customers_words_never_go_to_another(cast: Cast, now: datetime) -> None:
    ours, theirs = cast.writes(cast.paula, now, "Secret."), cast.writes(cast.olaf, now)
    with pytest.raises(ForeignOrganisation):
        actions.merge_ticket(ours, into=theirs, by=cast.tess, at=now)
    assert texts(ours) == ["Secret."]


def test_a_whole_never_goes_into_its_part_but_a_part_into_its_whole(cast: Cast, now: datetime) -> None:
    whole, part, below = (cast.writes(cast.paula, now) for _ in range(3))
    actions.link_tickets(part, other=whole, side="part", by=cast.tess, at=now)
    actions.link_tickets(below, other=part, side="part", by=cast.tess, at=now)
    for one in (part, below):
        with pytest.raises(MergeIntoPart):
            actions.merge_ticket(whole, into=one, by=cast.tess, at=now)
    assert actions.merge_ticket(below, into=whole, by=cast.tess, at=now) == whole


def test_a_reply_that_is_just_being_sent_keeps_its_ticket(cast: Cast, now: datetime) -> None:
    into, ticket = cast.writes(cast.paula, now), cast.writes(cast.paula, now)
    actions.reply_to_ticket(ticket, text="Try this.", by=cast.tess, at=now)
    with pytest.raises(JustAnswered):
        actions.merge_ticket(ticket, into=into, by=cast.tess, at=now)


def test_the_other_one_is_found_by_number_words_or_because_it_is_the_same_customers(cast: Cast, now: datetime) -> None:
    one = cast.writes(cast.paula, now, subject="Gate is open")
    two = cast.writes(cast.piet, now, subject="Gate stays shut")
    three = cast.writes(cast.olaf, now, subject="Camera dark")
    assert find_tickets(cast.tess, "", one) == [two]
    assert find_tickets(cast.tess, f"#{three.number}", one) == [three]
    assert find_tickets(cast.tess, "gate", one) == [two]
    assert find_tickets(cast.tess, "elm dark", one) == [three]
    assert find_tickets(cast.tess, str(one.number), one) == []


def test_a_split_is_taken_back_by_z(cast: Cast, now: datetime) -> None:
    ticket = cast.writes(cast.paula, now, "First.")
    cast.writes(cast.paula, now + MINUTE, "Another matter.", thread=ticket.pk)
    second = ticket.messages.filter(kind="inbound").order_by("-pk")[0]
    new = actions.split_message(second, by=cast.tess, at=now + 2 * MINUTE)
    assert (texts(ticket), texts(new)) == (["First."], ["Another matter."])
    last = last_event_of(new)
    assert last is not None
    actions.undo_deed(new, deed=last.pk, by=cast.tess, at=now + 3 * MINUTE)
    assert (texts(ticket), texts(new)) == (["First.", "Another matter."], [])
    assert ticket_for(cast.tess, new.number).promise.excluded == "merged"

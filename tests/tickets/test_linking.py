"""Links between tickets: each reads right from both sides, no circles; a whole that is resolved with its parts."""

from datetime import datetime

import pytest

from mainstay.tickets import actions
from mainstay.tickets.errors import AlreadyLinked, CircularParts, LinkToItself, PartAlready
from mainstay.tickets.models import Link, Ticket
from mainstay.tickets.queries import link_for, links_of, open_parts_of, ticket_for
from tests.cast import Cast


def link(cast: Cast, now: datetime, ticket: Ticket, side: str, other: Ticket) -> None:
    actions.link_tickets(ticket, other=other, side=side, by=cast.tess, at=now)


@pytest.mark.parametrize(
    ("side", "seen_there"),
    [
        ("related", "related"),
        ("duplicate", "has_duplicate"),
        ("has_duplicate", "duplicate"),
        ("part", "whole"),
        ("whole", "part"),
    ],
)
def test_a_link_reads_right_from_both_sides(cast: Cast, now: datetime, side: str, seen_there: str) -> None:
    one, two = cast.writes(cast.paula, now), cast.writes(cast.olaf, now)
    link(cast, now, one, side, two)
    assert [(seen.side, seen.ticket) for seen in links_of(one, cast.tess)] == [(side, two)]
    assert [(seen.side, seen.ticket) for seen in links_of(two, cast.tess)] == [(seen_there, one)]
    assert one.events.get(kind="linked").facts == {"link": side, "other": two.number}
    assert two.events.get(kind="linked").facts == {"link": seen_there, "other": one.number}


def test_a_ticket_is_linked_to_another_once_and_never_to_itself(cast: Cast, now: datetime) -> None:
    one, two = cast.writes(cast.paula, now), cast.writes(cast.olaf, now)
    link(cast, now, one, "related", two)
    for ticket, other in ((one, two), (two, one)):
        with pytest.raises(AlreadyLinked):
            link(cast, now, ticket, "duplicate", other)
    with pytest.raises(LinkToItself):
        link(cast, now, one, "related", one)


def test_parts_never_make_a_circle_and_have_one_whole(cast: Cast, now: datetime) -> None:
    one, two, three, four = (cast.writes(cast.olaf, now) for _ in range(4))
    link(cast, now, one, "part", two)
    link(cast, now, two, "part", three)
    with pytest.raises(CircularParts):
        link(cast, now, three, "part", one)
    with pytest.raises(CircularParts):
        link(cast, now, one, "whole", three)
    with pytest.raises(PartAlready):
        link(cast, now, one, "part", four)


def test_a_link_that_was_taken_off_is_gone_from_both(cast: Cast, now: datetime) -> None:
    one, two = cast.writes(cast.paula, now), cast.writes(cast.olaf, now)
    link(cast, now, one, "part", two)
    found = Link.objects.get()
    actions.unlink_tickets(found, by=cast.tess, at=now)
    actions.unlink_tickets(found, by=cast.tess, at=now)
    assert (links_of(one, cast.tess), links_of(two, cast.tess)) == ([], [])
    assert one.events.filter(kind="unlinked").count() == 1


def test_a_whole_is_resolved_with_its_open_parts_and_theirs(cast: Cast, now: datetime) -> None:
    whole, part, below, done = (cast.writes(cast.olaf, now) for _ in range(4))
    link(cast, now, part, "part", whole)
    link(cast, now, done, "part", whole)
    link(cast, now, below, "part", part)
    actions.resolve_ticket(done, by=cast.tess, at=now)
    assert open_parts_of(whole) == [part]
    actions.resolve_with_parts(whole, by=cast.tess, at=now)
    states = {ticket_for(cast.tess, one.number).state for one in (whole, part, below, done)}
    assert states == {"resolved"}
    assert done.events.filter(kind="resolved").count() == 1


def test_a_stranger_sees_no_link_of_tickets_that_are_not_theirs(cast: Cast, now: datetime) -> None:
    one, two = cast.writes(cast.paula, now), cast.writes(cast.olaf, now)
    link(cast, now, one, "related", two)
    assert links_of(one, cast.paula) == []
    assert link_for(cast.paula, Link.objects.get().pk) is None

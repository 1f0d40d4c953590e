"""Problems: one bug with all who wait for it, fixed for all of them at once, and undone without leaving a trace behind."""

from datetime import datetime, timedelta

import pytest

from mainstay.escalations import actions
from mainstay.escalations.errors import CannotJoin, NotFixed, NotOpen, ProblemTaken, WrongSetUp
from mainstay.escalations.models import Problem, ProblemTicket
from mainstay.escalations.queries import find_problems, find_tickets, problem_for, problems_for, tickets_of_problem
from mainstay.notifications.models import Notification
from mainstay.people.errors import NotAllowed
from mainstay.tickets import actions as tickets
from mainstay.tickets.actions import recount_promises
from mainstay.tickets.models import Ticket
from tests.cast import Cast
from tests.escalations.trackers import a_problem


def state_of(ticket: Ticket) -> str:
    return Ticket.objects.values_list("state", flat=True).get(pk=ticket.pk)


def test_a_ticket_waits_for_one_problem_at_a_time(cast: Cast, now: datetime) -> None:
    problem, ticket = a_problem(cast, now)
    other, _ticket = a_problem(cast, now, cast.writes(cast.olaf, now))
    with pytest.raises(ProblemTaken, match=f"#{ticket.number} waits for another problem"):
        actions.link_ticket(other, ticket, by=cast.tess, at=now)
    actions.link_ticket(problem, ticket, by=cast.tess, at=now)
    assert ProblemTicket.objects.filter(ticket=ticket).count() == 1
    actions.unlink_ticket(problem, ticket, by=cast.tess, at=now)
    actions.unlink_ticket(problem, ticket, by=cast.tess, at=now)
    actions.link_ticket(other, ticket, by=cast.tess, at=now)
    kinds = ticket.events.filter(kind__startswith="problem_").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["problem_linked", "problem_unlinked", "problem_linked"]


def test_when_it_is_fixed_everybody_who_waits_knows(cast: Cast, now: datetime) -> None:
    problem, escalated = a_problem(cast, now)
    tickets.assign_ticket(escalated, to=cast.tess, by=cast.tess, at=now)
    waits, resolved = cast.writes(cast.olaf, now), cast.writes(cast.piet, now)
    for ticket in (waits, resolved):
        actions.link_ticket(problem, ticket, by=cast.tess, at=now)
    tickets.resolve_ticket(resolved, by=cast.tess, at=now)
    later = now + timedelta(hours=1)
    problem = actions.mark_fixed(problem, version=" 3.16.0 ", by=cast.dev, at=later)
    assert (problem.state, problem.version, problem.fixed_at) == ("fixed", "3.16.0", later)
    assert state_of(escalated) == "open"
    assert "3.16.0" in escalated.messages.filter(kind="note").order_by("pk").last().text
    assert escalated.escalations.get().ended == "fixed"
    assert [ticket.events.filter(kind="problem_fixed").count() for ticket in (escalated, waits, resolved)] == [1, 1, 0]
    assert Notification.objects.filter(person=cast.tess, kind="problem_fixed").count() == 1
    for ticket in (escalated, waits):
        assert not ticket.messages.filter(kind="reply").exists(), "no customer is written to by itself"
    assert {link.ticket for link in tickets_of_problem(problem) if link.ticket.is_active} == {escalated, waits}
    with pytest.raises(NotOpen):
        actions.mark_fixed(problem, version="3.17", by=cast.dev, at=later)
    with pytest.raises(NotOpen):
        actions.link_ticket(problem, cast.writes(cast.olaf, now), by=cast.tess, at=later)


def test_not_fixed_after_all_takes_everything_back(cast: Cast, now: datetime) -> None:
    problem, untouched = a_problem(cast, now)
    touched = cast.writes(cast.olaf, now)
    waits = cast.writes(cast.piet, now)
    _other, touched = a_problem(cast, now, touched)
    actions.join_problems(problem, _other, by=cast.dev, at=now)
    actions.link_ticket(problem, waits, by=cast.tess, at=now)
    actions.mark_fixed(problem, version="3.16.0", by=cast.dev, at=now + timedelta(minutes=10))
    tickets.reply_to_ticket(touched, text="Please install 3.16.0.", by=cast.tess, at=now + timedelta(minutes=20))
    problem = actions.mark_not_fixed(problem, by=cast.dev, at=now + timedelta(minutes=30))
    assert (problem.state, problem.version, problem.fixed_at) == ("open", "", None)
    assert [state_of(ticket) for ticket in (untouched, touched, waits)] == ["developers", "waiting", "new"]
    stay = untouched.escalations.get()
    assert (stay.ended, stay.ended_at, stay.answer) == ("", None, "")
    assert not ProblemTicket.objects.filter(came_back=True).exists()
    with pytest.raises(NotFixed):
        actions.mark_not_fixed(problem, by=cast.dev, at=now)
    assert recount_promises(mend=False) == (3, []), "the figures are what the events say"
    # And once more: it can be fixed again.
    actions.mark_fixed(problem, version="3.16.1", by=cast.dev, at=now + timedelta(hours=1))
    assert state_of(untouched) == "open"


def test_a_version_must_be_said(cast: Cast, now: datetime) -> None:
    problem, ticket = a_problem(cast, now)
    for version in ("", "  ", "\x00"):
        with pytest.raises(WrongSetUp):
            actions.mark_fixed(problem, version=version, by=cast.dev, at=now)
    assert state_of(ticket) == "developers"


def test_only_the_second_line_says_what_is_fixed(cast: Cast, now: datetime) -> None:
    problem, ticket = a_problem(cast, now)
    for verb in (
        lambda who: actions.mark_fixed(problem, version="1", by=who, at=now),
        lambda who: actions.mark_not_fixed(problem, by=who, at=now),
    ):
        for person in (cast.tess, cast.paula):
            with pytest.raises(NotAllowed):
                verb(person)
    for verb in (
        lambda: actions.make_problem(ticket, title="x", by=cast.paula, at=now),
        lambda: actions.link_ticket(problem, ticket, by=cast.paula, at=now),
        lambda: actions.unlink_ticket(problem, ticket, by=cast.paula, at=now),
        lambda: actions.rename_problem(problem, title="x", by=cast.paula, at=now),
        lambda: actions.join_problems(problem, problem, by=cast.paula, at=now),
    ):
        with pytest.raises(NotAllowed):
            verb()
    assert not problems_for(cast.paula).exists()
    assert problem_for(cast.paula, problem.pk) is None


def test_a_problem_cannot_be_joined_with_itself_or_with_what_is_over(cast: Cast, now: datetime) -> None:
    problem, _ticket = a_problem(cast, now)
    other, _ticket = a_problem(cast, now, cast.writes(cast.olaf, now))
    with pytest.raises(CannotJoin):
        actions.join_problems(problem, problem, by=cast.tess, at=now)
    actions.mark_fixed(other, version="1", by=cast.dev, at=now)
    for one, two in ((problem, other), (other, problem)):
        with pytest.raises(CannotJoin):
            actions.join_problems(one, two, by=cast.tess, at=now)


def test_titles_are_one_line_and_never_empty(cast: Cast, now: datetime) -> None:
    problem, _ticket = a_problem(cast, now)
    assert actions.rename_problem(problem, title="  Two\n words ", by=cast.tess, at=now).title == "Two words"
    assert len(actions.rename_problem(problem, title="x" * 1000, by=cast.tess, at=now).title) == 300
    with pytest.raises(WrongSetUp):
        actions.rename_problem(problem, title=" \n ", by=cast.tess, at=now)


def test_tickets_and_problems_are_found_by_number_and_words(cast: Cast, now: datetime) -> None:
    problem, ticket = a_problem(cast, now, cast.writes(cast.paula, now, subject="Relay stays 50% closed"))
    other = cast.writes(cast.olaf, now, subject="Relay hums")
    assert find_tickets(cast.tess, f"#{ticket.number}") == [ticket]
    assert find_tickets(cast.tess, "relay") == [other, ticket]
    assert find_tickets(cast.tess, "closed 50%") == [ticket]
    for nothing in ("", " ", "9" * 40, "zzz"):
        assert find_tickets(cast.tess, nothing) == []
    assert find_tickets(cast.olaf, str(ticket.number)) == [], "a partner finds nobody else's"
    assert find_problems(cast.tess, "STAYS relay") == [problem]
    assert find_problems(cast.tess, "stays", but=problem.pk) == []
    assert Problem.objects.count() == 1

"""The recount: it finds what differs, goes on where it was interrupted, and any history gives the same figures live and rebuilt."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mainstay.lib.errors import MainstayError
from mainstay.promises.models import FurtherResponse, Promise, Recount
from mainstay.promises.queries import policy_of
from mainstay.promises.rules import MEASURES_VERSION, turn_seconds
from mainstay.tickets import actions
from mainstay.tickets.models import Message, Ticket
from mainstay.tickets.queries import ticket_for
from tests.cast import Cast

TUESDAY = datetime(2026, 11, 17, 10, 0, tzinfo=UTC)


def minutes(n: float) -> datetime:
    return TUESDAY + timedelta(minutes=n)


def some_tickets(cast: Cast, number: int) -> list[Ticket]:
    tickets = [cast.writes(cast.paula, minutes(n)) for n in range(number)]
    for n, ticket in enumerate(tickets):
        actions.reply_to_ticket(ticket, text="x", by=cast.tess, at=minutes(n + 4))
    return tickets


def test_a_recount_that_was_interrupted_goes_on_where_it_stood_and_finds_the_same(cast: Cast) -> None:
    some_tickets(cast, 7)
    Promise.objects.update(first_response_seconds=1)
    whole = list(actions.recount_steps(at=TUESDAY))[-1][0]
    assert (whole.counted, whole.differing) == (7, 7)
    steps = actions.recount_steps(at=TUESDAY, batch=3)
    first, _found = next(steps)
    assert first.counted == 3
    steps.close()  # the process dies here
    last = list(actions.recount_steps(at=TUESDAY, batch=3))[-1][0]
    assert (last.pk, last.counted, last.differing) == (first.pk, 7, 7)
    assert last.finished_at is not None


def test_mending_many_at_once_stores_what_the_events_say(cast: Cast) -> None:
    tickets = some_tickets(cast, 3)
    cast.writes(cast.paula, minutes(20), thread=tickets[0].pk)
    actions.reply_to_ticket(tickets[0], text="x", by=cast.tess, at=minutes(26))
    before = sorted(Promise.objects.values_list())
    further = FurtherResponse.objects.values_list("promise_id", "asked_at", "answered_at", "seconds", "all_day_seconds")
    told = list(further)
    assert [row[3] for row in told] == [6 * 60]
    Promise.objects.update(
        first_response_seconds=1, customer_seconds=7, further_count=0, further_seconds=0, with_whom="", asked_at=None
    )
    FurtherResponse.objects.all().delete()
    number, differences = actions.recount_promises(mend=True)
    assert number == 3 and {one.figure for one in differences} >= {"first_response_seconds", "customer_seconds"}
    assert sorted(Promise.objects.values_list()) == before
    assert list(further.all()) == told


def test_figures_of_an_older_making_are_counted_anew_once(cast: Cast) -> None:
    some_tickets(cast, 2)
    Recount.objects.create(version=MEASURES_VERSION - 1, mends=True, started_at=TUESDAY, finished_at=TUESDAY)
    Promise.objects.update(technician_seconds=0)
    assert actions.bring_measures_up_to_date(at=TUESDAY) == 2
    assert actions.bring_measures_up_to_date(at=TUESDAY) == 0
    assert actions.recount_promises()[1] == []


def test_the_turns_of_a_ticket_are_told_live_and_stored(cast: Cast) -> None:
    ticket = cast.writes(cast.paula, TUESDAY)
    actions.reply_to_ticket(ticket, text="x", by=cast.tess, at=minutes(4))
    cast.writes(cast.paula, minutes(24), thread=ticket.pk)
    actions.hand_to_developers(ticket, text="Tried all.", by=cast.tess, at=minutes(30))
    promise = ticket_for(cast.tess, ticket.number).promise
    policy = policy_of(promise.revision_id)
    assert turn_seconds(promise, minutes(45), policy) == {
        "customer": 20 * 60,
        "technicians": 10 * 60,
        "developers": 15 * 60,
    }
    actions.return_from_developers(ticket, text="Fixed.", by=cast.dev, at=minutes(50))
    actions.resolve_ticket(ticket, by=cast.tess, at=minutes(60))
    promise = ticket_for(cast.tess, ticket.number).promise
    assert (promise.customer_seconds, promise.technician_seconds, promise.developer_seconds) == (1200, 1200, 1200)
    assert promise.resolution_seconds == 3600 and promise.with_whom == ""
    assert turn_seconds(promise, minutes(90), policy) == {"customer": 1200, "technicians": 1200, "developers": 1200}


def test_a_customer_who_writes_while_the_developers_have_it_leaves_it_with_them(cast: Cast) -> None:
    ticket = cast.writes(cast.paula, TUESDAY)
    actions.hand_to_developers(ticket, text="Tried all.", by=cast.tess, at=minutes(10))
    cast.writes(cast.paula, minutes(20), thread=ticket.pk)
    found = ticket_for(cast.tess, ticket.number)
    assert (found.state, found.promise.with_whom) == ("developers", "developers")


def test_a_mail_read_late_gives_the_turn_back_when_it_is_read(cast: Cast) -> None:
    """It was written before the answer and read after it: the ticket is open, and so the turn is ours."""
    ticket = cast.writes(cast.paula, TUESDAY)
    actions.reply_to_ticket(ticket, text="x", by=cast.tess, at=minutes(10))
    cast.writes(cast.paula, minutes(9), thread=ticket.pk)
    found = ticket_for(cast.tess, ticket.number)
    assert (found.state, found.promise.with_whom) == ("open", "technicians")
    assert actions.recount_promises()[1] == []


WHOSE = {"new": "technicians", "open": "technicians", "waiting": "customer", "developers": "developers", "resolved": ""}
VERBS = st.sampled_from(
    [
        "write",
        "reply",
        "reply_open",
        "reply_resolve",
        "wait",
        "work",
        "hand",
        "return",
        "resolve",
        "reopen",
        "fail",
        "withdraw",
        "exclude",
        "include",
        "classify",
    ]
)


def act(cast: Cast, verb: str, ticket: Ticket, at: datetime) -> None:
    tess: dict[str, Any] = {"by": cast.tess, "at": at}
    replies = Message.objects.filter(ticket=ticket, kind="reply").order_by("-pk")
    reply = replies.first()
    match verb:
        case "write":
            cast.writes(cast.paula, at, thread=ticket.pk)
        case "reply" | "reply_open" | "reply_resolve":
            then = {"reply": "wait", "reply_open": "open", "reply_resolve": "resolve"}[verb]
            actions.reply_to_ticket(ticket, text="x", then=then, **tess)
        case "wait":
            actions.await_customer(ticket, **tess)
        case "work":
            actions.put_to_work(ticket, **tess)
        case "hand":
            actions.hand_to_developers(ticket, text="x", **tess)
        case "return":
            actions.return_from_developers(ticket, text="x", **tess)
        case "resolve":
            actions.resolve_ticket(ticket, **tess)
        case "reopen":
            actions.reopen_ticket(ticket, **tess)
        case "fail" if reply:
            actions.take_back_delivery(reply, problem="no such user", at=at)
        case "withdraw" if reply:
            actions.withdraw_reply(reply, **tess)
        case "exclude":
            actions.exclude_ticket(ticket, reason="opened_by_staff", **tess)
        case "include":
            actions.include_ticket(ticket, **tess)
        case "classify":
            actions.classify_ticket(ticket, nature="diagram", severity="high", **tess)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(st.tuples(VERBS, st.integers(0, 40_000)), max_size=14))
def test_any_history_gives_the_same_figures_live_and_rebuilt(cast: Cast, history: list[tuple[str, int]]) -> None:
    """Whatever is done in whatever order: stored as it happened is what a recount says, and the turn fits the state."""
    _lived(cast, history)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(st.tuples(VERBS, st.integers(-7200, 7200)), max_size=14))
def test_so_does_a_history_on_a_clock_that_jumps_back_and_forth(cast: Cast, history: list[tuple[str, int]]) -> None:
    """Nothing takes less than no time, nothing is refused for the clock, and what was done last is what counts."""
    _lived(cast, history)


def _lived(cast: Cast, history: list[tuple[str, int]]) -> None:
    opened = cast.writes(cast.paula, TUESDAY, subject=str(history)[:80])
    at = TUESDAY
    for verb, later in history:
        at += timedelta(seconds=later)
        try:
            act(cast, verb, ticket_for(cast.tess, opened.number), at)
        except MainstayError:
            continue  # refused: then nothing has changed
    assert actions.recount_promises()[1] == []
    found = ticket_for(cast.tess, opened.number)
    assert found.promise.with_whom == WHOSE[found.state]
    resolved = found.promise.resolution_seconds
    if resolved is not None:
        promise = found.promise
        assert promise.customer_seconds + promise.technician_seconds + promise.developer_seconds == resolved
    assert (found.state == "resolved") == (found.promise.resolved_at is not None)


def test_a_clock_that_is_set_back_stops_nobody_and_undoes_nothing(cast: Cast) -> None:
    ticket = cast.writes(cast.paula, TUESDAY)
    actions.reply_to_ticket(ticket, text="x", then="open", by=cast.tess, at=minutes(-1))
    actions.resolve_ticket(ticket, by=cast.tess, at=minutes(10))
    actions.reopen_ticket(ticket, by=cast.tess, at=minutes(9))
    promise = ticket_for(cast.tess, ticket.number).promise
    assert (promise.first_response_seconds, promise.resolved_at, promise.reopened_count) == (0, None, 1)
    actions.resolve_ticket(ticket, by=cast.tess, at=minutes(8))
    promise = ticket_for(cast.tess, ticket.number).promise
    assert (promise.resolved_at, promise.resolution_seconds) == (minutes(10), 600)
    assert actions.recount_promises()[1] == []


def test_an_answer_on_a_clock_that_was_set_back_is_one_to_the_question_before_it(cast: Cast) -> None:
    ticket = cast.writes(cast.paula, TUESDAY)
    actions.reply_to_ticket(ticket, text="x", by=cast.tess, at=minutes(3))
    cast.writes(cast.paula, minutes(10), thread=ticket.pk)
    actions.reply_to_ticket(ticket, text="x", by=cast.tess, at=minutes(9))
    promise = ticket_for(cast.tess, ticket.number).promise
    assert (promise.asked_at, promise.further_count, promise.with_whom) == (None, 1, "customer")


def test_mending_plans_the_alarms_that_follow_from_what_was_counted(cast: Cast) -> None:
    ticket = cast.writes(cast.paula, TUESDAY)
    before = ticket.promise.next_alarm_at
    assert before is not None
    Promise.objects.update(resolved_at=TUESDAY, resolution_seconds=0, next_alarm_at=None)
    actions.recount_promises(mend=True)
    assert ticket_for(cast.tess, ticket.number).promise.next_alarm_at == before


def test_mending_puts_a_ticket_where_its_figures_put_it_in_the_queue(cast: Cast) -> None:
    ticket = cast.writes(cast.paula, TUESDAY)
    actions.reply_to_ticket(ticket, text="x", then="open", by=cast.tess, at=minutes(1))
    right = ticket_for(cast.tess, ticket.number).rank
    Promise.objects.update(first_responded_at=None, first_response_seconds=None, first_response_all_day_seconds=None)
    Ticket.objects.update(rank=right - 1)
    actions.recount_promises(mend=True)
    assert ticket_for(cast.tess, ticket.number).rank == right

"""Two windows, two workers, or a colleague and the customer at the same moment: nothing is doubled and no word is lost."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from mainstay.tickets.errors import AnsweredMeanwhile
from mainstay.tickets.models import Message, Ticket
from mainstay.writing import actions
from mainstay.writing.actions import Does, Naming, add_macro, run_macro, undo_macro
from mainstay.writing.deeds import Planned
from mainstay.writing.errors import DraftChanged, PlanSettled, TooLateToUndo
from mainstay.writing.models import Draft, MacroRun, PlannedReply
from tests.cast import Cast, make_cast

TUESDAY = datetime(2026, 11, 17, 10, 0, tzinfo=UTC)
several_times = pytest.mark.parametrize("minute", range(3))  # one time may happen to be no race


@pytest.fixture
def people(transactional_db: None) -> Iterator[Cast]:
    yield make_cast(TUESDAY)
    with connection.cursor() as cursor:
        cursor.execute("truncate procrastinate_jobs cascade")  # Django empties its own tables only


def at_once(*verbs: Callable[[], object]) -> list[object]:
    """Each verb in a thread of its own, begun together; what each returned or raised."""
    results: list[object] = [None] * len(verbs)
    gate = threading.Barrier(len(verbs))

    def run(place: int) -> None:
        gate.wait(5)
        try:
            results[place] = verbs[place]()
        except Exception as problem:
            results[place] = problem
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(verbs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return results


def of(results: list[object], kind: type) -> list[object]:
    return [result for result in results if isinstance(result, kind)]


def a_ticket(people: Cast, minute: int) -> Ticket:
    return people.writes(
        people.paula, TUESDAY + timedelta(minutes=minute), subject=f"Lock {minute}", may_auto_reply=False
    )


@several_times
def test_two_windows_begin_at_the_same_moment(people: Cast, minute: int) -> None:
    ticket = a_ticket(people, minute)

    def begin(text: str) -> Callable[[], object]:
        return lambda: actions.keep_draft(ticket, text=text, by=people.tess, at=TUESDAY)

    results = at_once(begin("In the first"), begin("In the second"))
    kept = Draft.objects.get(ticket=ticket)
    (told,) = of(results, DraftChanged)
    assert isinstance(told, DraftChanged)
    assert (told.text, told.base) == (kept.text, kept.base)
    assert len(of(results, Draft)) == 1


@several_times
def test_two_windows_go_on_at_the_same_moment(people: Cast, minute: int) -> None:
    ticket = a_ticket(people, minute)
    begun = actions.keep_draft(ticket, text="Begun", by=people.tess, at=TUESDAY)
    assert begun is not None

    def go_on(text: str) -> Callable[[], object]:
        return lambda: actions.keep_draft(ticket, text=text, by=people.tess, at=TUESDAY, base=begun.base)

    results = at_once(go_on("Begun here"), go_on("Begun there"))
    assert len(of(results, DraftChanged)) == 1
    assert Draft.objects.get(ticket=ticket).version == 2


@several_times
def test_a_reply_is_sent_from_one_window_while_the_other_types(people: Cast, minute: int) -> None:
    """Either the other's words were there first and stop the sending, or the other is told that it was sent."""
    ticket = a_ticket(people, minute)
    seen = ticket.messages.get().pk
    draft = actions.keep_draft(ticket, text="Hello", by=people.tess, at=TUESDAY, seen=seen)
    base = draft.base if draft else ""
    sent, typed = at_once(
        lambda: actions.send_reply(ticket, text="Hello", by=people.tess, at=TUESDAY, seen=seen, base=base),
        lambda: actions.keep_draft(ticket, text="Hello you", by=people.tess, at=TUESDAY, seen=seen, base=base),
    )
    if isinstance(sent, Message):
        assert isinstance(typed, DraftChanged)
        assert not Draft.objects.filter(ticket=ticket).exists()
    else:
        assert isinstance(sent, DraftChanged)
        assert Draft.objects.get(ticket=ticket).text == "Hello you"
        assert not ticket.messages.filter(kind="reply").exists()


def test_two_colleagues_send_at_the_same_moment(people: Cast) -> None:
    ticket = a_ticket(people, 0)
    seen = ticket.messages.get().pk
    for person in (people.tess, people.tom):
        actions.keep_draft(ticket, text=f"{person.name}'s", by=person, at=TUESDAY)
    results = at_once(
        lambda: actions.send_reply(ticket, text="Tess's", by=people.tess, at=TUESDAY, seen=seen),
        lambda: actions.send_reply(ticket, text="Tom's", by=people.tom, at=TUESDAY, seen=seen),
    )
    (sent,) = of(results, Message)
    assert isinstance(sent, Message) and len(of(results, AnsweredMeanwhile)) == 1
    left = Draft.objects.get()  # of the one who was stopped
    assert left.person != sent.author and left.text == f"{left.person.name}'s"


def a_plan(people: Cast, ticket: Ticket) -> PlannedReply:
    return actions.plan_reply(
        ticket, text="Later", due_at=TUESDAY + timedelta(hours=1), by=people.tess, at=TUESDAY + timedelta(minutes=30)
    )


@several_times
def test_a_reply_for_later_leaves_once_when_two_workers_have_its_job(people: Cast, minute: int) -> None:
    planned = a_plan(people, a_ticket(people, minute))
    results = at_once(*[lambda: actions.send_planned(planned.pk, at=planned.due_at)] * 2)
    assert len(of(results, Message)) == 1 and results.count(None) == 1


@several_times
def test_the_customer_writes_at_the_very_moment_of_a_reply_for_later(people: Cast, minute: int) -> None:
    """Either the reply was first, or it is held: never is it sent behind their words unseen."""
    ticket = a_ticket(people, minute)
    planned = a_plan(people, ticket)
    results = at_once(
        lambda: actions.send_planned(planned.pk, at=planned.due_at),
        lambda: people.writes(people.paula, planned.due_at, "Never mind!", thread=ticket.pk),
    )
    assert not of(results, Exception), results
    planned.refresh_from_db()
    replies = list(ticket.messages.filter(kind="reply").order_by("pk"))
    theirs = ticket.messages.filter(kind="inbound").order_by("-pk")[0]
    if planned.state == "sent":
        assert len(replies) == 1 and replies[0].pk < theirs.pk
    else:
        assert (planned.state, planned.because, replies) == ("held", "customer_wrote", [])


@several_times
def test_two_decide_about_a_reply_for_later_at_once(people: Cast, minute: int) -> None:
    ticket = a_ticket(people, minute)
    planned = a_plan(people, ticket)
    results = at_once(
        lambda: actions.send_planned_now(planned, by=people.tom, at=TUESDAY + timedelta(minutes=40)),
        lambda: actions.cancel_planned(planned, by=people.sue, at=TUESDAY + timedelta(minutes=40)),
    )
    assert len(of(results, PlanSettled)) == 1
    planned.refresh_from_db()
    assert ticket.messages.filter(kind="reply").count() == (planned.state == "sent")


def test_a_macro_is_undone_once(people: Cast) -> None:
    does = Does([Planned("assign", "me")])
    macro = add_macro(Naming("Mine"), does, wordings={}, shared=True, by=people.sue, at=TUESDAY)
    ticket = a_ticket(people, 0)
    run = run_macro(macro, ticket, by=people.tess, at=TUESDAY)
    results = at_once(*[lambda: undo_macro(run, by=people.tess, at=TUESDAY)] * 2)
    assert len(of(results, TooLateToUndo)) == 1
    assert MacroRun.objects.get().undone_at == TUESDAY
    ticket.refresh_from_db()
    assert ticket.assignee is None

"""Two people, or a person and a mail, or two workers, at the same moment: one wins, nobody loses a word, nothing is doubled."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from mainstay.people.models import Identity
from mainstay.promises.models import Promise
from mainstay.tickets import actions
from mainstay.tickets.actions.recording import locked
from mainstay.tickets.delivery import Accepted, Refused
from mainstay.tickets.errors import AnsweredMeanwhile, NothingToRetry
from mainstay.tickets.jobs import close_old
from mainstay.tickets.models import Message, Ticket
from mainstay.tickets.queries import ticket_for
from tests.cast import Cast, make_cast

TUESDAY = datetime(2026, 11, 17, 10, 0, tzinfo=UTC)


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


def test_a_mail_that_came_before_the_resolving_but_is_read_after_it_reopens_the_ticket(cast: Cast) -> None:
    ticket = cast.writes(cast.paula, TUESDAY)
    received = TUESDAY + timedelta(minutes=60)
    actions.resolve_ticket(ticket, by=cast.tess, at=received + timedelta(seconds=5))
    cast.writes(cast.paula, received, "Still open!", thread=ticket.pk)
    found = ticket_for(cast.tess, ticket.number)
    assert (found.state, found.promise.resolved_at, found.promise.reopened_count) == ("open", None, 1)
    assert found.touched_at == received + timedelta(seconds=5)
    actions.resolve_ticket(found, by=cast.tess, at=TUESDAY + timedelta(minutes=120))
    promise = ticket_for(cast.tess, ticket.number).promise
    assert (promise.resolved_at, promise.resolution_seconds) == (TUESDAY + timedelta(minutes=120), 7200)
    assert actions.recount_promises()[1] == []


def test_a_ticket_that_was_reopened_meanwhile_is_not_closed_by_the_timetable(cast: Cast) -> None:
    ticket = cast.writes(cast.paula, TUESDAY)
    actions.resolve_ticket(ticket, by=cast.tess, at=TUESDAY)
    stale = Ticket.objects.get(pk=ticket.pk)
    cast.writes(cast.paula, TUESDAY + timedelta(days=13), thread=ticket.pk)
    actions.close_ticket(stale, at=TUESDAY + timedelta(days=15))
    assert ticket_for(cast.tess, ticket.number).state == "open"


def test_a_ticket_within_its_window_is_not_closed(cast: Cast) -> None:
    ticket = cast.writes(cast.paula, TUESDAY)
    actions.resolve_ticket(ticket, by=cast.tess, at=TUESDAY)
    actions.close_ticket(ticket, at=TUESDAY + timedelta(days=13))
    assert ticket_for(cast.tess, ticket.number).state == "resolved"


def test_long_windows_do_not_keep_others_from_being_closed(cast: Cast, monkeypatch: Any) -> None:
    import time_machine

    from mainstay.promises.actions import put_policy_in_force
    from tests.cast import POLICY

    monkeypatch.setattr("mainstay.tickets.queries.CLOSED_AT_ONCE", 2)
    longer = POLICY.read_text(encoding="utf-8").replace('window = "14d"', 'window = "90d"')
    assert longer != POLICY.read_text(encoding="utf-8")
    put_policy_in_force(longer, holds_from=TUESDAY, at=TUESDAY)
    for _ in range(3):
        actions.resolve_ticket(cast.writes(cast.paula, TUESDAY), by=cast.tess, at=TUESDAY)
    put_policy_in_force(POLICY.read_text(encoding="utf-8"), holds_from=TUESDAY + timedelta(hours=1), at=TUESDAY)
    short = cast.writes(cast.olaf, TUESDAY + timedelta(hours=2))
    actions.resolve_ticket(short, by=cast.tess, at=TUESDAY + timedelta(hours=3))
    with time_machine.travel(TUESDAY + timedelta(days=20), tick=False):
        close_old()
    assert list(Ticket.objects.filter(state="closed")) == [short]


def test_four_clicks_on_send_are_one_answer(people: Cast) -> None:
    ticket = people.writes(people.paula, TUESDAY)
    seen = ticket.messages.order_by("-pk")[0].pk

    def answer(by: Any) -> Callable[[], object]:
        return lambda: actions.reply_to_ticket(ticket, text="NO or NC?", by=by, at=TUESDAY, seen=seen)

    results = at_once(*(answer(by) for by in (people.tess, people.tess, people.tom, people.tom)))
    assert sum(isinstance(result, Message) for result in results) == 1
    assert sum(isinstance(result, AnsweredMeanwhile) for result in results) == 3
    assert ticket.messages.filter(kind="reply").count() == 1


def test_two_first_mails_of_one_new_sender_are_two_tickets_of_one_person(people: Cast) -> None:
    write = lambda: people.writes("new@stranger.example", TUESDAY)  # noqa: E731
    for _ in range(5):
        results = at_once(write, write)
        assert all(isinstance(result, Ticket) for result in results), results
        Identity.objects.filter(address="new@stranger.example").update(address=f"{_}@stranger.example")
    assert Ticket.objects.count() == 10


class SlowPost:
    """A channel that takes its time: it says when it is sending, and goes on when it is told to."""

    def __init__(self, *outcomes: Any) -> None:
        self.outcomes, self.sent = list(outcomes), 0
        self.sending, self.may_go_on = threading.Event(), threading.Event()

    def address_of(self, ticket: Ticket) -> str:
        return "somebody@elsewhere.example"

    def carries(self) -> bool:
        return True

    def queue_again(self, message: Message, at: datetime) -> bool:
        return False

    def may_answer_automatically(self, address: str, at: datetime) -> bool:
        return True

    def prepare(self, message: Message, address: str) -> None:
        pass

    def send(self, message: Message) -> Any:
        self.sent += 1
        self.sending.set()
        assert self.may_go_on.wait(10)
        return self.outcomes.pop(0)


def test_a_second_click_while_it_is_being_sent_neither_blocks_nor_doubles_it(people: Cast, monkeypatch: Any) -> None:
    post = SlowPost(Refused("no"), Accepted())
    for module in ("answering", "delivering"):
        monkeypatch.setattr(f"mainstay.tickets.actions.{module}.channel_named", lambda key: post)
    ticket = people.writes(people.paula, TUESDAY, may_auto_reply=False)
    message = actions.reply_to_ticket(ticket, text="x", by=people.tess, at=TUESDAY)
    post.may_go_on.set()
    actions.deliver_message(message.pk, at=TUESDAY)
    actions.retry_delivery(message, by=people.tess, at=TUESDAY)
    post.may_go_on.clear()
    post.sending.clear()

    def click() -> object:
        assert post.sending.wait(10)
        try:
            return actions.retry_delivery(message, by=people.tom, at=TUESDAY)
        finally:
            post.may_go_on.set()

    sent, clicked = at_once(lambda: actions.deliver_message(message.pk, at=TUESDAY), click)
    assert sent is None
    assert isinstance(clicked, NothingToRetry)
    message.refresh_from_db()
    assert (message.delivery, post.sent) == ("sent", 2)


def test_who_waited_for_a_ticket_has_its_promise_as_it_is_then(people: Cast) -> None:
    """In one statement with the lock, PostgreSQL would give the promise as it was before the wait."""
    ticket = people.writes(people.paula, TUESDAY)
    seen: list[list[str]] = []

    def wait_for_it() -> None:
        try:
            with transaction.atomic():
                seen.append(locked(ticket).promise.alarms_told)
        finally:
            connection.close()

    waiting = threading.Thread(target=wait_for_it)
    with transaction.atomic():
        Promise.objects.filter(pk=locked(ticket).promise.pk).update(alarms_told=["first_response:60"])
        waiting.start()
        while not somebody_waits():
            waiting.join(0.02)
            assert waiting.is_alive()
    waiting.join(10)
    assert seen == [["first_response:60"]]


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select exists (select from pg_locks where not granted)")
        return bool(cursor.fetchone()[0])

"""The verbs of a ticket: what each leaves behind, and what it refuses."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, transaction

from mainstay.people.errors import NotAllowed
from mainstay.people.models import Person
from mainstay.tickets import actions
from mainstay.tickets.delivery import Accepted, Delayed, Outcome, Refused
from mainstay.tickets.errors import (
    EmptyText,
    MoveNotAllowed,
    NoAddress,
    NotAssignable,
    NothingToRetry,
    TextTooLong,
    TicketError,
    UnknownClass,
    WindowOver,
)
from mainstay.tickets.models import Message, Ticket, TicketEvent
from mainstay.tickets.queries import ticket_for
from tests.cast import Cast
from tests.working import do_jobs, waiting_jobs


@pytest.fixture
def ticket(cast: Cast, now: datetime) -> Ticket:
    return cast.writes(cast.paula, now)


class Post:
    """A channel with outcomes decided beforehand; it keeps what it was given."""

    def __init__(self, *outcomes: Outcome) -> None:
        self.outcomes, self.sent = list(outcomes), []

    def address_of(self, ticket: Ticket) -> str:
        return "somebody@elsewhere.example"

    def may_answer_automatically(self, address: str, at: datetime) -> bool:
        return True

    def carries(self) -> bool:
        return True

    def queue_again(self, message: Message, at: datetime) -> bool:
        return False

    def prepare(self, message: Message, address: str) -> None:
        pass

    def send(self, message: Message) -> Outcome:
        self.sent.append(message.pk)
        return self.outcomes.pop(0)


@pytest.fixture
def post(monkeypatch: Any) -> Any:
    def made(*outcomes: Outcome) -> Post:
        channel = Post(*outcomes)
        for module in ("answering", "delivering"):
            monkeypatch.setattr(f"mainstay.tickets.actions.{module}.channel_named", lambda key: channel)
        return channel

    return made


def again(ticket: Ticket, by: Person) -> Ticket:
    return ticket_for(by, ticket.number)


def kinds(ticket: Ticket) -> list[str]:
    return list(ticket.events.order_by("pk").values_list("kind", flat=True))


def test_a_reply_assigns_waits_and_counts(cast: Cast, ticket: Ticket, now: datetime, post: Any) -> None:
    post()
    actions.reply_to_ticket(ticket, text=" Hello\r\nthere\x00 ", by=cast.tess, at=now + timedelta(minutes=4))
    found = again(ticket, cast.tess)
    assert (found.state, found.assignee, found.promise.first_response_seconds) == ("waiting", cast.tess, 240)
    message = found.messages.get(kind="reply")
    assert (message.text, message.delivery) == ("Hello\nthere", "queued")
    assert waiting_jobs("tickets.deliver")[-1] == {"message": message.pk}


@pytest.mark.parametrize(("then", "state"), [("wait", "waiting"), ("open", "open"), ("resolve", "resolved")])
def test_after_a_reply_the_ticket_is_what_was_chosen(
    cast: Cast, ticket: Ticket, now: datetime, then: str, state: str
) -> None:
    actions.reply_to_ticket(ticket, text="x", by=cast.tess, at=now + timedelta(minutes=1), then=then)
    found = again(ticket, cast.tess)
    assert found.state == state
    assert (found.promise.resolution_seconds == 60) == (then == "resolve")


def test_nothing_is_written_when_the_text_is_empty_or_too_long(cast: Cast, ticket: Ticket, now: datetime) -> None:
    for text, error in (("", EmptyText), (" \x00\n", EmptyText), ("x" * 200_001, TextTooLong)):
        for verb in (actions.reply_to_ticket, actions.note_on_ticket):
            with pytest.raises(error):
                verb(ticket, text=text, by=cast.tess, at=now)
    assert ticket.messages.exclude(kind__in=["inbound", "acknowledgement"]).count() == 0


def test_someone_without_an_address_cannot_be_written_to(cast: Cast, now: datetime) -> None:
    ticket = cast.writes("", now)
    assert ticket.messages.count() == 1
    with pytest.raises(NoAddress):
        actions.reply_to_ticket(ticket, text="x", by=cast.tess, at=now)


def test_a_rolled_back_reply_leaves_nothing_to_send(cast: Cast, ticket: Ticket, now: datetime, post: Any) -> None:
    post()
    before = len(waiting_jobs("tickets.deliver"))
    with pytest.raises(RuntimeError), transaction.atomic():
        actions.reply_to_ticket(ticket, text="x", by=cast.tess, at=now)
        raise RuntimeError
    assert len(waiting_jobs("tickets.deliver")) == before
    assert not ticket.messages.filter(kind="reply").exists()


def test_a_developer_may_note_and_return_but_not_answer(cast: Cast, ticket: Ticket, now: datetime) -> None:
    actions.hand_to_developers(ticket, text="Tried a reset.", by=cast.tess, at=now)
    with pytest.raises(NotAllowed):
        actions.reply_to_ticket(ticket, text="x", by=cast.dev, at=now)
    actions.note_on_ticket(ticket, text="Looking.", by=cast.dev, at=now)
    actions.return_from_developers(ticket, text="Fixed in 3.16.", by=cast.dev, at=now)
    assert again(ticket, cast.tess).state == "open"
    assert ticket.messages.filter(kind="note").count() == 3


def test_a_customer_may_do_none_of_it(cast: Cast, ticket: Ticket, now: datetime) -> None:
    for verb, more in (
        (actions.reply_to_ticket, {"text": "x"}),
        (actions.note_on_ticket, {"text": "x"}),
        (actions.assign_ticket, {"to": cast.tess}),
        (actions.unassign_ticket, {}),
        (actions.classify_ticket, {"nature": "wiki", "severity": "low"}),
        (actions.resolve_ticket, {}),
        (actions.reopen_ticket, {}),
        (actions.await_customer, {}),
        (actions.put_to_work, {}),
        (actions.hand_to_developers, {"text": "x"}),
        (actions.return_from_developers, {"text": "x"}),
        (actions.exclude_ticket, {"reason": "spam"}),
        (actions.include_ticket, {}),
        (actions.admit_ticket, {}),
    ):
        with pytest.raises(NotAllowed):
            verb(ticket, by=cast.paula, at=now, **more)


def test_only_those_who_work_on_tickets_are_assigned(cast: Cast, ticket: Ticket, now: datetime) -> None:
    for nobody in (cast.dev, cast.paula):
        with pytest.raises(NotAssignable):
            actions.assign_ticket(ticket, to=nobody, by=cast.tess, at=now)
    actions.assign_ticket(ticket, to=cast.tom, by=cast.tess, at=now)
    actions.assign_ticket(ticket, to=cast.tom, by=cast.tess, at=now)
    assert again(ticket, cast.tess).state == "open"
    assert kinds(ticket).count("assigned") == 1


def test_classes_are_those_of_the_tickets_policy(cast: Cast, ticket: Ticket, now: datetime) -> None:
    with pytest.raises(UnknownClass):
        actions.classify_ticket(ticket, nature="magic", severity="low", by=cast.tess, at=now)
    actions.classify_ticket(ticket, nature="wiki", severity="critical", by=cast.tess, at=now)
    found = again(ticket, cast.tess)
    assert (found.nature, found.severity, found.urgency) == ("wiki", "critical", 0)


def test_resolved_twice_is_refused_the_second_time(cast: Cast, ticket: Ticket, now: datetime) -> None:
    actions.resolve_ticket(ticket, by=cast.tess, at=now)
    with pytest.raises(MoveNotAllowed, match="Resolved"):
        actions.resolve_ticket(ticket, by=cast.tom, at=now)
    assert kinds(ticket).count("resolved") == 1


@pytest.mark.parametrize(
    ("verb", "more"),
    [
        (actions.reopen_ticket, {}),
        (actions.return_from_developers, {"text": "x"}),
        (actions.admit_ticket, {}),
    ],
)
def test_a_new_ticket_is_neither_reopened_nor_returned_nor_admitted(
    cast: Cast, ticket: Ticket, now: datetime, verb: Any, more: dict[str, str]
) -> None:
    with pytest.raises(TicketError):
        verb(ticket, by=cast.tess, at=now, **more)
    assert again(ticket, cast.tess).state == "new"


def test_a_resolved_one_goes_on_only_by_being_reopened(cast: Cast, ticket: Ticket, now: datetime) -> None:
    actions.resolve_ticket(ticket, by=cast.tess, at=now)
    for verb in (actions.put_to_work, actions.await_customer, actions.admit_ticket):
        with pytest.raises(TicketError):
            verb(ticket, by=cast.tess, at=now)
    with pytest.raises(MoveNotAllowed):
        actions.return_from_developers(ticket, text="x", by=cast.dev, at=now)
    assert kinds(ticket)[-1] == "resolved"


def test_reopening_ends_with_the_window(cast: Cast, ticket: Ticket, now: datetime) -> None:
    actions.resolve_ticket(ticket, by=cast.tess, at=now)
    with pytest.raises(WindowOver):
        actions.reopen_ticket(ticket, by=cast.tess, at=now + timedelta(days=15))
    actions.reopen_ticket(ticket, by=cast.tess, at=now + timedelta(days=13))
    assert again(ticket, cast.tess).promise.reopened_count == 1


def test_old_resolved_tickets_are_closed_by_the_timetable(cast: Cast, ticket: Ticket, now: datetime) -> None:
    import time_machine

    from mainstay.tickets.jobs import close_old

    actions.resolve_ticket(ticket, by=cast.tess, at=now)
    for days, state in ((13, "resolved"), (15, "closed")):
        with time_machine.travel(now + timedelta(days=days), tick=False):
            close_old()
        assert again(ticket, cast.tess).state == state


def test_spam_is_closed_and_left_out_and_can_count_again(cast: Cast, ticket: Ticket, now: datetime) -> None:
    actions.exclude_ticket(ticket, reason="spam", by=cast.tess, at=now)
    found = again(ticket, cast.tess)
    assert (found.state, found.promise.excluded) == ("closed", "spam")
    actions.include_ticket(ticket, by=cast.tess, at=now)
    assert again(ticket, cast.tess).promise.excluded == ""


def test_a_refused_one_can_be_helped_all_the_same(cast: Cast, now: datetime) -> None:
    ticket = cast.writes(cast.rita, now)
    assert again(ticket, cast.tess).promise.excluded == "refused"
    actions.admit_ticket(ticket, by=cast.tess, at=now)
    found = again(ticket, cast.tess)
    assert (found.state, found.entitlement, found.entitlement_reason) == ("open", "entitled", "admitted")
    assert found.promise.excluded == ""


def test_what_staff_open_for_themselves_is_left_out(cast: Cast, now: datetime) -> None:
    ticket = cast.writes(cast.tom, now)
    assert again(ticket, cast.tess).promise.excluded == "opened_by_staff"
    assert ticket.messages.count() == 1  # and gets no automatic answer


def test_a_word_after_the_end_leaves_the_ticket_resolved(cast: Cast, ticket: Ticket, now: datetime) -> None:
    actions.resolve_ticket(ticket, by=cast.tess, at=now)
    actions.reply_to_ticket(ticket, text="One more thing.", by=cast.tess, at=now)
    assert again(ticket, cast.tess).state == "resolved"


def test_a_delivered_reply_is_sent_once(cast: Cast, ticket: Ticket, now: datetime, post: Any) -> None:
    do_jobs()
    channel = post(Accepted())
    message = actions.reply_to_ticket(ticket, text="x", by=cast.tess, at=now)
    actions.deliver_message(message.pk, at=now)
    actions.deliver_message(message.pk, at=now)
    assert channel.sent == [message.pk]
    message.refresh_from_db()
    assert message.delivery == "sent"


def test_trouble_that_passes_is_tried_again_later(cast: Cast, ticket: Ticket, now: datetime, post: Any) -> None:
    do_jobs()
    post(Delayed("busy", 60), Accepted())
    message = actions.reply_to_ticket(ticket, text="x", by=cast.tess, at=now)
    do_jobs()
    message.refresh_from_db()
    assert (message.delivery, message.delivery_problem) == ("queued", "busy")
    assert waiting_jobs("tickets.deliver") == [{"message": message.pk}]
    actions.deliver_message(message.pk, at=now)
    message.refresh_from_db()
    assert (message.delivery, message.delivery_problem) == ("sent", "")


def test_a_reply_that_was_not_delivered_is_no_first_response(
    cast: Cast, ticket: Ticket, now: datetime, post: Any
) -> None:
    post(Refused("no such mailbox"), Accepted())
    message = actions.reply_to_ticket(ticket, text="x", by=cast.tess, at=now + timedelta(minutes=4))
    assert again(ticket, cast.tess).promise.first_response_seconds == 240
    actions.deliver_message(message.pk, at=now + timedelta(minutes=4))
    assert again(ticket, cast.tess).promise.first_responded_at is None
    actions.retry_delivery(message, by=cast.tess, at=now + timedelta(minutes=20))
    actions.deliver_message(message.pk, at=now + timedelta(minutes=21))
    assert again(ticket, cast.tess).promise.first_response_seconds == 21 * 60
    assert actions.recount_promises()[1] == []


def test_only_a_failed_message_is_sent_again(cast: Cast, ticket: Ticket, now: datetime) -> None:
    message = actions.reply_to_ticket(ticket, text="x", by=cast.tess, at=now)
    with pytest.raises(NothingToRetry):
        actions.retry_delivery(message, by=cast.tess, at=now)


def test_a_failed_acknowledgement_is_no_answer(cast: Cast, now: datetime, post: Any) -> None:
    post(Refused("no"), Accepted())
    ticket = cast.writes(cast.paula, now)
    message = ticket.messages.get(kind="acknowledgement")
    actions.deliver_message(message.pk, at=now)
    actions.retry_delivery(message, by=cast.tess, at=now)
    actions.deliver_message(message.pk, at=now)
    assert again(ticket, cast.tess).promise.first_responded_at is None


def test_history_is_never_changed_or_deleted(cast: Cast, ticket: Ticket) -> None:
    event = ticket.events.order_by("pk")[0]
    for change in (lambda: TicketEvent.objects.filter(pk=event.pk).update(kind="x"), event.delete, ticket.delete):
        with pytest.raises(ProgrammingError, match="never changed"), transaction.atomic():
            change()


def test_a_recount_finds_what_was_tampered_with_and_mends_it(cast: Cast, ticket: Ticket, now: datetime) -> None:
    actions.reply_to_ticket(ticket, text="x", by=cast.tess, at=now + timedelta(minutes=4))
    promise = again(ticket, cast.tess).promise
    promise.first_response_seconds = 1
    promise.save()
    number, differences = actions.recount_promises()
    assert number == 1
    assert [(d.number, d.figure, d.stored, d.counted) for d in differences] == [
        (ticket.number, "first_response_seconds", 1, 240)
    ]
    actions.recount_promises(mend=True)
    assert actions.recount_promises() == (1, [])

"""Send what is queued, and record each attempt where people see it."""

from datetime import datetime, timedelta

from django.db import transaction

from mainstay.jobs.one_at_a_time import is_free, only_here
from mainstay.jobs.queue import SOON, enqueue
from mainstay.people.models import Person
from mainstay.people.states import Permission

from .. import events
from ..delivery import Accepted, Delayed, Outcome, channel_named
from ..errors import NothingToRetry
from ..models import Message
from ..states import Delivery
from .answering import DELIVER, SENDING
from .recording import allow, locked, measure_again, not_before_its_past, record, touch
from .returning import note_failure


def deliver_message(message_id: int, *, at: datetime) -> None:
    """One attempt to send a queued message was made and recorded; a delayed one is queued again for later.

    Two workers never send it at once, and nothing is locked while it is sent, however long that takes. A worker that
    dies after sending leaves it queued: it is sent again with the same Message-ID, so that the receiver can tell.
    """
    with only_here(SENDING, message_id) as is_ours:
        message = Message.objects.select_related("ticket").filter(pk=message_id, delivery=Delivery.QUEUED).first()
        if is_ours and message is not None:
            _note_outcome(message, channel_named(message.channel).send(message), at)


@transaction.atomic
def _note_outcome(message: Message, outcome: Outcome, at: datetime) -> None:
    """What came of an attempt stands in the books; what has happened to the message meanwhile stays."""
    ticket = locked(message.ticket)
    message = Message.objects.select_for_update(of=("self",)).get(pk=message.pk)
    if message.delivery != Delivery.QUEUED:
        return
    if isinstance(outcome, Accepted):
        message.delivery = Delivery.KEPT if outcome.kept else Delivery.SENT
        message.delivery_problem = ""
        at = not_before_its_past(ticket, at)
        record(ticket, events.KEPT if outcome.kept else events.DELIVERED, by=None, at=at, message=message)
    elif isinstance(outcome, Delayed):
        message.delivery_problem = outcome.problem
        record(ticket, events.DELIVERY_DELAYED, by=None, at=at, message=message, problem=outcome.problem)
        enqueue(DELIVER, at=at + timedelta(seconds=outcome.seconds), message=message.pk)
    else:
        note_failure(ticket, message, outcome.problem, at=at)
        return
    message.save(update_fields=["delivery", "delivery_problem"])
    if not isinstance(outcome, Delayed):
        measure_again(ticket)
    touch(ticket, ticket.touched_at)


@transaction.atomic
def retry_delivery(message: Message, *, by: Person, at: datetime) -> Message:
    """A message that was not delivered, or whose copies were not, is queued again, by a person's decision.

    One that is being sent right now is not waited for.
    """
    allow(by, Permission.WORK_TICKETS)
    if not is_free(SENDING, message.pk):
        raise NothingToRetry
    ticket = locked(message.ticket)
    message = Message.objects.select_for_update(of=("self",)).get(pk=message.pk)
    has_failed = message.delivery == Delivery.FAILED
    if not channel_named(message.channel).queue_again(message, at) and not has_failed:
        raise NothingToRetry
    record(ticket, events.DELIVERY_RETRIED, by=by, at=at, message=message)
    if has_failed:
        message.delivery, message.queued_at = Delivery.QUEUED, at
        message.save(update_fields=["delivery", "queued_at"])
        enqueue(DELIVER, priority=SOON, message=message.pk)
    touch(ticket, at)
    return message

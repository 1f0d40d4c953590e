"""Send what is queued, and record each attempt where people see it."""

from datetime import datetime, timedelta

from django.db import transaction

from mainstay.jobs.queue import SOON, enqueue
from mainstay.people.models import Person
from mainstay.people.states import Permission

from .. import events
from ..delivery import Accepted, Delayed, channel_named
from ..errors import NothingToRetry
from ..models import Message
from ..states import Delivery
from .answering import DELIVER
from .recording import allow, locked, measure_again, record, touch


def deliver_message(message_id: int, *, at: datetime) -> None:
    """One attempt to send a queued message was made and recorded; a delayed one is queued again for later.

    The message's row is held while it is sent, so that two workers never send it at once. A worker that dies after
    sending leaves it queued: it is sent again with the same Message-ID, so that the receiver can tell.
    """
    with transaction.atomic():
        message = (
            Message.objects.select_for_update(of=("self",), skip_locked=True)
            .select_related("ticket")
            .filter(pk=message_id, delivery=Delivery.QUEUED)
            .first()
        )
        if message is None:
            return
        outcome = channel_named(message.channel).send(message)
        ticket = locked(message.ticket)
        if isinstance(outcome, Accepted):
            message.delivery = Delivery.KEPT if outcome.kept else Delivery.SENT
            message.delivery_problem = ""
            record(ticket, events.KEPT if outcome.kept else events.DELIVERED, by=None, at=at, message=message)
        elif isinstance(outcome, Delayed):
            message.delivery_problem = outcome.problem
            record(ticket, events.DELIVERY_DELAYED, by=None, at=at, message=message, problem=outcome.problem)
            enqueue(DELIVER, at=at + timedelta(seconds=outcome.seconds), message=message.pk)
        else:
            message.delivery = Delivery.FAILED
            message.delivery_problem = outcome.problem
            record(ticket, events.DELIVERY_FAILED, by=None, at=at, message=message, problem=outcome.problem)
        message.save(update_fields=["delivery", "delivery_problem"])
        if not isinstance(outcome, Delayed):
            measure_again(ticket)
        touch(ticket, ticket.touched_at)


@transaction.atomic
def retry_delivery(message: Message, *, by: Person, at: datetime) -> Message:
    """A message that was not delivered is queued again, by a person's decision.

    One that is being sent right now is not waited for: the message is locked before its ticket, as when it is sent.
    """
    allow(by, Permission.WORK_TICKETS)
    waiting = Message.objects.select_for_update(of=("self",), skip_locked=True).select_related("ticket")
    found = waiting.filter(pk=message.pk, delivery=Delivery.FAILED).first()
    if found is None:
        raise NothingToRetry
    message, ticket = found, locked(found.ticket)
    message.delivery, message.queued_at = Delivery.QUEUED, at
    message.save(update_fields=["delivery", "queued_at"])
    record(ticket, events.DELIVERY_RETRIED, by=by, at=at, message=message)
    enqueue(DELIVER, priority=SOON, message=message.pk)
    touch(ticket, at)
    return message

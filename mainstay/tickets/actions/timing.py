"""Time that colleagues spent on a ticket, as they noted it; the promise is measured from events and knows nothing of it."""

from datetime import datetime

from django.db import transaction

from mainstay.audit.actions import record_change
from mainstay.people.models import Person
from mainstay.people.states import Permission

from .. import events
from ..errors import MergedAway, NotCounted, NotYourTime, TimeGone
from ..models import Ticket, TimeCounting, TimeSpent
from ..rules import minutes_in, time_note
from .recording import allow, locked, record, touch

NOUN = "time_spent"


@transaction.atomic
def spend_time(ticket: Ticket, *, spent: str, note: str, by: Person, at: datetime) -> Ticket:
    """So much was spent, as `minutes_in` reads it. Raises NoTime, TimeNoteTooLong, NotCounted and MergedAway."""
    minutes, note = minutes_in(spent), time_note(note)
    allow(by, Permission.WORK_TICKETS)
    ticket = locked(ticket)
    if not TimeCounting.objects.filter(is_on=True).exists():
        raise NotCounted
    if ticket.is_merged:
        raise MergedAway
    entry = TimeSpent.objects.create(ticket=ticket, by=by, minutes=minutes, note=note, at=at)
    record(ticket, events.TIME_SPENT, by=by, at=at, minutes=minutes, note=note, key=entry.pk)
    touch(ticket, at)
    return ticket


@transaction.atomic
def take_time_back(entry: TimeSpent, *, by: Person, at: datetime) -> Ticket:
    """One's own entry is gone; the history tells of it. Raises NotYourTime and TimeGone."""
    allow(by, Permission.WORK_TICKETS)
    ticket = locked(entry.ticket)
    found = TimeSpent.objects.filter(pk=entry.pk).first()
    if found is None:
        raise TimeGone
    if found.by_id != by.pk:
        raise NotYourTime
    record(ticket, events.TIME_TAKEN_BACK, by=by, at=at, minutes=found.minutes)
    found.delete()
    touch(ticket, at)
    return ticket


@transaction.atomic
def count_time(*, is_on: bool, by: Person, at: datetime) -> None:
    """Whether tickets ask for time spent. What was noted before stays, and is shown."""
    allow(by, Permission.MANAGE_DESK)
    chosen, _new = TimeCounting.objects.select_for_update().get_or_create(pk=1)
    if chosen.is_on == is_on:
        return
    record_change(by=by, at=at, noun=NOUN, subject="", key=1, before={"is_on": chosen.is_on}, after={"is_on": is_on})
    chosen.is_on = is_on
    chosen.save(update_fields=["is_on"])

"""Custom fields: which there are, and what is put into them on a ticket."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from mainstay.audit.actions import record_change
from mainstay.lib.fingerprints import fingerprint
from mainstay.people.models import Person
from mainstay.people.states import Permission

from .. import events
from ..errors import (
    ChoicesMissing,
    FieldChanged,
    FieldGone,
    FieldNameTaken,
    FieldNeedsName,
    FieldsMissing,
    FilledMeanwhile,
    MergedAway,
)
from ..fields import FIELD_NAME_LENGTH, CustomField, FieldValue
from ..models import Ticket
from ..queries import fields_for, missing_fields
from ..states import FieldKind
from ..values import spelled
from .recording import allow, locked, record, touch

NOUN = "custom_field"
CHOICES_MAX, CHOICE_LENGTH = 100, 100


@dataclass(frozen=True)
class FieldGiven:
    """A field as somebody filled it in. `kind` of one that is there stays what it is."""

    name: str
    kind: str = FieldKind.TEXT
    natures: Sequence[str] = ()
    choices: Sequence[str] = ()
    is_required: bool = False
    is_retired: bool = False


@transaction.atomic
def keep_field(
    field: CustomField | None, given: FieldGiven, *, by: Person, at: datetime, seen: str = "", is_sample: bool = False
) -> CustomField:
    """The field is so: a new one, last in the order, or the one that is given. Values stay, also where a choice is gone.

    `seen` is the fingerprint of what its writer saw. Raises FieldNeedsName, FieldNameTaken, ChoicesMissing, FieldChanged.
    """
    allow(by, Permission.MANAGE_DESK)
    last = CustomField.objects.aggregate(last=Max("place"))["last"]
    kept = CustomField(place=0 if last is None else last + 1, is_sample=is_sample) if field is None else _held(field)
    before = {} if field is None else seen_of_field(kept)
    if before and seen and seen != fingerprint(before):
        raise FieldChanged
    kept.name = " ".join(given.name.replace("\x00", "").split())[:FIELD_NAME_LENGTH]
    if not kept.name:
        raise FieldNeedsName
    if field is None:
        kept.kind = FieldKind(given.kind).value
    kept.natures, kept.is_required = list(dict.fromkeys(given.natures)), given.is_required
    kept.is_retired, kept.choices = given.is_retired, _choices(kept.kind, given.choices)
    try:
        with transaction.atomic():
            kept.save()
    except IntegrityError as problem:
        if "custom_field_name_once" not in str(problem):
            raise
        raise FieldNameTaken from None
    after = seen_of_field(kept)
    record_change(by=by, at=at, noun=NOUN, subject=kept.name, key=kept.pk, before=before, after=after)
    return kept


@transaction.atomic
def move_field(field: CustomField, *, up: bool, by: Person, at: datetime) -> None:
    """It stands before the one that stood before it, or after the one behind it."""
    allow(by, Permission.MANAGE_DESK)
    order = list(CustomField.objects.select_for_update().order_by("place", "pk"))
    index = next((place for place, one in enumerate(order) if one.pk == field.pk), None)
    if index is None:
        raise FieldGone
    other = index + (-1 if up else 1)
    if not 0 <= other < len(order):
        return
    order[index], order[other] = order[other], order[index]
    for place, one in enumerate(order):
        if one.place != place:
            one.place = place
            one.save(update_fields=["place"])
    moved = {"before": {"place": index + 1}, "after": {"place": other + 1}}
    record_change(by=by, at=at, noun=NOUN, subject=field.name, key=field.pk, **moved)


def seen_of_field(field: CustomField) -> dict[str, Any]:
    """The field as the log keeps it, and as whoever changes it saw it."""
    return {
        "name": field.name,
        "kind": field.kind,
        "natures": list(field.natures),
        "choices": list(field.choices),
        "is_required": field.is_required,
        "is_retired": field.is_retired,
    }


@transaction.atomic
def fill_fields(
    ticket: Ticket, values: Mapping[int, str], *, by: Person, at: datetime, seen: Mapping[int, str] | None = None
) -> Ticket:
    """These fields of the ticket have these values, by the keys of the fields; an empty one has none. All, or nothing.

    `seen` is what stood there when its writer looked: what they left as it was is left as it is, and what a colleague
    changed too is told. Each change is an event. Raises BadValue, FilledMeanwhile; a field that is not of this ticket's
    nature, or retired, is passed over.
    """
    allow(by, Permission.WORK_TICKETS)
    ticket = locked(ticket)
    if ticket.is_merged:
        raise MergedAway
    known = {one.field_id: one for one in FieldValue.objects.filter(ticket=ticket).order_by("pk")}
    changed = False
    for field in fields_for(ticket.nature):
        if field.pk not in values:
            continue
        was = known.get(field.pk)
        given, before = values[field.pk], (seen or {}).get(field.pk)
        if given == before:
            continue
        if was is not None and given == was.value:
            continue  # also a choice that is offered no more
        value = spelled(field.kind, field.name, given, field.choices)
        if value == (was.value if was else ""):
            continue
        if before is not None and before != (was.value if was else ""):
            raise FilledMeanwhile(field.name, was.value[:200] if was else "")
        _put(ticket, field, was, value)
        kind = events.FIELD_SET if value else events.FIELD_CLEARED
        facts: dict[str, Any] = {"field": field.name, **({"value": value[:200]} if value else {})}
        record(ticket, kind, by=by, at=at, was=was.value[:200] if was else "", **facts)
        changed = True
    if changed:
        touch(ticket, at)
    return ticket


def must_be_filled(ticket: Ticket) -> None:
    """Raises FieldsMissing when a field that is required to resolve this ticket is empty."""
    if missing := missing_fields(ticket):
        raise FieldsMissing([field.name for field in missing])


def _put(ticket: Ticket, field: CustomField, was: FieldValue | None, value: str) -> None:
    if not value:
        FieldValue.objects.filter(ticket=ticket, field=field).delete()
    elif was is None:
        FieldValue.objects.create(ticket=ticket, field=field, value=value)
    else:
        FieldValue.objects.filter(pk=was.pk).update(value=value)


def _choices(kind: str, given: Sequence[str]) -> list[str]:
    if kind != FieldKind.CHOICE:
        return []
    cleaned = [" ".join(one.replace("\x00", "").split())[:CHOICE_LENGTH] for one in given]
    kept = list(dict.fromkeys(one for one in cleaned if one))[:CHOICES_MAX]
    if not kept:
        raise ChoicesMissing
    return kept


def _held(field: CustomField) -> CustomField:
    found = CustomField.objects.select_for_update().filter(pk=field.pk).first()
    if found is None:
        raise FieldGone
    return found

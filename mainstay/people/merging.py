"""Merge two persons who are one, with everything that is theirs; and undo that, whatever has happened since."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from mainstay.lib.errors import MainstayError
from mainstay.live.announcing import announce

from . import events
from .changing import allow, held_person, locked_persons, record_of
from .errors import (
    MergedElsewhere,
    MergeWithItself,
    NoSuchPerson,
    NotMerged,
    OtherOrganisation,
    SampleWithReal,
    StaffWithCustomer,
    UndoOthersFirst,
)
from .models import Account, Identity, KeptApart, Person, PersonMerge, PersonNote
from .moving import Lost, Part, Since, person_movers
from .states import Permission

# Taken over where the remaining record says nothing.
FILLED = ("name", "language", "zone", "organisation_id")


def why_not_merge(one: Person, into: Person) -> MainstayError | None:
    """What stands against merging `one` into `into`; None when nothing does."""
    if one.pk == into.pk:
        return MergeWithItself()
    for record in (one, into):
        if record.merged_into is not None:
            return MergedElsewhere(str(record), str(record.merged_into))
    if Account.objects.filter(person__in=[one, into]).exists():
        return StaffWithCustomer()
    if one.is_sample != into.is_sample:
        return SampleWithReal()
    if one.organisation and into.organisation and one.organisation_id != into.organisation_id:
        return OtherOrganisation(str(one.organisation), str(into.organisation))
    return None


def parts_of(one: Person) -> list[Part]:
    """What would go along if this person were merged into another one; kinds of which there is nothing are left out."""
    own = [
        Part(_("Addresses"), Identity.objects.filter(person=one).count()),
        Part(_("Notes"), PersonNote.objects.filter(person=one).count()),
    ]
    found = [*own, *(part for mover in person_movers() for part in mover.parts_of(one))]
    return [part for part in found if part.number]


@transaction.atomic
def merge_persons(one: Person, *, into: Person, by: Person, at: datetime) -> PersonMerge:
    """Everything of `one` is `into`'s: addresses, notes, tickets, messages. Undone by `undo_merge`.

    Who writes from an address of `one` is `into` from now on. What `into` says of itself stays; what it does not say is
    taken over. Raises what `why_not_merge` says.
    """
    allow(by, Permission.WORK_TICKETS)
    one, into = _held_both(one, into)
    if problem := why_not_merge(one, into):
        raise problem
    moved: dict[str, Any] = {"people": _move(one, into)}
    for mover in person_movers():
        moved[mover.key] = mover.move(one, into)
    one.merged_into = into
    one.save(update_fields=["merged_into"])
    merge = PersonMerge.objects.create(one=one, into=into, by=by, at=at, moved=moved)
    record_of(into, events.TOOK_OVER, by=by, at=at, name=str(one), merge=merge.pk)
    record_of(one, events.MERGED, by=by, at=at, name=str(into), merge=merge.pk)
    announce("queue")
    return merge


@transaction.atomic
def undo_merge(merge: PersonMerge, *, by: Person, at: datetime) -> Lost:
    """What was moved is where it was, and what came from the addresses that go back since goes with them.

    What can't be put back, since somebody changed it meanwhile, stays as it is now; it is returned, to be told. Raises
    NotMerged, and UndoOthersFirst when the other record was merged on.
    """
    allow(by, Permission.WORK_TICKETS)
    one, into = _held_both(merge.one, merge.into)
    found = PersonMerge.objects.select_for_update(of=("self",)).filter(pk=merge.pk, undone_at=None).first()
    if found is None or one.merged_into_id != into.pk:
        raise NotMerged
    if into.merged_into is not None:
        raise UndoOthersFirst(str(into), str(into.merged_into))
    lost = Lost()
    since = Since(found.at, _move_back(one, into, found.moved["people"], lost))
    for mover in person_movers():
        if mover.key in found.moved:
            mover.move_back(one, into, found.moved[mover.key], since, lost)
    one.merged_into = None
    one.save(update_fields=["merged_into"])
    found.undone_at, found.undone_by = at, by
    found.save(update_fields=["undone_at", "undone_by"])
    record_of(into, events.GAVE_BACK, by=by, at=at, name=str(one), merge=found.pk)
    record_of(one, events.UNMERGED, by=by, at=at, name=str(into), merge=found.pk)
    announce("queue")
    return lost


@transaction.atomic
def keep_persons_apart(one: Person, other: Person, *, by: Person, at: datetime) -> None:
    """A colleague found that they are two: nobody is asked again whether they are one."""
    allow(by, Permission.WORK_TICKETS)
    if one.pk == other.pk:
        raise MergeWithItself
    first, second = _each_held(one, other)
    _kept, is_new = KeptApart.objects.get_or_create(one=first, other=second, defaults={"by": by, "at": at})
    if is_new:
        record_of(first, events.KEPT_APART, by=by, at=at, name=str(second))
        record_of(second, events.KEPT_APART, by=by, at=at, name=str(first))


def _each_held(one: Person, other: Person) -> tuple[Person, Person]:
    """In the order of their keys, so that two people never wait for each other."""
    first, second = sorted([one, other], key=lambda person: person.pk)
    return held_person(first), held_person(second)


def _held_both(one: Person, into: Person) -> tuple[Person, Person]:
    """Both as they are now, whatever has become of them."""
    found = locked_persons(one.pk, into.pk)
    if one.pk not in found or into.pk not in found:
        raise NoSuchPerson
    return found[one.pk], found[into.pk]


def _move(one: Person, into: Person) -> dict[str, Any]:
    addresses = list(Identity.objects.filter(person=one).order_by("pk").values_list("pk", flat=True))
    Identity.objects.filter(pk__in=addresses).update(person=into)
    notes = list(PersonNote.objects.filter(person=one).order_by("pk").values_list("pk", flat=True))
    PersonNote.objects.filter(pk__in=notes).update(person=into)
    filled = {name: getattr(one, name) for name in FILLED if getattr(one, name) and not getattr(into, name)}
    for name, value in filled.items():
        setattr(into, name, value)
    if filled:
        into.save(update_fields=list(filled))
    return {"addresses": addresses, "notes": notes, "filled": filled}


def _move_back(one: Person, into: Person, moved: dict[str, Any], lost: Lost) -> list[str]:
    """Returns the addresses that went back."""
    back = Identity.objects.filter(pk__in=moved["addresses"], person=into)
    addresses = list(back.order_by("pk").values_list("address", flat=True))
    back.update(person=one)
    lost.note("addresses", len(moved["addresses"]) - len(addresses))
    notes = PersonNote.objects.filter(pk__in=moved["notes"], person=into).update(person=one)
    lost.note("notes", len(moved["notes"]) - notes)
    emptied = [name for name, value in moved["filled"].items() if getattr(into, name) == value]
    for name in emptied:
        setattr(into, name, None if name.endswith("_id") else "")
    if emptied:
        into.save(update_fields=emptied)
    lost.note("fields", len(moved["filled"]) - len(emptied))
    return addresses

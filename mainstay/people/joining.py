"""Merge two organisations that are one, with their people and tickets; and undo that, whatever has happened since."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from mainstay.lib.errors import MainstayError
from mainstay.live.announcing import announce

from . import events
from .changing import allow, locked_organisations, record_of_organisation, sells_to
from .errors import (
    MergedElsewhere,
    MergeWithItself,
    NoSuchPerson,
    NotMerged,
    SampleWithReal,
    SellerAndBuyer,
    UndoOthersFirst,
)
from .models import Organisation, OrganisationMerge, Person
from .moving import Lost, Part, organisation_movers
from .states import Permission

# Taken over where the remaining record says nothing. Not what decides who may have support: that is for a colleague to say.
FILLED = ("country", "zone", "seller_id")


def why_not_join(one: Organisation, into: Organisation) -> MainstayError | None:
    """What stands against merging `one` into `into`; None when nothing does."""
    if one.pk == into.pk:
        return MergeWithItself()
    for record in (one, into):
        if record.merged_into is not None:
            return MergedElsewhere(str(record), str(record.merged_into))
    if one.is_sample != into.is_sample:
        return SampleWithReal()
    return SellerAndBuyer() if sells_to(one, into) or sells_to(into, one) else None


def parts_of(one: Organisation) -> list[Part]:
    """What would go along if this organisation were merged into another one."""
    own = [
        Part(_("People"), Person.objects.filter(organisation=one).count()),
        Part(_("Organisations that bought from it"), Organisation.objects.filter(seller=one).count()),
    ]
    found = [*own, *(part for mover in organisation_movers() for part in mover.parts_of(one))]
    return [part for part in found if part.number]


@transaction.atomic
def join_organisations(one: Organisation, *, into: Organisation, by: Person, at: datetime) -> OrganisationMerge:
    """The people and tickets of `one` are `into`'s. Undone by `undo_joining`; raises what `why_not_join` says."""
    allow(by, Permission.WORK_TICKETS)
    one, into = _held_both(one, into)
    if problem := why_not_join(one, into):
        raise problem
    moved: dict[str, Any] = {"people": _move(one, into)}
    for mover in organisation_movers():
        moved[mover.key] = mover.move(one, into)
    one.merged_into = into
    one.save(update_fields=["merged_into"])
    merge = OrganisationMerge.objects.create(one=one, into=into, by=by, at=at, moved=moved)
    record_of_organisation(into, events.TOOK_OVER, by=by, at=at, name=str(one), merge=merge.pk)
    record_of_organisation(one, events.MERGED, by=by, at=at, name=str(into), merge=merge.pk)
    announce("queue")
    return merge


@transaction.atomic
def undo_joining(merge: OrganisationMerge, *, by: Person, at: datetime) -> Lost:
    """What was moved is where it was, with what its people asked since. Raises NotMerged and UndoOthersFirst."""
    allow(by, Permission.WORK_TICKETS)
    one, into = _held_both(merge.one, merge.into)
    found = OrganisationMerge.objects.select_for_update(of=("self",)).filter(pk=merge.pk, undone_at=None).first()
    if found is None or one.merged_into_id != into.pk:
        raise NotMerged
    if into.merged_into is not None:
        raise UndoOthersFirst(str(into), str(into.merged_into))
    lost = Lost()
    _move_back(one, into, found.moved["people"], lost)
    for mover in organisation_movers():
        if mover.key in found.moved:
            mover.move_back(one, into, found.moved[mover.key], found.at, lost)
    one.merged_into = None
    one.save(update_fields=["merged_into"])
    found.undone_at, found.undone_by = at, by
    found.save(update_fields=["undone_at", "undone_by"])
    record_of_organisation(into, events.GAVE_BACK, by=by, at=at, name=str(one), merge=found.pk)
    record_of_organisation(one, events.UNMERGED, by=by, at=at, name=str(into), merge=found.pk)
    announce("queue")
    return lost


def _held_both(one: Organisation, into: Organisation) -> tuple[Organisation, Organisation]:
    """Both as they are now, whatever has become of them."""
    found = locked_organisations(one.pk, into.pk)
    if one.pk not in found or into.pk not in found:
        raise NoSuchPerson
    return found[one.pk], found[into.pk]


def _move(one: Organisation, into: Organisation) -> dict[str, Any]:
    persons = list(Person.objects.filter(organisation=one).order_by("pk").values_list("pk", flat=True))
    Person.objects.filter(pk__in=persons).update(organisation=into)
    resellers = list(Organisation.objects.filter(seller=one).order_by("pk").values_list("pk", flat=True))
    Organisation.objects.filter(pk__in=resellers).update(seller=into)
    filled = {name: getattr(one, name) for name in FILLED if getattr(one, name) and not getattr(into, name)}
    for name, value in filled.items():
        setattr(into, name, value)
    if filled:
        into.save(update_fields=list(filled))
    return {"persons": persons, "resellers": resellers, "filled": filled}


def _move_back(one: Organisation, into: Organisation, moved: dict[str, Any], lost: Lost) -> None:
    persons = Person.objects.filter(pk__in=moved["persons"], organisation=into).update(organisation=one)
    lost.note("persons", len(moved["persons"]) - persons)
    resellers = Organisation.objects.filter(pk__in=moved["resellers"], seller=into).update(seller=one)
    lost.note("resellers", len(moved["resellers"]) - resellers)
    emptied = [name for name, value in moved["filled"].items() if getattr(into, name) == value]
    for name in emptied:
        setattr(into, name, None if name.endswith("_id") else "")
    if emptied:
        into.save(update_fields=emptied)
    lost.note("fields", len(moved["filled"]) - len(emptied))

"""Verbs on customers and their organisations: change what is known, their addresses, and the notes about them."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from mainstay.history.kinds import EventKind
from mainstay.lib.fingerprints import fingerprint
from mainstay.live.announcing import announce

from . import events
from .actions import NAME_LENGTH, register_organisation, register_person
from .errors import (
    AddressTaken,
    ChangedMeanwhile,
    IsColleague,
    MergedMeanwhile,
    NoSuchAddress,
    NoSuchNote,
    NoSuchPerson,
    NotAllowed,
    NotAnAddress,
    NothingWritten,
    SellsToItself,
)
from .models import Account, Identity, Organisation, OrganisationEvent, Person, PersonEvent, PersonNote
from .rules import EMAIL, canonical_email, canonical_number
from .states import OrganisationKind, Permission

NOTE_LENGTH = 5_000
CHAIN = 20  # nobody buys through more sellers than that


def allow(person: Person, permission: Permission) -> None:
    """Raises NotAllowed when this person may not."""
    if not person.may(permission):
        raise NotAllowed


def locked_persons(*keys: int) -> dict[int, Person]:
    """These persons as they are now, by key, held until the transaction ends; locked in the order of their keys.

    Read after the locks were won: in one statement with them, PostgreSQL would give what they point to as it was before the
    wait, and somebody who was merged meanwhile would look as if they were not.
    """
    held = Person.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
    now = Person.objects.select_related("organisation", "merged_into").order_by("pk")
    return {person.pk: person for person in now.filter(pk__in=[person.pk for person in held])}


def locked_organisations(*keys: int) -> dict[int, Organisation]:
    """The same for organisations."""
    held = Organisation.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
    now = Organisation.objects.select_related("seller", "merged_into").order_by("pk")
    return {organisation.pk: organisation for organisation in now.filter(pk__in=[one.pk for one in held])}


def held_person(person: Person) -> Person:
    """The person as they are now, held until the transaction ends. Raises NoSuchPerson, MergedMeanwhile, IsColleague."""
    found = locked_persons(person.pk).get(person.pk)
    if found is None:
        raise NoSuchPerson
    if found.merged_into is not None:
        raise MergedMeanwhile(str(found.merged_into))
    if Account.objects.filter(person=found).exists():
        raise IsColleague
    return found


def held_organisation(organisation: Organisation) -> Organisation:
    """The organisation as it is now, held until the transaction ends. Raises NoSuchPerson, MergedMeanwhile."""
    found = locked_organisations(organisation.pk).get(organisation.pk)
    if found is None:
        raise NoSuchPerson
    if found.merged_into is not None:
        raise MergedMeanwhile(str(found.merged_into))
    return found


def record_of(person: Person, kind: EventKind, *, by: Person, at: datetime, **facts: Any) -> None:
    """It stands in the person's history, and open pages about them hear it."""
    PersonEvent.objects.create(person=person, kind=kind.name, by=by, at=at, facts=facts)
    announce(f"customer:{person.pk}")


def record_of_organisation(
    organisation: Organisation, kind: EventKind, *, by: Person, at: datetime, **facts: Any
) -> None:
    """It stands in the organisation's history, and open pages about it hear it."""
    OrganisationEvent.objects.create(organisation=organisation, kind=kind.name, by=by, at=at, facts=facts)
    announce(f"organisation:{organisation.pk}")


# --- persons ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_person(
    *,
    name: str,
    channel: str,
    address: str,
    organisation: Organisation | None,
    language: str,
    zone: str,
    by: Person,
    at: datetime,
) -> Person:
    """A colleague put the person into the books. Raises NotAnAddress and AddressTaken."""
    allow(by, Permission.WORK_TICKETS)
    organisation = held_organisation(organisation) if organisation is not None else None
    person = register_person(
        name=_line(name),
        channel=channel,
        address=canonical(channel, address),
        organisation=organisation,
        language=language,
        zone=zone,
    )
    record_of(person, events.REGISTERED, by=by, at=at)
    return person


def seen_of_person(person: Person) -> dict[str, Any]:
    """The person as whoever changes them saw them, and as history tells it."""
    return {
        "name": person.name,
        "organisation": str(person.organisation) if person.organisation is not None else "",
        "language": person.language,
        "zone": person.zone,
        "left": person.left_at is not None,
    }


@transaction.atomic
def change_person(
    person: Person,
    *,
    name: str,
    organisation: Organisation | None,
    language: str,
    zone: str,
    left: bool,
    seen: str = "",
    by: Person,
    at: datetime,
) -> Person:
    """The person is known so from now on; tickets keep the organisation and the decision under which they were opened.

    `seen` is the `fingerprint` of what its writer saw: when it is another meanwhile, raises ChangedMeanwhile.
    """
    allow(by, Permission.WORK_TICKETS)
    # Before the person, as where organisations are merged, so that nobody waits for each other.
    organisation = held_organisation(organisation) if organisation is not None else None
    person = held_person(person)
    before = seen_of_person(person)
    if seen and seen != fingerprint(before):
        raise ChangedMeanwhile
    person.name, person.organisation, person.language, person.zone = _line(name), organisation, language, zone
    if left != (person.left_at is not None):
        person.left_at = at if left else None
    person.save(update_fields=["name", "organisation", "language", "zone", "left_at"])
    for field, was, now in _differences(before, seen_of_person(person)):
        record_of(person, events.CHANGED, by=by, at=at, field=field, was=was, now=now)
    return person


# --- addresses ----------------------------------------------------------------------------------------------------------


def canonical(channel: str, address: str) -> str:
    """The address as it is stored; raises NotAnAddress."""
    if channel != EMAIL:
        number = canonical_number(address)
        if not number:
            raise NotAnAddress
        return number
    address = canonical_email(address)
    try:
        validate_email(address)
    except ValidationError:
        raise NotAnAddress from None
    return address


@transaction.atomic
def add_address(person: Person, *, channel: str, address: str, by: Person, at: datetime) -> Identity:
    """Who writes from it is this person. Not verified: a colleague says so, when they have checked. Raises AddressTaken."""
    allow(by, Permission.WORK_TICKETS)
    address = canonical(channel, address)
    person = held_person(person)
    try:
        with transaction.atomic():
            identity = Identity.objects.create(person=person, channel=channel, address=address)
    except IntegrityError:
        raise AddressTaken(address) from None
    record_of(person, events.ADDRESS_ADDED, by=by, at=at, address=address)
    return identity


@transaction.atomic
def verify_address(identity: Identity, *, by: Person, at: datetime) -> Identity:
    """A colleague has checked that the address is the person's."""
    return _set_verified(identity, at, events.ADDRESS_VERIFIED, by, at)


@transaction.atomic
def doubt_address(identity: Identity, *, by: Person, at: datetime) -> Identity:
    """It is not taken for checked any more."""
    return _set_verified(identity, None, events.ADDRESS_DOUBTED, by, at)


@transaction.atomic
def remove_address(identity: Identity, *, by: Person, at: datetime) -> None:
    """Who writes from it later is somebody whom the desk does not know; what was written stays where it is."""
    person, identity = _held_address(identity, by)
    record_of(person, events.ADDRESS_REMOVED, by=by, at=at, address=identity.address)
    identity.delete()


def _set_verified(identity: Identity, moment: datetime | None, kind: EventKind, by: Person, at: datetime) -> Identity:
    person, identity = _held_address(identity, by)
    if (identity.verified_at is None) != (moment is None):
        identity.verified_at = moment
        identity.save(update_fields=["verified_at"])
        record_of(person, kind, by=by, at=at, address=identity.address)
    return identity


def _held_address(identity: Identity, by: Person) -> tuple[Person, Identity]:
    """Its person first, as every verb does, so that nobody waits for each other; it may have moved meanwhile."""
    allow(by, Permission.WORK_TICKETS)
    person = held_person(identity.person)
    found = Identity.objects.select_for_update(of=("self",)).filter(pk=identity.pk, person=person).first()
    if found is None:
        raise NoSuchAddress
    return person, found


# --- notes --------------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_note(person: Person, *, text: str, by: Person, at: datetime) -> PersonNote:
    """Colleagues read it at the person; no customer ever sees it."""
    allow(by, Permission.WRITE_NOTES)
    text = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if not text or len(text) > NOTE_LENGTH:
        raise NothingWritten
    note = PersonNote.objects.create(person=held_person(person), by=by, at=at, text=text)
    announce(f"customer:{note.person_id}")
    return note


@transaction.atomic
def remove_note(note: PersonNote, *, by: Person, at: datetime) -> None:
    """Whoever wrote it takes it away, or who works on tickets; that it was there stays in the history."""
    if note.by_id != by.pk:
        allow(by, Permission.WORK_TICKETS)
    allow(by, Permission.WRITE_NOTES)
    person = held_person(note.person)
    gone, _of = PersonNote.objects.filter(pk=note.pk, person=person).delete()
    if not gone:
        raise NoSuchNote
    record_of(person, events.NOTE_REMOVED, by=by, at=at, name=str(note.by or ""))


# --- organisations ------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_organisation(
    *,
    name: str,
    kind: str,
    bought_directly: bool,
    country: str,
    zone: str,
    seller: Organisation | None,
    by: Person,
    at: datetime,
) -> Organisation:
    """The organisation can be given to people."""
    allow(by, Permission.WORK_TICKETS)
    seller = held_organisation(seller) if seller is not None else None
    organisation = register_organisation(
        name=_line(name), kind=kind, bought_directly=bought_directly, country=country, zone=zone, seller=seller
    )
    record_of_organisation(organisation, events.REGISTERED, by=by, at=at)
    return organisation


def seen_of_organisation(organisation: Organisation) -> dict[str, Any]:
    """The organisation as whoever changes it saw it, and as history tells it."""
    return {
        "name": organisation.name,
        "kind": str(OrganisationKind(organisation.kind).value),
        "bought_directly": organisation.bought_directly,
        "country": organisation.country,
        "zone": organisation.zone,
        "seller": str(organisation.seller) if organisation.seller is not None else "",
    }


@transaction.atomic
def change_organisation(
    organisation: Organisation,
    *,
    name: str,
    kind: str,
    bought_directly: bool,
    country: str,
    zone: str,
    seller: Organisation | None,
    seen: str = "",
    by: Person,
    at: datetime,
) -> Organisation:
    """It is known so from now on, also for who may have support; tickets keep the decision under which they were opened.

    Raises ChangedMeanwhile as `change_person`, and SellsToItself.
    """
    allow(by, Permission.WORK_TICKETS)
    organisation = held_organisation(organisation)
    before = seen_of_organisation(organisation)
    if seen and seen != fingerprint(before):
        raise ChangedMeanwhile
    if seller is not None and sells_to(organisation, seller):
        raise SellsToItself
    organisation.name, organisation.kind, organisation.bought_directly = _line(name), kind, bought_directly
    organisation.country, organisation.zone, organisation.seller = country, zone, seller
    organisation.save(update_fields=["name", "kind", "bought_directly", "country", "zone", "seller"])
    for field, was, now in _differences(before, seen_of_organisation(organisation)):
        record_of_organisation(organisation, events.CHANGED, by=by, at=at, field=field, was=was, now=now)
    return organisation


def sells_to(organisation: Organisation, buyer: Organisation) -> bool:
    """Whether the buyer is the organisation itself, or got its goods from it, directly or through others."""
    key: int | None = buyer.pk
    for _step in range(CHAIN):
        if key is None:
            return False
        if key == organisation.pk:
            return True
        key = Organisation.objects.filter(pk=key).values_list("seller", flat=True).first()
    return True


def _differences(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    return [(field, before[field], after[field]) for field in before if before[field] != after[field]]


def _line(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())[:NAME_LENGTH]

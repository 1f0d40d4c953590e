"""What is known of persons and organisations: changed under people's eyes, with who did it and what stood there before."""

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from mainstay.lib.fingerprints import fingerprint
from mainstay.people import changing
from mainstay.people.errors import (
    AddressTaken,
    ChangedMeanwhile,
    IsColleague,
    NoSuchAddress,
    NoSuchNote,
    NotAllowed,
    NotAnAddress,
    NothingWritten,
    SellsToItself,
)
from mainstay.people.models import Identity, Organisation, OrganisationEvent, Person, PersonEvent
from mainstay.people.rules import canonical_number
from tests.cast import Cast


def change(person: Person, by: Person, at: datetime, seen: str = "", **more: object) -> Person:
    values = {
        "name": person.name,
        "organisation": person.organisation,
        "language": person.language,
        "zone": person.zone,
        "left": person.left_at is not None,
    }
    return changing.change_person(person, by=by, at=at, seen=seen, **{**values, **more})  # type: ignore[arg-type]


def test_a_change_says_what_stood_there_before_and_who_did_it(cast: Cast, now: datetime) -> None:
    change(cast.paula, cast.tess, now, name="Paula  van\nDam", organisation=cast.elm, left=True)
    cast.paula.refresh_from_db()
    assert (cast.paula.name, cast.paula.organisation, cast.paula.left_at) == ("Paula van Dam", cast.elm, now)
    told = [(event.by, event.facts) for event in PersonEvent.objects.filter(person=cast.paula)]
    assert told == [
        (cast.tess, {"field": "name", "was": "Paula", "now": "Paula van Dam"}),
        (cast.tess, {"field": "organisation", "was": "Larch", "now": "Elm"}),
        (cast.tess, {"field": "left", "was": False, "now": True}),
    ]
    change(cast.paula, cast.tess, now + timedelta(days=1), left=True)
    cast.paula.refresh_from_db()
    assert (cast.paula.left_at, PersonEvent.objects.count()) == (now, 3)


def test_nobody_overwrites_what_they_have_not_seen(cast: Cast, now: datetime) -> None:
    seen = fingerprint(changing.seen_of_person(cast.paula))
    change(Person.objects.get(pk=cast.paula.pk), cast.tom, now, name="Paulina")
    with pytest.raises(ChangedMeanwhile):
        change(cast.paula, cast.tess, now, seen=seen, language="de")
    cast.paula.refresh_from_db()
    assert (cast.paula.name, cast.paula.language) == ("Paulina", "nl")


def test_colleagues_are_changed_in_set_up(cast: Cast, now: datetime) -> None:
    with pytest.raises(IsColleague):
        change(cast.tom, cast.ada, now, name="Thomas")
    with pytest.raises(IsColleague):
        changing.add_address(cast.tom, channel="email", address="tom@home.example", by=cast.ada, at=now)


def test_who_does_not_work_on_tickets_changes_nothing_but_notes(cast: Cast, now: datetime) -> None:
    address = cast.paula.identities.get()
    with pytest.raises(NotAllowed):
        change(cast.paula, cast.dev, now, name="x")
    with pytest.raises(NotAllowed):
        changing.remove_address(address, by=cast.dev, at=now)
    with pytest.raises(NotAllowed):
        changing.add_note(cast.paula, text="x", by=cast.piet, at=now)
    note = changing.add_note(cast.paula, text="Asks for the API.", by=cast.dev, at=now)
    theirs = changing.add_note(cast.paula, text="Only after four.", by=cast.tess, at=now)
    with pytest.raises(NotAllowed):
        changing.remove_note(theirs, by=cast.dev, at=now)
    changing.remove_note(note, by=cast.dev, at=now)
    with pytest.raises(NoSuchNote):
        changing.remove_note(note, by=cast.tess, at=now)


def test_an_address_is_added_verified_doubted_and_removed(cast: Cast, now: datetime) -> None:
    identity = changing.add_address(cast.paula, channel="phone", address="0031 (20) 123-4567", by=cast.tess, at=now)
    assert (identity.address, identity.verified_at) == ("+31201234567", None)
    changing.verify_address(identity, by=cast.tess, at=now)
    changing.verify_address(identity, by=cast.tom, at=now + timedelta(hours=1))
    identity.refresh_from_db()
    assert identity.verified_at == now
    changing.doubt_address(identity, by=cast.tess, at=now)
    changing.remove_address(identity, by=cast.tess, at=now)
    kinds = list(PersonEvent.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["address_added", "address_verified", "address_doubted", "address_removed"]
    with pytest.raises(NoSuchAddress):
        changing.verify_address(identity, by=cast.tess, at=now)


def test_who_writes_from_a_removed_address_is_unknown(cast: Cast, now: datetime) -> None:
    changing.remove_address(cast.paula.identities.get(), by=cast.tess, at=now)
    ticket = cast.writes("paula@larch.example", now)
    assert (ticket.person == cast.paula, ticket.entitlement) == (False, "refused")


def test_an_address_belongs_to_one_person(cast: Cast, now: datetime) -> None:
    with pytest.raises(AddressTaken):
        changing.add_address(cast.paula, channel="email", address="Piet@larch.example", by=cast.tess, at=now)


@pytest.mark.parametrize("wrong", ["", "paula", "a@b", "a b@c.example", "x@y.example\nBcc: z@y.example"])
def test_what_is_no_address_is_refused(cast: Cast, now: datetime, wrong: str) -> None:
    with pytest.raises(NotAnAddress):
        changing.add_address(cast.paula, channel="email", address=wrong, by=cast.tess, at=now)
    with pytest.raises(NotAnAddress):
        changing.add_address(cast.paula, channel="phone", address=wrong, by=cast.tess, at=now)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("+31 20 123 45 67", "+31201234567"),
        ("0031201234567", "+31201234567"),
        ("+380 (44) 123-45-67", "+380441234567"),
        ("020 123 4567", ""),  # of which country?
        ("+31 20 call me", ""),
        ("+123456", ""),
        ("+1234567890123456", ""),
        ("+٣١٢٠١٢٣٤٥٦٧", ""),
    ],
)
def test_numbers_have_one_form_with_their_country(typed: str, stored: str) -> None:
    assert canonical_number(typed) == stored


@pytest.mark.parametrize("text", ["", " \n", "x" * 5001])
def test_a_note_says_something_and_not_everything(cast: Cast, now: datetime, text: str) -> None:
    with pytest.raises(NothingWritten):
        changing.add_note(cast.paula, text=text, by=cast.tess, at=now)


def test_an_organisation_decides_from_now_on_and_tickets_keep_their_decision(cast: Cast, now: datetime) -> None:
    before = cast.writes(cast.rita, now)
    changing.change_organisation(
        cast.reed,
        name="Reed",
        kind="partner",
        bought_directly=True,
        country="NL",
        zone="",
        seller=None,
        by=cast.tess,
        at=now,
    )
    after = cast.writes(cast.rita, now)
    before.refresh_from_db()
    assert (before.entitlement, after.entitlement) == ("refused", "entitled")
    fields = [event.facts["field"] for event in OrganisationEvent.objects.filter(organisation=cast.reed)]
    assert fields == ["kind", "bought_directly", "seller"]


def test_nobody_is_their_own_seller_however_many_stand_between(cast: Cast, now: datetime) -> None:
    values = {"kind": "partner", "bought_directly": True, "country": "", "zone": "", "by": cast.tess, "at": now}
    for seller in (cast.larch, cast.reed):  # Larch sold to Reed
        with pytest.raises(SellsToItself):
            changing.change_organisation(cast.larch, name="Larch", seller=seller, **values)  # type: ignore[arg-type]
    assert Organisation.objects.get(pk=cast.larch.pk).seller is None


def test_history_is_never_changed_nor_deleted(cast: Cast, now: datetime) -> None:
    change(cast.paula, cast.tess, now, name="Paulina")
    with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
        PersonEvent.objects.update(by=cast.tom)
    with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
        OrganisationEvent.objects.create(organisation=cast.elm, at=now, kind="changed")
        OrganisationEvent.objects.all().delete()


def test_the_telling_part_of_an_address_is_kept_by_the_database(cast: Cast, now: datetime) -> None:
    for channel, address in (("email", "p.a.u.l.a+shop@larch.example"), ("phone", "+31 20 123 45 67")):
        changing.add_address(cast.paula, channel=channel, address=address, by=cast.tess, at=now)
    assert sorted(Identity.objects.filter(person=cast.paula).values_list("alike", flat=True)) == [
        "201234567",
        "paula",
        "paula",
    ]

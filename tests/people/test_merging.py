"""Two records of one person become one, with everything that is theirs; undoing puts it back, whatever happened since."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from mainstay.channels.email.models import ReplyToken
from mainstay.people import changing
from mainstay.people.actions import register_person
from mainstay.people.errors import (
    MergedElsewhere,
    MergedMeanwhile,
    MergeWithItself,
    NotAllowed,
    NotMerged,
    OtherOrganisation,
    SampleWithReal,
    StaffWithCustomer,
    UndoOthersFirst,
)
from mainstay.people.merging import keep_persons_apart, merge_persons, parts_of, undo_merge
from mainstay.people.models import Identity, KeptApart, Person, PersonEvent, PersonNote
from mainstay.people.queries import persons_for
from mainstay.tickets.models import Message, Participant, Ticket
from tests.cast import Cast

HOUR = timedelta(hours=1)


@pytest.fixture
def paul(cast: Cast) -> Person:
    """Paula again, from home, whom the desk knows by nothing but her address."""
    return register_person(name="Paula", channel="email", address="paula@home.example", language="")


def everything() -> dict[str, list[Any]]:
    """All that a merge may touch, as it stands."""
    return {
        "persons": list(Person.objects.order_by("pk").values_list("pk", "name", "organisation", "language", "zone")),
        "addresses": list(Identity.objects.order_by("pk").values_list("pk", "person")),
        "notes": list(PersonNote.objects.order_by("pk").values_list("pk", "person")),
        "tickets": list(Ticket.objects.order_by("pk").values_list("pk", "person", "organisation")),
        "messages": list(Message.objects.order_by("pk").values_list("pk", "author")),
        "parts": list(Participant.objects.order_by("ticket", "person").values_list("ticket", "person", "at")),
        "tokens": list(ReplyToken.objects.order_by("pk").values_list("pk", "person")),
    }


def test_everything_goes_along_and_comes_back_exactly(cast: Cast, paul: Person, now: datetime) -> None:
    theirs = cast.writes("paula@home.example", now)
    shared, own = cast.writes(cast.olaf, now), cast.writes(cast.paula, now)
    for person in (cast.paula, paul):
        Participant.objects.create(ticket=shared, person=person, brought_by=cast.tess, at=now)
    Participant.objects.create(ticket=own, person=paul, at=now)
    Participant.objects.create(ticket=theirs, person=cast.paula, at=now)
    changing.add_note(paul, text="Only after four.", by=cast.tess, at=now)
    before = everything()

    merge = merge_persons(paul, into=cast.paula, by=cast.tess, at=now + HOUR)
    theirs.refresh_from_db()
    assert theirs.person == cast.paula
    assert set(cast.paula.identities.values_list("address", flat=True)) == {"paula@larch.example", "paula@home.example"}
    assert cast.paula.notes.get().text == "Only after four."
    assert Message.objects.get(ticket=theirs, kind="inbound").author == cast.paula
    assert list(Participant.objects.filter(person__in=[cast.paula, paul]).values_list("ticket", "person")) == [
        (shared.pk, cast.paula.pk)
    ]
    assert not persons_for(cast.tess).filter(pk=paul.pk).exists()

    lost = undo_merge(merge, by=cast.tom, at=now + 2 * HOUR)
    assert lost.sentences == []
    assert everything() == before
    assert persons_for(cast.tess).filter(pk=paul.pk).exists()


def test_what_the_remaining_record_does_not_say_is_taken_over(cast: Cast, now: datetime) -> None:
    unknown = register_person(name="", channel="email", address="p@home.example", zone="Europe/Kyiv")
    merge = merge_persons(cast.paula, into=unknown, by=cast.tess, at=now)
    unknown.refresh_from_db()
    assert (unknown.name, unknown.organisation, unknown.language, unknown.zone) == (
        "Paula",
        cast.larch,
        "nl",
        "Europe/Kyiv",
    )
    undo_merge(merge, by=cast.tess, at=now)
    unknown.refresh_from_db()
    assert (unknown.name, unknown.organisation, unknown.language, unknown.zone) == ("", None, "", "Europe/Kyiv")


def test_undoing_says_what_it_could_not_put_back(cast: Cast, now: datetime) -> None:
    unknown = register_person(name="", channel="email", address="p@home.example")
    changing.add_address(cast.paula, channel="email", address="old@larch.example", by=cast.tess, at=now)
    note = changing.add_note(cast.paula, text="Deaf on one ear", by=cast.tess, at=now)
    merge = merge_persons(cast.paula, into=unknown, by=cast.tess, at=now)
    unknown.refresh_from_db()
    changing.change_person(
        unknown, name="Paula P.", organisation=cast.larch, language="nl", zone="", left=False, by=cast.tess, at=now
    )
    changing.remove_address(Identity.objects.get(address="old@larch.example"), by=cast.tess, at=now)
    note.refresh_from_db()
    changing.remove_note(note, by=cast.tess, at=now)
    lost = undo_merge(merge, by=cast.tess, at=now)
    assert lost.found == [("addresses", 1), ("notes", 1), ("fields", 1)]
    assert all("1." in sentence for sentence in lost.sentences)
    unknown.refresh_from_db()
    assert (unknown.name, unknown.language) == ("Paula P.", "")
    assert list(cast.paula.identities.values_list("address", flat=True)) == ["paula@larch.example"]


def test_what_came_since_from_their_address_is_theirs_after_the_undoing(
    cast: Cast, paul: Person, now: datetime
) -> None:
    merge = merge_persons(paul, into=cast.paula, by=cast.tess, at=now)
    from_home = cast.writes("paula@home.example", now + HOUR)
    from_work = cast.writes("paula@larch.example", now + HOUR)
    assert (from_home.person, from_work.person) == (cast.paula, cast.paula)
    undo_merge(merge, by=cast.tess, at=now + 2 * HOUR)
    from_home.refresh_from_db()
    from_work.refresh_from_db()
    assert (from_home.person, from_work.person) == (paul, cast.paula)
    assert from_home.messages.get(kind="inbound").author == paul


@pytest.mark.parametrize("who", ["tess", "tom"])
def test_colleagues_are_never_merged(cast: Cast, now: datetime, who: str) -> None:
    with pytest.raises(StaffWithCustomer):
        merge_persons(getattr(cast, who), into=cast.paula, by=cast.ada, at=now)
    with pytest.raises(StaffWithCustomer):
        merge_persons(cast.paula, into=getattr(cast, who), by=cast.ada, at=now)


def test_what_is_plainly_two_is_refused(cast: Cast, paul: Person, now: datetime) -> None:
    with pytest.raises(OtherOrganisation):
        merge_persons(cast.paula, into=cast.olaf, by=cast.tess, at=now)
    with pytest.raises(MergeWithItself):
        merge_persons(cast.paula, into=cast.paula, by=cast.tess, at=now)
    Person.objects.filter(pk=paul.pk).update(is_sample=True)
    with pytest.raises(SampleWithReal):
        merge_persons(paul, into=cast.paula, by=cast.tess, at=now)
    with pytest.raises(NotAllowed):
        merge_persons(cast.piet, into=cast.paula, by=cast.dev, at=now)
    assert Person.objects.filter(merged_into__isnull=False).count() == 0


def test_a_merged_record_is_neither_merged_nor_changed_again(cast: Cast, paul: Person, now: datetime) -> None:
    merge_persons(paul, into=cast.paula, by=cast.tess, at=now)
    for one, into in ((paul, cast.piet), (cast.piet, paul)):
        with pytest.raises(MergedElsewhere, match="Paula was merged into Paula"):
            merge_persons(one, into=into, by=cast.tess, at=now)
    with pytest.raises(MergedMeanwhile):
        changing.add_note(paul, text="x", by=cast.tess, at=now)


def test_merges_are_undone_from_the_last_one_back(cast: Cast, paul: Person, now: datetime) -> None:
    ticket = cast.writes("paula@home.example", now)
    first = merge_persons(paul, into=cast.paula, by=cast.tess, at=now)
    second = merge_persons(cast.paula, into=cast.piet, by=cast.tess, at=now)
    with pytest.raises(UndoOthersFirst, match="Paula was itself merged into Piet"):
        undo_merge(first, by=cast.tess, at=now)
    undo_merge(second, by=cast.tess, at=now)
    undo_merge(first, by=cast.tess, at=now)
    with pytest.raises(NotMerged):
        undo_merge(first, by=cast.tess, at=now)
    ticket.refresh_from_db()
    assert ticket.person == paul


def test_history_says_who_merged_whom_on_both_sides(cast: Cast, paul: Person, now: datetime) -> None:
    merge = merge_persons(paul, into=cast.piet, by=cast.tess, at=now)
    undo_merge(merge, by=cast.tom, at=now + HOUR)
    told = [(event.person, event.kind, event.by) for event in PersonEvent.objects.order_by("pk")]
    assert told == [
        (cast.piet, "took_over", cast.tess),
        (paul, "merged", cast.tess),
        (cast.piet, "gave_back", cast.tom),
        (paul, "unmerged", cast.tom),
    ]


def test_the_preview_counts_what_would_move(cast: Cast, paul: Person, now: datetime) -> None:
    cast.writes("paula@home.example", now)
    found = {part.words: part.number for part in parts_of(paul)}
    assert found == {"Addresses": 1, "Tickets": 1, "Messages": 1}


def test_two_are_kept_apart_once(cast: Cast, now: datetime) -> None:
    keep_persons_apart(cast.piet, cast.paula, by=cast.tess, at=now)
    keep_persons_apart(cast.paula, cast.piet, by=cast.tom, at=now)
    kept = KeptApart.objects.get()
    assert (kept.one, kept.other, kept.by) == (cast.paula, cast.piet, cast.tess)
    assert PersonEvent.objects.filter(kind="kept_apart").count() == 2

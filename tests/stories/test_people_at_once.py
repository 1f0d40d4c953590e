"""People's records in the hands of two at the same moment, or of a colleague and a mail: one wins, nothing is left astray."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from mainstay.desk.doorway import twice_if_needed
from mainstay.lib.fingerprints import fingerprint
from mainstay.people import changing
from mainstay.people.actions import register_person
from mainstay.people.errors import AddressTaken, ChangedMeanwhile, MergedElsewhere, MergedMeanwhile, NotMerged
from mainstay.people.joining import join_organisations
from mainstay.people.merging import merge_persons, undo_merge
from mainstay.people.models import Identity, Organisation, Person, PersonMerge
from mainstay.tickets.models import Message, Ticket
from tests.cast import Cast, make_cast
from tests.stories.test_two_at_once import at_once

NOW = datetime(2026, 11, 17, 10, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def people(transactional_db: None) -> Iterator[Cast]:
    yield make_cast(NOW)
    with connection.cursor() as cursor:
        cursor.execute("truncate procrastinate_jobs cascade")  # Django empties its own tables only


@pytest.fixture
def again(people: Cast) -> Person:
    return register_person(name="Paula", channel="email", address="paula@home.example")


def test_two_merge_the_same_record_into_two_others(people: Cast, again: Person) -> None:
    results = at_once(
        lambda: merge_persons(again, into=people.paula, by=people.tess, at=NOW),
        lambda: merge_persons(again, into=people.piet, by=people.tom, at=NOW),
    )
    assert sorted(type(result).__name__ for result in results) == ["MergedElsewhere", "PersonMerge"]
    won = next(result for result in results if isinstance(result, PersonMerge))
    assert [type(one) for one in results if one is not won] == [MergedElsewhere]
    assert Identity.objects.get(address="paula@home.example").person_id == won.into_id


def test_two_merge_each_into_the_other(people: Cast, again: Person) -> None:
    results = at_once(
        lambda: merge_persons(again, into=people.paula, by=people.tess, at=NOW),
        lambda: merge_persons(people.paula, into=again, by=people.tom, at=NOW),
    )
    assert sorted(type(result).__name__ for result in results) == ["MergedElsewhere", "PersonMerge"]
    assert Person.objects.filter(merged_into__isnull=False).count() == 1


def test_two_undo_the_same_merge(people: Cast, again: Person) -> None:
    merge = merge_persons(again, into=people.paula, by=people.tess, at=NOW)
    results = at_once(*[lambda by=by: undo_merge(merge, by=by, at=LATER) for by in (people.tess, people.tom)])  # type: ignore[misc]
    assert sorted(type(result).__name__ for result in results) == ["Lost", "NotMerged"]
    assert any(isinstance(result, NotMerged) for result in results)


def test_a_mail_that_comes_while_its_writer_is_merged_is_of_who_remains(people: Cast, again: Person) -> None:
    """However the two are woven: no ticket and no message stays with the record that is gone."""
    for round_number in range(6):
        results = at_once(
            lambda: people.writes("paula@home.example", LATER, "Now?"),
            lambda: twice_if_needed(lambda: merge_persons(again, into=people.paula, by=people.tess, at=NOW)),
        )
        assert not [result for result in results if isinstance(result, Exception)], f"round {round_number}: {results}"
        assert not Ticket.objects.filter(person=again).exists()
        assert not Message.objects.filter(author=again).exists()
        undo_merge(PersonMerge.objects.get(undone_at=None), by=people.tess, at=LATER)


def test_a_mail_waits_for_a_merge_that_has_begun(people: Cast, again: Person) -> None:
    """The mail's writer was looked up before the merge was done, and the mail is filed after it."""
    with transaction.atomic():
        merge_persons(again, into=people.paula, by=people.tess, at=NOW)
        with pytest.raises(OperationalError):  # it waits, which this process can't: both are one here
            _in_another_connection("set lock_timeout = '200ms'", again.pk)
    ticket = people.writes("paula@home.example", LATER)
    assert ticket.person == people.paula


def _in_another_connection(setting: str, key: int) -> Any:
    def look() -> None:
        with connection.cursor() as cursor:
            cursor.execute(setting)
            cursor.execute("select merged_into_id from people_person where id = %s for key share", [key])

    (result,) = at_once(look)
    if isinstance(result, Exception):
        raise result
    return result


def test_two_save_what_they_saw_and_one_is_told(people: Cast) -> None:
    seen = fingerprint(changing.seen_of_person(people.paula))

    def save(by: Person, name: str) -> Person:
        return changing.change_person(
            people.paula, name=name, organisation=people.larch, language="nl", zone="", left=False,
            seen=seen, by=by, at=NOW,
        )  # fmt: skip

    results = at_once(lambda: save(people.tess, "Paulina"), lambda: save(people.tom, "Paulette"))
    assert sorted(type(result).__name__ for result in results) == ["ChangedMeanwhile", "Person"]
    assert any(isinstance(result, ChangedMeanwhile) for result in results)
    won = next(result for result in results if isinstance(result, Person))
    assert Person.objects.get(pk=people.paula.pk).name == won.name


def test_two_add_the_same_address_to_two_people(people: Cast) -> None:
    results = at_once(
        *[
            lambda who=who: changing.add_address(who, channel="phone", address="+31201234567", by=people.tess, at=NOW)  # type: ignore[misc]
            for who in (people.paula, people.olaf)
        ]
    )
    assert sorted(type(result).__name__ for result in results) == ["AddressTaken", "Identity"]
    assert any(isinstance(result, AddressTaken) for result in results)


def test_nobody_is_left_in_an_organisation_that_is_merged_at_the_same_moment(people: Cast) -> None:
    def move() -> Person:
        return changing.change_person(
            people.olaf, name="Olaf", organisation=people.larch, language="en", zone="", left=False,
            by=people.tom, at=NOW,
        )  # fmt: skip

    elder = Organisation.objects.create(name="Larch Group", kind="distributor", bought_directly=True)
    results = at_once(
        lambda: twice_if_needed(lambda: join_organisations(people.larch, into=elder, by=people.tess, at=NOW)),
        lambda: twice_if_needed(move),
    )
    assert {type(result).__name__ for result in results} <= {"OrganisationMerge", "Person", "MergedMeanwhile"}
    assert not Person.objects.filter(organisation=people.larch).exists()
    assert isinstance(results[1], MergedMeanwhile) == (Person.objects.get(pk=people.olaf.pk).organisation == people.elm)

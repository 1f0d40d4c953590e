"""Two records of one organisation become one, with people and tickets; undoing puts it back."""

from datetime import datetime
from typing import Any

import pytest

from mainstay.people import changing
from mainstay.people.actions import register_organisation
from mainstay.people.errors import (
    MergedElsewhere,
    NotAllowed,
    NotMerged,
    SampleWithReal,
    SellerAndBuyer,
    UndoOthersFirst,
)
from mainstay.people.joining import join_organisations, parts_of, undo_joining
from mainstay.people.models import Organisation, Person
from mainstay.tickets.models import Ticket
from tests.cast import Cast


def everything() -> dict[str, list[Any]]:
    return {
        "organisations": list(Organisation.objects.order_by("pk").values_list("pk", "country", "zone", "seller")),
        "persons": list(Person.objects.order_by("pk").values_list("pk", "organisation")),
        "tickets": list(Ticket.objects.order_by("pk").values_list("pk", "organisation")),
    }


@pytest.fixture
def ash(cast: Cast) -> Organisation:
    """Larch under another name, of which nothing else is known."""
    return register_organisation(name="Larch B.V.", kind="distributor", bought_directly=True)


def test_people_and_tickets_go_along_and_come_back(cast: Cast, ash: Organisation, now: datetime) -> None:
    other = register_organisation(name="Sedge", kind="other", bought_directly=False, seller=cast.larch)
    ticket = cast.writes(cast.paula, now)
    before = everything()
    assert {part.words: part.number for part in parts_of(cast.larch)} == {
        "People": 2,
        "Organisations that bought from it": 2,
        "Tickets": 1,
    }
    merge = join_organisations(cast.larch, into=ash, by=cast.tess, at=now)
    ticket.refresh_from_db()
    other.refresh_from_db()
    ash.refresh_from_db()
    assert (ticket.organisation, other.seller, ash.country, ash.zone) == (ash, ash, "NL", "Europe/Amsterdam")
    since = cast.writes(cast.piet, now)
    assert since.organisation == ash
    assert undo_joining(merge, by=cast.tess, at=now).sentences == []
    assert everything() == {**before, "tickets": [*before["tickets"], (since.pk, cast.larch.pk)]}


def test_undoing_says_what_it_could_not_put_back(cast: Cast, ash: Organisation, now: datetime) -> None:
    merge = join_organisations(cast.larch, into=ash, by=cast.tess, at=now)
    Person.objects.filter(pk=cast.piet.pk).update(organisation=cast.elm)
    changing.change_organisation(
        Organisation.objects.get(pk=ash.pk),
        name="Larch B.V.",
        kind="distributor",
        bought_directly=True,
        country="BE",
        zone="Europe/Amsterdam",
        seller=None,
        by=cast.tess,
        at=now,
    )
    lost = undo_joining(merge, by=cast.tess, at=now)
    assert lost.found == [("persons", 1), ("fields", 1)]
    ash.refresh_from_db()
    assert (ash.country, ash.zone) == ("BE", "")
    with pytest.raises(NotMerged):
        undo_joining(merge, by=cast.tess, at=now)


def test_what_is_plainly_two_is_refused(cast: Cast, ash: Organisation, now: datetime) -> None:
    for one, into in ((cast.larch, cast.reed), (cast.reed, cast.larch)):
        with pytest.raises(SellerAndBuyer):
            join_organisations(one, into=into, by=cast.tess, at=now)
    with pytest.raises(NotAllowed):
        join_organisations(ash, into=cast.larch, by=cast.dev, at=now)
    Organisation.objects.filter(pk=ash.pk).update(is_sample=True)
    with pytest.raises(SampleWithReal):
        join_organisations(ash, into=cast.larch, by=cast.tess, at=now)


def test_merges_are_undone_from_the_last_one_back(cast: Cast, ash: Organisation, now: datetime) -> None:
    first = join_organisations(ash, into=cast.larch, by=cast.tess, at=now)
    with pytest.raises(MergedElsewhere):
        join_organisations(ash, into=cast.elm, by=cast.tess, at=now)
    second = join_organisations(cast.larch, into=cast.elm, by=cast.tess, at=now)
    with pytest.raises(UndoOthersFirst):
        undo_joining(first, by=cast.tess, at=now)
    undo_joining(second, by=cast.tess, at=now)
    undo_joining(first, by=cast.tess, at=now)
    assert Organisation.objects.filter(merged_into__isnull=False).count() == 0

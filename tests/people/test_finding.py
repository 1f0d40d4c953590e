"""Lists of people: found by words and filters, page by page; and who may be the same person."""

from datetime import datetime
from typing import Any

import pytest

from mainstay.people.actions import register_organisation, register_person
from mainstay.people.finding import (
    PeopleWanted,
    candidates_for,
    organisation_names,
    organisations_named,
    page_of,
    pairs_of_everybody,
    people_found,
    person_for,
)
from mainstay.people.merging import keep_persons_apart, merge_persons
from mainstay.people.models import Organisation, Person
from tests.cast import Cast


def names(viewer: Person, nearly: bool = False, **wanted: Any) -> list[str]:
    return [str(one) for one in people_found(viewer, PeopleWanted(**wanted), nearly=nearly)]


def test_people_are_customers_and_found_by_name_address_and_organisation(cast: Cast) -> None:
    assert names(cast.tess) == ["Olaf", "Paula", "Piet", "Rita"]
    assert names(cast.tess, words="aul") == ["Paula"]
    assert names(cast.tess, words="ELM.example") == ["Olaf"]
    assert names(cast.tess, words="larch") == ["Paula", "Piet"]
    assert names(cast.tess, words="100% _") == []


def test_a_slip_of_the_finger_is_forgiven_when_asked(cast: Cast) -> None:
    register_person(name="Sanne Kuiper", channel="email", address="s@k.example")
    assert names(cast.tess, words="kuypers") == []
    assert names(cast.tess, nearly=True, words="kuipper") == ["Sanne Kuiper"]
    assert names(cast.tess, nearly=True, words="xylophone") == []


def test_filters_narrow_the_list(cast: Cast, now: datetime) -> None:
    Person.objects.filter(pk=cast.piet.pk).update(left_at=now)
    register_person(name="Sam", channel="email", address="sam@stranger.example")
    assert names(cast.tess, support="directly") == ["Olaf", "Paula", "Piet"]
    assert names(cast.tess, support="not") == ["Rita"]
    assert names(cast.tess, kind="distributor", state="here") == ["Paula"]
    assert names(cast.tess, state="left") == ["Piet"]
    assert names(cast.tess, state="unknown") == ["Sam"]
    assert names(cast.tess, organisation=cast.elm.pk) == ["Olaf"]


def test_a_stranger_sees_nobody_but_themselves(cast: Cast) -> None:
    assert names(cast.paula) == ["Paula"]
    assert person_for(cast.paula, cast.piet.pk) is None
    assert person_for(cast.tess, 2**70) is None


def test_pages_follow_names_also_where_several_are_called_the_same(cast: Cast) -> None:
    for number in range(5):
        register_person(name="Paula", channel="email", address=f"paula{number}@x.example")
    everybody = people_found(cast.tess, PeopleWanted())
    seen: list[int] = []
    after = ""
    for _page in range(5):
        rows, after = page_of(everybody, after, size=2)
        seen += [one.pk for one in rows]
        if not after:
            break
    assert seen == [one.pk for one in everybody]
    assert page_of(everybody, "nonsense", size=50)[0] == list(everybody)


def test_organisations_of_the_same_name_are_told_apart_by_their_number(cast: Cast) -> None:
    other = register_organisation(name="Larch", kind="other", bought_directly=False)
    assert organisation_names(cast.tess, "larc") == [f"Larch #{cast.larch.pk}", f"Larch #{other.pk}"]
    assert organisation_names(cast.tess, "elm") == ["Elm"]
    assert organisations_named(cast.tess, " ELM ") == [cast.elm]
    assert organisations_named(cast.tess, "Larch") == [cast.larch, other]
    assert organisations_named(cast.tess, f"Larch #{other.pk}") == [other]
    assert organisations_named(cast.tess, "Lar") == []


@pytest.fixture
def again(cast: Cast) -> Person:
    return register_person(name="paula", channel="email", address="paula@home.example")


def test_who_may_be_the_same_is_suggested_until_somebody_decides(cast: Cast, again: Person, now: datetime) -> None:
    assert [(one.person, one.because) for one in candidates_for(cast.tess, cast.paula)] == [(again, "same_name")]
    assert [one.person for one in candidates_for(cast.tess, again)] == [cast.paula]
    assert [(pair.one, pair.other) for pair in pairs_of_everybody(cast.tess)] == [(cast.paula, again)]
    keep_persons_apart(cast.paula, again, by=cast.tess, at=now)
    assert candidates_for(cast.tess, cast.paula) == pairs_of_everybody(cast.tess) == []


def test_merged_records_colleagues_and_samples_are_never_suggested(cast: Cast, again: Person, now: datetime) -> None:
    register_person(name="Tess", channel="email", address="tess@home.example")
    sample = register_person(name="Olaf", channel="email", address="olaf@home.example", is_sample=True)
    merge_persons(again, into=cast.paula, by=cast.tess, at=now)
    assert candidates_for(cast.tess, cast.paula) == []
    assert candidates_for(cast.tess, sample) == []
    assert pairs_of_everybody(cast.tess) == []


def test_suggestions_cost_the_same_for_one_and_for_many(
    cast: Cast, again: Person, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(4):  # addresses of the person; kept apart; people; their addresses
        assert len(candidates_for(cast.tess, cast.paula)) == 1
    for number in range(19):
        register_person(name="Paula", channel="email", address=f"p{number}@home.example", organisation=cast.larch)
    with django_assert_num_queries(4):
        assert len(candidates_for(cast.tess, cast.paula)) == 5
    with django_assert_num_queries(3):
        # So many are called Paula that the name alone says nothing; these two have the same word before the @, too.
        assert [(pair.one, pair.other) for pair in pairs_of_everybody(cast.tess)] == [(cast.paula, again)]


def test_a_merged_organisation_is_not_listed(cast: Cast) -> None:
    Organisation.objects.filter(pk=cast.elm.pk).update(merged_into=cast.larch)
    assert organisation_names(cast.tess, "") == ["Larch", "Reed"]

"""The invented people: countries, addresses, roles."""

from zoneinfo import ZoneInfo

import pytest

from mainstay.sample.company import (
    ADVERTISERS,
    ORGANISATIONS,
    PERSONS,
    STAFF,
    STRANGERS,
    may_ask,
    organisation_of,
    zone_of,
)
from mainstay.sample.wording import ANSWERED_IN

EVERYBODY = (*PERSONS, *STRANGERS, *ADVERTISERS, *STAFF)
BUYERS = [one for one in ORGANISATIONS if one.bought_directly]
OTHERS = [one for one in ORGANISATIONS if not one.bought_directly]


def test_a_dozen_and_more_partners_buy_directly_in_as_many_countries() -> None:
    assert len(BUYERS) >= 12
    assert len({one.country for one in BUYERS}) == len(BUYERS)
    assert {one.kind for one in BUYERS} == {"distributor", "partner"}


def test_the_others_bought_from_one_of_our_distributors() -> None:
    distributors = {one.key for one in BUYERS if one.kind == "distributor"}
    assert 3 <= len(OTHERS) <= 4
    assert {one.kind for one in OTHERS} == {"other"}
    assert {one.seller for one in OTHERS} <= distributors
    assert all(one.seller is None for one in BUYERS)


@pytest.mark.parametrize("organisation", ORGANISATIONS, ids=lambda one: one.key)
def test_an_organisation_has_two_or_three_people_and_a_zone_that_exists(organisation) -> None:
    people = [one for one in PERSONS if one.organisation == organisation.key]
    assert 2 <= len(people) <= 3
    assert all(one.email.endswith("@" + organisation.domain) for one in people)
    assert ZoneInfo(organisation.zone).key == organisation.zone


def test_keys_and_addresses_are_unique_and_reserved_for_examples() -> None:
    assert len({one.key for one in EVERYBODY}) == len(EVERYBODY)
    assert len({one.email for one in EVERYBODY}) == len(EVERYBODY)
    assert len({one.key for one in ORGANISATIONS}) == len(ORGANISATIONS)
    assert all(one.email.endswith(".example") and one.email.isascii() for one in EVERYBODY)


def test_only_people_of_direct_buyers_may_ask() -> None:
    assert all(may_ask(one) == organisation_of(one).bought_directly for one in PERSONS)
    assert not any(may_ask(one) for one in (*STRANGERS, *ADVERTISERS))
    assert zone_of(STRANGERS[0]) == "Europe/London"


def test_the_staff_has_every_role() -> None:
    roles = [one.role for one in STAFF]
    assert {role: roles.count(role) for role in roles} == {
        "technician": 7,
        "developer": 2,
        "supervisor": 1,
        "administrator": 1,
    }
    assert all(one.speaks[0] == one.language and "en" in one.speaks for one in STAFF)


@pytest.mark.parametrize("hour", range(6, 22))
@pytest.mark.parametrize("language", ["en", *ANSWERED_IN])
def test_at_every_open_hour_somebody_writes_each_language_we_answer_in(hour: int, language: str) -> None:
    assert any(one.shift[0] <= hour < one.shift[1] and language in one.speaks for one in STAFF)

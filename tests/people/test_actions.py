"""People: registered once by each address, hired with a password that is shown once."""

from datetime import datetime

import pytest

from mainstay.people.actions import add_staff, choose_preferences, give_new_password, register_person
from mainstay.people.errors import AddressTaken, NoSuchStaff
from mainstay.people.queries import assignable_staff, email_of, organisations_for, persons_for, staff_by_email
from mainstay.people.rules import canonical_email, language_of, zone_of
from mainstay.people.states import Permission
from tests.cast import Cast


def test_an_address_belongs_to_one_person(cast: Cast) -> None:
    with pytest.raises(AddressTaken, match=r"paula@larch\.example"):
        register_person(name="Another", channel="email", address=" PAULA@larch.example. ")


@pytest.mark.parametrize(
    ("one", "other"), [("mike@x.example", "mıke@x.example"), ("straße@x.example", "strasse@x.example")]
)
def test_look_alikes_stay_different(one: str, other: str) -> None:
    assert canonical_email(one) != canonical_email(other)


def test_a_new_colleague_signs_in_with_the_password_that_was_shown(cast: Cast, now: datetime) -> None:
    account, password = add_staff(name="Nina", email="Nina@desk.example", role="technician", at=now)
    assert account.check_password(password)
    assert staff_by_email("nina@DESK.example") == account.person
    newer = give_new_password(account, at=now)
    assert not account.check_password(password)
    assert account.check_password(newer)


def test_one_who_may_no_longer_sign_in_is_no_staff(cast: Cast) -> None:
    cast.tess.account.is_active = False
    cast.tess.account.save()
    with pytest.raises(NoSuchStaff):
        staff_by_email("tess@desk.example")
    assert cast.tess not in assignable_staff()


def test_what_each_role_may(cast: Cast) -> None:
    assert not any(cast.paula.may(permission) for permission in Permission)
    assert all(cast.ada.may(permission) for permission in Permission)
    assert not cast.tess.may(Permission.MANAGE_DESK)
    assert cast.dev.may(Permission.WRITE_NOTES)
    assert not cast.dev.may(Permission.WORK_TICKETS)
    assert not cast.dev.may(Permission.SEE_MAIL)


def test_a_customer_sees_only_their_own_organisation_and_themselves(cast: Cast) -> None:
    assert list(organisations_for(cast.paula)) == [cast.larch]
    assert list(persons_for(cast.paula)) == [cast.paula]
    assert organisations_for(cast.tess).count() == 3


def test_the_address_to_write_to_is_the_verified_one(cast: Cast, now: datetime) -> None:
    cast.paula.identities.create(channel="email", address="second@larch.example", verified_at=now)
    assert email_of(cast.paula) == "second@larch.example"


def test_language_and_zone_fall_back(cast: Cast) -> None:
    cast.paula.language = "nl-BE"
    assert language_of(cast.paula, ("en", "nl"), "en") == "nl"
    cast.paula.language = "de"
    assert language_of(cast.paula, ("en", "nl"), "en") == "en"
    assert zone_of(cast.paula).key == "Europe/Amsterdam"
    cast.paula.zone = "Mars/Base"
    assert zone_of(cast.paula).key == "Etc/UTC"
    assert zone_of(None).key == "Etc/UTC"


def test_preferences_are_kept(cast: Cast) -> None:
    choose_preferences(cast.tess.account, language="nl", theme="dark", zone="Europe/Amsterdam")
    cast.tess.refresh_from_db()
    assert (cast.tess.language, cast.tess.account.theme, cast.tess.zone) == ("nl", "dark", "Europe/Amsterdam")

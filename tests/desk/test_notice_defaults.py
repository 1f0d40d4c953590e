"""How those of a role are told until they choose for themselves."""

from datetime import datetime
from typing import Any

import pytest
from django.urls import reverse

from mainstay.audit.models import SettingChange
from mainstay.notifications.actions import choose_notices, default_notices
from mainstay.notifications.models import NoticeDefaults
from mainstay.notifications.queries import choices_of
from mainstay.people.errors import NotAllowed
from mainstay.people.roles import add_role
from mainstay.people.states import Permission
from tests.cast import Cast

ROLES = ("technician", "developer", "supervisor", "administrator")


def form(**on: tuple[str, ...]) -> dict[str, str]:
    """As the page sends it: what is ticked, and which roles were shown."""
    sent = {f"{role}:seen": "1" for role in ROLES}
    return sent | {f"{role}:{way}": "on" for role, ways in on.items() for way in ways}


def test_a_role_is_told_as_set_up_until_somebody_chooses(cast: Cast, now: datetime, sign_in: Any) -> None:
    assert not choices_of(cast.tess).by_mail and choices_of(cast.sue).by_mail
    ada = sign_in(cast.ada)
    page = ada.get(reverse("desk:setup_notices")).content.decode()
    assert 'name="supervisor:by_mail" checked' in page and 'name="technician:by_mail">' in page
    choose_notices(cast.tom, by_mail=False, by_push=False, quiet_off_duty=False)
    given = form(
        technician=("by_mail", "by_push", "quiet_off_duty"),
        developer=("by_push",),
        supervisor=("by_mail", "by_push"),
        administrator=("by_push",),
    )
    assert ada.post(reverse("desk:setup_notices"), given).status_code == 302
    told = choices_of(cast.tess)
    assert (told.by_mail, told.by_push, told.by_sound, told.quiet_off_duty) == (True, True, False, True)
    assert not choices_of(cast.tom).by_mail  # who chose is told as before
    assert [one.role for one in NoticeDefaults.objects.all()] == ["technician"]  # the others were not changed
    change = SettingChange.objects.get(noun="notices")
    assert (change.by_key, change.subject, change.after["by_mail"]) == (cast.ada.pk, "technician", True)
    ada.post(reverse("desk:setup_notices"), given)
    assert SettingChange.objects.filter(noun="notices").count() == 1


def test_a_role_of_ones_own_stands_there_and_one_that_was_not_shown_stays(
    cast: Cast, now: datetime, sign_in: Any
) -> None:
    role = add_role(name="Night shift", permissions=[Permission.SEE_TICKETS], by=None, at=now)
    ada = sign_in(cast.ada)
    assert "Night shift" in ada.get(reverse("desk:setup_notices")).content.decode()
    ada.post(reverse("desk:setup_notices"), form(technician=("by_push",)))  # a page from before there was that role
    assert not NoticeDefaults.objects.filter(role=f"own-{role.pk}").exists()


def test_only_who_manages_the_desk_sets_it(cast: Cast, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        default_notices(
            "technician", by=cast.sue, at=now, by_mail=True, by_push=True, by_sound=False, quiet_off_duty=False
        )
    assert not NoticeDefaults.objects.exists()

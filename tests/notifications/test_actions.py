"""Telling: each once, to those it concerns, in the transaction of what happened, and carried as each person chose."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from mainstay.duty.actions import leave_sign
from mainstay.notifications import kinds
from mainstay.notifications.actions import (
    choose_notices,
    forget_old,
    mark_read,
    supervisors,
    tell,
    tell_supervisors,
)
from mainstay.notifications.models import NoticeChoices, NoticeMail, Notification
from mainstay.notifications.queries import choices_of, notice_for, notices_of, unread
from mainstay.notifications.rules import is_left_alone, next_mail_at, path_of, url_of
from tests.cast import Cast
from tests.working import waiting_jobs

FACTS: dict[str, str | int] = {"number": 42, "minutes": 3}
MINUTE = timedelta(minutes=1)


def say(people: list[Any], at: datetime, key: str = "a", subject: str = "ticket:42") -> list[int]:
    return tell(people, kinds.FIRST_RESPONSE_ALARM, FACTS, subject, at, key=key)


def test_each_is_told_once_for_kind_subject_and_key(cast: Cast, now: datetime) -> None:
    assert say([cast.tess, cast.tom, cast.tess], now) == [cast.tess.pk, cast.tom.pk]
    assert say([cast.tess, cast.sue], now + MINUTE) == [cast.sue.pk]
    assert say([cast.tess], now, key="b") == say([cast.tess], now, subject="ticket:43") == [cast.tess.pk]
    assert say([], now) == []
    assert Notification.objects.count() == 5
    [*_, first] = notices_of(cast.tess)
    assert (first.sentence, first.icon, first.at, first.seen_at) == (
        "#42 has waited 3 min for a first answer",
        "alarm-clock",
        now,
        None,
    )


def test_what_did_not_happen_is_not_told(cast: Cast, now: datetime) -> None:
    choose_notices(cast.tess, by_mail=True, by_push=True, quiet_off_duty=False)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        say([cast.tess], now)
        1 / 0  # noqa: B018
    assert not Notification.objects.exists()
    assert waiting_jobs("notifications.write_mail") == []


def test_browsers_of_those_to_whom_it_is_new_hear_it(
    cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []
    monkeypatch.setattr("mainstay.notifications.actions.announce", lambda *topics: heard.extend(topics))
    say([cast.tess], now)
    say([cast.tess, cast.tom], now)
    mark_read(cast.tess, at=now)
    mark_read(cast.tess, at=now)
    tess, tom = f"person:{cast.tess.pk}", f"person:{cast.tom.pk}"
    assert heard == [tess, tom, tess]


def test_telling_costs_the_same_for_one_and_for_many(cast: Cast, now: datetime, django_assert_num_queries: Any) -> None:
    for number, people in enumerate(([cast.tess], [cast.tess, cast.tom, cast.dev])):
        with django_assert_num_queries(7):  # savepoint, insert, choices, browsers, notify, release
            say(people, now, key=str(number))


def test_reading_one_those_of_a_subject_or_all(cast: Cast, now: datetime) -> None:
    for key, subject in (("a", "ticket:1"), ("b", "ticket:1"), ("a", "ticket:2"), ("a", "")):
        say([cast.tess, cast.tom], now, key, subject)
    count, newest = unread(cast.tess)
    assert (count, newest and newest.subject) == (4, "")
    assert mark_read(cast.tess, at=now, subject="ticket:1") == 2
    assert newest is not None
    assert mark_read(cast.tom, at=now, pk=newest.pk) == 0  # somebody else's
    assert mark_read(cast.tess, at=now, pk=newest.pk) == 1
    assert mark_read(cast.tess, at=now) == 1
    assert unread(cast.tess) == (0, None)
    assert unread(cast.tom)[0] == 4
    assert notice_for(cast.tom, newest.pk) is None


def test_the_counter_is_capped_and_costs_one_query(cast: Cast, now: datetime, django_assert_num_queries: Any) -> None:
    Notification.objects.bulk_create(
        Notification(person=cast.tess, kind="no_owner", key=str(number), at=now) for number in range(130)
    )
    with django_assert_num_queries(1):
        count, newest = unread(cast.tess)
    assert (count, newest and newest.key) == (100, "129")
    first = notices_of(cast.tess)
    assert (len(first), first[0].key) == (50, "129")
    assert notices_of(cast.tess, before=first[-1].pk)[0].key == "79"


def test_read_notices_are_forgotten_after_thirty_days_and_unread_ones_never(cast: Cast, now: datetime) -> None:
    for key in "abc":
        say([cast.tess], now, key)
    mail = NoticeMail.objects.create(
        person=cast.tess, mail_id="<x@y>", recipient="x@y.example", created_at=now, settled_at=now
    )
    Notification.objects.filter(key="a").update(seen_at=now)
    Notification.objects.filter(key="b").update(seen_at=now + MINUTE, mail=mail)
    assert forget_old(at=now + timedelta(days=30)) == 0
    assert forget_old(at=now + timedelta(days=30, seconds=1)) == 1
    assert [notice.key for notice in notices_of(cast.tess)] == ["c", "b"]
    assert not NoticeMail.objects.exists()


def test_supervisors_are_told_and_without_one_the_administrators(cast: Cast, now: datetime) -> None:
    assert supervisors() == [cast.sue]
    cast.sue.account.is_active = False
    cast.sue.account.save()
    assert supervisors() == [cast.ada]
    tell_supervisors(kinds.NOBODY_ON_DUTY, {}, "", now, key="since ten")
    assert [one.person for one in Notification.objects.all()] == [cast.ada]


# --- mail is planned ------------------------------------------------------------------------------------------------


def test_a_supervisor_gets_mail_unless_they_choose_otherwise(cast: Cast, now: datetime) -> None:
    assert choices_of(cast.sue).by_mail
    assert not choices_of(cast.tess).by_mail
    say([cast.sue, cast.tess], now)
    assert waiting_jobs("notifications.write_mail") == [{"person": cast.sue.pk}]
    say([cast.sue], now, key="b")
    assert len(waiting_jobs("notifications.write_mail")) == 1  # planned already
    assert Notification.objects.filter(waits_for_mail=True, person=cast.sue).count() == 2


def test_who_wants_quiet_off_duty_is_left_alone_then(cast: Cast, now: datetime) -> None:
    for person in (cast.tess, cast.tom):
        choose_notices(person, by_mail=True, by_push=True, quiet_off_duty=True)
    leave_sign(cast.tess, at=now)
    say([cast.tess, cast.tom], now)
    assert waiting_jobs("notifications.write_mail") == [{"person": cast.tess.pk}]
    assert unread(cast.tom)[0] == 1


@pytest.mark.parametrize(
    ("quiet", "on_duty", "expected"),
    [(False, False, False), (False, True, False), (True, True, False), (True, False, True)],
)
def test_who_is_left_alone(quiet: bool, on_duty: bool, expected: bool) -> None:
    assert is_left_alone(NoticeChoices(quiet_off_duty=quiet), is_on_duty=on_duty) is expected


def test_the_next_mail_goes_five_minutes_after_the_last(now: datetime) -> None:
    assert next_mail_at(None, now) == now
    assert next_mail_at(now - 4 * MINUTE, now) == now + MINUTE
    assert next_mail_at(now - 6 * MINUTE, now) == now


# --- words and places -----------------------------------------------------------------------------------------------


def test_every_kind_can_be_told_with_and_without_its_facts() -> None:
    for name, kind in kinds.KINDS.items():
        assert kind.name == name
        assert "%(" not in kind.told({})
        assert kind.told({"number": 7, "minutes": "1.5", "times": 3, "percent": 80})


def test_a_kind_that_is_no_more_reads_as_its_name() -> None:
    assert (Notification(kind="long_gone").sentence, Notification(kind="long_gone").icon) == ("long_gone", "bell")


@pytest.mark.parametrize(
    ("subject", "path"),
    [
        ("ticket:42", "/tickets/42"),
        ("", "/notifications"),
        ("ticket:", "/notifications"),
        ("ticket:x/../..", "/notifications"),
        ("unknown:7", "/notifications"),
    ],
)
def test_a_subject_leads_to_its_page(subject: str, path: str, settings: Any) -> None:
    settings.SITE_URL = "https://desk.example"
    assert path_of(subject) == path
    assert url_of(subject) == f"https://desk.example{path}"

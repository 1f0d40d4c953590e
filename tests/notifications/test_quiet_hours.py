"""Quiet hours: nothing is pushed, mail waits until they end, the screen tells all the same, what is urgent may get through."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from mainstay.notifications.actions import choose_notices, tell
from mainstay.notifications.kinds import ESCALATED, NOBODY_ON_DUTY, NoticeKind
from mainstay.notifications.models import NoticeChoices, Notification, PushSubscription
from mainstay.notifications.queries import is_said_aloud
from mainstay.notifications.rules import quiet_until
from mainstay.people.models import Person
from tests.cast import Cast
from tests.working import waiting_jobs

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NIGHT = NoticeChoices(quiet_from=time(22), quiet_until=time(7))
NOON = NoticeChoices(quiet_from=time(12), quiet_until=time(13, 30))


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=AMSTERDAM)


@pytest.mark.parametrize(
    ("choices", "moment", "end"),
    [
        (NIGHT, at(17, 21, 59), None),
        (NIGHT, at(17, 22), at(18, 7)),
        (NIGHT, at(18, 0), at(18, 7)),
        (NIGHT, at(18, 6, 59), at(18, 7)),
        (NIGHT, at(18, 7), None),
        (NOON, at(17, 11, 59), None),
        (NOON, at(17, 12), at(17, 13, 30)),
        (NOON, at(17, 13, 30), None),
        (NoticeChoices(), at(17, 3), None),
        (NoticeChoices(quiet_from=time(8), quiet_until=time(8)), at(17, 8), None),
    ],
)
def test_the_end_of_quiet_hours(choices: NoticeChoices, moment: datetime, end: datetime | None) -> None:
    assert quiet_until(choices, moment.astimezone(UTC), AMSTERDAM) == end


def test_they_are_on_the_persons_own_clock_also_when_it_changes() -> None:
    before = datetime(2026, 10, 25, 0, 30, tzinfo=ZoneInfo("Europe/Amsterdam"))  # summer time ends in this night
    end = quiet_until(NIGHT, before, AMSTERDAM)
    assert end is not None
    assert end.astimezone(UTC) == datetime(2026, 10, 25, 6, 0, tzinfo=UTC)


def sleeps(person: Person, **more: Any) -> Person:
    person.zone = "Europe/Amsterdam"
    person.save()
    chosen = {"by_mail": True, "by_push": True, "quiet_off_duty": False, "quiet_from": time(22), "quiet_until": time(7)}
    choose_notices(person, **{**chosen, **more})
    PushSubscription.objects.create(
        person=person,
        endpoint="https://push.example/1",
        public_key="x",
        secret="x",
        browser="Firefox",
        made_at=at(1, 9),
    )
    return Person.objects.get(pk=person.pk)


def told(person: Person, moment: datetime, kind: NoticeKind = ESCALATED) -> Notification:
    tell([person], kind, {"number": 1}, "ticket:1", moment, key=moment.isoformat())
    return Notification.objects.filter(person=person).order_by("-pk")[0]


def planned_at() -> list[datetime]:
    from procrastinate.contrib.django.models import ProcrastinateJob

    jobs = ProcrastinateJob.objects.filter(task_name="notifications.write_mail").order_by("id")
    return [job.scheduled_at for job in jobs]


def test_at_night_nothing_is_pushed_and_the_mail_comes_in_the_morning(cast: Cast) -> None:
    tess = sleeps(cast.tess)
    notice = told(tess, at(17, 23))
    assert waiting_jobs("notifications.push") == []
    assert planned_at() == [at(18, 7)]
    assert notice.waits_for_mail  # and it stands on the screen
    told(tess, at(18, 2))
    assert planned_at() == [at(18, 7)]  # one mail for all of them


def test_by_day_everything_is_told_at_once(cast: Cast) -> None:
    told(sleeps(cast.tess), at(17, 15))
    assert len(waiting_jobs("notifications.push")) == 1
    assert planned_at() == [at(17, 15)]


def test_what_is_urgent_gets_through_and_does_not_wait_for_the_others_mail(cast: Cast) -> None:
    tess = sleeps(cast.tess)
    told(tess, at(17, 23))
    told(tess, at(17, 23, 10), NOBODY_ON_DUTY)
    assert len(waiting_jobs("notifications.push")) == 1
    assert planned_at() == [at(18, 7), at(17, 23, 10)]


def test_unless_one_wants_to_sleep(cast: Cast) -> None:
    told(sleeps(cast.tess, urgent_when_quiet=False), at(17, 23), NOBODY_ON_DUTY)
    assert waiting_jobs("notifications.push") == []
    assert planned_at() == [at(18, 7)]


def test_the_browser_says_it_aloud_only_outside_of_them(cast: Cast) -> None:
    tess = sleeps(cast.tess)
    calm, urgent = told(tess, at(17, 15)), told(tess, at(17, 16), NOBODY_ON_DUTY)
    assert is_said_aloud(calm, at(17, 15))
    assert not is_said_aloud(calm, at(17, 23))
    assert is_said_aloud(urgent, at(17, 23))
    assert is_said_aloud(told(cast.tom, at(17, 23)), at(17, 23))  # who chose nothing


@pytest.mark.django_db
def test_quiet_hours_have_both_ends(cast: Cast) -> None:
    choose_notices(cast.tess, by_mail=False, by_push=True, quiet_off_duty=False, quiet_from=time(22))
    assert NoticeChoices.objects.get(person=cast.tess).quiet_from is None
    with pytest.raises(IntegrityError), transaction.atomic():
        NoticeChoices.objects.filter(person=cast.tess).update(quiet_from=time(22))


def test_the_mail_of_the_morning_is_not_late(cast: Cast) -> None:
    """The next mail is at most one in five minutes after the last one, and never before the quiet hours end."""
    tess = sleeps(cast.tess)
    NoticeChoices.objects.filter(person=tess).update(mailed_at=at(17, 21, 58))
    told(tess, at(17, 22, 1))
    assert planned_at() == [at(18, 7) + timedelta(0)]

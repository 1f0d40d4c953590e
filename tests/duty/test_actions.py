"""Planning duty: what is written down, and what is refused with nothing changed."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from mainstay.duty import actions, errors
from mainstay.duty.models import Absence, DutyEvent, Presence, Shift
from mainstay.people.errors import NotAllowed
from tests.cast import Cast

WEEK = [0, 1, 2, 3, 4]
PLAN: dict[str, Any] = {
    "weekdays": WEEK,
    "starts": 540,
    "ends": 1020,
    "zone": "Europe/Amsterdam",
    "valid_from": date(2026, 11, 17),
    "valid_until": None,
}


def test_a_shift_is_planned_changed_and_removed_and_each_is_written_down(cast: Cast, now: datetime) -> None:
    shift = actions.add_shift(cast.tess, **PLAN, by=cast.sue, at=now)
    actions.change_shift(shift, **{**PLAN, "ends": 1080}, by=cast.sue, at=now + timedelta(days=30))
    assert Shift.objects.get().ends == 1080
    actions.remove_shift(shift, by=cast.ada, at=now)
    assert not Shift.objects.exists()
    said = [(event.kind, event.by.name, event.facts["person"]) for event in DutyEvent.objects.order_by("pk")]
    assert said == [("shift_added", "Sue", "Tess"), ("shift_changed", "Sue", "Tess"), ("shift_removed", "Ada", "Tess")]


@pytest.mark.parametrize(("starts", "ends", "stored"), [(1320, 360, 1800), (0, 1440, 1440), (540, 1020, 1020)])
def test_an_end_before_the_start_is_on_the_next_day(
    cast: Cast, now: datetime, starts: int, ends: int, stored: int
) -> None:
    shift = actions.add_shift(cast.tess, **{**PLAN, "starts": starts, "ends": ends}, by=cast.sue, at=now)
    assert shift.ends == stored


@pytest.mark.parametrize(
    ("bad", "refusal"),
    [
        ({"weekdays": []}, errors.NoDays),
        ({"weekdays": [7]}, errors.NoDays),
        ({"starts": 540, "ends": 540}, errors.BadHours),
        ({"starts": 1440}, errors.BadHours),
        ({"ends": 1441}, errors.BadHours),
        ({"starts": -1}, errors.BadHours),
        ({"zone": "Mars/Olympus"}, errors.NoSuchZone),
        ({"zone": ""}, errors.NoSuchZone),
        ({"zone": "../etc/passwd"}, errors.NoSuchZone),
        ({"valid_from": date(2026, 11, 16)}, errors.InThePast),
        ({"valid_from": date(2026, 12, 2), "valid_until": date(2026, 12, 1)}, errors.BadDates),
        ({"valid_from": date(9999, 12, 31)}, errors.TooFar),
        ({"valid_until": date(9999, 12, 31)}, errors.TooFar),
    ],
)
def test_a_shift_that_makes_no_sense_is_refused(
    cast: Cast, now: datetime, bad: dict[str, Any], refusal: type[errors.DutyError]
) -> None:
    with pytest.raises(refusal):
        actions.add_shift(cast.tess, **{**PLAN, **bad}, by=cast.sue, at=now)
    assert not Shift.objects.exists()
    assert not DutyEvent.objects.exists()


def test_shifts_of_one_person_do_not_overlap_those_of_two_may(cast: Cast, now: datetime) -> None:
    first = actions.add_shift(cast.tess, **PLAN, by=cast.sue, at=now)
    actions.add_shift(cast.tom, **PLAN, by=cast.sue, at=now)
    with pytest.raises(errors.Overlaps, match="09:00–17:00"):
        actions.add_shift(cast.tess, **{**PLAN, "starts": 960, "ends": 1200}, by=cast.sue, at=now)
    actions.change_shift(first, **{**PLAN, "ends": 960}, by=cast.sue, at=now)
    actions.add_shift(cast.tess, **{**PLAN, "starts": 960, "ends": 1200}, by=cast.sue, at=now)
    with pytest.raises(errors.Overlaps):
        actions.change_shift(first, **PLAN, by=cast.sue, at=now)


def test_a_shift_that_runs_already_keeps_its_beginning(cast: Cast, now: datetime) -> None:
    shift = actions.add_shift(cast.tess, **PLAN, by=cast.sue, at=now)
    later = now + timedelta(days=40)
    with pytest.raises(errors.InThePast):
        actions.change_shift(shift, **{**PLAN, "valid_from": date(2026, 11, 18)}, by=cast.sue, at=later)
    with pytest.raises(errors.InThePast):
        actions.change_shift(shift, **{**PLAN, "valid_until": date(2026, 12, 1)}, by=cast.sue, at=later)
    actions.change_shift(shift, **{**PLAN, "valid_until": date(2026, 12, 31)}, by=cast.sue, at=later)


def test_only_supervisors_and_administrators_plan(cast: Cast, now: datetime) -> None:
    for person in (cast.tess, cast.dev, cast.paula):
        with pytest.raises(NotAllowed):
            actions.add_shift(cast.tess, **PLAN, by=person, at=now)
        with pytest.raises(NotAllowed):
            actions.set_languages(cast.tess, ["nl"], by=person, at=now)
    shift = actions.add_shift(cast.tess, **PLAN, by=cast.sue, at=now)
    with pytest.raises(NotAllowed):
        actions.remove_shift(shift, by=cast.tess, at=now)
    with pytest.raises(NotAllowed):
        actions.change_shift(shift, **PLAN, by=cast.tess, at=now)


def test_developers_have_no_shifts(cast: Cast, now: datetime) -> None:
    with pytest.raises(errors.NotOnTheRoster):
        actions.add_shift(cast.dev, **PLAN, by=cast.sue, at=now)


# --- absences -------------------------------------------------------------------------------------------------------


def absence(cast: Cast, now: datetime, start: float, end: float | None, **more: Any) -> Absence:
    """From and until so many hours from now."""
    return actions.add_absence(
        more.pop("person", cast.tess),
        starts_at=now + timedelta(hours=start),
        ends_at=None if end is None else now + timedelta(hours=end),
        **{"by": cast.tess, "at": now, **more},
    )


def test_everybody_writes_down_their_own_absence_a_supervisor_everybodys(cast: Cast, now: datetime) -> None:
    absence(cast, now, 1, 2, reason="holiday")
    absence(cast, now, 1, 2, person=cast.tom, by=cast.sue)
    with pytest.raises(NotAllowed):
        absence(cast, now, 3, 4, person=cast.tom)
    with pytest.raises(NotAllowed):
        absence(cast, now, 3, 4, person=cast.tom, by=cast.paula)


@pytest.mark.parametrize(
    ("start", "end", "refusal"),
    [
        (2, 1, errors.BadDates),
        (1, 1, errors.BadDates),
        (-2, -1, errors.InThePast),
        (-25, 5, errors.InThePast),
        (50_000, None, errors.TooFar),
        (1, 50_000, errors.TooFar),
    ],
)
def test_an_absence_that_makes_no_sense_is_refused(
    cast: Cast, now: datetime, start: float, end: float | None, refusal: type[errors.DutyError]
) -> None:
    with pytest.raises(refusal):
        absence(cast, now, start, end)
    assert not Absence.objects.exists()


def test_absences_do_not_overlap(cast: Cast, now: datetime) -> None:
    absence(cast, now, 10, 20)
    absence(cast, now, 5, 10)
    for start, end in ((9.0, 11.0), (19.0, None), (1.0, None)):
        with pytest.raises(errors.Overlaps):
            absence(cast, now, start, end)
    absence(cast, now, 20, None)


def test_who_comes_back_earlier_is_back_now(cast: Cast, now: datetime) -> None:
    running, coming = absence(cast, now, -1, 20), absence(cast, now, 30, 40)
    actions.remove_absence(running, by=cast.tess, at=now)
    actions.remove_absence(coming, by=cast.tess, at=now)
    assert [(one.starts_at, one.ends_at) for one in Absence.objects.all()] == [(now - timedelta(hours=1), now)]


# --- presence -------------------------------------------------------------------------------------------------------


def test_away_with_an_end_and_here_again(cast: Cast, now: datetime) -> None:
    until = now + timedelta(minutes=30)
    actions.set_presence(cast.tess, "away", until=until, by=cast.tess, at=now)
    actions.set_presence(cast.tess, "here", until=until, by=cast.tess, at=now + timedelta(minutes=1))
    found = Presence.objects.get()
    assert (found.state, found.until, found.since) == ("here", None, now + timedelta(minutes=1))
    assert DutyEvent.objects.count() == 2


def test_presence_refuses_the_past_the_far_future_and_strangers(cast: Cast, now: datetime) -> None:
    with pytest.raises(errors.InThePast):
        actions.set_presence(cast.tess, "away", until=now, by=cast.tess, at=now)
    with pytest.raises(errors.TooFar):
        actions.set_presence(cast.tess, "away", until=now + timedelta(days=32), by=cast.tess, at=now)
    with pytest.raises(NotAllowed):
        actions.set_presence(cast.tess, "off", by=cast.tom, at=now)
    with pytest.raises(ValueError, match="asleep"):
        actions.set_presence(cast.tess, "asleep", by=cast.tess, at=now)
    assert not DutyEvent.objects.exists()


def test_a_supervisor_who_sets_somebody_off_gives_no_sign_for_them(cast: Cast, now: datetime) -> None:
    actions.set_presence(cast.tess, "off", by=cast.sue, at=now)
    assert Presence.objects.get().last_seen_at is None


def test_a_sign_is_stored_at_most_once_a_minute_and_never_moves_back(cast: Cast, now: datetime) -> None:
    for seconds, stored in ((0, 0), (59, 0), (61, 61), (10, 61), (200, 200)):
        actions.leave_sign(cast.tess, at=now + timedelta(seconds=seconds))
        assert Presence.objects.get().last_seen_at == now + timedelta(seconds=stored)


@pytest.mark.parametrize(
    "languages", [["x"], ["english"], ["nl; drop"], ["n" * 13], ["aa"] + [f"{a}{b}" for a in "abcde" for b in "abcde"]]
)
def test_languages_are_codes(cast: Cast, now: datetime, languages: list[str]) -> None:
    with pytest.raises(errors.NoSuchLanguage):
        actions.set_languages(cast.tess, languages, by=cast.sue, at=now)


def test_languages_are_kept_once_and_in_order(cast: Cast, now: datetime) -> None:
    actions.set_languages(cast.tess, [" NL", "de", "nl", ""], by=cast.sue, at=now)
    assert Presence.objects.get().languages == ["nl", "de"]


def test_a_trouble_is_told_once_until_it_is_over(cast: Cast, now: datetime) -> None:
    from mainstay.duty.states import Trouble

    assert actions.begin_trouble(Trouble.NO_OWNER, at=now)
    assert not actions.begin_trouble(Trouble.NO_OWNER, at=now)
    actions.end_trouble(Trouble.NO_OWNER)
    assert actions.begin_trouble(Trouble.NO_OWNER, at=now)


def test_the_roster_history_is_never_changed(cast: Cast, now: datetime) -> None:
    absence(cast, now, 1, 2)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        DutyEvent.objects.update(kind="shift_added")


def test_the_sample_company_can_be_taken_away_with_its_roster(
    cast: Cast, now: datetime, settings: Any, tmp_path: Any
) -> None:
    """A sample supervisor who planned for a real colleague stays by name; the plan for sample people is gone."""
    from mainstay.people.models import Person
    from mainstay.sample.removing import remove_sample

    settings.DATA_DIR = tmp_path
    Person.objects.filter(pk__in=[cast.sue.pk, cast.tom.pk]).update(is_sample=True)
    actions.add_shift(cast.tom, **PLAN, by=cast.sue, at=now)
    actions.add_shift(cast.tess, **PLAN, by=cast.sue, at=now)
    absence(cast, now, 1, 2, person=cast.tom, by=cast.tom)
    remove_sample()
    assert [shift.person for shift in Shift.objects.all()] == [cast.tess]
    assert [event.by.name for event in DutyEvent.objects.all()] == ["Sue"]
    assert not Person.objects.filter(pk=cast.tom.pk).exists()


def test_moments_of_the_words_are_of_the_person_who_plans() -> None:
    from django.utils import timezone

    from mainstay.duty.words import absence_in_words

    it = Absence(starts_at=datetime(2026, 11, 17, 23, 0, tzinfo=UTC), reason="sick")
    with timezone.override("Europe/Amsterdam"):
        assert absence_in_words(it) == "Sick, from 18 Nov 2026, 00:00 until further notice"

"""Verbs of duty: plan shifts and absences, say whether one is here, leave a sign; each change is written down."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import available_timezones

from django.db import transaction
from django.db.models import Q

from mainstay.audit.actions import record_change
from mainstay.live.announcing import announce
from mainstay.people.errors import NotAllowed
from mainstay.people.models import Person
from mainstay.people.states import Permission

from .errors import (
    BadDates,
    BadHours,
    InThePast,
    NoDays,
    NoSuchLanguage,
    NoSuchZone,
    NotOnTheRoster,
    Overlaps,
    TooFar,
)
from .models import DAY_MINUTES, Absence, DutyEvent, Presence, Shift, ToldTrouble
from .rules import collision, local_day
from .states import DutyDeed, Here, Reason, Trouble
from .words import absence_in_words, absence_values, presence_in_words, shift_in_words, shift_values

TOPIC = "duty"
FARTHEST = timedelta(days=5 * 366)
SIGN_SECONDS = 60  # a sign of somebody is stored at most this often
LANGUAGES = 20
_CODE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})?", re.ASCII)


# --- shifts -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_shift(
    person: Person,
    *,
    weekdays: Sequence[int],
    starts: int,
    ends: int,
    zone: str,
    valid_from: date,
    valid_until: date | None = None,
    by: Person,
    at: datetime,
) -> Shift:
    """The person has this shift every week. Minutes since midnight; an end at or before the start is on the next day."""
    _allow_planning(by)
    if not person.may(Permission.WORK_TICKETS):
        raise NotOnTheRoster
    shift = Shift(person=person)
    _set(shift, weekdays, starts, ends, zone, valid_from, valid_until)
    _check_dates(shift, at, was_from=None)
    _store(shift)
    _write_down(person, DutyDeed.SHIFT_ADDED, shift_in_words(shift), by, at)
    _record(person, "shift", {}, shift_values(shift), by, at)
    return shift


@transaction.atomic
def change_shift(
    shift: Shift,
    *,
    weekdays: Sequence[int],
    starts: int,
    ends: int,
    zone: str,
    valid_from: date,
    valid_until: date | None = None,
    by: Person,
    at: datetime,
) -> Shift:
    """The shift is as given; its beginning may stay where it was, though that is past."""
    _allow_planning(by)
    shift = Shift.objects.select_for_update(of=("self",)).select_related("person__account").get(pk=shift.pk)
    was_from, before = shift.valid_from, shift_values(shift)
    _set(shift, weekdays, starts, ends, zone, valid_from, valid_until)
    _check_dates(shift, at, was_from=was_from)
    _store(shift)
    _write_down(shift.person, DutyDeed.SHIFT_CHANGED, shift_in_words(shift), by, at)
    _record(shift.person, "shift", before, shift_values(shift), by, at)
    return shift


@transaction.atomic
def remove_shift(shift: Shift, *, by: Person, at: datetime) -> None:
    """The shift is gone from the roster; what it was stays written down."""
    _allow_planning(by)
    Shift.objects.filter(pk=shift.pk).delete()
    _write_down(shift.person, DutyDeed.SHIFT_REMOVED, shift_in_words(shift), by, at)
    _record(shift.person, "shift", shift_values(shift), {}, by, at)


def _set(
    shift: Shift,
    weekdays: Sequence[int],
    starts: int,
    ends: int,
    zone: str,
    valid_from: date,
    valid_until: date | None,
) -> None:
    days = sorted(set(weekdays))
    if not days or not all(0 <= day <= 6 for day in days):
        raise NoDays
    # 24:00 is the end of the day; anything else past it, or the start itself, is no end.
    if not 0 <= starts < DAY_MINUTES or not 0 <= ends <= DAY_MINUTES or starts == ends:
        raise BadHours
    if zone not in available_timezones():
        raise NoSuchZone
    shift.weekdays, shift.starts, shift.zone = days, starts, zone
    shift.ends = ends if ends > starts else ends + DAY_MINUTES
    shift.valid_from, shift.valid_until = valid_from, valid_until


def _check_dates(shift: Shift, at: datetime, *, was_from: date | None) -> None:
    today = local_day(shift, at)
    if shift.valid_until is not None and shift.valid_until < shift.valid_from:
        raise BadDates
    if shift.valid_from < today and shift.valid_from != was_from:
        raise InThePast("valid_from")
    if shift.valid_until is not None and shift.valid_until < today:
        raise InThePast("valid_until")
    if shift.valid_from > today + FARTHEST:
        raise TooFar("valid_from")
    if shift.valid_until is not None and shift.valid_until > today + FARTHEST:
        raise TooFar("valid_until")


def _store(shift: Shift) -> None:
    """One at a time for each person: two supervisors must not give the same hours at the same moment."""
    Person.objects.select_for_update(of=("self",)).get(pk=shift.person_id)
    others = Shift.objects.filter(person=shift.person_id).exclude(pk=shift.pk).order_by("pk")
    if found := collision(shift, others):
        raise Overlaps(shift_in_words(found[0]))
    shift.save()


# --- absences ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_absence(
    person: Person, *, starts_at: datetime, ends_at: datetime | None, reason: str = "", by: Person, at: datetime
) -> Absence:
    """The person is not on duty then; without an end, until further notice. Everybody writes down their own."""
    _allow_own(person, by)
    if not person.may(Permission.WORK_TICKETS):
        raise NotOnTheRoster
    if ends_at is not None and ends_at <= starts_at:
        raise BadDates
    if ends_at is not None and ends_at <= at:
        raise InThePast("ends_at")
    if starts_at < at - timedelta(days=1):
        raise InThePast("starts_at")
    if starts_at > at + FARTHEST:
        raise TooFar("starts_at")
    if ends_at is not None and ends_at > at + FARTHEST:
        raise TooFar("ends_at")
    Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    same_time = Absence.objects.filter(Q(ends_at=None) | Q(ends_at__gt=starts_at), person=person)
    if ends_at is not None:
        same_time = same_time.filter(starts_at__lt=ends_at)
    if other := same_time.order_by("starts_at", "pk").first():
        raise Overlaps(absence_in_words(other))
    absence = Absence.objects.create(
        person=person, starts_at=starts_at, ends_at=ends_at, reason=Reason(reason or "").value
    )
    _write_down(person, DutyDeed.ABSENCE_ADDED, absence_in_words(absence), by, at)
    _record(person, "absence", {}, absence_values(absence), by, at)
    return absence


@transaction.atomic
def remove_absence(absence: Absence, *, by: Person, at: datetime) -> None:
    """The person is back: one that runs ends now, one that is to come is gone."""
    _allow_own(absence.person, by)
    if absence.starts_at < at:
        Absence.objects.filter(pk=absence.pk).update(ends_at=at)
    else:
        Absence.objects.filter(pk=absence.pk).delete()
    _write_down(absence.person, DutyDeed.ABSENCE_REMOVED, absence_in_words(absence), by, at)
    _record(absence.person, "absence", absence_values(absence), {}, by, at)


# --- presence ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def set_presence(person: Person, state: str, *, until: datetime | None = None, by: Person, at: datetime) -> Presence:
    """The person is here, away or off from now; away and off may end by themselves at `until`."""
    _allow_own(person, by)
    said = Here(state)
    if said == Here.HERE:
        until = None
    if until is not None and until <= at:
        raise InThePast("until")
    if until is not None and until > at + timedelta(days=31):
        raise TooFar("until")
    found, _made = Presence.objects.select_for_update().get_or_create(person=person)
    before = {"state": found.state, "until_at": found.until}
    changed = (found.state, found.until) != (said.value, until)
    found.state, found.since, found.until = said.value, at, until
    if by.pk == person.pk:
        found.last_seen_at = max(found.last_seen_at or at, at)
    found.save(update_fields=["state", "since", "until", "last_seen_at"])
    if changed:
        _write_down(person, DutyDeed.PRESENCE_SET, presence_in_words(said, until), by, at)
        _record(person, "presence", before, {"state": found.state, "until_at": found.until}, by, at)
    return found


def leave_sign(person: Person, *, at: datetime) -> Presence:
    """The person was seen now. Writes at most once in SIGN_SECONDS, and never moves back."""
    seen = Presence.objects.filter(person=person)
    stale = seen.filter(Q(last_seen_at=None) | Q(last_seen_at__lt=at - timedelta(seconds=SIGN_SECONDS)))
    stale.update(last_seen_at=at)
    found = seen.first()
    return found or Presence.objects.get_or_create(person=person, defaults={"last_seen_at": at})[0]


def note_turn(person: Person, *, at: datetime) -> None:
    """A ticket was given to this person: others have their turn first."""
    if not Presence.objects.filter(person=person).update(turn_at=at):
        Presence.objects.get_or_create(person=person, defaults={"turn_at": at})


@transaction.atomic
def set_languages(person: Person, languages: Sequence[str], *, by: Person, at: datetime) -> None:
    """The person answers in these languages beside their own."""
    _allow_planning(by)
    codes = list(dict.fromkeys(code.strip().lower() for code in languages if code.strip()))
    if len(codes) > LANGUAGES or not all(_CODE.fullmatch(code) for code in codes):
        raise NoSuchLanguage
    found, _made = Presence.objects.select_for_update().get_or_create(person=person)
    if found.languages != codes:
        _record(person, "presence", {"languages": found.languages}, {"languages": codes}, by, at)
        found.languages = codes
        found.save(update_fields=["languages"])
        _write_down(person, DutyDeed.LANGUAGES_SET, ", ".join(codes) or "–", by, at)


# --- troubles ---------------------------------------------------------------------------------------------------------


def begin_trouble(kind: Trouble, *, at: datetime) -> bool:
    """The trouble is there; whether it was not there before, so that it is told now."""
    _row, is_new = ToldTrouble.objects.get_or_create(kind=kind, defaults={"since": at})
    return is_new


def end_trouble(kind: Trouble) -> None:
    """The trouble is over: when it comes again, it is told again."""
    ToldTrouble.objects.filter(kind=kind).delete()


# --- shared -----------------------------------------------------------------------------------------------------------


def _allow_planning(by: Person) -> None:
    if not by.may(Permission.MANAGE_DUTY):
        raise NotAllowed


def _allow_own(person: Person, by: Person) -> None:
    if not by.is_staff or (person.pk != by.pk and not by.may(Permission.MANAGE_DUTY)):
        raise NotAllowed


def _record(person: Person, noun: str, before: dict[str, Any], after: dict[str, Any], by: Person, at: datetime) -> None:
    """What somebody plans for another stands in the log of settings, too; one's own is nobody else's business."""
    if by.pk != person.pk:
        record_change(by=by, at=at, noun=noun, subject=str(person), key=person.pk, before=before, after=after)


def _write_down(person: Person, deed: DutyDeed, what: str, by: Person, at: datetime) -> None:
    """`what` is told in the language of whoever did it, and stays so."""
    DutyEvent.objects.create(person=person, kind=deed.value, by=by, at=at, facts={"what": what, "person": str(person)})
    announce(TOPIC)

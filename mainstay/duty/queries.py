"""Who is on duty, until when, who comes next, and the roster as a page shows it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from mainstay.people.models import Person
from mainstay.people.queries import assignable_staff
from mainstay.people.states import Permission

from .models import Absence, DutyEvent, Presence, Shift
from .rules import SHOWN_DAYS, Spans, Standing, days_around, duty_spans, local_day, standing_of

SHOWN_EVENTS = 20
AWAY_AFTER = 900  # as the policy's default; callers that have a policy pass its own


@dataclass(frozen=True)
class Duty:
    """Everybody's duty at one moment, by the key of the person; `has_roster` is whether any shift is in force.

    `languages` are those in which each of them answers: their own, and those the roster knows of.
    """

    at: datetime
    people: list[Person]
    standings: dict[int, Standing]
    has_roster: bool
    languages: dict[int, frozenset[str]]

    @property
    def on_duty(self) -> list[Person]:
        return [person for person in self.people if self.standings[person.pk].missing is None]

    def standing(self, person: Person) -> Standing | None:
        return self.standings.get(person.pk)


def duty_at(at: datetime, *, away_after: int = AWAY_AFTER, also: Iterable[Person] = ()) -> Duty:
    """The duty of everybody who may work on tickets, and of those in `also`, at this moment: four queries."""
    staff = list(assignable_staff())
    may_work = {person.pk for person in staff}
    people = [*staff, *(person for person in also if person.pk not in may_work)]
    shifts, absences, presences = _by_person(people, at)
    has_roster = _is_in_force([shift for found in shifts.values() for shift in found], at)
    first, last = days_around(at)
    standings = {
        person.pk: standing_of(
            may_work=person.pk in may_work,
            spans=duty_spans(shifts[person.pk], absences[person.pk], first, last) if has_roster else None,
            absences=absences[person.pk],
            presence=presences.get(person.pk),
            at=at,
            away_after=away_after,
        )
        for person in people
    }
    beside = {key: presence.languages for key, presence in presences.items()}
    languages = {one.pk: frozenset({one.language, *beside.get(one.pk, ())} - {""}) for one in people}
    return Duty(at, people, standings, has_roster, languages)


def people_on_duty(at: datetime, *, away_after: int = AWAY_AFTER) -> list[Person]:
    """Who may work on tickets, has a shift now, is not absent, and is here; by name."""
    return duty_at(at, away_after=away_after).on_duty


def is_on_duty(person: Person, at: datetime, *, away_after: int = AWAY_AFTER) -> bool:
    return any(one.pk == person.pk for one in people_on_duty(at, away_after=away_after))


def duty_until(person: Person, at: datetime, *, away_after: int = AWAY_AFTER) -> datetime | None:
    """When the duty of this person ends that runs now; None when none runs, or its end is not in sight."""
    standing = duty_at(at, away_after=away_after).standing(person)
    return standing.until if standing else None


def next_on_duty(at: datetime) -> tuple[Person, datetime] | None:
    """Whose shift begins next, and when; None when none does within a week."""
    duty = duty_at(at)
    coming = [(standing.next_at, person) for person in duty.people if (standing := duty.standings[person.pk]).next_at]
    first = min(coming, key=lambda one: (one[0], one[1].name, one[1].pk), default=None)
    return (first[1], first[0]) if first and first[0] else None


def languages_answered() -> frozenset[str]:
    """In which languages anybody who works on tickets answers."""
    staff = assignable_staff()
    own = set(staff.order_by("language").values_list("language", flat=True).distinct())
    beside = Presence.objects.filter(person__in=staff).values_list("languages", flat=True)
    return frozenset(own.union(*beside) - {""})


def _by_person(
    people: Sequence[Person], at: datetime
) -> tuple[dict[int, list[Shift]], dict[int, list[Absence]], dict[int, Presence]]:
    keys = [person.pk for person in people]
    shifts: dict[int, list[Shift]] = defaultdict(list)
    absences: dict[int, list[Absence]] = defaultdict(list)
    for shift in Shift.objects.filter(person__in=keys).order_by("pk"):
        shifts[shift.person_id].append(shift)
    for absence in Absence.objects.filter(Q(ends_at=None) | Q(ends_at__gt=at), person__in=keys).order_by("pk"):
        absences[absence.person_id].append(absence)
    presences = {presence.person_id: presence for presence in Presence.objects.filter(person__in=keys).order_by("pk")}
    return shifts, absences, presences


def _is_in_force(shifts: Iterable[Shift], at: datetime) -> bool:
    return any(
        shift.valid_from <= (day := local_day(shift, at)) and (shift.valid_until is None or day <= shift.valid_until)
        for shift in shifts
    )


# --- the page ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RosterDay:
    """One person's planned duty on one day of the reader's zone: parts of it, and the absence that begins in or covers it."""

    day: date
    spans: Spans
    absence: Absence | None


@dataclass(frozen=True)
class RosterRow:
    person: Person
    days: list[RosterDay]
    shifts: list[Shift]
    absences: list[Absence]
    presence: Presence | None


def roster(first: date, last: date, zone: ZoneInfo) -> list[RosterRow]:
    """What is planned for everybody on each day of this zone, both days included, at most SHOWN_DAYS; four queries."""
    last = min(last, first + timedelta(days=SHOWN_DAYS - 1))
    begins = _midnight(first, zone)
    people = list(assignable_staff())
    shifts, absences, presences = _by_person(people, begins)
    rows = []
    for person in people:
        mine = absences[person.pk]
        spans = duty_spans(shifts[person.pk], mine, first - timedelta(days=2), last + timedelta(days=2))
        days = [_roster_day(day, spans, mine, zone) for day in _days(first, last)]
        rows.append(RosterRow(person, days, shifts[person.pk], mine, presences.get(person.pk)))
    return rows


def _roster_day(day: date, spans: Spans, absences: list[Absence], zone: ZoneInfo) -> RosterDay:
    start, end = _midnight(day, zone), _midnight(day + timedelta(days=1), zone)
    parts = [(max(since, start), min(until, end)) for since, until in spans if since < end and until > start]
    covering = (one for one in absences if one.starts_at < end and (one.ends_at is None or one.ends_at > start))
    return RosterDay(day, parts, next(covering, None))


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


# --- one of them ------------------------------------------------------------------------------------------------------


def shift_for(viewer: Person, pk: int) -> Shift | None:
    """The shift, for those who plan duty; None for others."""
    if not viewer.may(Permission.MANAGE_DUTY):
        return None
    return Shift.objects.select_related("person__account").filter(pk=pk).first()


def absence_for(viewer: Person, pk: int) -> Absence | None:
    """The absence, if it is the viewer's own or the viewer plans duty; None otherwise."""
    absences = Absence.objects.select_related("person__account").filter(pk=pk)
    if not viewer.may(Permission.MANAGE_DUTY):
        absences = absences.filter(person=viewer)
    return absences.first()


def duty_history() -> list[DutyEvent]:
    """The latest that was done to the roster, newest first."""
    return list(DutyEvent.objects.select_related("by", "person").order_by("-pk")[:SHOWN_EVENTS])

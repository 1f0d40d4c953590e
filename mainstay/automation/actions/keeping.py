"""Make, change, order, switch and remove rules; each change stands in the log of settings."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from mainstay.audit.actions import record_change
from mainstay.lib.fingerprints import fingerprint
from mainstay.people.errors import NotAllowed
from mainstay.people.models import Person
from mainstay.people.queries import staff_who_may
from mainstay.people.states import Permission
from mainstay.promises.queries import policy_in_force
from mainstay.tickets.rules import TEXT_LENGTH
from mainstay.writing.deeds import Planned, checked
from mainstay.writing.models import Answer
from mainstay.writing.states import MacroWrites

from ..errors import (
    ChangedMeanwhile,
    DoesNothing,
    NameTaken,
    NoMinutes,
    NoName,
    NotifiesNobody,
    NotYours,
    RuleGone,
    TooManyConditions,
    UnknownCondition,
)
from ..models import NAME_LENGTH, Rule
from ..queries import choices_of, forget_what_is_heard
from ..rules import CONDITIONS_MAX, MINUTES_MAX, VALUE_LENGTH, Condition
from ..states import BY_THE_CLOCK, TYPED, Field, Match, When

KEPT = (
    "name",
    "when",
    "minutes",
    "match",
    "conditions",
    "deeds",
    "gives_turn",
    "note",
    "answer_id",
    "tells",
    "tells_assignee",
)
ME = "me"  # of the deeds of macros: whoever runs it; a rule is nobody


@dataclass(frozen=True)
class RuleGiven:
    """A rule as somebody filled it in. `answer` is a canned answer of everybody's, sent as an automatic one."""

    name: str
    when: str
    minutes: int | None = None
    match: str = Match.ALL
    conditions: Sequence[Condition] = ()
    deeds: Sequence[Planned] = ()
    gives_turn: bool = False
    note: str = ""
    answer: Answer | None = None
    tells: Sequence[int] = field(default=())
    tells_assignee: bool = False


@transaction.atomic
def add_rule(given: RuleGiven, *, by: Person, at: datetime, is_sample: bool = False) -> Rule:
    """The rule is there, last in the order and switched off: its preview is looked at first."""
    _allow(by)
    last = Rule.objects.aggregate(last=Max("place"))["last"]
    rule = Rule(place=0 if last is None else last + 1, since=at, is_sample=is_sample)
    _set(rule, given, by, at)
    record_change(by=by, at=at, noun="rule", subject=rule.name, key=rule.pk, before={}, after=seen_of(rule))
    return rule


@transaction.atomic
def change_rule(rule: Rule, given: RuleGiven, *, seen: str, by: Person, at: datetime) -> Rule:
    """The rule is as given, and its author is who changed it. `seen` is the fingerprint of what they had before them."""
    _allow(by)
    rule = _locked(rule)
    before = seen_of(rule)
    if seen != fingerprint(before):
        raise ChangedMeanwhile
    _set(rule, given, by, at)
    record_change(by=by, at=at, noun="rule", subject=rule.name, key=rule.pk, before=before, after=seen_of(rule))
    return rule


@transaction.atomic
def switch_rule(rule: Rule, *, is_on: bool, by: Person, at: datetime) -> Rule:
    """It runs from now on, or no more. What happened before it was switched on is none of its business."""
    _allow(by)
    rule = _locked(rule)
    if rule.is_on == is_on:
        return rule
    before = seen_of(rule)
    rule.is_on, rule.paused_because, rule.failures = is_on, "", 0
    if is_on:
        rule.since = at
    rule.save(update_fields=["is_on", "paused_because", "failures", "since"])
    record_change(by=by, at=at, noun="rule", subject=rule.name, key=rule.pk, before=before, after=seen_of(rule))
    _tell_processes()
    return rule


@transaction.atomic
def copy_rule(rule: Rule, *, by: Person, at: datetime) -> Rule:
    """The same rule once more, switched off, under another name."""
    _allow(by)
    rule = _locked(rule)
    given = RuleGiven(
        name=_free_name(rule.name),
        when=rule.when,
        minutes=rule.minutes,
        match=rule.match,
        conditions=[Condition.of(one) for one in rule.conditions],
        deeds=[Planned(one["deed"], one["value"]) for one in rule.deeds],
        gives_turn=rule.gives_turn,
        note=rule.note,
        answer=rule.answer,
        tells=rule.tells,
        tells_assignee=rule.tells_assignee,
    )
    return add_rule(given, by=by, at=at)


@transaction.atomic
def move_rule(rule: Rule, *, up: bool, by: Person, at: datetime) -> None:
    """It runs before the one that stood before it, or after the one behind it."""
    _allow(by)
    order = list(Rule.objects.select_for_update().order_by("place", "pk"))
    index = next((place for place, one in enumerate(order) if one.pk == rule.pk), None)
    if index is None:
        raise RuleGone
    other = index + (-1 if up else 1)
    if not 0 <= other < len(order):
        return
    order[index], order[other] = order[other], order[index]
    for place, one in enumerate(order):
        if one.place != place:
            one.place = place
            one.save(update_fields=["place"])
    moved = {"before": {"place": index + 1}, "after": {"place": other + 1}}
    record_change(by=by, at=at, noun="rule", subject=rule.name, key=rule.pk, **moved)


@transaction.atomic
def remove_rule(rule: Rule, *, by: Person, at: datetime) -> None:
    """It is gone; what it did stays in the log of its runs."""
    _allow(by)
    rule = _locked(rule)
    record_change(by=by, at=at, noun="rule", subject=rule.name, key=rule.pk, before=seen_of(rule), after={})
    Rule.objects.filter(place__gt=rule.place).update(place=F("place") - 1)
    rule.delete()
    _tell_processes()


def seen_of(rule: Rule) -> dict[str, Any]:
    """What somebody sees of a rule, for the log and to notice that it was changed meanwhile."""
    return {**{name: getattr(rule, name) for name in KEPT}, "is_on": rule.is_on}


# --- what a rule must be ----------------------------------------------------------------------------------------------


def _set(rule: Rule, given: RuleGiven, by: Person, at: datetime) -> None:
    rule.name = " ".join(given.name.split())[:NAME_LENGTH]
    if not rule.name:
        raise NoName
    rule.when = When(given.when).value
    rule.minutes = _minutes(given)
    rule.match = Match(given.match).value
    rule.conditions = [one.kept() for one in _conditions(given.conditions, at)]
    deeds = checked(given.deeds, writes=MacroWrites.NOTHING)
    if any(one.value == ME for one in deeds):
        raise UnknownCondition(_("whoever runs the macro"))
    rule.deeds = [{"deed": one.deed, "value": one.value} for one in deeds]
    rule.gives_turn, rule.note = given.gives_turn, given.note.replace("\x00", "").strip()[:TEXT_LENGTH]
    rule.answer, rule.tells_assignee = given.answer, given.tells_assignee
    rule.tells = _told(given.tells)
    if not (rule.deeds or rule.gives_turn or rule.note or rule.answer or rule.tells or rule.tells_assignee):
        raise DoesNothing
    _must_be_the_authors(rule, by)
    rule.author, rule.changed_at = by, at
    try:
        with transaction.atomic():
            rule.save()
    except IntegrityError as problem:
        if "rule_name_once" not in str(problem):
            raise
        raise NameTaken from None
    _tell_processes()


def _minutes(given: RuleGiven) -> int | None:
    if given.when not in BY_THE_CLOCK:
        return None
    if not given.minutes or not 0 < given.minutes <= MINUTES_MAX:
        raise NoMinutes
    return given.minutes


def _conditions(given: Sequence[Condition], at: datetime) -> list[Condition]:
    policy = policy_in_force(at)
    kept = [Condition(one.field, one.value.strip()[:VALUE_LENGTH], one.holds) for one in given if one.value.strip()]
    if len(kept) > CONDITIONS_MAX:
        raise TooManyConditions
    for one in kept:
        if one.field not in Field.values:
            raise UnknownCondition(one.field)
        if one.field not in TYPED and one.value not in dict(choices_of(one.field, policy)):
            raise UnknownCondition(str(Field(one.field).label))
        if "\x00" in one.value:
            raise UnknownCondition(str(Field(one.field).label))
    return list(dict.fromkeys(kept))


def _told(keys: Sequence[int]) -> list[int]:
    wanted = list(dict.fromkeys(keys))
    known = set(staff_who_may(Permission.SEE_TICKETS).filter(pk__in=wanted).values_list("pk", flat=True))
    if any(key not in known for key in wanted):
        raise NotifiesNobody
    return wanted


def _must_be_the_authors(rule: Rule, by: Person) -> None:
    """The deeds are those of one who works on tickets; to write to customers is theirs, too."""
    works = rule.deeds or rule.gives_turn or rule.answer
    if works and not by.may(Permission.WORK_TICKETS):
        raise NotYours(str(Permission.WORK_TICKETS.label))
    if rule.note and not by.may(Permission.WRITE_NOTES):
        raise NotYours(str(Permission.WRITE_NOTES.label))


def _free_name(name: str) -> str:
    stem = _("Copy of %(name)s") % {"name": name}
    taken = {one.lower() for one in Rule.objects.order_by().values_list("name", flat=True)}
    number, found = 2, stem[:NAME_LENGTH]
    while found.lower() in taken:
        found = f"{stem[: NAME_LENGTH - 4]} {number}"
        number += 1
    return found


def _locked(rule: Rule) -> Rule:
    found = Rule.objects.select_for_update(of=("self",)).select_related("answer").filter(pk=rule.pk).first()
    if found is None:
        raise RuleGone
    return found


def _tell_processes() -> None:
    transaction.on_commit(forget_what_is_heard)


def _allow(by: Person) -> None:
    if not by.may(Permission.MANAGE_DESK):
        raise NotAllowed

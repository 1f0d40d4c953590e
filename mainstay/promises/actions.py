"""Verbs on promises: put a policy in force, promise, store a measure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from mainstay.audit.actions import record_change
from mainstay.people.models import Person
from mainstay.policy.differences import differences
from mainstay.policy.reading import PolicySource
from mainstay.policy.shape import Policy, Target

from .alarms import next_alarm, passed_alarms
from .models import FurtherResponse, PolicyRevision, Promise
from .queries import policy_of
from .rules import Further, Measure, left_out, stamp


@transaction.atomic
def put_policy_in_force(
    text: str, *, holds_from: datetime, at: datetime, calendars: Mapping[str, str] | None = None
) -> tuple[PolicyRevision, bool]:
    """The policy holds from `holds_from`; returns its revision and whether it is a new one.

    `calendars` are the calendar files that it names, by their names. The same text with the same calendars as the newest
    revision makes no new one. A policy with faults raises PolicyFaults and changes nothing.
    """
    source = PolicySource(text, calendars or {})
    source.policy()
    PolicyRevision.objects.select_for_update().order_by("-number").first()
    newest = PolicyRevision.objects.order_by("-number").first()
    if newest is not None and newest.digest == source.digest:
        return newest, False
    return add_revision(source, holds_from=holds_from, at=at), True


@transaction.atomic
def stretch_policy_back(*, holds_from: datetime, at: datetime) -> None:
    """Some policy holds at `holds_from`: where none does, the newest one's text, as a revision of its own."""
    if not PolicyRevision.objects.filter(holds_from__lte=holds_from).exists():
        newest = PolicyRevision.objects.select_for_update().order_by("-number")[0]
        add_revision(PolicySource(newest.text, newest.calendars), holds_from=holds_from, at=at)


def add_revision(
    source: PolicySource, *, holds_from: datetime, at: datetime, by: Person | None = None
) -> PolicyRevision:
    """A revision of its own for this policy, which was read before and is in order.

    The log of settings has each key that says something else than the policy that held at that moment.
    """
    number = (PolicyRevision.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    earlier = PolicyRevision.objects.filter(holds_from__lte=holds_from).order_by("-holds_from", "-number").first()
    changed = differences(policy_of(earlier.pk), source.policy()) if earlier is not None else ()
    record_change(
        by=by,
        at=at,
        noun="policy",
        subject=f"#{number}",
        key=number,
        before={one.key: one.before for one in changed if one.before is not None},
        after={"holds_from": holds_from, **{one.key: one.after for one in changed if one.after is not None}},
    )
    return PolicyRevision.objects.create(
        number=number,
        text=source.text,
        calendars=dict(source.calendars),
        digest=source.digest,
        holds_from=holds_from,
        imported_at=at,
        by=by,
    )


def open_promise(
    *, revision: PolicyRevision, policy: Policy, nature: str, severity: str, opened_at: datetime, excluded: str = ""
) -> Promise:
    """The ticket's clock runs, with the targets of its nature and severity under this revision.

    `excluded` is why it is left out of the averages from the first moment on, if the policy leaves such tickets out.
    """
    target = policy.target(nature, severity)
    promise = Promise(
        revision=revision,
        opened_at=opened_at,
        opened_stamp=stamp(opened_at, policy),
        first_response_target_seconds=target.first_response_seconds,
        resolution_target_seconds=target.resolution_seconds,
        excluded=left_out(excluded, policy),
    )
    _plan(promise, policy)
    promise.save(force_insert=True)
    return promise


def retarget_promise(promise: Promise, *, policy: Policy, nature: str, severity: str) -> None:
    """The targets are those of the ticket's new nature and severity; its clock is untouched."""
    target = policy.target(nature, severity)
    promise.first_response_target_seconds = target.first_response_seconds
    promise.resolution_target_seconds = target.resolution_seconds
    promise.save(update_fields=["first_response_target_seconds", "resolution_target_seconds", *_plan(promise, policy)])


def store_measure(promise: Promise, found: Measure, further: Sequence[Further] = ()) -> None:
    """The promise holds these figures and these later answers; writes only what differs."""
    figures = asdict(found)
    changed = [name for name, value in figures.items() if getattr(promise, name) != value]
    if promise.further_count or further:
        _store_further(promise, further)
    for name in changed:
        setattr(promise, name, figures[name])
    changed += _plan(promise, policy_of(promise.revision_id))
    if changed:
        promise.save(update_fields=changed)


def plan_alarm(promise: Promise) -> None:
    """The promise's next alarm is at the moment that its figures and its policy say; after any change of either."""
    if changed := _plan(promise, policy_of(promise.revision_id)):
        promise.save(update_fields=changed)


def hush_promises(keys: Iterable[int], *, at: datetime) -> list[Promise]:
    """All thresholds that these promises have crossed count as told, though nobody was; the next alarms are to come."""
    promises = list(Promise.objects.filter(pk__in=list(keys)).order_by("pk"))
    for promise in promises:
        policy = policy_of(promise.revision_id)
        promise.alarms_told += [alarm.key for alarm in passed_alarms(promise, policy, at)]
        _plan(promise, policy)
    Promise.objects.bulk_update(promises, ["alarms_told", "next_alarm_at"])
    return promises


def _plan(promise: Promise, policy: Policy) -> list[str]:
    """The field that changed, for the caller to save."""
    alarm = next_alarm(promise, policy)
    due = alarm.due if alarm else None
    if promise.next_alarm_at == due:
        return []
    promise.next_alarm_at = due
    return ["next_alarm_at"]


def _store_further(promise: Promise, further: Sequence[Further]) -> None:
    rows = promise.further_responses.order_by("asked_at", "pk")
    if [Further(row.asked_at, row.answered_at, row.seconds, row.all_day_seconds) for row in rows] == list(further):
        return
    rows.delete()
    FurtherResponse.objects.bulk_create(FurtherResponse(promise=promise, **asdict(one)) for one in further)


def store_measures(found: Iterable[tuple[int, Measure, Sequence[Further]]]) -> None:
    """Many promises, by their keys, hold these figures and later answers: two statements for all of them."""
    rows = list(found)
    keys, names = [key for key, _measure, _further in rows], [one.name for one in fields(Measure)]
    _write(keys, {name: [getattr(measure, name) for _key, measure, _further in rows] for name in names})
    _store_all_further([(key, further) for key, _measure, further in rows])


def rebind_promises(
    revision: PolicyRevision, policy: Policy, found: Iterable[tuple[Promise, Target, Measure, Sequence[Further]]]
) -> None:
    """These promises are under the revision, as if their tickets had been opened under it, with these targets and figures.

    Their next alarms are planned by it. The same two statements for all of them; the objects hold what is stored.
    """
    rows = list(found)
    for promise, target, measure, _further in rows:
        promise.revision, promise.opened_stamp = revision, stamp(promise.opened_at, policy)
        promise.first_response_target_seconds = target.first_response_seconds
        promise.resolution_target_seconds = target.resolution_seconds
        for name, value in asdict(measure).items():
            setattr(promise, name, value)
        _plan(promise, policy)
    names = [*_TERMS, *(one.name for one in fields(Measure))]
    promises = [promise for promise, _target, _measure, _further in rows]
    _write([one.pk for one in promises], {name: [getattr(one, name) for one in promises] for name in names})
    _store_all_further([(promise.pk, further) for promise, _target, _measure, further in rows])


_TERMS = (
    "revision_id",
    "opened_stamp",
    "first_response_target_seconds",
    "resolution_target_seconds",
    "next_alarm_at",
)


def _write(keys: list[int], values: Mapping[str, list[Any]]) -> None:
    """Promises, by their keys, hold these values, column by column."""
    columns = [Promise._meta.get_field(name) for name in values]
    types = ", ".join(f"%s::{(field.db_type(connection) or '').split('(')[0]}[]" for field in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            update promises_promise set {", ".join(f"{name} = new.{name}" for name in values)}
            from unnest(%s::bigint[], {types}) as new(key, {", ".join(values)}) where promises_promise.id = new.key
            """,  # noqa: S608 - the names are those of our columns, values are parameters
            [keys, *values.values()],
        )


def _store_all_further(rows: Sequence[tuple[int, Sequence[Further]]]) -> None:
    FurtherResponse.objects.filter(promise__in=[key for key, _further in rows]).delete()
    FurtherResponse.objects.bulk_create(
        [FurtherResponse(promise_id=key, **asdict(one)) for key, further in rows for one in further],
        batch_size=5000,
    )

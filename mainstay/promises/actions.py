"""Verbs on promises: put a policy in force, promise, store a measure."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Max

from mainstay.policy.reading import digest, read_policy
from mainstay.policy.shape import Policy

from .models import FurtherResponse, PolicyRevision, Promise
from .rules import Further, Measure, stamp


@transaction.atomic
def put_policy_in_force(text: str, *, holds_from: datetime, at: datetime) -> tuple[PolicyRevision, bool]:
    """The policy holds from `holds_from`; returns its revision and whether it is a new one.

    The same text as the newest revision makes no new one. A text with faults raises PolicyFaults and changes nothing.
    """
    read_policy(text)
    PolicyRevision.objects.select_for_update().order_by("-number").first()
    newest = PolicyRevision.objects.order_by("-number").first()
    if newest is not None and newest.digest == digest(text):
        return newest, False
    return _new_revision(text, holds_from=holds_from, at=at), True


@transaction.atomic
def stretch_policy_back(*, holds_from: datetime, at: datetime) -> None:
    """Some policy holds at `holds_from`: where none does, the newest one's text, as a revision of its own."""
    if not PolicyRevision.objects.filter(holds_from__lte=holds_from).exists():
        newest = PolicyRevision.objects.select_for_update().order_by("-number")[0]
        _new_revision(newest.text, holds_from=holds_from, at=at)


def _new_revision(text: str, *, holds_from: datetime, at: datetime) -> PolicyRevision:
    number = (PolicyRevision.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    return PolicyRevision.objects.create(
        number=number, text=text, digest=digest(text), holds_from=holds_from, imported_at=at
    )


def open_promise(
    *, revision: PolicyRevision, policy: Policy, nature: str, severity: str, opened_at: datetime, excluded: str = ""
) -> Promise:
    """The ticket's clock runs, with the targets of its nature and severity under this revision.

    `excluded` is why it is left out of the averages from the first moment on, if the policy leaves such tickets out.
    """
    target = policy.target(nature, severity)
    return Promise.objects.create(
        revision=revision,
        opened_at=opened_at,
        opened_stamp=stamp(opened_at, policy),
        first_response_target_seconds=target.first_response_seconds,
        resolution_target_seconds=target.resolution_seconds,
        excluded=excluded if excluded in policy.averages.leaves_out else "",
    )


def retarget_promise(promise: Promise, *, policy: Policy, nature: str, severity: str) -> None:
    """The targets are those of the ticket's new nature and severity; its clock is untouched."""
    target = policy.target(nature, severity)
    promise.first_response_target_seconds = target.first_response_seconds
    promise.resolution_target_seconds = target.resolution_seconds
    promise.save(update_fields=["first_response_target_seconds", "resolution_target_seconds"])


def store_measure(promise: Promise, found: Measure, further: Sequence[Further] = ()) -> None:
    """The promise holds these figures and these later answers; writes only what differs."""
    figures = asdict(found)
    changed = [name for name, value in figures.items() if getattr(promise, name) != value]
    if promise.further_count or further:
        _store_further(promise, further)
    for name in changed:
        setattr(promise, name, figures[name])
    if changed:
        promise.save(update_fields=changed)


def _store_further(promise: Promise, further: Sequence[Further]) -> None:
    rows = promise.further_responses.order_by("asked_at", "pk")
    if [Further(row.asked_at, row.answered_at, row.seconds, row.all_day_seconds) for row in rows] == list(further):
        return
    rows.delete()
    FurtherResponse.objects.bulk_create(FurtherResponse(promise=promise, **asdict(one)) for one in further)


def store_measures(found: Iterable[tuple[int, Measure, Sequence[Further]]]) -> None:
    """Many promises, by their keys, hold these figures and later answers: two statements for all of them."""
    rows = list(found)
    names = [one.name for one in fields(Measure)]
    columns = {name: Promise._meta.get_field(name) for name in names}
    types = ", ".join(f"%s::{field.db_type(connection).split('(')[0]}[]" for field in columns.values())
    values = [[getattr(measure, name) for _key, measure, _further in rows] for name in names]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            update promises_promise set {", ".join(f"{name} = new.{name}" for name in names)}
            from unnest(%s::bigint[], {types}) as new(key, {", ".join(names)}) where promises_promise.id = new.key
            """,  # noqa: S608 - the names are those of the dataclass, values are parameters
            [[key for key, _measure, _further in rows], *values],
        )
    FurtherResponse.objects.filter(promise__in=[key for key, _measure, _further in rows]).delete()
    FurtherResponse.objects.bulk_create(
        [FurtherResponse(promise_id=key, **asdict(one)) for key, _measure, further in rows for one in further],
        batch_size=5000,
    )

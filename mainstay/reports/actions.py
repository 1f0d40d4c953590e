"""Verbs on reports: publish a month."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import translation

from mainstay.people.models import Person
from mainstay.promises.errors import NoPolicy
from mainstay.promises.models import Promise
from mainstay.promises.queries import policy_in_force

from .errors import MonthRuns, NoMonth
from .figures import Period
from .freezing import written
from .models import FrozenMonth
from .periods import is_month, month_at, month_of
from .queries import all_strata, counted_report

MONTHS_AT_ONCE = 24


@transaction.atomic
def freeze_month(period: Period, *, by: Person | None, at: datetime) -> FrozenMonth:
    """The month is published with all its strata; its figures never change any more. Once published it stays as it is.

    Raises MonthRuns for one that is not over, NoMonth for what is no calendar month.
    """
    if not is_month(period):
        raise NoMonth(period.key)
    if at < period.end:
        raise MonthRuns(period.key)
    frozen = FrozenMonth.objects.filter(month=period.key).first()
    if frozen is not None:
        return frozen
    report = counted_report(period, at=at)
    # Names of parts are kept too, in the desk's own language: a part may be renamed or removed later.
    with translation.override(_language(at)):
        figures = written(report, all_strata(period, at=at))
    frozen, _is_new = FrozenMonth.objects.get_or_create(
        month=period.key,
        defaults={"frozen_at": at, "by": by, "revisions": list(report.revisions), "figures": figures},
    )
    return frozen


def freeze_months_due(*, at: datetime) -> list[FrozenMonth]:
    """Each month that ended long enough ago by the policy, and in which there was anything, is published. The oldest first."""
    try:
        after = timedelta(seconds=policy_in_force(at).publication.freezes_after)
    except NoPolicy:
        return []
    first = Promise.objects.order_by("opened_at").values_list("opened_at", flat=True).first()
    if first is None:
        return []
    newest = FrozenMonth.objects.order_by("-month").values_list("month", flat=True).first()
    month = month_at(month_of(newest).end) if newest else month_at(first)
    frozen: list[FrozenMonth] = []
    while month.end + after <= at and len(frozen) < MONTHS_AT_ONCE:
        frozen.append(freeze_month(month, by=None, at=at))
        month = month_at(month.end)
    return frozen


def _language(at: datetime) -> str:
    return policy_in_force(at).languages.default

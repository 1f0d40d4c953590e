"""Verbs on reports: publish a month."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import translation

from mainstay.people.models import Person
from mainstay.promises.errors import NoPolicy
from mainstay.promises.models import Promise
from mainstay.promises.queries import policy_in_force

from .errors import MonthRuns, NoMonth
from .figures import MonthReport, Period, Stratum
from .freezing import written
from .models import FrozenMonth
from .periods import is_month, month_at
from .queries import all_strata, counted_report

MONTHS_AT_ONCE = 24
COUNTED_AT_MOST = 5

Strata = dict[str, dict[str, list[Stratum]]]


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
    # Names of parts are kept too, in the desk's own language: a part may be renamed or removed later.
    with translation.override(_language(at)):
        report, strata = _counted_together(period, at)
        figures = written(report, strata)
    frozen, _is_new = FrozenMonth.objects.get_or_create(
        month=period.key,
        defaults={"frozen_at": at, "by": by, "revisions": list(report.revisions), "figures": figures},
    )
    return frozen


def _counted_together(period: Period, at: datetime) -> tuple[MonthReport, Strata]:
    """The month and its parts as of one moment: counted again when a colleague's deed came between them."""
    for _time in range(COUNTED_AT_MOST):
        report, strata = counted_report(period, at=at), all_strata(period, at=at)
        parts = strata["nature"]
        if all(
            (measured.average.n, measured.average.bank)
            == (
                sum(part.average.n for part in parts[measured.name]),
                sum(part.average.bank for part in parts[measured.name]),
            )
            for measured in report.measures
        ):
            return report, strata
    raise MonthRuns(period.key)


def freeze_months_due(*, at: datetime) -> list[FrozenMonth]:
    """Each month that ended long enough ago by the policy, and in which there was anything, is published. The oldest first."""
    try:
        after = timedelta(seconds=policy_in_force(at).publication.freezes_after)
    except NoPolicy:
        return []
    first = Promise.objects.order_by("opened_at").values_list("opened_at", flat=True).first()
    if first is None:
        return []
    # A person may have published a later month first, so what is there already is skipped, not taken for the last one.
    published = set(FrozenMonth.objects.order_by().values_list("month", flat=True))
    month, frozen = month_at(first), list[FrozenMonth]()
    while month.end + after <= at and len(frozen) < MONTHS_AT_ONCE:
        if month.key not in published:
            frozen.append(freeze_month(month, by=None, at=at))
        month = month_at(month.end)
    return frozen


def _language(at: datetime) -> str:
    return policy_in_force(at).languages.default

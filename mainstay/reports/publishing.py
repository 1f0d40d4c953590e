"""Months outside the desk: publish one, list the published ones, and tell where a fresh count differs from one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mainstay.live.announcing import announce
from mainstay.people.errors import NotAllowed
from mainstay.people.models import Person
from mainstay.people.states import Permission

from .actions import freeze_month
from .figures import Average, MonthReport, Period
from .freezing import frozen_report
from .measures import PROMISED
from .models import FrozenMonth
from .periods import month_of
from .queries import counted_report

SHOWN_MONTHS = 12


@dataclass(frozen=True)
class PublishedMonth:
    """A published month's averages of what is promised; keys are the measures."""

    month: Period
    frozen_at: datetime
    averages: dict[str, Average]

    @property
    def first_response(self) -> Average:
        return self.averages["first_response"]

    @property
    def resolution(self) -> Average:
        return self.averages["resolution"]


@dataclass(frozen=True)
class Changed:
    """One measure of a published month as it was published, and as it would be counted today."""

    measure: str
    published: Average
    counted: Average


def publish_month(period: Period, *, by: Person | None, at: datetime) -> FrozenMonth:
    """The month is published with all its strata; open pages hear it. Published already, it stays as it is.

    `by` is nobody for who runs the desk's commands. Raises NotAllowed, MonthRuns and NoMonth.
    """
    if by is not None and not by.may(Permission.PUBLISH_REPORTS):
        raise NotAllowed
    frozen = freeze_month(period, by=by, at=at)
    announce("averages")
    return frozen


def published_months(limit: int = SHOWN_MONTHS) -> list[PublishedMonth]:
    """The newest published months, newest first: one query, without their days and strata."""
    paths = {f"told_{measure}": f"figures__report__{measure}__average" for measure in PROMISED}
    rows = FrozenMonth.objects.order_by("-month").values_list("month", "frozen_at", *paths.values())[:limit]
    return [
        PublishedMonth(month_of(month), frozen_at, dict(zip(PROMISED, map(_average, told), strict=True)))
        for month, frozen_at, *told in rows
    ]


def changes_since_published(period: Period, *, at: datetime) -> list[Changed] | None:
    """What a fresh count of a published month gives otherwise, measure by measure; None for one that was not published.

    Tickets may have been re-opened, excluded or corrected since: the published figures stay, and this tells it.
    """
    published = frozen_report(period)
    if published is None:
        return None
    return differences(published, counted_report(period, at=at))


def differences(published: MonthReport, counted: MonthReport) -> list[Changed]:
    """The measures that a fresh count of the same month gives otherwise."""
    pairs = zip(published.measures, counted.measures, strict=True)
    return [
        Changed(then.name, then.average, now.average) for then, now in pairs if not _is_same(then.average, now.average)
    ]


def _is_same(published: Average, counted: Average) -> bool:
    """Whole seconds: a mean written down as text and read again may differ in its last digit."""
    return _rounded(published) == _rounded(counted)


def _rounded(average: Average) -> tuple[float | None, ...]:
    figures = (average.n, average.mean, average.target, average.median, average.p90, average.worst, average.zeros)
    return tuple(None if one is None else round(one) for one in (*figures, average.bank))


def _average(told: dict[str, Any]) -> Average:
    return Average(**told)

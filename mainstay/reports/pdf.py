"""The report of a period as PDF: the figures of the screens with their charts, the parts, and what the words mean."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mainstay.policy.shape import Policy
from mainstay.promises.queries import policy_in_force
from mainstay.ui.durations import duration_text, exact_duration_text

from .charts import bank_chart, chart_title, days_chart, standalone
from .exporting import divided_by
from .figures import Forecast, Measured, MonthReport, Period, Stratum
from .forecast import forecast_of
from .measures import PROMISED
from .periods import month_at
from .queries import month_report
from .typesetting import pdf_of
from .wording import (
    Figure,
    beside,
    figures_of,
    measure_name,
    outlook,
    period_name,
    standing_of,
    stratum_name,
    verdict,
)

DOCUMENT = Path(__file__).with_name("period.typ")
STRATA = ("nature", "severity", "channel", "organisation", "technician")
SHOWN_PARTS = 25
KEPT, TIGHT, MISSED = "✓", "△", "▲"  # beside the words: never by colour alone


def period_pdf(period: Period, *, at: datetime, language: str = "") -> bytes:
    """The report of this period, in this language if it is one of ours, else in the desk's own; times in UTC."""
    policy = policy_in_force(at)
    with translation.override(known_language(language, policy)), timezone.override(None):
        return pdf_of(DOCUMENT, _told(period, policy, at))


def known_language(language: str, policy: Policy) -> str:
    return language if language in dict(settings.LANGUAGES) else policy.languages.default


def _told(period: Period, policy: Policy, at: datetime) -> dict[str, Any]:
    report = month_report(period, at=at)
    divided = divided_by(STRATA, period, at=at)
    return {
        "language": translation.get_language() or settings.LANGUAGE_CODE,
        "title": _("Support averages, %(period)s") % {"period": period_name(period)},
        "company": policy.company.name,
        "standing": standing_of(report),
        "measures": [_measure(report, measured, at) for measured in report.measures],
        "beside_title": _("Left out, and beside"),
        "beside": [asdict(figure) for figure in beside(report)],
        "parts": [_parts(stratum, measure, divided[stratum][measure]) for stratum in STRATA for measure in PROMISED],
        "definitions_title": _("What the figures mean"),
        "definitions": list(_definitions(policy)),
        "foot": _foot(report, at),
    }


def _measure(report: MonthReport, measured: Measured, at: datetime) -> dict[str, Any]:
    forecast = _forecast(report, measured, at)
    figures = [*figures_of(measured), *([Figure(_("At the month's end"), outlook(forecast))] if forecast else [])]
    return {
        "name": measure_name(measured.name),
        "verdict": verdict(measured),
        "sign": (TIGHT if measured.bank < 0 else KEPT) if measured.average.is_kept else MISSED,
        "figures": [asdict(figure) for figure in figures],
        "charts": [chart for chart in _charts(report, measured, forecast, at) if chart["drawn"]],
    }


def _forecast(report: MonthReport, measured: Measured, at: datetime) -> Forecast | None:
    """For a promise of the month that runs."""
    is_now = report.period == month_at(at) and measured.name in PROMISED
    return forecast_of(measured.name, at=at) if is_now else None


def _charts(report: MonthReport, measured: Measured, forecast: Forecast | None, at: datetime) -> list[dict[str, str]]:
    if measured.name not in PROMISED:
        return []
    bank = bank_chart(measured.days, report.period, now=at, bank=measured.bank, forecast=forecast)
    return [
        {"title": chart_title(measured), "drawn": standalone(days_chart(measured))},
        {"title": _("Minutes in the bank, day by day"), "drawn": standalone(bank)},
    ]


def _parts(stratum: str, measure: str, parts: list[Stratum]) -> dict[str, Any]:
    """A table of one measure by one stratum: the parts with the most tickets, and none in which nothing was finished."""
    parts = [part for part in parts if part.average.n]
    hidden = max(0, len(parts) - SHOWN_PARTS)
    return {
        "title": _("%(measure)s by %(stratum)s")
        % {"measure": measure_name(measure), "stratum": stratum_name(stratum).lower()},
        "columns": [
            stratum_name(stratum),
            _("Counted"),
            _("Mean"),
            _("Promised"),
            _("Median"),
            _("9 of 10 within"),
            _("Worst"),
            _("In the bank"),
        ],
        "rows": [_row(part) for part in parts[:SHOWN_PARTS]],
        "more": ngettext("and %(n)d more", "and %(n)d more", hidden) % {"n": hidden} if hidden else "",
    }


def _row(part: Stratum) -> list[str]:
    average = part.average
    return [
        part.label,
        str(average.n),
        exact_duration_text(average.mean),
        duration_text(average.target),
        exact_duration_text(average.median),
        exact_duration_text(average.p90),
        duration_text(average.worst),
        duration_text(average.bank),
    ]


def _definitions(policy: Policy) -> Iterable[str]:
    yield _(
        "First response: business time from opening to the first reply of a person that the channel accepted. Later"
        " responses: the same for each further question. Resolution: from opening to resolved, without the time in which a"
        " ticket was resolved before it was re-opened; it runs on while we wait for the customer."
    )
    yield _(
        "Business time is the time in which the desk is open (%(zone)s), under the policy revision of each ticket. What was"
        " opened while the desk was closed and answered before it opened counts as zero."
    ) % {"zone": policy.hours.zone}
    yield _(
        "In the bank: what all finished tickets took less than promised, in sum, minus what open ones are over already. Above"
        " zero, the mean is within the promise. Periods are in UTC; a response counts where it was given, a resolution where"
        " it was reached."
    )


def _foot(report: MonthReport, at: datetime) -> str:
    moment = {"day": date_format(at, "j F Y"), "time": date_format(at, "H:i"), "period": report.period.key}
    return _("%(period)s (UTC), made on %(day)s at %(time)s UTC") % moment

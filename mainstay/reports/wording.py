"""What the figures of a report are called and how they read, for paper and mail: the same words and times as on the screens."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from mainstay.promises.states import Exclusion
from mainstay.ui.durations import duration_text, exact_duration_text

from .figures import Bin, Forecast, Measured, MonthReport, Period
from .periods import is_month


@dataclass(frozen=True)
class Figure:
    """One figure in words."""

    name: str
    text: str


def period_name(period: Period) -> str:
    """A calendar month by its name, any other period as it is written."""
    return date_format(period.start, "F Y") if is_month(period) else period.key


def measure_name(measure: str) -> str:
    names = {
        "first_response": _("First response"),
        "further_response": _("Later responses"),
        "resolution": _("Resolution"),
    }
    return names[measure]


def stratum_name(stratum: str) -> str:
    names = {
        "nature": _("Nature"),
        "severity": _("Severity"),
        "channel": _("Channel"),
        "organisation": _("Organisation"),
        "country": _("Country"),
        "language": _("Language"),
        "technician": _("Technician"),
        "product": _("Product"),
    }
    return names[stratum]


def verdict(measured: Measured) -> str:
    """Whether the promise was kept, in words; empty where nothing was counted or promised."""
    is_kept = measured.average.is_kept
    if is_kept is None:
        return ""
    if is_kept and measured.bank < 0:
        return _("kept so far, but open tickets put it over")
    return _("within the promise") if is_kept else _("over the promise")


def outlook(forecast: Forecast) -> str:
    """Where a measure is heading, in a few words."""
    if forecast.bank is None:
        return _("too early to tell")
    words = {True: _("will most likely be kept"), False: _("will most likely be broken"), None: _("can go either way")}
    return words[forecast.is_kept]


def figures_of(measured: Measured) -> Iterator[Figure]:
    """Everything about one measure but its name, in the order in which people ask for it."""
    average, load = measured.average, measured.open
    yield Figure(_("Mean"), exact_duration_text(average.mean))
    if average.target is not None:
        yield Figure(_("Promised"), duration_text(average.target))
        yield Figure(_("In the bank"), duration_text(measured.bank))
    yield Figure(_("Median"), exact_duration_text(average.median))
    yield Figure(_("9 of 10 within"), exact_duration_text(average.p90))
    yield Figure(_("Worst"), duration_text(average.worst))
    yield Figure(_("Counted"), str(average.n))
    yield Figure(_("Zeros"), str(average.zeros))
    if load is not None:
        yield Figure(_("Still open"), str(load.n))
        if average.target is not None:
            yield Figure(_("Of them over"), str(load.over_n))
        yield Figure(_("Mean if finished now"), exact_duration_text(measured.if_finished_now))
    yield Figure(_("If days had 24 hours"), exact_duration_text(average.all_day))
    if average.without_waiting is not None:
        yield Figure(_("Without waiting for customers"), exact_duration_text(average.without_waiting))
        yield Figure(_("With customers"), exact_duration_text(average.with_customer))
        yield Figure(_("With technicians"), exact_duration_text(average.with_technicians))
        yield Figure(_("With developers"), exact_duration_text(average.with_developers))


def beside(report: MonthReport) -> Iterator[Figure]:
    """What is left out and why, and what else one should know of the report."""
    for reason, number in report.excluded.items():
        yield Figure(_("Left out: %(reason)s") % {"reason": Exclusion(reason).label}, str(number))
    yield Figure(_("Answered out of hours"), str(report.answered_out_of_hours))
    yield Figure(_("Re-opened"), str(report.reopened))
    yield Figure(_("Policy revision"), ", ".join(map(str, report.revisions)) or "–")


def standing_of(report: MonthReport) -> str:
    """Whether these figures can still change."""
    if report.frozen_at is not None:
        moment = {"day": date_format(report.frozen_at, "j F Y"), "time": date_format(report.frozen_at, "H:i")}
        return _("Published on %(day)s at %(time)s UTC: these figures never change.") % moment
    if report.first_response.open is not None:
        return _("This period still runs.")
    return _("Not published: these figures can still change.")


def bin_words(one: Bin) -> str:
    """From how long to how long, as `5 min to 10 min`."""
    since = duration_text(one.since) if one.since else "0"
    if one.until is None:
        return _("%(since)s and more") % {"since": since}
    return _("%(since)s to %(until)s") % {"since": since, "until": duration_text(one.until)}

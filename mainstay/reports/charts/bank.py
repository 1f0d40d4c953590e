"""The bank day by day as a line, and where it is heading as a band to the month's end."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from mainstay.ui.durations import duration_text

from ..figures import Day, Forecast, Period
from ..spans import gathered, is_by_month
from .drawing import FEW_LABELS, HEIGHT, HOUR, MINUTE, MOST_LABELS, WIDTH, Drawing

LEFT, RIGHT, TOP, BOTTOM = 84, 12, 14, 30
_LABELS = 4
_DAYS_NAMED = 10
_YEAR = 366


def bank_chart(
    days: Sequence[Day], period: Period, *, now: datetime, bank: int, forecast: Forecast | None = None
) -> SafeString:
    """The bank at the end of each day, from zero at the period's start; `bank` is how it stands now, with what open tickets
    are over already. Between days on which anything was finished it stays where it was.

    With a forecast the band of four in five cases goes on from now to the period's end. Empty when there is nothing.
    """
    band = forecast.bank if forecast else None
    if not days and band is None:
        return mark_safe("")
    running = period.start <= now < period.end
    points = list(_steps(days if not running else [day for day in days if day.on < now.astimezone(UTC).date()], period))
    today = _start_of(now.astimezone(UTC).date()) if running else period.end
    if today > points[-1][0]:
        points.append((today, points[-1][1]))
    if running:
        points.append((now, float(bank)))
    ends = [band.low, band.middle, band.high] if band else []
    lowest, highest = min(0.0, *ends, *(y for _x, y in points)), max(0.0, *ends, *(y for _x, y in points))
    scale = _Scale(period, lowest, highest)
    drawing = Drawing()
    for value in scale.labels():
        drawing.line("promise" if value == 0 else "guide line", LEFT, scale.y(value), WIDTH - RIGHT, scale.y(value))
        drawing.text(
            "right strong" if value == 0 else "right",
            LEFT - 8,
            scale.y(value) + 5,
            duration_text(value) if value else "0",
        )
    for on, words in scale.days():
        drawing.text("middle", scale.x(_start_of(on)), HEIGHT - 8, words)
    if band and forecast:
        start = (scale.x(now), scale.y(bank))
        end = scale.x(forecast.until)
        drawing.path("band", [start, (end, scale.y(band.high)), (end, scale.y(band.low))], closed=True)
        drawing.path("expected", [start, (end, scale.y(band.middle))])
    drawing.path("run", [(scale.x(at), scale.y(value)) for at, value in points])
    return drawing.done(_("Minutes in the bank, day by day; above the line the promise is kept"), _told(days, forecast))


def _steps(days: Sequence[Day], period: Period) -> Iterator[tuple[datetime, float]]:
    at, bank = period.start, 0.0
    yield at, bank
    for day in days:
        if _start_of(day.on) > at:
            yield _start_of(day.on), bank
        at, bank = _end_of(day.on), float(day.bank)
        yield at, bank


def _told(days: Sequence[Day], forecast: Forecast | None) -> list[str]:
    shape = "F Y" if is_by_month(days) else "j F"
    told = [
        _("%(day)s: %(bank)s") % {"day": date_format(day.on, shape), "bank": duration_text(day.bank)}
        for day in gathered(days)
    ]
    if forecast and forecast.bank:
        told.append(
            _("expected at the end: %(middle)s, in four of five cases between %(low)s and %(high)s")
            % {
                "middle": duration_text(forecast.bank.middle),
                "low": duration_text(forecast.bank.low),
                "high": duration_text(forecast.bank.high),
            }
        )
    return told


class _Scale:
    """From moments and seconds to places on the drawing."""

    def __init__(self, period: Period, lowest: float, highest: float) -> None:
        self.period, self.step = period, _step(highest - lowest)
        self.lowest = (lowest // self.step) * self.step
        self.highest = -(-highest // self.step) * self.step or self.step

    def x(self, at: datetime) -> float:
        share = (at - self.period.start) / (self.period.end - self.period.start)
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(self, seconds: float) -> float:
        share = (seconds - self.lowest) / (self.highest - self.lowest)
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)

    def labels(self) -> list[float]:
        number = round((self.highest - self.lowest) / self.step)
        return [self.lowest + place * self.step for place in range(number + 1)]

    def days(self) -> list[tuple[date, str]]:
        """Days to be named below, about ten of them, with their names; the month goes with them where there are several."""
        whole = (self.period.end - self.period.start).days
        every = max(1, whole // _DAYS_NAMED)
        if whole > MOST_LABELS:
            every = max(1, whole // FEW_LABELS)
        shape = "j" if whole <= MOST_LABELS else "j M" if whole <= _YEAR else "M Y"
        named = [(self.period.start + timedelta(days=n)).date() for n in range(0, whole, every)]
        return [(on, date_format(on, shape)) for on in named]


def _step(spread: float) -> float:
    """A round number of seconds that gives about four labels."""
    wanted = max(spread, 1) / _LABELS
    rounds = [unit * times for unit in (MINUTE, HOUR, 10 * HOUR, 100 * HOUR, 1000 * HOUR) for times in (1, 2, 5)]
    rounds += [10 * MINUTE, 15 * MINUTE, 20 * MINUTE, 30 * MINUTE]
    return next((step for step in sorted(rounds) if step >= wanted), wanted)


def _start_of(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, tzinfo=UTC)


def _end_of(on: date) -> datetime:
    return _start_of(on) + timedelta(days=1)

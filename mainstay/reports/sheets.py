"""Reports as sheets for people who reckon on: CSV (RFC 4180) in UTF-8, row by row, with nothing in it that a spreadsheet runs.

Row one names the columns; the names are never translated. Seconds are business seconds, whole; beside them minutes with a
decimal point. See docs/reports.md.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime

from .exporting import divided_by
from .figures import Average, OpenLoad, Period, if_finished_now
from .measures import MEASURES
from .queries import month_report
from .volumes import volumes_of

# Spreadsheets take a file without it for one of their own old encoding, and names lose their letters.
BYTE_ORDER_MARK = "\ufeff"
# What makes a cell a formula, also in the wide forms of East Asian keyboards; the apostrophe, so that it can be taken off again.
ACTIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'")

Cell = str | int | float | bool | date | datetime | None

AVERAGES = (
    "period",
    "published",
    "measure",
    "stratum",
    "key",
    "label",
    "n",
    "mean_seconds",
    "mean_minutes",
    "target_seconds",
    "target_minutes",
    "kept",
    "median_seconds",
    "p90_seconds",
    "worst_seconds",
    "zeros",
    "bank_seconds",
    "all_day_mean_seconds",
    "with_customer_mean_seconds",
    "with_technicians_mean_seconds",
    "with_developers_mean_seconds",
    "open",
    "open_over_target",
    "open_over_seconds",
    "mean_if_finished_now_seconds",
)
VOLUMES = ("day", "opened", "answered", "resolved", "left_out")


def averages_sheet(period: Period, *, at: datetime, by: Sequence[str] = ()) -> Iterator[tuple[Cell, ...]]:
    """The header; each measure of the whole period; then each part of each stratum in `by`. Raises BadStratum at once.

    `bank_seconds` is of the finished tickets; open ones over their target take `open_over_seconds` from it.
    """
    divided = divided_by(by, period, at=at)
    report = month_report(period, at=at)
    start: tuple[Cell, ...] = (period.key, report.frozen_at is not None)

    def rows() -> Iterator[tuple[Cell, ...]]:
        yield AVERAGES
        for measured in report.measures:
            yield (*start, measured.name, "", "", "", *_figures(measured.average, measured.open))
        for stratum, measures in divided.items():
            for measure in MEASURES:
                for part in measures[measure]:
                    yield (*start, measure, stratum, part.key, part.label, *_figures(part.average, part.open))

    return rows()


def volumes_sheet(period: Period) -> Iterator[tuple[Cell, ...]]:
    """The header, and a row for each day (UTC) on which anything happened."""
    yield VOLUMES
    for day in volumes_of(period):
        yield (day.on, day.opened, day.answered, day.resolved, day.left_out)


def written(rows: Iterable[Sequence[Cell]], *, mark: bool = True) -> Iterator[str]:
    """The rows as lines of CSV, each ended by CR LF; the first begins with the byte order mark, if wanted."""
    line = csv.writer(_Line(), lineterminator="\r\n")
    for number, row in enumerate(rows):
        text = line.writerow([as_cell(value) for value in row])
        yield BYTE_ORDER_MARK + text if mark and number == 0 else text


def as_cell(value: Cell) -> str | int | float:
    """What stands in a cell. A number stays a number, a moment is ISO 8601 in UTC, yes and no are `true` and `false`.

    A text that a spreadsheet could take for a formula begins with an apostrophe: such a program shows it as it is. One
    apostrophe taken off the beginning of a text cell, where there is one, gives back what was stored.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    is_active = value.startswith(ACTIVE) or value.lstrip().startswith(ACTIVE)
    return "'" + value if is_active else value


def minutes(seconds: float | None) -> float | None:
    """Minutes with two decimals."""
    return None if seconds is None else round(seconds / 60, 2)


def whole(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds)


def _figures(average: Average, load: OpenLoad | None) -> tuple[Cell, ...]:
    return (
        average.n,
        whole(average.mean),
        minutes(average.mean),
        whole(average.target),
        minutes(average.target),
        average.is_kept,
        whole(average.median),
        whole(average.p90),
        average.worst,
        average.zeros,
        average.bank,
        whole(average.all_day),
        whole(average.with_customer),
        whole(average.with_technicians),
        whole(average.with_developers),
        load.n if load else None,
        load.over_n if load else None,
        load.over_seconds if load else None,
        whole(if_finished_now(average, load)),
    )


class _Line:
    """What `csv` writes to: it hands each line back."""

    def write(self, text: str) -> str:
        return text

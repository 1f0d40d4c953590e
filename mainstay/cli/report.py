"""`mainstay report …`: the figures of the report pages, printed, as JSON, and as files."""

import sys
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .desk import needs_desk
from .output import json_option, moment, print_json

if TYPE_CHECKING:
    from mainstay.reports.figures import Period

MEASURE_COLUMN, LABEL_COLUMN = 18, 28
SHEETS = ("averages", "volumes", "tickets")

by_strata = click.option(
    "--by",
    "by",
    multiple=True,
    metavar="STRATUM",
    help="Divide by nature, severity, channel, organisation, country, language, technician or product; may be repeated.",
)
by_staff = click.option("--for", "email", metavar="EMAIL", help="With the access of this member of staff.")


def to_file(command: Callable[..., Any]) -> Callable[..., Any]:
    place = click.Path(dir_okay=False, path_type=Path)
    return click.option("-o", "--output", type=place, help="The file to write; standard output when left out.")(command)


@click.group()
def report() -> None:
    """Reports. A PERIOD is a month 2026-10, a day 2026-10-05, a week 2026-W41, a quarter 2026-Q4, a year, or two days
    2026-10-05..2026-10-18; all in UTC."""


@report.command()
@click.option("--month", metavar="YYYY-MM", help="The month, in UTC; the present one when left out.")
@click.option("--period", "period_text", metavar="PERIOD", help="Any period, instead of a month.")
@by_strata
@json_option
@needs_desk
def averages(month: str | None, period_text: str | None, by: tuple[str, ...], as_json: bool) -> None:
    """First responses, later responses and resolutions against the promise, in business seconds."""
    from django.utils import timezone

    from mainstay.reports.exporting import averages_told

    if month and period_text:
        raise click.UsageError("Say either --month or --period.")
    now = timezone.now()
    told = averages_told(_period(month, period_text, now), at=now, by=by)
    if as_json:
        print_json(told)
    else:
        _print_averages(told)


@report.command()
@json_option
@needs_desk
def forecast(as_json: bool) -> None:
    """Where this month's averages are heading, and what would save them."""
    from django.utils import timezone

    from mainstay.reports.exporting import forecast_told

    told = forecast_told(at=timezone.now())
    if as_json:
        print_json(told)
        return
    for measure, one in told.items():
        click.echo(f"{_spaced(measure)} until {one['until']}: {_verdict(one)}")
        if one["bank"] is None:
            continue
        for name, unit in (("mean", " s"), ("bank", " s"), ("arrivals", "")):
            spread = one[name]
            click.echo(
                f"  {name:<9} {spread['middle']:.0f}{unit} ({spread['low']:.0f} to {spread['high']:.0f}, 4 of 5)"
            )
        for saving in one["savings"]:
            click.echo(f"  would save it: {saving['answers']} answers within {saving['within_seconds']} s each")


@report.command()
@click.argument("period_text", metavar="[PERIOD]", required=False)
@json_option
@needs_desk
def volumes(period_text: str | None, as_json: bool) -> None:
    """How much came and went, day by day, by hour of the week, and how long people waited."""
    from django.utils import timezone

    from mainstay.reports.exporting import volumes_told

    told = volumes_told(_period(None, period_text, timezone.now()))
    if as_json:
        print_json(told)
        return
    click.echo(f"{'day':<12}{'opened':>8}{'answered':>10}{'resolved':>10}{'left out':>10}")
    for day in told["days"]:
        counts = (f"{day[name]:>{width}}" for name, width in _VOLUME_COLUMNS)
        click.echo(f"{day['on']:<12}{''.join(counts)}")


@report.command()
@click.option("--for", "email", metavar="EMAIL", required=True, help="What this member of staff may see.")
@json_option
@needs_desk
def costly(email: str, as_json: bool) -> None:
    """The open tickets that take most out of the bank."""
    from django.utils import timezone

    from mainstay.people.queries import staff_by_email
    from mainstay.reports.exporting import costly_told

    told = costly_told(staff_by_email(email), at=timezone.now())
    if as_json:
        print_json(told)
        return
    for measure, tickets in told.items():
        click.echo(_spaced(measure) + ("" if tickets else ": none is over its target"))
        for one in tickets:
            click.echo(
                f"  #{one['number']:<8} {one['over_seconds']} s over its target, {one['age_seconds']} s old,"
                f" opened {one['opened_at']}"
            )


@report.command()
@click.argument("month")
@click.option("--by", "email", metavar="EMAIL", help="The member of staff who does it; nobody when left out.")
@json_option
@needs_desk
def publish(month: str, email: str | None, as_json: bool) -> None:
    """Publish a MONTH that is over: its figures never change any more. Published already, it stays as it is."""
    from django.utils import timezone

    from mainstay.people.queries import staff_by_email
    from mainstay.reports.periods import month_of
    from mainstay.reports.publishing import publish_month

    by = staff_by_email(email) if email else None
    frozen = publish_month(month_of(month), by=by, at=timezone.now())
    if as_json:
        print_json({"month": frozen.month, "frozen_at": frozen.frozen_at, "revisions": frozen.revisions})
    else:
        click.echo(f"{frozen.month} is published since {moment(frozen.frozen_at)}; its figures stay as they are.")


@report.command("csv")
@click.argument("period_text", metavar="PERIOD")
@click.option("--sheet", type=click.Choice(SHEETS), default="averages", show_default=True, help="What to write.")
@by_strata
@by_staff
@click.option("--no-bom", is_flag=True, help="Leave out the byte order mark by which spreadsheets know UTF-8.")
@to_file
@needs_desk
def csv_file(
    *, period_text: str, sheet: str, by: tuple[str, ...], email: str | None, no_bom: bool, output: Path | None
) -> None:
    """A sheet as CSV: the averages, the volumes by day, or the tickets behind them (with --for)."""
    from django.utils import timezone

    from mainstay.people.queries import staff_by_email
    from mainstay.reports.sheets import averages_sheet, volumes_sheet, written
    from mainstay.reports.ticket_sheet import tickets_of, tickets_sheet

    now = timezone.now()
    period = _period(None, period_text, now)
    if sheet == "tickets":
        if email is None:
            raise click.UsageError("Whose tickets? Say --for EMAIL with --sheet tickets.")
        rows: Iterable[Any] = tickets_sheet(tickets_of(staff_by_email(email), period))
    else:
        rows = averages_sheet(period, at=now, by=by) if sheet == "averages" else volumes_sheet(period)
    _write(output, (line.encode() for line in written(rows, mark=not no_bom)))


@report.command("pdf")
@click.argument("period_text", metavar="PERIOD")
@click.option("--language", metavar="CODE", help="The language of its words; the desk's own when left out.")
@to_file
@needs_desk
def pdf_file(period_text: str, language: str | None, output: Path | None) -> None:
    """The report of a PERIOD with its charts, as PDF."""
    from django.utils import timezone

    from mainstay.reports.pdf import period_pdf

    now = timezone.now()
    if output is None and sys.stdout.isatty():
        raise click.UsageError("A PDF is nothing for a terminal: say -o FILE.")
    _write(output, [period_pdf(_period(None, period_text, now), at=now, language=language or "")])


_VOLUME_COLUMNS = (("opened", 8), ("answered", 10), ("resolved", 10), ("left_out", 10))


def _period(month: str | None, text: str | None, now: datetime) -> "Period":
    from mainstay.reports.periods import month_at, month_of, period_named

    if month:
        return month_of(month)
    return period_named(text) if text else month_at(now)


def _write(output: Path | None, pieces: Iterable[bytes]) -> None:
    if output is None:
        for piece in pieces:
            click.echo(piece, nl=False)
        return
    try:
        with output.open("wb") as file:
            file.writelines(pieces)
    except OSError as problem:
        raise click.ClickException(f"{output} can't be written: {problem.strerror}.") from problem


def _print_averages(told: dict[str, Any]) -> None:
    state = f", published {told['frozen_at']}" if told["frozen_at"] else ""
    revisions = ", ".join(map(str, told["revisions"])) or "–"
    click.echo(f"{told['period']['key']} (UTC), policy revision {revisions}{state}")
    for name in _MEASURES:
        measured = told[name]
        click.echo(f"{_spaced(name):>{MEASURE_COLUMN}}: {_line(measured)}, bank {_s(measured['bank_seconds'])}")
    click.echo(f"{'left out':>{MEASURE_COLUMN}}: " + (_counts(told["excluded"]) or "none"))
    for stratum, measures in told["by"].items():
        for name, parts in measures.items():
            click.echo(f"\n{_spaced(name)} by {stratum}")
            for part in parts:
                label = part["label"][:LABEL_COLUMN]
                click.echo(f"  {label:<{LABEL_COLUMN}} {_line(part)}, bank {_s(part['average']['bank'])}")


_MEASURES = ("first_response", "further_response", "resolution")


def _line(measured: dict[str, Any]) -> str:
    a, load = measured["average"], measured["open"]
    told = (
        f"n {a['n']}, mean {_s(a['mean'])}, promised {_s(a['target'])}, median {_s(a['median'])},"
        f" p90 {_s(a['p90'])}, worst {_s(a['worst'])}, zeros {a['zeros']}"
    )
    if load:
        told += f", open {load['n']} ({_s(load['over_seconds'])} over), mean if finished now {_s(measured['if_finished_now'])}"
    return told


def _verdict(one: dict[str, Any]) -> str:
    if one["bank"] is None:
        return f"too early to tell: {one['known_days']} of {one['needed_days']} days with figures"
    return {True: "it will be kept", False: "it will be broken", None: "it can go either way"}[one["is_kept"]]


def _counts(counted: dict[str, int]) -> str:
    return ", ".join(f"{reason} {number}" for reason, number in counted.items())


def _spaced(name: str) -> str:
    return name.replace("_", " ")


def _s(seconds: float | None) -> str:
    return "–" if seconds is None else f"{seconds:.0f} s"

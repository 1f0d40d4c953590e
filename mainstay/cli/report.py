"""`mainstay report …`: the figures of the report pages."""

from dataclasses import asdict
from typing import Any

import click

from .desk import needs_desk
from .output import json_option, print_json


@click.group()
def report() -> None:
    """Reports."""


@report.command()
@click.option("--month", metavar="YYYY-MM", help="The month, in UTC; the present one when left out.")
@json_option
@needs_desk
def averages(month: str | None, as_json: bool) -> None:
    """First response and resolution of a month against the promise, in business seconds."""
    from django.utils import timezone

    from mainstay.reports.periods import month_at, month_of
    from mainstay.reports.queries import month_report

    now = timezone.now()
    told = month_report(month_of(month) if month else month_at(now), at=now)
    if as_json:
        print_json(_as_dict(told))
        return
    click.echo(f"{told.period.key} (UTC), policy revision {', '.join(map(str, told.revisions)) or '–'}")
    for measured in (told.first_response, told.resolution):
        a = measured.average
        click.echo(
            f"{measured.name.replace('_', ' '):>15}: n {a.n}, mean {_s(a.mean)}, promised {_s(a.target)}, median {_s(a.median)},"
            f" p90 {_s(a.p90)}, worst {_s(a.worst)}, zeros {a.zeros}, bank {_s(measured.bank)}"
            + (f", open {measured.open.n} ({_s(measured.open.over_seconds)} over)" if measured.open else "")
        )
    click.echo("       left out: " + (", ".join(f"{k} {n}" for k, n in told.excluded.items()) or "none"))


def _s(seconds: float | None) -> str:
    return "–" if seconds is None else f"{seconds:.0f} s"


def _as_dict(told: Any) -> dict[str, Any]:
    shaped = asdict(told)
    for measured in (told.first_response, told.resolution):
        shaped[measured.name]["bank_seconds"] = measured.bank
        shaped[measured.name]["average"]["is_kept"] = measured.average.is_kept
    return {"month": told.period.key, **shaped}

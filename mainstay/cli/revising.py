"""What applying a policy did, or would do, as lines and as JSON; given is a `Revising` of `reports.revising`."""

from dataclasses import asdict
from typing import Any

import click

from mainstay.clock.durations import short_duration

from .output import moment

SHOWN_CHANGES = 200


def revising_as_dict(told: Any) -> dict[str, Any]:
    """For JSON; lengths of time in business seconds."""
    return {
        "revision": told.revision,
        "holds_from": told.holds_from,
        "until": told.until,
        "waits": told.waits,
        "changes": [asdict(change) for change in told.changes],
        "tickets": {
            "changed": told.rebound_count,
            "first": [asdict(one) for one in told.rebound],
            "kept": {reason.value: count for reason, count in told.kept_counts.items()},
            "kept_first": [asdict(one) for one in told.kept],
        },
        "months": [
            {"month": one.before.period.key, "before": _figures(one.before), "after": _figures(one.after)}
            for one in told.months
        ],
    }


def _figures(report: Any) -> dict[str, Any]:
    return {
        measured.name: {
            "n": measured.average.n,
            "mean": measured.average.mean,
            "target": measured.average.target,
            "bank_seconds": measured.bank,
        }
        for measured in (report.first_response, report.resolution)
    }


def tell_revising(told: Any, dry_run: bool) -> None:
    """In lines, for a person."""
    until = f" until {moment(told.until)}" if told.until else ""
    verb = "would hold" if dry_run else "holds"
    click.echo(f"Revision {told.revision} {verb} from {moment(told.holds_from)}{until}.")
    for change in told.changes[:SHOWN_CHANGES]:
        click.echo(f"  {change}")
    if len(told.changes) > SHOWN_CHANGES:
        click.echo(f"  … and {len(told.changes) - SHOWN_CHANGES} more")
    if not told.changes:
        click.echo("  nothing but comments and the way it is written")
    click.echo(f"Open tickets measured under it: {told.rebound_count}")
    for one in told.rebound:
        click.echo(f"  #{one.number} {one.subject[:60]}: {_terms(one.before)} → {_terms(one.after)}")
    for reason, count in told.kept_counts.items():
        click.echo(f"Keep theirs, {_KEPT[reason.value]}: {count}")
    for one in told.kept:
        click.echo(f"  #{one.number} {one.subject[:60]}: {_KEPT[one.because.value]}")
    for month in told.months:
        for before, after in zip(_measures(month.before), _measures(month.after), strict=True):
            same = "stays" if before == after else f"→ {_average(after)}"
            click.echo(f"{month.before.period.key} {before.name.replace('_', ' ')}: {_average(before)} {same}")
    if dry_run:
        click.echo("Nothing was changed.")


_KEPT = {
    "older": "opened before",
    "resolved": "resolved already",
    "no_nature": "their nature is not in the new policy",
    "no_severity": "their severity is not in the new policy",
}


def _measures(report: Any) -> tuple[Any, Any]:
    return report.first_response, report.resolution


def _terms(terms: Any) -> str:
    return (
        f"first response in {short_duration(terms.first_response_target)},"
        f" resolution in {short_duration(terms.resolution_target)}, age {short_duration(terms.age)}"
    )


def _average(measured: Any) -> str:
    average = measured.average
    mean = "–" if average.mean is None else f"{average.mean:.0f} s"
    target = "–" if average.target is None else f"{average.target:.0f} s"
    return f"mean {mean} of {target} (n {average.n}), bank {measured.bank} s"

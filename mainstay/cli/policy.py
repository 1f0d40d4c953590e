"""`mainstay policy …`: read a policy file as the desk reads it, put it in force, and look ahead."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from mainstay.clock.durations import short_duration
from mainstay.clock.hours import written
from mainstay.policy.ahead import MOST_MONTHS, Ahead, OddDay, ahead
from mainstay.policy.errors import PolicyFaults
from mainstay.policy.finding import default_policy_path
from mainstay.policy.reading import source_in
from mainstay.policy.shape import Policy

from .desk import needs_desk
from .output import json_option, print_json
from .revising import revising_as_dict, tell_revising

T = TypeVar("T")

file_argument = click.argument("file", type=click.Path(path_type=Path), required=False)


@click.group()
def policy() -> None:
    """The support policy as a file."""


@policy.command()
@file_argument
@json_option
def check(file: Path | None, as_json: bool) -> None:
    """Name every fault of FILE by line and key, with what is allowed.

    FILE is MAINSTAY_POLICY, else policy.toml of this folder, when it is left out. Exit code 0: in order; 1: there are
    faults; 2: the file can't be read.
    """
    path = file or default_policy_path()
    source, found = _or_faults(path, as_json, lambda: ((source := source_in(path)), source.policy()))
    if as_json:
        print_json({"file": str(path), "ok": True, "digest": source.digest, **_summary(found), "faults": []})
        return
    told = _summary(found)
    click.echo(f"{path}: in order")
    click.echo(f"  {told['company']}, open {told['hours_per_week']:g} hours a week ({told['zone']})")
    click.echo(f"  covers {', '.join(found.nature_keys)}; severities {', '.join(found.severity_keys)}")
    click.echo(
        f"  on average: first response {short_duration(found.targets.first_response)},"
        f" resolution {short_duration(found.targets.resolution)}"
    )
    click.echo(f"  digest {source.digest}")


@policy.command()
@file_argument
@click.option("--from", "start", metavar="DATE", help="The first day; today when left out.")
@click.option("--months", default=12, show_default=True, type=click.IntRange(1, MOST_MONTHS), help="So many months.")
@json_option
def days(file: Path | None, start: str | None, months: int, as_json: bool) -> None:
    """List the days off and the days with other hours that lie ahead, and the business hours of each month."""
    path = file or default_policy_path()
    told = ahead(_or_faults(path, as_json, lambda: source_in(path).policy()), _day(start), months)
    if as_json:
        print_json(_ahead_as_dict(told))
        return
    click.echo(f"{path}: {told.start} to {told.end}, that day not included")
    for one in told.days:
        hours = ", ".join(written(opening) for opening in one.open) or "closed"
        click.echo(f"  {one.on:%Y-%m-%d %a}  {hours:<13}  {_name(one)}")
    if not told.days:
        click.echo("  every day is as the week has it")
    for month in told.months:
        click.echo(f"  {month.key}: {month.seconds / 3600:g} h")


@policy.command()
@file_argument
@click.option("--from", "start", metavar="DATE", help="A date, or date and time with a zone; now when left out.")
@click.option("--dry-run", is_flag=True, help="Tell what would change; change nothing.")
@json_option
@needs_desk
def apply(file: Path | None, start: str | None, dry_run: bool, as_json: bool) -> None:
    """Put the policy of FILE in force from DATE, as a new revision.

    A moment in the past is a correction: tickets opened since then that are not resolved are measured under it.
    """
    from django.utils import timezone

    from mainstay.reports.revising import apply_policy, moment_in, preview_policy

    path, now = file or default_policy_path(), timezone.now()
    holds_from = moment_in(start) if start is not None else now
    verb = preview_policy if dry_run else apply_policy
    told = _or_faults(path, as_json, lambda: verb(source_in(path), holds_from=holds_from, by=None, at=now))
    if as_json:
        print_json({"file": str(path), "dry_run": dry_run, **revising_as_dict(told)})
        return
    tell_revising(told, dry_run)


# --- telling ---


def _or_faults(path: Path, as_json: bool, read: Callable[[], T]) -> T:
    """What was read; a policy with faults ends the command with each of them and exit code 1."""
    try:
        return read()
    except PolicyFaults as faults:
        _tell_faults(path, faults, as_json)
        raise SystemExit(1) from None


def _tell_faults(path: Path, faults: PolicyFaults, as_json: bool) -> None:
    if as_json:
        print_json({"file": str(path), "ok": False, "faults": [asdict(fault) for fault in faults.faults]})
        return
    for fault in faults.faults:
        place = f"{path}:{fault.line}" if fault.line else str(path)
        click.echo(": ".join(part for part in (place, fault.key, fault.message) if part))


def _summary(found: Policy) -> dict[str, str | float | list[str]]:
    week = sum(opening.end - opening.start for hours in found.calendar.weekly for opening in hours)
    return {
        "company": found.company.name,
        "zone": found.hours.zone,
        "hours_per_week": week / 3600,
        "natures": list(found.nature_keys),
        "severities": list(found.severity_keys),
        "first_response_seconds": found.targets.first_response,
        "resolution_seconds": found.targets.resolution,
    }


def _day(text: str | None) -> date:
    if text is None:
        return datetime.now(UTC).date()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise click.BadParameter("write a date like 2026-12-01", param_hint="--from") from None
    if not 2000 <= day.year <= 2190:
        raise click.BadParameter("a year from 2000 to 2190", param_hint="--from")
    return day


def _name(day: OddDay) -> str:
    name = day.names.get("en") or next(iter(day.names.values()), "")
    return " · ".join(part for part in (name, day.source or day.reason.value) if part)


def _ahead_as_dict(told: Ahead) -> dict[str, Any]:
    return {
        "from": told.start,
        "to": told.end,
        "days": [
            {
                "on": one.on,
                "reason": one.reason.value,
                "source": one.source,
                "names": dict(one.names),
                "open": [written(opening) for opening in one.open],
                "usual": [written(opening) for opening in one.usual],
            }
            for one in told.days
        ],
        "months": [{"month": month.key, "business_seconds": month.seconds} for month in told.months],
    }

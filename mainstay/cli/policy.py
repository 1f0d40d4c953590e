"""`mainstay policy …`: read a policy file as the desk reads it."""

from dataclasses import asdict
from pathlib import Path

import click

from mainstay.clock.durations import short_duration
from mainstay.policy.errors import PolicyFaults
from mainstay.policy.finding import default_policy_path
from mainstay.policy.reading import digest, policy_text, read_policy
from mainstay.policy.shape import Policy

from .output import json_option, print_json


@click.group()
def policy() -> None:
    """The support policy as a file."""


@policy.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@json_option
def check(file: Path | None, as_json: bool) -> None:
    """Name every fault of FILE by line and key, with what is allowed.

    FILE is MAINSTAY_POLICY, else policy.toml of this folder, when it is left out. Exit code 0: in order; 1: there are
    faults; 2: the file can't be read.
    """
    path = file or default_policy_path()
    try:
        text = policy_text(path)
        found = read_policy(text)
    except PolicyFaults as faults:
        _tell_faults(path, faults, as_json)
        raise SystemExit(1) from None
    if as_json:
        print_json({"file": str(path), "ok": True, "digest": digest(text), **_summary(found), "faults": []})
        return
    told = _summary(found)
    click.echo(f"{path}: in order")
    click.echo(f"  {told['company']}, open {told['hours_per_week']:g} hours a week ({told['zone']})")
    click.echo(f"  covers {', '.join(found.nature_keys)}; severities {', '.join(found.severity_keys)}")
    click.echo(
        f"  on average: first response {short_duration(found.targets.first_response)},"
        f" resolution {short_duration(found.targets.resolution)}"
    )
    click.echo(f"  digest {digest(text)}")


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

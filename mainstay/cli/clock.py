"""`mainstay clock …`: business time under a policy file, without a desk."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from mainstay.clock.durations import read_duration, short_duration
from mainstay.clock.errors import BadDuration
from mainstay.policy.finding import default_policy_path
from mainstay.policy.reading import read_policy_file
from mainstay.policy.shape import Policy

from .output import json_option, print_json

AS_WRITTEN = "write it like 2026-11-20T20:00Z, or with an offset like 2026-11-20T20:00+01:00"


class MomentType(click.ParamType):
    """A moment in ISO 8601 with its zone, or `now`."""

    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if value == "now":
            return datetime.now(UTC)
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"“{value}” is not a moment: {AS_WRITTEN}.", param, ctx)
        if at.tzinfo is None:
            self.fail(f"“{value}” does not say its zone: {AS_WRITTEN}.", param, ctx)
        return at


class DurationType(click.ParamType):
    """A length of time; a minus sign goes back in time."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        try:
            return -read_duration(value[1:]) if value.startswith("-") else read_duration(value)
        except BadDuration as error:
            self.fail(str(error), param, ctx)


MOMENT, DURATION = MomentType(), DurationType()
policy_option = click.option(
    "--policy",
    "path",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The policy file (default: MAINSTAY_POLICY, else policy.toml here, else the sample company's).",
)


@click.group()
def clock() -> None:
    """Reckon in business time. Moments are ISO 8601 with their zone, like 2026-11-20T20:00Z, or `now`."""


@clock.command()
@click.argument("start", type=MOMENT)
@click.argument("end", type=MOMENT)
@policy_option
@json_option
def elapsed(start: datetime, end: datetime, path: Path | None, as_json: bool) -> None:
    """Business seconds from START to END; negative when END lies before START."""
    policy = _policy(path)
    seconds, all_day = (it.elapsed(start, end) for it in (policy.calendar, policy.calendar_all_day))
    if as_json:
        told = {"start": start, "end": end, "seconds": seconds, "all_day_seconds": all_day, "zone": policy.hours.zone}
        print_json(told)
        return
    click.echo(f"{seconds} business seconds ({short_duration(seconds)})")
    click.echo(f"{all_day} seconds of 24-hour working days ({short_duration(all_day)})")


@clock.command()
@click.argument("start", type=MOMENT)
@click.argument("duration", type=DURATION)
@policy_option
@json_option
def due(start: datetime, duration: int, path: Path | None, as_json: bool) -> None:
    """When DURATION of business time (5h, 90m, 300 seconds) has passed since START; `-- -5h` goes back in time."""
    policy = _policy(path)
    at = policy.calendar.due(start, duration)
    if as_json:
        print_json({"start": start, "seconds": duration, "due": at, "zone": policy.hours.zone})
        return
    click.echo(_iso(at))


@clock.command("open")
@click.argument("at", type=MOMENT, default="now")
@policy_option
@json_option
def is_open(at: datetime, path: Path | None, as_json: bool) -> None:
    """Whether the desk is open AT a moment (default: now), and until when."""
    policy = _policy(path)
    calendar = policy.calendar
    open_now = calendar.is_open(at)
    opens, closes = calendar.next_open(at), calendar.next_close(at)
    if as_json:
        told = {"at": at, "open": open_now, "next_open": opens, "next_close": closes, "zone": policy.hours.zone}
        print_json(told)
    elif open_now:
        click.echo(f"open until {_iso(closes)}" if closes else "open, day and night")
    else:
        click.echo(f"closed until {_iso(opens)}")


def _policy(path: Path | None) -> Policy:
    return read_policy_file(path or default_policy_path())


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")

"""`mainstay promises …`: prove that the stored figures are true."""

from dataclasses import asdict

import click

from .desk import needs_desk
from .output import json_option, print_json


@click.group()
def promises() -> None:
    """The measured promises of tickets."""


@promises.command()
@click.option("--mend", is_flag=True, help="Store what was counted where it differs.")
@click.option("--anew", is_flag=True, help="Begin with the first ticket, also when an earlier recount was interrupted.")
@json_option
@needs_desk
def recount(mend: bool, anew: bool, as_json: bool) -> None:
    """Count every promise again from the events; exit code 1 when a stored figure differs.

    One that is interrupted goes on where it stood when it is called again.
    """
    from django.utils import timezone

    from mainstay.tickets.actions import forget_unfinished_recounts, recount_steps

    if anew:
        forget_unfinished_recounts(mend=mend)
    differences, counted, differing = [], 0, 0
    for step, found in recount_steps(mend=mend, at=timezone.now()):
        counted, differing = step.counted, step.differing
        differences.extend(found)
        if not as_json and not step.finished_at:
            click.echo(f"{counted:,} tickets counted, {differing:,} differ …", err=True)
    if as_json:
        print_json({"tickets": counted, "differing": differing, "differences": [asdict(one) for one in differences]})
    else:
        for one in differences:
            click.echo(f"#{one.number}: {one.figure} is stored as {one.stored}, the events say {one.counted}")
        click.echo(f"{counted} tickets counted again, {differing} differ" + (", mended" if mend else ""))
    if differing:
        raise SystemExit(1)

"""`mainstay promises …`: prove that the stored figures are true."""

import click

from .desk import needs_desk
from .output import json_option, print_json


@click.group()
def promises() -> None:
    """The measured promises of tickets."""


@promises.command()
@click.option("--mend", is_flag=True, help="Store what was counted where it differs.")
@json_option
@needs_desk
def recount(mend: bool, as_json: bool) -> None:
    """Count every promise again from the events; exit code 1 when a stored figure differs."""
    from mainstay.tickets.actions import recount_promises

    number, differences = recount_promises(mend=mend)
    if as_json:
        print_json(
            {
                "tickets": number,
                "differences": [
                    {"number": d.number, "figure": d.figure, "stored": d.stored, "counted": d.counted}
                    for d in differences
                ],
            }
        )
    else:
        for d in differences:
            click.echo(f"#{d.number}: {d.figure} is stored as {d.stored}, the events say {d.counted}")
        click.echo(f"{number} tickets counted again, {len(differences)} differences" + (", mended" if mend else ""))
    if differences:
        raise SystemExit(1)

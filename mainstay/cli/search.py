"""`mainstay search …`: look after the index of words."""

import click

from .desk import needs_desk


@click.group()
def search() -> None:
    """The index by which things are found."""


@search.command()
@click.option("--go-on", "go_on", default="", metavar="KIND:KEY", help="Go on where an earlier one stood, as it said.")
@needs_desk
def rebuild(go_on: str) -> None:
    """Build the index of words anew, from what there is. The desk may run meanwhile; an interrupted one goes on."""
    from mainstay.search.actions import TABLES
    from mainstay.search.actions import rebuild as steps

    table, _colon, key = go_on.partition(":")
    if go_on and (table not in TABLES or not key.isdecimal()):
        raise click.BadParameter(f"write one of {', '.join(TABLES)}, a colon and a number", param_hint="--go-on")
    done: dict[str, int] = {}
    for step in steps(table=table, after=int(key or 0)):
        done[step.table] = step.done
        click.echo(f"{step.table}:{step.last} – {step.done:,} rows", err=True)
    click.echo(", ".join(f"{number:,} of {table}" for table, number in done.items()) or "There was nothing to do.")

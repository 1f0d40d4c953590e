"""`mainstay search …`: the index of words."""

import click

from .desk import needs_desk
from .output import json_option, print_json


@click.group()
def search() -> None:
    """What the search finds by."""


@search.command()
@click.option("--anew", is_flag=True, help="Begin with the first one, also when an earlier rebuild was interrupted.")
@json_option
@needs_desk
def rebuild(anew: bool, as_json: bool) -> None:
    """Make the words of all tickets, people and organisations again; the desk may run meanwhile.

    One that is interrupted goes on where it stood when it is called again.
    """
    from django.utils import timezone

    from mainstay.search.actions import rebuild_steps

    done: dict[str, int] = {}
    for progress in rebuild_steps(at=timezone.now(), anew=anew):
        done[progress.noun.value] = progress.done
        if not as_json and progress.done:
            click.echo(f"{progress.done:,} {progress.noun.value} …", err=True)
    if as_json:
        print_json(done)
    else:
        click.echo(", ".join(f"{number:,} {noun}" for noun, number in done.items()) + " can be found.")

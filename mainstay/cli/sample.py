"""`mainstay sample …`: the sample company."""

import click

from .desk import needs_desk
from .output import json_option, print_json


@click.group()
def sample() -> None:
    """The sample company: show its sign-ins, or take all of it away."""


@sample.command()
@json_option
@needs_desk
def show(as_json: bool) -> None:
    """Sign-ins of the sample staff, three partners' addresses and a stranger's: all one needs to try the desk."""
    from mainstay.sample.showing import sign_ins

    told = sign_ins()
    if as_json:
        print_json(told)
        return
    for entry in told["staff"]:
        click.echo(f"{entry['role']:<14} {entry['email']:<40} {entry['password'] or '(password was changed)'}")
    for entry in told["partners"]:
        click.echo(f"partner        {entry['email']:<40} {entry['organisation']}")
    click.echo(f"stranger       {told['stranger']['email']}")


@sample.command()
@needs_desk
def remove() -> None:
    """Take all of the sample company away: people, tickets, products, sign-ins. Real data stays."""
    from mainstay.sample.removing import remove_sample

    for line in remove_sample():
        click.echo(line)

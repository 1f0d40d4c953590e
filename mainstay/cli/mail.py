"""`mainstay mail …`: what came in and was set aside."""

import click

from .desk import needs_desk
from .output import json_option, moment, print_json


@click.group()
def mail() -> None:
    """Mail that came in."""


@mail.command()
@json_option
@needs_desk
def count(as_json: bool) -> None:
    """How many mails are in each state: waiting, done, set aside, …"""
    from django.db.models import Count

    from mainstay.channels.email.models import RawMail

    rows = RawMail.objects.order_by("state").values_list("state").annotate(n=Count("pk"))
    told = dict(rows)
    print_json(told) if as_json else click.echo("\n".join(f"{state:<16} {n}" for state, n in told.items()))


@mail.command()
@json_option
@needs_desk
def aside(as_json: bool) -> None:
    """Mail that was set aside, with the reason."""
    from mainstay.channels.email.models import RawMail
    from mainstay.channels.email.states import RawState

    rows = RawMail.objects.filter(state=RawState.SET_ASIDE).defer("raw").order_by("-pk")[:200]
    if as_json:
        print_json([{"id": r.pk, "received_at": r.received_at, "size": r.size, "problem": r.problem} for r in rows])
        return
    for row in rows:
        click.echo(f"{row.pk:<8} {moment(row.received_at)} {row.size:>9} B  {row.problem}")

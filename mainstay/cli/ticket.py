"""`mainstay ticket …`: the verbs of the ticket page for a terminal and for scripts."""

import sys
from typing import Any

import click

from .desk import needs_desk
from .output import by_option, json_option, moment, print_json


@click.group()
def ticket() -> None:
    """List, show and work on tickets: the same verbs as the screens."""


@ticket.command("list")
@click.option(
    "--view",
    default="open",
    show_default=True,
    help="open, mine, unassigned, waiting, developers, resolved, refused or all.",
)
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000))
@click.option("--by", "email", metavar="EMAIL", help="List what this member of staff sees.")
@json_option
@needs_desk
def list_tickets(view: str, limit: int, email: str | None, as_json: bool) -> None:
    """Tickets of a view, in the order of the queue."""
    from mainstay.tickets.queries import VIEWS, queue_for

    if view not in VIEWS:
        raise click.BadParameter(f"choose one of {', '.join(VIEWS)}", param_hint="--view")
    if view == "mine" and email is None:
        raise click.UsageError("Whose tickets? Say --by EMAIL with --view mine.")
    rows = queue_for(_viewer(email), view, size=limit).tickets
    if as_json:
        print_json([_summary(row) for row in rows])
        return
    for row in rows:
        who = row.organisation.name if row.organisation else row.person.name
        click.echo(
            f"#{row.number:<6} {row.state:<11} {row.severity:<9} {moment(row.opened_at)}  {row.subject[:60]}  ({who})"
        )


@ticket.command()
@click.argument("number", type=int)
@click.option("--by", "email", metavar="EMAIL", help="Show what this member of staff sees.")
@json_option
@needs_desk
def show(number: int, email: str | None, as_json: bool) -> None:
    """One ticket with its messages, its decision and its measures."""
    from mainstay.tickets.queries import messages_of, ticket_for

    viewer = _viewer(email)
    it = ticket_for(viewer, number)
    told = {**_summary(it), "messages": [_message(message) for message in messages_of(it, viewer)]}
    if as_json:
        print_json(told)
        return
    for key, value in told.items():
        if key != "messages":
            click.echo(f"{key:>24}: {value}")
    for message in told["messages"]:
        click.echo(
            f"\n--- {message['kind']} from {message['from']} at {message['at']} {message['delivery']}\n{message['text']}"
        )


@ticket.command()
@click.argument("number", type=int)
@click.argument("text", required=False)
@click.option("--then", type=click.Choice(["wait", "open", "resolve"]), default="wait", show_default=True)
@by_option
@json_option
@needs_desk
def reply(number: int, text: str | None, then: str, email: str, as_json: bool) -> None:
    """Write to the customer. TEXT, or standard input when it is left out."""
    from mainstay.tickets.actions import reply_to_ticket

    _act(number, email, as_json, reply_to_ticket, text=_text(text), then=then)


@ticket.command()
@click.argument("number", type=int)
@click.argument("text", required=False)
@by_option
@json_option
@needs_desk
def note(number: int, text: str | None, email: str, as_json: bool) -> None:
    """Write a note for colleagues. TEXT, or standard input when it is left out."""
    from mainstay.tickets.actions import note_on_ticket

    _act(number, email, as_json, note_on_ticket, text=_text(text))


@ticket.command()
@click.argument("number", type=int)
@click.option("--to", "to", metavar="EMAIL", help="Whose it becomes; the one who acts when left out.")
@by_option
@json_option
@needs_desk
def assign(number: int, to: str | None, email: str, as_json: bool) -> None:
    """Give the ticket to somebody."""
    from mainstay.people.queries import staff_by_email
    from mainstay.tickets.actions import assign_ticket

    _act(number, email, as_json, assign_ticket, to=staff_by_email(to or email))


@ticket.command()
@click.argument("number", type=int)
@by_option
@json_option
@needs_desk
def resolve(number: int, email: str, as_json: bool) -> None:
    """The ticket is resolved."""
    from mainstay.tickets.actions import resolve_ticket

    _act(number, email, as_json, resolve_ticket)


@ticket.command()
@click.argument("number", type=int)
@by_option
@json_option
@needs_desk
def reopen(number: int, email: str, as_json: bool) -> None:
    """The ticket is open again, within the policy's window."""
    from mainstay.tickets.actions import reopen_ticket

    _act(number, email, as_json, reopen_ticket)


@ticket.command()
@click.argument("number", type=int)
@click.option("--nature", help="One of the policy's natures.")
@click.option("--severity", help="One of the policy's severities.")
@by_option
@json_option
@needs_desk
def classify(number: int, nature: str | None, severity: str | None, email: str, as_json: bool) -> None:
    """Set nature and severity; what is left out stays."""
    from mainstay.people.queries import staff_by_email
    from mainstay.tickets.actions import classify_ticket
    from mainstay.tickets.queries import ticket_for

    it = ticket_for(staff_by_email(email), number)
    _act(number, email, as_json, classify_ticket, nature=nature or it.nature, severity=severity or it.severity)


def _act(number: int, email: str, as_json: bool, verb: Any, **arguments: Any) -> None:
    """Do the verb as this member of staff, then show the ticket as it is."""
    from django.utils import timezone

    from mainstay.people.queries import staff_by_email
    from mainstay.tickets.queries import messages_of, ticket_for

    by = staff_by_email(email)
    verb(ticket_for(by, number), by=by, at=timezone.now(), **arguments)
    it = ticket_for(by, number)
    if as_json:
        print_json({**_summary(it), "messages": [_message(message) for message in messages_of(it, by)]})
    else:
        click.echo(f"#{it.number} is {it.state}" + (f", assigned to {it.assignee.name}" if it.assignee else ""))


def _viewer(email: str | None) -> Any:
    """The member of staff with this address; whoever runs commands on this machine when none is named."""
    from mainstay.people.models import Account, Person
    from mainstay.people.queries import staff_by_email
    from mainstay.people.states import Role

    if email:
        return staff_by_email(email)
    return Account(person=Person(name="operator"), role=Role.ADMINISTRATOR).person


def _text(text: str | None) -> str:
    return text if text is not None else sys.stdin.read()


def _summary(it: Any) -> dict[str, Any]:
    from mainstay.entitlement.states import Reason

    promise = it.promise
    return {
        "number": it.number,
        "subject": it.subject,
        "state": it.state,
        "nature": it.nature,
        "severity": it.severity,
        "person": it.person.name,
        "person_email": _email_of(it),
        "organisation": it.organisation.name if it.organisation else None,
        "assignee": it.assignee.name if it.assignee else None,
        "entitlement": it.entitlement,
        "entitlement_reason": it.entitlement_reason,
        "entitlement_reason_text": str(Reason(it.entitlement_reason).label),
        "channel": it.channel,
        "opened_at": it.opened_at,
        "first_responded_at": promise.first_responded_at,
        "first_response_seconds": promise.first_response_seconds,
        "resolved_at": promise.resolved_at,
        "resolution_seconds": promise.resolution_seconds,
        "excluded": promise.excluded or None,
        "policy_revision": promise.revision.number,
        "previous": it.previous.number if it.previous else None,
    }


def _email_of(it: Any) -> str | None:
    from mainstay.people.queries import email_of

    return email_of(it.person) or None


def _message(message: Any) -> dict[str, Any]:
    return {
        "kind": message.kind,
        "from": message.sender_address
        or message.sender_name
        or (message.author.name if message.author else "Mainstay"),
        "at": message.at,
        "text": message.text,
        "delivery": message.delivery,
        "attachments": [
            {"filename": file.filename, "size": file.size, "content_type": file.content_type}
            for file in message.attachments.all()
        ],
    }

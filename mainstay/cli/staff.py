"""`mainstay staff …`: who may sign in, and as what."""

import click

from .desk import needs_desk
from .output import json_option, print_json
from .signing_in import require_second_factor, reset_second_factor, sign_out, unlock

ROLE_HELP = "technician, developer, supervisor, administrator, or the name of a role of your own."


@click.group()
def staff() -> None:
    """Accounts of those who work here."""


@staff.command("list")
@click.option("--all", "everybody", is_flag=True, help="Also those who may not sign in any more.")
@json_option
@needs_desk
def list_staff(as_json: bool, everybody: bool) -> None:
    """Everybody who may sign in."""
    from mainstay.people.models import Account

    accounts = Account.objects.order_by("person__name", "pk")
    shown = accounts if everybody else accounts.filter(is_active=True)
    rows: list[dict[str, object]] = [
        {"email": one.email, "name": one.person.name, "role": one.role_recorded} for one in shown
    ]
    if everybody:
        rows = [{**row, "may_sign_in": one.is_active} for row, one in zip(rows, shown, strict=True)]
    if as_json:
        print_json(rows)
    else:
        for row in rows:
            click.echo(
                f"{row['email']:<40} {row['role']:<14} {row['name']}{'' if row.get('may_sign_in', True) else ' (left)'}"
            )


@staff.command()
@click.argument("email")
@click.option("--name", required=True)
@click.option("--role", required=True, help=ROLE_HELP)
@click.option("--language", default="en", show_default=True)
@needs_desk
def add(email: str, name: str, role: str, language: str) -> None:
    """Let somebody sign in; prints a password that is shown only now."""
    from django.utils import timezone

    from mainstay.people.actions import add_staff
    from mainstay.people.queries import role_called

    given = role_called(role)
    _account, password = add_staff(name=name, email=email, role=given.key, language=language, at=timezone.now())
    click.echo(f"{email} may sign in as {given.recorded} with the password {password}")


@staff.command()
@click.argument("email")
@click.option("--name", required=True)
@click.option("--role", required=True, help=ROLE_HELP)
@click.option("--language", default="en", show_default=True)
@needs_desk
def invite(email: str, name: str, role: str, language: str) -> None:
    """Send somebody a link by which they choose a password; prints it, too, for where no mail can bring it."""
    from django.utils import timezone

    from mainstay.notifications.inviting import link_of
    from mainstay.people.inviting import invite_colleague
    from mainstay.people.queries import role_called

    given = role_called(role)
    made = invite_colleague(name=name, email=email, role=given.key, language=language, by=None, at=timezone.now())
    click.echo(f"{made.email} is invited as {given.recorded}; the link is good once and for a week:\n{link_of(made)}")


@staff.command()
@click.argument("email")
@needs_desk
def password(email: str) -> None:
    """Give somebody a new password; prints it, and it is shown only now."""
    from django.utils import timezone

    from mainstay.people.actions import give_new_password
    from mainstay.people.queries import staff_by_email

    new = give_new_password(staff_by_email(email).account, at=timezone.now())
    click.echo(f"{email} now signs in with the password {new}")


@staff.command()
@click.argument("email")
@click.argument("role")
@needs_desk
def role(email: str, role: str) -> None:
    """Give somebody another role: one of the four, or one of your own by its name."""
    from django.utils import timezone

    from mainstay.people.queries import account_by_email, role_called
    from mainstay.people.staffing import give_role

    account = give_role(account_by_email(email), role=role_called(role).key, by=None, at=timezone.now())
    click.echo(f"{email} is {account.role_recorded} now")


@staff.command()
@click.argument("email")
@needs_desk
def deactivate(email: str) -> None:
    """End somebody's sessions and let them sign in no more; their open tickets are in the queue again."""
    from django.utils import timezone

    from mainstay.people.queries import account_by_email
    from mainstay.tickets.actions import deactivate_colleague

    account = account_by_email(email)
    number = deactivate_colleague(account, by=None, at=timezone.now())
    click.echo(f"{email} may not sign in any more; tickets back in the queue: {number}")


@staff.command()
@click.argument("email")
@needs_desk
def reactivate(email: str) -> None:
    """Let somebody sign in again, with the role they had."""
    from django.utils import timezone

    from mainstay.people.queries import account_by_email
    from mainstay.people.staffing import reactivate as may_sign_in_again

    may_sign_in_again(account_by_email(email), by=None, at=timezone.now())
    click.echo(f"{email} may sign in again")


for command in (unlock, reset_second_factor, sign_out, require_second_factor):
    staff.add_command(command)

"""`mainstay staff …`: who may sign in."""

import click

from .desk import needs_desk
from .output import json_option, print_json

ROLES = ["technician", "developer", "supervisor", "administrator"]


@click.group()
def staff() -> None:
    """Accounts of those who work here."""


@staff.command("list")
@json_option
@needs_desk
def list_staff(as_json: bool) -> None:
    """Everybody who may sign in."""
    from mainstay.people.queries import staff_members

    rows = [{"email": p.account.email, "name": p.name, "role": p.account.role} for p in staff_members()]
    if as_json:
        print_json(rows)
    else:
        for row in rows:
            click.echo(f"{row['email']:<40} {row['role']:<14} {row['name']}")


@staff.command()
@click.argument("email")
@click.option("--name", required=True)
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--language", default="en", show_default=True)
@needs_desk
def add(email: str, name: str, role: str, language: str) -> None:
    """Let somebody sign in; prints a password that is shown only now."""
    from django.utils import timezone

    from mainstay.people.actions import add_staff

    _account, password = add_staff(name=name, email=email, role=role, language=language, at=timezone.now())
    click.echo(f"{email} may sign in as {role} with the password {password}")


@staff.command()
@click.argument("email")
@needs_desk
def password(email: str) -> None:
    """Give somebody a new password; prints it, and it is shown only now."""
    from mainstay.people.actions import give_new_password
    from mainstay.people.queries import staff_by_email

    click.echo(f"{email} now signs in with the password {give_new_password(staff_by_email(email).account)}")

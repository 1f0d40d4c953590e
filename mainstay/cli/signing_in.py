"""`mainstay staff …` for those who can't get in: end a lock-out, take a lost second factor away, sign out everywhere."""

import click

from .desk import needs_desk
from .output import json_option, print_json


@click.command()
@click.argument("email")
@json_option
@needs_desk
def unlock(email: str, as_json: bool) -> None:
    """End the wait after too many wrong passwords or codes."""
    from mainstay.desk.accounts.lock_out import unlock as end_wait
    from mainstay.people.queries import account_by_email

    account = account_by_email(email)
    was_locked = end_wait(account)
    if as_json:
        print_json({"email": account.email, "unlocked": was_locked})
    else:
        click.echo(f"{email} may try again now" if was_locked else f"{email} was not locked out")


@click.command()
@click.argument("email")
@needs_desk
def reset_second_factor(email: str) -> None:
    """Take passkeys, app and recovery codes away: the password alone lets in until a new one is set up."""
    from django.utils import timezone

    from mainstay.company.actions import reset_second_factor as reset
    from mainstay.desk.accounts.telling import tell_account
    from mainstay.notifications.kinds import SECOND_FACTOR_RESET
    from mainstay.people.queries import account_by_email

    account, now = account_by_email(email), timezone.now()
    if reset(account, by=None, at=now):
        tell_account(account, SECOND_FACTOR_RESET, at=now)
        click.echo(f"{email} signs in with the password alone now, and is signed out everywhere")
    else:
        click.echo(f"{email} had no second factor")


@click.command()
@click.argument("email")
@needs_desk
def sign_out(email: str) -> None:
    """Sign somebody out in every browser."""
    from django.utils import timezone

    from mainstay.company.actions import end_all_sessions
    from mainstay.people.queries import account_by_email

    number = end_all_sessions(account_by_email(email), by=None, at=timezone.now())
    click.echo(f"{email} is signed out; browsers: {number}")


@click.command()
@click.argument("choice", type=click.Choice(["on", "off"]))
@json_option
@needs_desk
def require_second_factor(choice: str, as_json: bool) -> None:
    """Whether everybody must have a second factor, as in set-up."""
    from django.utils import timezone

    from mainstay.company.actions import require_second_factor as require

    require(choice == "on", by=None, at=timezone.now())
    if as_json:
        return print_json({"required": choice == "on"})
    return click.echo(
        "Everybody sets up a second factor before anything else" if choice == "on" else "Nobody has to have one"
    )

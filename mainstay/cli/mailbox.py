"""`mainstay mailbox …`: the mailboxes that mail is fetched from, for a terminal and for scripts."""

import os
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from .desk import needs_desk
from .output import json_option, moment, print_json

SECRET_VARIABLE = "MAINSTAY_MAILBOX_SECRET"  # noqa: S105 - its name, not the secret
CLIENT_SECRET_VARIABLE = "MAINSTAY_MAILBOX_CLIENT_SECRET"  # noqa: S105
PORTS = {"tls": 993, "starttls": 143, "none": 143}


@click.group()
def mailbox() -> None:
    """Mailboxes that mail is fetched from by IMAP."""


@mailbox.command()
@click.argument("name")
@click.option("--address", required=True, metavar="EMAIL", help="The address whose mail it holds.")
@click.option("--host", required=True, help="The IMAP server.")
@click.option("--port", type=click.IntRange(1, 65535), help="Default: 993, or 143 without TLS from the start.")
@click.option("--security", type=click.Choice(list(PORTS)), default="tls", show_default=True)
@click.option("--ca-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="More CAs, in PEM.")
@click.option("--user", metavar="NAME", help="Default: the address.")
@click.option(
    "--auth",
    type=click.Choice(["password", "oauth2_google", "oauth2_microsoft", "oauth2_other"]),
    default="password",
    show_default=True,
)
@click.option("--client-id", default="", help="For OAuth 2.")
@click.option("--token-url", default="", help="For OAuth 2: the provider's address for tokens.")
@click.option("--folder", default="INBOX", show_default=True)
@click.option("--sent-folder", metavar="FOLDER", help="Read what colleagues sent; `auto` finds the folder.")
@click.option("--after", type=click.Choice(["leave", "flag", "move"]), default="leave", show_default=True)
@click.option("--move-to", default="", metavar="FOLDER", help="With --after move.")
@click.option("--since", default="today", show_default=True, help="At first take mail from this date on, or `all`.")
@click.option("--paused", is_flag=True, help="Set it up, and do not start it.")
@json_option
@needs_desk
def add(name: str, as_json: bool, paused: bool, **options: Any) -> None:
    """Set a mailbox up and start it. The password or refresh token is read from standard input, one line, or from
    MAINSTAY_MAILBOX_SECRET; the client secret of OAuth 2 from MAINSTAY_MAILBOX_CLIENT_SECRET.
    """
    from django.utils import timezone

    from mainstay.channels.email.mailboxes.actions import add_mailbox, resume_mailbox

    now = timezone.now()
    made = add_mailbox(
        name=name,
        secret=_secret(),
        client_secret=os.environ.get(CLIENT_SECRET_VARIABLE, ""),
        by=None,
        at=now,
        **_fields(options, now),
    )
    if not paused:
        made = resume_mailbox(made, by=None, at=now)
    state = "started" if made.is_active else "paused"
    print_json(_told(made, 0)) if as_json else click.echo(f"{name} is set up and {state}.")


@mailbox.command("list")
@json_option
@needs_desk
def list_mailboxes(as_json: bool) -> None:
    """All mailboxes, and how they fare."""
    from mainstay.channels.email.mailboxes.queries import owed_by
    from mainstay.channels.email.models import Mailbox

    found = list(Mailbox.objects.prefetch_related("positions").order_by("name"))
    owed = owed_by(found)
    rows = [_told(one, owed.get(one.pk, 0)) for one in found]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        last = moment(row["last_success_at"]) if row["last_success_at"] else "never"
        click.echo(f"{row['name']:<20} {row['state']:<8} {row['host']}:{row['port']}  last read {last}")
        if row["problem"]:
            click.echo(f"{'':<20} {row['problem']}")


@mailbox.command()
@click.argument("name")
@json_option
@click.pass_context
@needs_desk
def test(ctx: click.Context, name: str, as_json: bool) -> None:
    """Try the connection, step by step; touches no mail. Ends with 1 when a step failed."""
    from dataclasses import asdict

    from mainstay.channels.email.mailboxes.checking import check_mailbox, is_good
    from mainstay.channels.email.mailboxes.queries import mailbox_named

    steps = check_mailbox(mailbox_named(name))
    if as_json:
        print_json([asdict(step) for step in steps])
    else:
        for step in steps:
            click.echo(f"{step.state:<8} {step.name}: {step.sentence}")
    if not is_good(steps):
        ctx.exit(1)


@mailbox.command()
@click.argument("name")
@needs_desk
def pause(name: str) -> None:
    """Fetch nothing from it until it is resumed."""
    from django.utils import timezone

    from mainstay.channels.email.mailboxes.actions import pause_mailbox
    from mainstay.channels.email.mailboxes.queries import mailbox_named

    pause_mailbox(mailbox_named(name), by=None, at=timezone.now())
    click.echo(f"{name} is paused.")


@mailbox.command()
@click.argument("name")
@needs_desk
def resume(name: str) -> None:
    """Fetch from it again, from where it was left."""
    from django.utils import timezone

    from mainstay.channels.email.mailboxes.actions import resume_mailbox
    from mainstay.channels.email.mailboxes.queries import mailbox_named

    resume_mailbox(mailbox_named(name), by=None, at=timezone.now())
    click.echo(f"{name} is started.")


@mailbox.command()
@click.argument("name")
@needs_desk
def remove(name: str) -> None:
    """Forget its set-up and its secrets; all mail stays, there and here."""
    from django.utils import timezone

    from mainstay.channels.email.mailboxes.actions import remove_mailbox
    from mainstay.channels.email.mailboxes.queries import mailbox_named

    remove_mailbox(mailbox_named(name), by=None, at=timezone.now())
    click.echo(f"{name} is removed.")


def _secret() -> str:
    """Never from the command line, where other users of the machine could read it."""
    named = os.environ.get(SECRET_VARIABLE, "")
    if named:
        return named
    if sys.stdin.isatty():
        return str(click.prompt("Password or refresh token", hide_input=True))
    return sys.stdin.readline().rstrip("\r\n")


def _fields(options: dict[str, Any], now: datetime) -> dict[str, Any]:
    sent = options["sent_folder"]
    return {
        "address": options["address"],
        "host": options["host"],
        "port": options["port"] or PORTS[options["security"]],
        "security": options["security"],
        "extra_ca": options["ca_file"].read_text() if options["ca_file"] else "",
        "user": options["user"] or options["address"],
        "auth": options["auth"],
        "client_id": options["client_id"],
        "token_url": options["token_url"],
        "folder": options["folder"],
        "reads_sent": sent is not None,
        "sent_folder": "" if sent in (None, "auto") else sent,
        "after_intake": options["after"],
        "target_folder": options["move_to"],
        "since": _since(options["since"], now),
    }


def _since(words: str, now: datetime) -> date | None:
    if words == "all":
        return None
    if words == "today":
        return now.date()
    try:
        return date.fromisoformat(words)
    except ValueError:
        raise click.BadParameter("write it as 2026-11-23, or say today or all", param_hint="--since") from None


def _told(mailbox: Any, owed: int) -> dict[str, Any]:
    """What a script may know of a mailbox: never its secrets."""
    return {
        "name": mailbox.name,
        "address": mailbox.address,
        "host": mailbox.host,
        "port": mailbox.port,
        "security": mailbox.security,
        "user": mailbox.user,
        "auth": mailbox.auth,
        "state": "active" if mailbox.is_active else "paused",
        "last_success_at": mailbox.last_success_at,
        "problem": mailbox.problem,
        "progress": [
            {"folder": position.folder, "done": position.done, "total": position.total}
            for position in mailbox.positions.all()
        ],
        "owed": owed,
    }

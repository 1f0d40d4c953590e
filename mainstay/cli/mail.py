"""`mainstay mail …`: what came in and was set aside; how the desk reads a mail."""

import json
import time
from collections.abc import Iterator
from typing import IO, Any

import click

from mainstay.channels.email import limits
from mainstay.channels.email.html_clean import clean_html
from mainstay.channels.email.reading import ParsedMail, UnreadableMail, read_mail

from .desk import needs_desk
from .ingest import ingest
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


NO_SENDER = "it names no sender whom we could answer"
MANY_SENDERS = "it names more than one sender, or one that is no address"


@mail.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@click.pass_context
def parse(ctx: click.Context, files: tuple[str, ...]) -> None:
    """Print how the desk reads mails: one line of JSON per FILE (`-`: standard input). Needs no database.

    docs/channels/mail-parse.md tells the fields. Ends with 1 when a file could not be opened.
    """
    are_opened = True
    for file in files:
        began = time.perf_counter()
        try:
            with click.open_file(file, "rb") as opened:
                raw = _whole(opened)
        except OSError as problem:
            are_opened = False
            fields = _fields(None) | {"error": f"it could not be opened: {problem.strerror or problem}"}
        else:
            fields = parsed_fields(raw)
        seconds = round(time.perf_counter() - began, 4)
        # ASCII only: no locale and no unusual line separator can break a line of it.
        click.echo(json.dumps({"file": click.format_filename(file)} | fields | {"seconds": seconds}))
    if not are_opened:
        ctx.exit(1)


def _whole(opened: IO[bytes]) -> bytes:
    """A mail of any size up to the limit, and one byte more of what is over it."""
    return b"".join(_pieces(opened, limits.MAIL_MAX_BYTES + 1))


def _pieces(opened: IO[bytes], most: int) -> Iterator[bytes]:
    while most > 0 and (piece := opened.read(min(most, limits.MIB))):
        most -= len(piece)
        yield piece


def parsed_fields(raw: bytes) -> dict[str, Any]:
    """What `mail parse` prints of one mail, but its file name and the time."""
    try:
        parsed = read_mail(raw)
        return _fields(parsed) | _outcome(parsed)
    except UnreadableMail as problem:
        return _fields(None) | {"outcome": "set_aside", "error": str(problem)}
    except Exception as problem:  # noqa: BLE001 - as in the desk, one mail that we stumble over must not keep the next one
        return _fields(None) | {"outcome": "set_aside", "error": f"the desk stumbled over this mail: {problem!r}"}


def _outcome(parsed: ParsedMail) -> dict[str, str | None]:
    """Where the desk would put it: on a ticket, among the mail of machines, or before a person with the reason."""
    if parsed.kind != "human":
        return {"outcome": "kept", "error": None}
    if parsed.from_ambiguous:
        return {"outcome": "set_aside", "error": MANY_SENDERS}
    if not parsed.from_address:
        return {"outcome": "set_aside", "error": NO_SENDER}
    return {"outcome": "ticket", "error": None}


def _fields(parsed: ParsedMail | None) -> dict[str, Any]:
    """Each field in its order, empty where nothing could be read."""
    return {
        "subject": parsed.subject if parsed else None,
        "from_email": (parsed.from_address or None) if parsed else None,
        "from_name": parsed.from_name if parsed else None,
        "to": [to.address for to in parsed.to if to.address] if parsed else [],
        "cc": [cc.address for cc in parsed.cc if cc.address] if parsed else [],
        "reply_to": [to.address for to in parsed.reply_to if to.address] if parsed else [],
        "date": parsed.date.isoformat().replace("+00:00", "Z") if parsed and parsed.date else None,
        "message_id": (parsed.message_id or None) if parsed else None,
        "in_reply_to": parsed.in_reply_to[0] if parsed and parsed.in_reply_to else None,
        "references": list(parsed.references) if parsed else [],
        "body_text": parsed.body_text if parsed else None,
        "reply_text": parsed.reply_text if parsed else None,
        "body_html": clean_html(parsed.body_html) if parsed and parsed.body_html else None,
        "attachments": [
            {
                "filename": file.filename,
                "content_type": file.content_type,
                "size": file.size,
                "sha256": file.sha256,
                "inline": file.inline,
            }
            for file in (parsed.attachments if parsed else ())
        ],
        "kind": parsed.kind if parsed else None,
        "hard_bounce": parsed.hard_bounce if parsed else False,
        "recipients_failed": list(parsed.recipients_failed) if parsed else [],
        "may_auto_reply": parsed.may_auto_reply if parsed else False,
        "outcome": None,
        "error": None,
    }


mail.add_command(ingest)

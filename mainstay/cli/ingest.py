"""`mainstay mail ingest PATH…`: mail from files, through the same gate as mail that comes in."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from .desk import needs_desk
from .output import json_option, print_json

SHOWN_FAILURES = 100
NAME_CHARACTERS = 60


@dataclass
class Tally:
    """What became of the mails so far."""

    counts: Counter[str] = field(default_factory=lambda: Counter(new=0, duplicate=0, set_aside=0, failed=0))
    failures: list[dict[str, str]] = field(default_factory=list)

    def fail(self, where: str, problem: str) -> None:
        self.counts["failed"] += 1
        if len(self.failures) < SHOWN_FAILURES:
            self.failures.append({"where": where, "problem": problem})


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path), metavar="PATH…")
@click.option("--mailbox", default="import", show_default=True, metavar="NAME", help="The mailbox they count for.")
@click.option("--address", metavar="EMAIL", help="To whom they came. Default: the desk's own address.")
@click.option("--quiet", is_flag=True, help="Write no automatic answers to these mails.")
@json_option
@click.pass_context
@needs_desk
def ingest(
    ctx: click.Context, paths: tuple[Path, ...], mailbox: str, address: str | None, quiet: bool, as_json: bool
) -> None:
    """Take in mail from files (.eml), mbox files, maildirs, and folders of them.

    A mail that is here already, for the same mailbox, is counted as a duplicate and changes nothing: an import may be
    repeated. Ends with 1 when a mail could not be read from its file.
    """
    from mainstay.channels.email.mailboxes.files import mails_in
    from mainstay.channels.email.queries import our_address

    if ":" in mailbox or not 0 < len(mailbox) <= NAME_CHARACTERS:
        raise click.BadParameter("a short name without a colon", param_hint="--mailbox")
    tally = Tally()
    gate = {"mailbox": f"import:{mailbox}" if quiet else mailbox, "address": address or our_address()}
    for path in paths:
        for found in mails_in(path):
            _take_in(found, tally, gate)
    if as_json:
        print_json({**tally.counts, "failures": tally.failures})
    else:
        click.echo("{new} new, {duplicate} known, {set_aside} set aside, {failed} failed".format(**tally.counts))
        for failure in tally.failures:
            click.echo(f"{failure['where']}: {failure['problem']}", err=True)
    if tally.counts["failed"]:
        ctx.exit(1)


def _take_in(found: Any, tally: Tally, gate: dict[str, str]) -> None:
    """One mail through the gate; only a database that is away ends the import."""
    from django.db import InterfaceError, OperationalError

    from mainstay.channels.email.mailboxes.keeping import keep_mail, keep_too_large

    if found.problem:
        tally.fail(found.where, found.problem)
        return
    try:
        if found.is_whole:
            kept, fate = keep_mail(found.content, peer="", sender=found.sender, **gate), "new"
        else:
            kept, fate = keep_too_large(found.content, found.size, peer="", **gate), "set_aside"
    except (OperationalError, InterfaceError):
        raise
    except Exception as problem:  # noqa: BLE001 - one mail that can't be stored must not keep the others out
        tally.fail(found.where, repr(problem)[:300])
        return
    tally.counts[fate if kept.is_new else "duplicate"] += 1

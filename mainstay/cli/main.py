"""The command `mainstay`: each subcommand is imported only when it is asked for, so that small ones start at once."""

import importlib
from dataclasses import dataclass
from typing import Any, cast

import click

from mainstay import __version__
from mainstay.lib.errors import MainstayError


@dataclass(frozen=True)
class Entry:
    """Where a subcommand lies (`module:attribute`) and what `mainstay --help` says of it."""

    place: str
    summary: str


COMMANDS = {
    "up": Entry("mainstay.cli.up:up", "Run the whole desk: database, web, worker, mail intake and mailboxes."),
    "prepare": Entry("mainstay.cli.up:prepare", "Bring the database up to date, as `up` does before it starts."),
    "web": Entry("mainstay.cli.parts:web", "Run the web part alone."),
    "worker": Entry("mainstay.cli.parts:worker", "Run the worker alone."),
    "intake": Entry("mainstay.cli.parts:intake", "Run the mail intake alone."),
    "mailboxes": Entry("mainstay.cli.mailboxes:mailboxes", "Run the fetching of mail by IMAP alone."),
    "clock": Entry("mainstay.cli.clock:clock", "Reckon in business time."),
    "policy": Entry("mainstay.cli.policy:policy", "Check a policy file, put it in force, look ahead."),
    "ticket": Entry("mainstay.cli.ticket:ticket", "List, read and answer tickets."),
    "promises": Entry("mainstay.cli.promises:promises", "Prove the stored times by a recount."),
    "report": Entry("mainstay.cli.report:report", "Averages and other figures."),
    "mail": Entry("mainstay.cli.mail:mail", "Mail that came in and went out."),
    "mailbox": Entry("mainstay.cli.mailbox:mailbox", "The mailboxes that mail is fetched from."),
    "search": Entry("mainstay.cli.search:search", "The index of words that search finds by."),
    "staff": Entry("mainstay.cli.staff:staff", "The accounts of the desk's staff."),
    "sample": Entry("mainstay.cli.sample:sample", "The sample company."),
}


class Sentence(click.ClickException):
    """An expected error, shown as its own sentence and without a traceback."""

    def __init__(self, error: MainstayError) -> None:
        super().__init__(str(error))
        self.exit_code = error.exit_code  # type: ignore[misc]


class LazyGroup(click.Group):
    """A group whose commands are known by name and place."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        module, _, name = entry.place.partition(":")
        return cast(click.Command, getattr(importlib.import_module(module), name))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.summary) for name, entry in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except MainstayError as error:
            raise Sentence(error) from error


@click.group(cls=LazyGroup)
@click.version_option(__version__, prog_name="mainstay")
def main() -> None:
    """A self-hosted support desk that runs a written support policy."""

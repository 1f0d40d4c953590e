"""`python -m bench`: a desk of its own is started, filled and measured, and nothing of it is left."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import click

from tests.running import RunningDesk, new_folder

from .figures import Figure, machine, table

TOTAL_SECONDS = 240
LARGE_SECONDS = 1500
DESK_SIZES = (10_000, 100_000)
PARTS: tuple[tuple[str, ...], ...] = ((), ("--desk",), ("--search",), ("--live",))


@click.command()
@click.option("--tickets", default=10_000, show_default=True, help="How many tickets the desk holds.")
@click.option("--mails", default=300, show_default=True, help="How many mails come in at once.")
@click.option(
    "--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the figures here too."
)
@click.option(
    "--million", "part", flag_value="million", help="Measure the reports and the recount on a million tickets."
)
@click.option("--open", "open_tickets", default=10_000, show_default=True, help="With --million: so many are open.")
@click.option("--desk", "part", flag_value="desk", help="Measure the desk's pages at 10,000 and 100,000 tickets.")
@click.option("--search", "part", flag_value="search", help="Measure the search at 10,000 and 100,000 tickets.")
@click.option(
    "--live",
    "part",
    flag_value="live",
    help="Measure open desks and the way to the next ticket; fails beyond the bounds.",
)
@click.option(
    "--all", "everything", is_flag=True, help="One part after the other, all but the million; takes some minutes."
)
@click.option("--desks", default=500, show_default=True, help="With --live: so many are open.")
def bench(
    tickets: int, mails: int, json_file: Path | None, part: str | None, open_tickets: int, desks: int, everything: bool
) -> None:
    """Measure intake, pages, clock and memory; bench/README.md says how."""
    if everything:
        sys.exit(max(subprocess.call([sys.executable, "-m", "bench", *words]) for words in PARTS))
    began = time.monotonic()
    with limited(LARGE_SECONDS if part else TOTAL_SECONDS), desk() as (running, started):
        from .measuring import postgres_version, take_all

        about = machine(postgres_version())
        click.echo("".join(f"{name:<18}{value}\n" for name, value in about.items()), nl=False)
        figures = [Figure("Start", "first start, until READY", started, "s")]

        def say(text: str) -> None:
            click.echo(text, err=True)

        beyond: list[str] = []
        if part == "live":
            from .live import TICKETS, take_live

            tickets = TICKETS
            taken, beyond = take_live(running, desks=desks, say=say)
            figures += taken
        elif part == "million":
            from .million import take_million

            tickets = tickets if tickets > open_tickets * 10 else 1_000_000
            figures += take_million(tickets=tickets, open_tickets=open_tickets, say=say)
        elif part == "desk":
            from .desk_reading import take_desk

            tickets = max(DESK_SIZES)
            figures += take_desk(running, sizes=DESK_SIZES, say=say)
        elif part == "search":
            from .searching import SIZES, take_search

            tickets = max(SIZES)
            figures += take_search(say=say)
        else:
            figures += take_all(running, tickets=tickets, mails=mails, say=say)
    click.echo(table(figures))
    click.echo(f"\n{tickets:,} tickets; {time.monotonic() - began:.0f} s in all")
    if json_file:
        rows = [{"about": f.about, "name": f.name, "value": round(f.value, 3), "unit": f.unit} for f in figures]
        json_file.write_text(json.dumps({"machine": about, "tickets": tickets, "figures": rows}, indent=2) + "\n")
    if beyond:
        sys.exit("Beyond its bound: " + "; ".join(beyond))


@contextlib.contextmanager
def desk() -> Iterator[tuple[RunningDesk, float]]:
    """A desk without the sample in a folder of its own, and how many seconds it took; both are gone afterwards."""
    folder = new_folder()
    os.environ.pop("DATABASE_URL", None)
    os.environ |= {"MAINSTAY_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "config.settings"}
    try:
        began = time.perf_counter()
        running = RunningDesk(folder, "--no-sample")
        try:
            yield running, time.perf_counter() - began
        finally:
            running.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def limited(seconds: int) -> Iterator[None]:
    """Whatever hangs, it ends: by the clock, by Ctrl-C, or when it is asked to."""

    def leave(number: int, _frame: FrameType | None) -> None:
        late = number == signal.SIGALRM
        sys.exit(f"The bench took longer than {seconds} s and was stopped." if late else 130)

    for number in (signal.SIGALRM, signal.SIGTERM, signal.SIGINT):
        signal.signal(number, leave)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)


if __name__ == "__main__":
    bench()

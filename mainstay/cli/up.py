"""`mainstay up`: the whole desk in one process tree, from nothing to a page that answers."""

import contextlib
import os
import socket
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import click

from mainstay.operate.answering import smtp_answers, web_answers
from mainstay.operate.database import database_url, desk_database, keep_running, reachable, users_of
from mainstay.operate.locks import only_one
from mainstay.operate.parts import Part
from mainstay.operate.places import PROJECT_ROOT, use_data_folder, writable
from mainstay.operate.ports import free_port, listening_sockets, web_address
from mainstay.operate.postgres import EmbeddedPostgres
from mainstay.operate.supervisor import StopAsked, Supervisor
from mainstay.policy.finding import default_policy_path

from .desk import data_option, set_up_django

# The parts of an `up` that was killed end by themselves; a new one gives them this long to let go of their ports.
PORT_PATIENCE_SECONDS = 4.0

policy_option = click.option(
    "--policy",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    envvar="MAINSTAY_POLICY",
    metavar="FILE",
    help="The support policy (default: MAINSTAY_POLICY, else policy.toml here, else the sample company's).",
)
sample_option = click.option("--sample/--no-sample", default=False, help="Make the sample company on a first start.")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address that pages are served on.")
@click.option("--port", default=8000, show_default=True, envvar="MAINSTAY_PORT", help="The port for pages; 0: any.")
@click.option("--smtp-host", default="127.0.0.1", envvar="MAINSTAY_SMTP_HOST", show_default=True, help="For mail.")
@click.option("--smtp-port", default=2525, envvar="MAINSTAY_SMTP_PORT", show_default=True, help="For mail; 0: any.")
@data_option
@click.option(
    "--web-processes",
    type=click.IntRange(1, 16),
    default=lambda: min(2, os.cpu_count() or 1),
    envvar="MAINSTAY_WEB_PROCESSES",
    show_default="2; 1 on a single processor",
    help="How many processes make pages.",
)
@sample_option
@policy_option
def up(
    *,
    host: str,
    port: int,
    smtp_host: str,
    smtp_port: int,
    data: Path | None,
    web_processes: int,
    sample: bool,
    policy: Path | None,
) -> None:
    """Run the whole desk until Ctrl-C: database, web, worker and mail intake."""
    folder = writable(use_data_folder(data))
    if database_url():
        reachable(database_url())
    with _alone(folder) as patience, contextlib.ExitStack() as listening:
        listeners = listening_sockets(web_processes, host, port, "--port", patience=patience)
        for listener in listeners:
            listening.enter_context(listener)
        port = listeners[0].getsockname()[1]
        smtp_port = free_port(smtp_host, smtp_port, "--smtp-port", patience=patience)
        _tell_children(host, port, smtp_host, smtp_port)
        supervisor = Supervisor(
            _parts(host, port, smtp_host, smtp_port, listeners),
            None if database_url() else EmbeddedPostgres(folder),
            say=_say,
            farewell=partial(_say_bye, folder),
        )
        with supervisor.signals():
            _run(
                supervisor,
                sample,
                policy,
                [f"READY {web_address(host, port)}", f"Mail  {smtp_host}:{smtp_port} (SMTP)"],
            )


@click.command()
@data_option
@sample_option
@policy_option
def prepare(data: Path | None, sample: bool, policy: Path | None) -> None:
    """Apply migrations and put the policy file in force; run it before the parts when they run one by one."""
    folder = writable(use_data_folder(data))
    with desk_database(folder, make=True):
        for line in _prepare_desk(sample, policy):
            click.echo(line)


def _run(supervisor: Supervisor, sample: bool, policy: Path | None, greeting: list[str]) -> None:
    """The parts import while the database starts and is brought up to date; then all of it runs until it is stopped."""
    try:
        supervisor.spawn()
        supervisor.start_database()
        lines = _prepare_desk(sample, policy)
        supervisor.go()
        supervisor.wait_until_ready()
        click.echo("\n".join([*greeting, *lines, "Ctrl-C stops everything."]))
        sys.stdout.flush()
        supervisor.keep()
    except StopAsked:
        _say("Stopping.")
    finally:
        supervisor.stop()


def _prepare_desk(sample: bool, policy: Path | None) -> list[str]:
    """Migrations, policy and sample, in this process; returns lines for the person who starts the desk."""
    set_up_django()
    from django.db import connections

    from . import setup
    from .migrating import migrate

    try:
        migrate()
        return setup.prepare(sample=sample, policy_path=policy or default_policy_path())
    finally:
        connections.close_all()


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[float]:
    """Inside, no other `up` runs on this folder; gives the seconds for which a taken port may be our own of before."""
    with only_one(folder / "up.lock") as was_killed, users_of(folder).joined():
        keep_running(folder)
        yield PORT_PATIENCE_SECONDS if was_killed else 0.0


def _tell_children(host: str, port: int, smtp_host: str, smtp_port: int) -> None:
    """The settings of this process and of its parts agree on the addresses; what a person has set stays."""
    os.environ.setdefault("MAINSTAY_URL", web_address(host, port))
    os.environ["MAINSTAY_SMTP_HOST"] = smtp_host
    os.environ["MAINSTAY_SMTP_PORT"] = str(smtp_port)


def _parts(host: str, port: int, smtp_host: str, smtp_port: int, listeners: Sequence[socket.socket]) -> list[Part]:
    """Each web part gets a listening socket of ours: while it restarts, visitors wait instead of being refused."""
    path = os.pathsep.join(filter(None, [str(PROJECT_ROOT), os.environ.get("PYTHONPATH")]))
    mainstay = (sys.executable, "-P", "-m", "mainstay")
    part = partial(Part, environment={"PYTHONPATH": path})
    web = [
        part(
            "web" if number == 1 else f"web {number}",
            (*mainstay, "web", "--socket", str(listener.fileno())),
            serves=partial(web_answers, host, port),
            descriptors=(listener.fileno(),),
            renewed=True,
        )
        for number, listener in enumerate(listeners, 1)
    ]
    return [
        *web,
        part(
            "intake",
            (*mainstay, "intake", "--host", smtp_host, "--port", str(smtp_port)),
            serves=partial(smtp_answers, smtp_host, smtp_port),
        ),
        part("mailboxes", (*mainstay, "mailboxes")),
        part("worker", (*mainstay, "worker"), stops=1, renewed=True),
    ]


def _say_bye(folder: Path) -> None:
    """Open live streams end by themselves, so that stopping does not wait for them."""
    import psycopg

    from mainstay.live.announcing import CHANNEL
    from mainstay.live.hub import BYE

    url = database_url() or EmbeddedPostgres(folder).url()
    with contextlib.suppress(psycopg.Error), psycopg.connect(url, connect_timeout=1, autocommit=True) as connection:
        connection.execute("select pg_notify(%s, %s)", [CHANNEL, BYE])


def _say(text: str) -> None:
    click.echo(text, err=True)

"""The parts of the desk, each as one process: `mainstay up` runs them together, production runs them one by one."""

import contextlib
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import click

from mainstay.operate.database import desk_database
from mainstay.operate.lifeline import SUPERVISED, wait_for_go
from mainstay.operate.limits import allow_many_open_files
from mainstay.operate.places import use_data_folder

from .desk import data_option, set_up_django

WEB_STOP_SECONDS = 2
WORKER_STOP_SECONDS = 1.0
WORKER_THREADS = 2
# A NOTIFY that arrives during a fetch is lost, and retries wait for a poll.
JOB_POLL_SECONDS = 0.5
HEARTBEAT_SECONDS = 2
UVICORN: dict[str, Any] = {
    "lifespan": "on",
    "ws": "none",
    "access_log": False,
    "log_config": None,
    "server_header": False,
    "backlog": 512,
    "timeout_graceful_shutdown": WEB_STOP_SECONDS,
}

host_option = click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")


@click.command()
@host_option
@click.option("--port", default=8000, show_default=True, envvar="MAINSTAY_PORT", help="The port to listen on.")
@click.option("--socket", "descriptor", type=int, hidden=True, help="A listening socket that `up` hands over.")
@data_option
def web(host: str, port: int, descriptor: int | None, data: Path | None) -> None:
    """Serve pages and the live stream."""
    with ready_part("web", data):
        import uvicorn

        # By name: the rooms know nothing of how the process is put together.
        behind_proxy = os.environ.get("MAINSTAY_BEHIND_PROXY") == "1"
        config = uvicorn.Config(
            "config.server:application", host=host, port=port, proxy_headers=behind_proxy, **UVICORN
        )
        config.load()
        allow_many_open_files()
        wait_for_go()
        uvicorn.Server(config).run(sockets=[socket.socket(fileno=descriptor)] if descriptor is not None else None)


@click.command()
@data_option
def worker(data: Path | None) -> None:
    """Do the jobs: read mail, deliver answers, keep the timetable."""
    with ready_part("worker", data):
        from procrastinate.contrib.django import app

        from mainstay.jobs.stalled import HEARTBEAT_LOST_SECONDS

        wait_for_go()
        connector: Any = app.connector
        with _working_beside(), app.replace_connector(connector.get_worker_connector()) as working:
            working.run_worker(
                concurrency=WORKER_THREADS,
                fetch_job_polling_interval=JOB_POLL_SECONDS,
                delete_jobs="successful",
                shutdown_graceful_timeout=WORKER_STOP_SECONDS,
                task_middleware=[_with_own_connection],
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                stalled_worker_timeout=HEARTBEAT_LOST_SECONDS,
            )


a_file = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option("--host", envvar="MAINSTAY_SMTP_HOST", default="127.0.0.1", show_default=True, help="The address.")
@click.option("--port", envvar="MAINSTAY_SMTP_PORT", default=2525, show_default=True, help="The port.")
@click.option("--lmtp-port", envvar="MAINSTAY_LMTP_PORT", type=int, help="A port for LMTP beside, on the same address.")
@click.option("--lmtp-socket", envvar="MAINSTAY_LMTP_SOCKET", type=a_file, help="A Unix socket for LMTP beside.")
@click.option("--tls-cert", envvar="MAINSTAY_SMTP_TLS_CERT", type=a_file, help="Our certificate and its chain, as PEM.")
@click.option("--tls-key", envvar="MAINSTAY_SMTP_TLS_KEY", type=a_file, help="The certificate's key, as PEM.")
@click.option("--allow-plain", envvar="MAINSTAY_SMTP_ALLOW_PLAIN", is_flag=True, help="Let others send in the clear.")
@data_option
def intake(
    *,
    host: str,
    port: int,
    lmtp_port: int | None,
    lmtp_socket: Path | None,
    tls_cert: Path | None,
    tls_key: Path | None,
    allow_plain: bool,
    data: Path | None,
) -> None:
    """Take in mail by SMTP and LMTP."""
    with ready_part("intake", data):
        from mainstay.channels.email.intake import certificate_from, django_accepts, django_store, serve

        certificate = certificate_from(tls_cert, tls_key)
        wait_for_go()
        serve(
            host,
            port,
            store=django_store(),
            accepts=django_accepts(),
            certificate=certificate,
            allow_plain=allow_plain,
            lmtp_port=lmtp_port,
            lmtp_socket=lmtp_socket,
        )


@contextlib.contextmanager
def ready_part(name: str, data: Path | None) -> Iterator[None]:
    """Inside, Django is set up for this kind of process. Started by hand, its database answers and is up to date."""
    os.environ["MAINSTAY_PROCESS"] = name
    end_on_signals()
    folder = use_data_folder(data)
    if os.environ.get(SUPERVISED) == "1":
        set_up_django()
        yield
        return
    with desk_database(folder):
        set_up_django()
        from .migrating import must_be_up_to_date

        must_be_up_to_date()
        yield


@contextlib.contextmanager
def _working_beside() -> Iterator[None]:
    """Beside the jobs, mail that waits is filed and alarms ring on their second; at the end what is in hand is finished."""
    from mainstay.channels.email.work import file_mail_until
    from mainstay.tickets.ringing import ring_alarms_until

    stopped = threading.Event()
    works = {"filing": file_mail_until, "ringing": ring_alarms_until}
    threads = [threading.Thread(target=work, args=(stopped,), name=name, daemon=True) for name, work in works.items()]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopped.set()
        for thread in threads:
            thread.join(WORKER_STOP_SECONDS)


def end_on_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)


def _leave(_number: int, _frame: FrameType | None) -> None:
    """Until and after the part listens to signals itself: an ordinary end, so that the database is left tidily."""
    raise SystemExit(0)


def _with_own_connection(job: Callable[[], Any], _context: object, _worker: object) -> Any:
    """A job's connection is kept for the next one, unless it broke or grew old: the database may have restarted."""
    from django.db import close_old_connections

    close_old_connections()
    try:
        return job()
    finally:
        close_old_connections()

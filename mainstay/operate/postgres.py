"""The desk's own PostgreSQL: made, started, found again after a crash, and stopped, without any set-up by a person."""

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

import psycopg

from .binaries import OLDEST_MAJOR, Runner, copied, find_binaries, major_of, runner_for
from .cluster import Place, place_of, settle
from .errors import FolderNotWritable, NoPostgres, PostgresFailed, WrongPostgres
from .locks import locked
from .places import writable
from .remains import clear, postmaster_pid

NAME = "mainstay"  # of the database and of its owner
PORT = 5432  # a part of the socket's name; no TCP port is opened
START_SECONDS = 60.0
LOG_LIMIT_BYTES = 8 * 1024 * 1024
BUILTIN_LOCALE_SINCE = 17

# For a small machine. What makes commits durable (fsync, synchronous_commit, full_page_writes) stays as it is: on.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "huge_pages": "off",
    "wal_compression": "on",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "lc_messages": "C",
}
THROW_AWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

# The servers that this process launched, by their data: they outlive the objects here, and a dead one has to be taken
# leave of, or it looks alive.
_launched: dict[Path, "subprocess.Popen[bytes]"] = {}


class EmbeddedPostgres:
    """The cluster of one data folder. With `durable=False` a crash may lose it: for tests only."""

    def __init__(self, data_folder: Path, *, durable: bool = True) -> None:
        self.folder = data_folder.absolute()
        self.durable = durable

    @property
    def place(self) -> Place:
        return place_of(self.folder)

    @property
    def exists(self) -> bool:
        return self.place.exists

    def parameters(self) -> dict[str, str]:
        """libpq's names and values for a connection to the desk's database."""
        return {"dbname": NAME, "user": NAME, "host": str(self.place.socket_folder), "port": str(PORT)}

    def url(self) -> str:
        host = quote(str(self.place.socket_folder), safe="")
        return f"postgresql://{NAME}@/{NAME}?host={host}&port={PORT}"

    def pid(self) -> int | None:
        """The postmaster's process id; None when it does not run, whatever the pid file says."""
        place = self.place
        _launched_pid(place)
        return postmaster_pid(place.pid_file, place.data)

    def is_running(self) -> bool:
        """Whether it answers, which is the only proof."""
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def start(self) -> str:
        """Afterwards the database answers at the returned address; one that runs already is used as it is."""
        writable(self.folder)
        with locked(self.folder / "postgres.lock"):
            if not (self.exists and self.is_running()):
                self._start()
            self._ensure_database()
        return self.url()

    def stop(self, *, seconds: float = 30.0, hurry: bool = False) -> None:
        """Afterwards it does not run. In a hurry, or after `seconds`, without a last checkpoint: nothing is lost."""
        if not self.exists:
            return
        with locked(self.folder / "postgres.lock"):
            for sign in (signal.SIGQUIT,) if hurry else (signal.SIGINT, signal.SIGQUIT):
                pid = self.pid() or _launched_pid(self.place)
                if pid is None:
                    return
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, sign)
                self._wait_until_gone(seconds if sign == signal.SIGINT else START_SECONDS)

    def trim_log(self) -> None:
        """Keep at most two logs of 8 MB. Truncating in place is right because PostgreSQL appends to it."""
        log = self.place.log
        with contextlib.suppress(FileNotFoundError):
            if log.stat().st_size > LOG_LIMIT_BYTES:
                log.with_suffix(".log.1").write_bytes(log.read_bytes())
                os.truncate(log, 0)

    # --- starting ---------------------------------------------------------------------------------------------------

    def _start(self) -> None:
        runner = runner_for(self.place.data)
        place = self._settle(runner)
        binaries, major = _runnable(place, runner)
        if place.exists:
            _check_major(place, major, binaries)
        else:
            _make_cluster(place, binaries, major, runner, durable=self.durable)
        self.trim_log()
        self._launch_until_it_answers(place, binaries, runner)

    def _settle(self, runner: Runner) -> Place:
        try:
            return settle(self.folder, runner)
        except PermissionError as fault:
            raise FolderNotWritable(
                f"PostgreSQL's folder {fault.filename} belongs to another user: "
                "run as the user who made this desk, or choose another folder with --data."
            ) from fault

    def _launch_until_it_answers(self, place: Place, binaries: Path, runner: Runner) -> None:
        """A postmaster that already runs (recovering, or on its way out) is waited for; else one is launched."""
        deadline = time.monotonic() + START_SECONDS
        launches = 0
        log_begins = place.log.stat().st_size if place.log.exists() else 0
        while not self.is_running():
            if time.monotonic() > deadline:
                raise PostgresFailed(f"PostgreSQL did not answer within {START_SECONDS:.0f} s: {_last_words(place, 0)}")
            if _has_no_process(place):
                if launches == 3:  # the first may lose against the remains of a crash
                    raise PostgresFailed(f"PostgreSQL did not start: {_last_words(place, log_begins)}")
                clear(place.data, place.pid_file, place.socket_lock)
                _launched[place.data] = self._launch(place, binaries, runner)
                launches += 1
            time.sleep(0.02)

    def _launch(self, place: Place, binaries: Path, runner: Runner) -> "subprocess.Popen[bytes]":
        """In a session of its own, so that Ctrl-C in a terminal does not reach it."""
        settings = SETTINGS | {"unix_socket_directories": _quoted(place.socket_folder)}
        if not self.durable:
            settings |= THROW_AWAY
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with place.log.open("ab") as log:
            return subprocess.Popen(
                [binaries / "postgres", "-D", place.data, *options],
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **runner.popen,
            )

    def _ensure_database(self) -> None:
        with self._connect() as connection:
            connection.autocommit = True
            known = connection.execute("select 1 from pg_database where datname = %s", [NAME]).fetchone()
            if not known:
                connection.execute(f"create database {NAME}")

    def _connect(self) -> "psycopg.Connection[tuple[object, ...]]":
        parameters = self.parameters() | {"dbname": "postgres", "connect_timeout": "5"}
        return psycopg.connect(**parameters)  # type: ignore[arg-type]

    def _wait_until_gone(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while self.pid() is not None and time.monotonic() < deadline:
            time.sleep(0.01)


def _has_no_process(place: Place) -> bool:
    return _launched_pid(place) is None and postmaster_pid(place.pid_file, place.data) is None


def _launched_pid(place: Place) -> int | None:
    """Of the server that we launched, also in the moment before it writes its pid file."""
    process = _launched.get(place.data)
    if process and process.poll() is not None:
        del _launched[place.data]
        process = None
    return process.pid if process else None


def _runnable(place: Place, runner: Runner) -> tuple[Path, int]:
    """The programs, copied beside the data if PostgreSQL's user can't reach the originals, and their major version."""
    binaries = find_binaries()
    major = major_of(binaries, runner)
    if major is None and runner.user:
        binaries = copied(binaries, place.binaries)
        major = major_of(binaries, runner)
    if major is None:
        raise NoPostgres(f"The PostgreSQL programs in {binaries} do not run here: name others in MAINSTAY_PG_BIN.")
    if major < OLDEST_MAJOR:
        raise WrongPostgres(
            f"PostgreSQL {OLDEST_MAJOR} or newer is needed, but the programs in {binaries} are version {major}: "
            "name newer ones in MAINSTAY_PG_BIN."
        )
    return binaries, major


def _check_major(place: Place, major: int, binaries: Path) -> None:
    have = (place.data / "PG_VERSION").read_text().strip()
    if have != str(major):
        raise WrongPostgres(
            f"The data in {place.data} was made by PostgreSQL {have}, the programs in {binaries} are version {major}: "
            f"name the programs of version {have} in MAINSTAY_PG_BIN, or move the data with pg_dump "
            "(see docs/operate.md)."
        )


def _make_cluster(place: Place, binaries: Path, major: int, runner: Runner, *, durable: bool) -> None:
    """Made under another name and renamed when it is whole, so that an interrupted first start leaves no half cluster.

    Only PostgreSQL's own user can enter the socket's folder, so its doors need no password.
    """
    draft = place.data.with_name("cluster.new")
    subprocess.run(["rm", "-rf", draft], check=True, **runner.popen)
    locale = ["--locale-provider=builtin"] if major >= BUILTIN_LOCALE_SINCE else []
    options = ["--locale=C.UTF-8", "--encoding=UTF8", "--data-checksums", "--auth=trust", f"--username={NAME}"]
    options += [] if durable else ["--no-sync"]
    made = subprocess.run(
        [binaries / "initdb", "-D", draft, "--no-instructions", *locale, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        **runner.popen,
    )
    if made.returncode:
        words = (made.stdout.strip().splitlines() or ["no reason given"])[-1]
        raise PostgresFailed(f"PostgreSQL could not make its data folder {place.data}: {words}")
    draft.rename(place.data)


def _last_words(place: Place, begins: int) -> str:
    """The last complaint in the log since `begins` (bytes), and where to read more."""
    with contextlib.suppress(OSError), place.log.open("rb") as log:
        log.seek(begins)
        lines = log.read().decode(errors="replace").splitlines()
        complaints = [line for line in lines if "FATAL" in line or "PANIC" in line] or lines
        if complaints:
            return f"{complaints[-1].strip()} (see {place.log})"
    return f"see {place.log}"


def _quoted(folder: Path) -> str:
    """As one entry of a list in PostgreSQL's own quoting: a comma in the path does not make two of it."""
    return '"' + str(folder).replace('"', '""') + '"'

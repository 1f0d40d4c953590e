"""A whole desk as a person starts it, for tests that need real processes; everything it starts ends with it."""

import contextlib
import fcntl
import json
import os
import re
import signal
import smtplib
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from mainstay.operate.postgres import EmbeddedPostgres

ROOT = Path(__file__).parent.parent
MAINSTAY = [sys.executable, "-P", "-m", "mainstay"]
PARTS = {"web", "intake", "worker"}


SHARED = "MAINSTAY_TESTS_SHARED"  # a folder for what all workers of one run of the suite may use, made by its conftest


class RunningDesk:
    """`mainstay up --sample` in a data folder of its own, on free ports.

    In a run of the suite the sample is played once: a desk in an empty folder begins with a copy of it.
    """

    def __init__(self, folder: Path, *options: str, **environment: str) -> None:
        self.folder = folder
        self.lines: list[str] = []
        self.environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
        self.environment |= {"PYTHONPATH": str(ROOT), "MAINSTAY_DATA": str(folder), "PYTHONUNBUFFERED": "1"}
        self.environment |= environment
        shared = os.environ.get(SHARED)
        if shared and "--no-sample" not in options and not any(folder.iterdir()):
            copy_sample(Path(shared), folder)
        self.process = subprocess.Popen(
            [*MAINSTAY, "up", "--sample", "--port", "0", "--smtp-port", "0", *options],
            env=self.environment,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        threading.Thread(target=self._read, daemon=True).start()
        try:
            self.url = self.wait_for(r"READY (http://\S+)", seconds=180)  # the sample, on a busy machine
            self.smtp_host, smtp_port = self.wait_for(r"Mail\s+(\S+):(\d+)", groups=2)
        except BaseException:
            self.stop()
            raise
        self.smtp_port = int(smtp_port)

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as words:
            for line in words:
                self.lines.append(line.rstrip())

    def wait_for(self, pattern: str, groups: int = 1, seconds: float = 240) -> Any:
        def found() -> Any:
            assert self.process.poll() is None, "the desk ended: " + "\n".join(self.lines)
            match = re.search(pattern, "\n".join(self.lines))
            return match and (match.groups() if groups > 1 else match[1])

        return until(found, seconds)

    def command(self, *words: str) -> Any:
        """A command's JSON answer."""
        done = subprocess.run(
            [*MAINSTAY, *words, "--json"], env=self.environment, cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr + done.stdout
        return json.loads(done.stdout)

    def send(self, raw: bytes, sender: str, to: str = "support@intercom.example") -> None:
        """One mail over SMTP; returns after its `250`."""
        with smtplib.SMTP(self.smtp_host, self.smtp_port, timeout=20) as smtp:
            smtp.sendmail(sender, [to], raw)

    def rows(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        """What the desk's own database answers, asked past the desk."""
        with psycopg.connect(EmbeddedPostgres(self.folder).url(), connect_timeout=5) as connection:
            return connection.execute(sql, parameters).fetchall()

    def processes(self) -> dict[str, int]:
        """The process ids of what runs now: web, intake, worker, postgres (which outlives a killed supervisor)."""
        found = {}
        for pid in children_of(self.process.pid):
            with contextlib.suppress(OSError):
                words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
                found |= dict.fromkeys(PARTS & set(words), pid)
        postgres = EmbeddedPostgres(self.folder).pid()
        return found | ({"postgres": postgres} if postgres else {})

    def kill(self, name: str) -> int:
        """`kill -9` of web, intake, worker or postgres; waits for one to be there. Returns the process id it had."""
        pid: int = until(lambda: self.processes().get(name))
        os.kill(pid, signal.SIGKILL)
        return pid

    def kill_supervisor(self) -> None:
        """`kill -9` of `mainstay up` itself; its parts and its PostgreSQL are left to find out."""
        self.process.kill()
        self.process.wait(60)

    def stop(self) -> float:
        """Ctrl-C; returns the seconds it took."""
        began = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(60)
        return time.monotonic() - began


def copy_sample(shared: Path, folder: Path) -> None:
    """The data folder of a sample desk that was never up, with its owners and modes; made by whoever comes first."""
    made = shared / "sample"
    with (shared / "sample.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.is_dir():
            making = shared / "making"
            making.mkdir(mode=0o755)
            environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
            environment |= {"PYTHONPATH": str(ROOT), "MAINSTAY_DATA": str(making)}
            subprocess.run(
                [*MAINSTAY, "prepare", "--sample"], env=environment, cwd=ROOT, check=True, capture_output=True
            )
            making.rename(made)
    subprocess.run(["cp", "-a", f"{made}/.", str(folder)], check=True)


def children_of(pid: int) -> list[int]:
    """The process ids of the direct children, none when the process is gone."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def until(question: Callable[[], Any], seconds: float = 60) -> Any:
    """The first true answer; asked again every 50 ms, an AssertionError when the time is over."""
    end = time.monotonic() + seconds
    while not (answer := question()):
        assert time.monotonic() < end, f"waited {seconds} s in vain"
        time.sleep(0.05)  # another process has nothing that could wake us
    return answer


def new_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="mainstay-desk-"))
    folder.chmod(0o755)
    return folder

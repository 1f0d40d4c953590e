"""The process tree, with small parts in place of the real ones."""

import contextlib
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from mainstay.operate import supervisor as supervision
from mainstay.operate.errors import PartFailed
from mainstay.operate.parts import Part
from mainstay.operate.places import PROJECT_ROOT
from mainstay.operate.postgres import EmbeddedPostgres
from mainstay.operate.supervisor import StopAsked, Supervisor

WAITS = """
    import os, signal, sys
    from mainstay.operate.lifeline import wait_for_go
    wait_for_go()
    with open(sys.argv[1], "a") as file:
        file.write(f"{os.getpid()}\\n")
"""
SERVES = WAITS + "    while True: signal.pause()"
STUBBORN = "    import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + SERVES
ENDS = WAITS + "    print('something is wrong', file=sys.stderr)"


class Trial:
    """A supervisor over small programs; each writes its process id to its own file when it serves."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said: list[str] = []
        self.parts: list[Part] = []

    def add(self, name: str, code: str, **more: object) -> Path:
        file = self.folder / name
        argv = (sys.executable, "-c", textwrap.dedent(code), str(file))
        more = {"environment": {"PYTHONPATH": str(PROJECT_ROOT)}, "serves": file.exists, **more}
        self.parts.append(Part(name, argv, **more))
        return file

    @contextlib.contextmanager
    def running(self, postgres: EmbeddedPostgres | None = None, **more):
        supervisor = Supervisor(self.parts, postgres, say=self.said.append, **more)
        try:
            supervisor.spawn()
            supervisor.start_database()
            supervisor.go()
            yield supervisor
        finally:
            supervisor.stop()


@pytest.fixture
def trial(tmp_path: Path) -> Trial:
    return Trial(tmp_path)


def pids(file: Path) -> list[int]:
    return [int(line) for line in file.read_text().split()] if file.exists() else []


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def until(supervisor: Supervisor, condition, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        supervisor._look_after_all()
        time.sleep(0.01)


def test_parts_wait_for_the_database_before_they_serve(trial):
    file = trial.add("web", SERVES)
    supervisor = Supervisor(trial.parts, None, say=trial.said.append)
    try:
        supervisor.spawn()
        time.sleep(0.3)
        assert not file.exists()
        supervisor.go()
        supervisor.wait_until_ready()
        assert len(pids(file)) == 1
    finally:
        supervisor.stop()


def test_a_killed_part_is_started_again(trial):
    file = trial.add("web", SERVES)
    with trial.running() as supervisor:
        supervisor.wait_until_ready()
        os.kill(pids(file)[0], signal.SIGKILL)
        until(supervisor, lambda: len(pids(file)) == 2)
        assert is_alive(pids(file)[1])
    assert "web ended (killed by SIGKILL); it starts again." in trial.said


def test_a_part_that_ends_with_code_zero_is_started_again_after_growing_pauses(trial):
    file = trial.add("worker", ENDS)
    begun = time.monotonic()
    with trial.running() as supervisor:
        until(supervisor, lambda: len(pids(file)) == 3)
    assert time.monotonic() - begun >= 0.2 + 0.4
    assert "worker ended (exit code 0); it starts again." in trial.said


def test_what_a_part_says_carries_its_name(trial):
    trial.add("worker", ENDS)
    with trial.running() as supervisor:
        until(supervisor, lambda: "worker | something is wrong" in trial.said)


def test_a_part_that_keeps_dying_is_an_error_at_the_start(trial):
    trial.add("web", SERVES)
    trial.add("intake", ENDS, serves=lambda: False)
    with trial.running() as supervisor, pytest.raises(PartFailed, match="The part `intake` did not get ready"):
        supervisor.wait_until_ready()


def test_the_worker_is_stopped_after_the_others_and_streams_hear_of_it_first(trial):
    order = WAITS.replace("wait_for_go()", "wait_for_go(); signal.signal(signal.SIGTERM, lambda *_: end())")
    order = "    def end():\n        print('stopped', flush=True); sys.exit()\n" + order + "    signal.pause()"
    for name, stops in (("worker", 1), ("web", 0)):
        trial.add(name, order, stops=stops)
    with trial.running(farewell=lambda: trial.said.append("bye")) as supervisor:
        supervisor.wait_until_ready()
    until(supervisor, lambda: len(trial.said) == 3)
    assert trial.said == ["bye", "web | stopped", "worker | stopped"]


def test_a_stubborn_part_is_killed_when_its_grace_is_over(trial):
    file = trial.add("web", STUBBORN)
    with trial.running() as supervisor:
        supervisor.wait_until_ready()
        begun = time.monotonic()
    assert time.monotonic() - begun < 30  # five seconds are promised; the bound is for a busy machine
    assert not is_alive(pids(file)[0])


def test_a_second_signal_hurries_and_an_echo_of_the_first_does_not(trial, monkeypatch):
    monkeypatch.setattr(supervision, "SAME_SIGNAL_SECONDS", 0.0)
    monkeypatch.setattr(supervision, "PARTS_GRACE_SECONDS", (60.0, 60.0))
    trial.add("web", STUBBORN)

    def press_again() -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    supervisor = Supervisor(trial.parts, None, say=trial.said.append, farewell=press_again)
    begun = 0.0
    with supervisor.signals():
        try:
            supervisor.spawn()
            supervisor.go()
            supervisor.wait_until_ready()
            with pytest.raises(StopAsked):
                os.kill(os.getpid(), signal.SIGINT)
            begun = time.monotonic()
        finally:
            supervisor.stop()
    assert time.monotonic() - begun < 30  # without the grace


def test_postgres_is_recovered_when_it_is_killed(trial, reachable_folder):
    postgres = EmbeddedPostgres(reachable_folder, durable=False)
    trial.add("web", SERVES, serves=postgres.is_running)
    with trial.running(postgres) as supervisor:
        supervisor.wait_until_ready()
        os.kill(postgres.pid(), signal.SIGKILL)
        supervisor.wait_until_ready()
    assert "PostgreSQL ended; it starts again." in trial.said
    assert not postgres.is_running()


def test_parts_end_when_their_supervisor_is_killed(tmp_path):
    code = f"""
        import sys
        from pathlib import Path
        sys.path.insert(0, {str(PROJECT_ROOT)!r})
        sys.path.insert(0, {str(Path(__file__).parent)!r})
        from test_supervisor import SERVES, Trial
        trial = Trial(Path({str(tmp_path)!r}))
        trial.add("web", SERVES)
        with trial.running() as supervisor:
            supervisor.wait_until_ready()
            print("ready", flush=True)
            supervisor.keep()
    """
    with subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"ready\n"
        process.kill()
    part = pids(tmp_path / "web")[0]
    deadline = time.monotonic() + 10
    while is_alive(part):
        assert time.monotonic() < deadline, "the part lives on"
        time.sleep(0.01)

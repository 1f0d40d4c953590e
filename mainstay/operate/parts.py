"""One part of the desk as a process: started, kept alive whatever kills it, and stopped."""

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from .lifeline import GO, SUPERVISED

FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 5.0
STABLE_SECONDS = 10.0

Say = Callable[[str], None]


@dataclass(frozen=True)
class Part:
    """What to run, and how to know that it serves.

    Parts with a higher `stops` are stopped after the others. A part that keeps a pool of connections is `renewed` with
    the database: it would otherwise test dead connections one by one, with growing pauses, while its visitors wait.
    """

    name: str
    argv: tuple[str, ...]
    serves: Callable[[], bool] = lambda: True
    environment: Mapping[str, str] = field(default_factory=dict)
    descriptors: tuple[int, ...] = ()
    stops: int = 0
    renewed: bool = False


class Keeper:
    """Keeps one part alive: any death, with any exit code, is followed by a new start after a growing pause."""

    def __init__(self, part: Part, say: Say) -> None:
        self.part = part
        self.deaths = 0
        self._say = say
        self._process: subprocess.Popen[bytes] | None = None
        self._reader: threading.Thread | None = None
        self._may_go = False
        self._pause = FIRST_PAUSE_SECONDS
        self._started_at = 0.0  # monotonic seconds, like the next
        self._restart_at: float | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self) -> None:
        """The part starts importing; it serves when it is let go.

        It gets a session of its own, so that Ctrl-C reaches the supervisor only, and a pipe whose end tells it that
        the supervisor is gone.
        """
        self._process = subprocess.Popen(
            self.part.argv,
            env={**os.environ, **self.part.environment, SUPERVISED: "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=self.part.descriptors,
            start_new_session=True,
        )
        self._started_at = time.monotonic()
        self._restart_at = None
        self._reader = threading.Thread(target=self._pass_on_words, args=(self._process,), daemon=True)
        self._reader.start()
        if self._may_go:
            self._send_go()

    def go(self) -> None:
        """The database is ready: the part may serve, now and after each restart."""
        self._may_go = True
        self._send_go()

    def keep(self) -> None:
        """To be called often: notices a death and starts the part again when its pause is over."""
        now = time.monotonic()
        if self._restart_at is not None:
            if now >= self._restart_at:
                self.start()
        elif self._process and self._process.poll() is not None:
            self._mourn(now, self._process.returncode)

    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def serves(self) -> bool:
        return self.is_alive() and self.part.serves()

    def ask_to_stop(self) -> None:
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        """At once, with whatever it started itself."""
        self._send(signal.SIGKILL, whole_group=True)
        if self._process:
            self._process.wait()
            self._let_go_of_pipes()

    def renew(self) -> None:
        """A new process in place of the old one, without a pause: not a death of its own."""
        self.kill()
        self.start()

    def _mourn(self, now: float, code: int) -> None:
        if now - self._started_at > STABLE_SECONDS:
            self._pause = FIRST_PAUSE_SECONDS
        self.deaths += 1
        self._let_go_of_pipes()
        self._restart_at = now + self._pause
        self._say(f"{self.part.name} ended ({_end(code)}); it starts again.")
        self._pause = min(self._pause * 2, LONGEST_PAUSE_SECONDS)

    def _send_go(self) -> None:
        if self._process and self._process.stdin:
            with contextlib.suppress(OSError, ValueError):  # it died: keep() sees it, or has seen it
                os.write(self._process.stdin.fileno(), GO)

    def _send(self, sign: signal.Signals, *, whole_group: bool = False) -> None:
        if self._process and self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                (os.killpg if whole_group else os.kill)(self._process.pid, sign)

    def _pass_on_words(self, process: "subprocess.Popen[bytes]") -> None:
        """Its warnings and errors, each line with its name before it."""
        if process.stdout:
            with process.stdout as words:
                for line in words:
                    self._say(f"{self.part.name} | {line.decode(errors='replace').rstrip()}")

    def _let_go_of_pipes(self) -> None:
        """After its death: its last words are passed on."""
        if self._process and self._process.stdin:
            self._process.stdin.close()
        if self._reader:
            self._reader.join(timeout=0.5)


def _end(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    with contextlib.suppress(ValueError):
        return f"killed by {signal.Signals(-code).name}"
    return f"killed by signal {-code}"

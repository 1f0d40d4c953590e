"""The whole desk as one tree of processes: its parts and its PostgreSQL start, live and stop together."""

import contextlib
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from types import FrameType

from mainstay.lib.errors import MainstayError

from .errors import PartFailed
from .parts import Keeper, Part, Say
from .postgres import EmbeddedPostgres

LOOK_SECONDS = 0.05
READY_SECONDS = 60.0
DEATHS_BEFORE_READY = 4
LOG_TRIM_SECONDS = 60.0
POSTGRES_PAUSE_SECONDS = 2.0
# A stop takes at most 5 s: the visitors' parts, then the worker, then PostgreSQL.
PARTS_GRACE_SECONDS = (2.4, 1.2)
POSTGRES_GRACE_SECONDS = 1.0
# A terminal, `make` and a wrapper may each pass on the same Ctrl-C.
SAME_SIGNAL_SECONDS = 0.5


class StopAsked(BaseException):
    """SIGINT or SIGTERM arrived: raised wherever the supervisor is at that moment."""


class Supervisor:
    """Used as: spawn, start_database, (migrate), go, wait_until_ready, keep; and stop in any case."""

    def __init__(
        self,
        parts: Sequence[Part],
        postgres: EmbeddedPostgres | None,
        *,
        say: Say,
        farewell: Callable[[], None] = lambda: None,
    ) -> None:
        self.keepers = [Keeper(part, say) for part in parts]
        self._postgres = postgres
        self._say = say
        self._farewell = farewell
        self._stop_asked_at: float | None = None  # monotonic seconds
        self._hurry = False
        self._postgres_retry_at = 0.0
        self._log_trim_at = 0.0

    def spawn(self) -> None:
        """All parts begin their imports, while the database starts."""
        for keeper in self.keepers:
            keeper.start()

    def start_database(self) -> None:
        if self._postgres:
            self._postgres.start()

    def go(self) -> None:
        """The database is ready and up to date: the parts may serve."""
        for keeper in self.keepers:
            keeper.go()

    def wait_until_ready(self) -> None:
        """Returns when every part serves; PartFailed when one keeps dying or takes too long."""
        deadline = time.monotonic() + READY_SECONDS
        waiting = list(self.keepers)
        while waiting:
            self._look_after_all()
            waiting = [keeper for keeper in waiting if not keeper.serves()]
            for keeper in waiting:
                if keeper.deaths >= DEATHS_BEFORE_READY or time.monotonic() > deadline:
                    raise PartFailed(f"The part `{keeper.part.name}` did not get ready: see its messages above.")
            time.sleep(LOOK_SECONDS if waiting else 0)

    def keep(self) -> None:
        """Forever: whatever dies is started again. Ends by StopAsked."""
        while True:
            self._look_after_all()
            time.sleep(LOOK_SECONDS)

    def stop(self) -> None:
        """Afterwards nothing runs: the open streams hear of it, then web and intake, the worker, PostgreSQL."""
        self._stop_asked_at = self._stop_asked_at or time.monotonic()
        if not self._hurry:
            self._farewell()
        for order, grace in enumerate(PARTS_GRACE_SECONDS):
            self._stop_parts([k for k in self.keepers if k.part.stops == order], grace)
        if self._postgres:
            self._postgres.stop(seconds=POSTGRES_GRACE_SECONDS, hurry=self._hurry)

    @contextlib.contextmanager
    def signals(self) -> Iterator[None]:
        """Inside, SIGINT and SIGTERM raise StopAsked once; later ones hurry the stop."""
        before = {number: signal.signal(number, self._hear) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _hear(self, _number: int, _frame: FrameType | None) -> None:
        now = time.monotonic()
        if self._stop_asked_at is None:
            self._stop_asked_at = now
            raise StopAsked
        if now - self._stop_asked_at > SAME_SIGNAL_SECONDS:
            self._hurry = True

    def _look_after_all(self) -> None:
        self._look_after_postgres()
        for keeper in self.keepers:
            keeper.keep()

    def _look_after_postgres(self) -> None:
        now = time.monotonic()
        if not self._postgres or now < self._postgres_retry_at:
            return
        if self._postgres.pid() is None:
            self._recover_postgres(self._postgres)
        elif now >= self._log_trim_at:
            self._log_trim_at = now + LOG_TRIM_SECONDS
            self._postgres.trim_log()

    def _recover_postgres(self, postgres: EmbeddedPostgres) -> None:
        """A fault that stays (a full disk) is told and tried again: the desk comes back by itself when it is mended."""
        self._say("PostgreSQL ended; it starts again.")
        try:
            postgres.start()
        except MainstayError as fault:
            self._say(str(fault))
            self._postgres_retry_at = time.monotonic() + POSTGRES_PAUSE_SECONDS
            return
        for keeper in self.keepers:
            if keeper.part.renewed:
                keeper.renew()

    def _stop_parts(self, keepers: list[Keeper], grace: float) -> None:
        for keeper in keepers:
            keeper.ask_to_stop()
        deadline = time.monotonic() + grace
        while any(keeper.is_alive() for keeper in keepers) and time.monotonic() < deadline and not self._hurry:
            time.sleep(0.01)
        for keeper in keepers:
            keeper.kill()

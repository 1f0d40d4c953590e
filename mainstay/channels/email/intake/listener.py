"""Open ports and sockets, their connections, and the threads that keep mails."""

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .. import limits
from ..addresses import canonical_address
from .certificate import Certificate
from .places import must_be_free, must_be_safe, opening
from .sessions import LmtpSession, SmtpSession
from .spool import Spool

Store = Callable[[bytes, str, list[str], str], None]
Accepts = Callable[[str], bool]

LARGE_BYTES = 4 * limits.MIB
LARGE_AT_ONCE = 1  # the database driver takes up to twice a mail's size beside it
STOP_SECONDS = 4.0


class Listener:
    """Takes mail in at any number of places, by SMTP or LMTP.

    With a `certificate` encryption is offered, and peers on other machines must use it unless `allow_plain`.
    """

    def __init__(
        self,
        store: Store,
        accepts: Accepts,
        *,
        hostname: str = "localhost",
        idle_seconds: float = limits.IDLE_SECONDS,
        certificate: Certificate | None = None,
        allow_plain: bool = False,
    ):
        self.store = store
        self.accepts = accepts
        self.hostname = hostname
        self.idle_seconds = idle_seconds
        self.certificate = certificate
        self.allow_plain = allow_plain
        self.sessions: set[SmtpSession] = set()
        self.is_stopping = False
        self._threads = ThreadPoolExecutor(limits.STORING_THREADS, thread_name_prefix="intake")
        self._large = asyncio.Semaphore(LARGE_AT_ONCE)
        self._servers: list[asyncio.Server] = []
        self._sockets: list[Path] = []

    async def start(self, host: str, port: int, *, lmtp: bool = False) -> tuple[str, int]:
        """Open a port; 0 picks a free one. Gives the address that is open now; raises `CannotListen`."""
        must_be_safe(host, self.certificate, self.allow_plain)
        kind = LmtpSession if lmtp else SmtpSession
        with opening(f"{host}:{port}"):
            server = await asyncio.get_running_loop().create_server(lambda: kind(self), host, port)
        self._servers.append(server)
        bound = server.sockets[0].getsockname()
        return bound[0], bound[1]

    async def start_socket(self, path: Path) -> None:
        """Open a Unix socket for LMTP, for processes of this user and group; raises `CannotListen`."""
        must_be_free(path)
        with opening(str(path)):
            server = await asyncio.get_running_loop().create_unix_server(lambda: LmtpSession(self), path)
        self._servers.append(server)
        self._sockets.append(path)

    async def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Close every place, let every mail that is being sent come to its answer, tell the others to come back."""
        self.is_stopping = True
        for server in self._servers:
            server.close()
        for path in self._sockets:
            path.unlink(missing_ok=True)
        for session in list(self.sessions):
            await session.leave_if_idle()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await asyncio.gather(*(session.gone.wait() for session in list(self.sessions)))
        for session in list(self.sessions):
            session.drop()
        # A store that still runs may go on to its end: its sender got no answer and will repeat, which is harmless.
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def is_ours(self, address: str) -> bool:
        canonical = canonical_address(address)
        if canonical is None:
            return False
        return await asyncio.get_running_loop().run_in_executor(self._threads, self.accepts, canonical)

    async def keep(self, spool: Spool, envelope_from: str, recipients: list[str], peer: str) -> None:
        """Returns when the mail is durable. Large mails one after the other, so that their copies fit into memory."""
        async with self._large if spool.size > LARGE_BYTES else contextlib.nullcontext():
            await asyncio.get_running_loop().run_in_executor(
                self._threads, lambda: self.store(spool.read(), envelope_from, recipients, peer)
            )

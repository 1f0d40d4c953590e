"""The built-in SMTP listener: says `250` only for what is committed, and `try again later` for everything it cannot keep."""

import asyncio
import contextlib
import logging
import signal
import tempfile
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

from aiosmtpd.smtp import SMTP, Envelope, Session

from . import limits
from .addresses import canonical_address
from .smtp_path import read_path

log = logging.getLogger(__name__)

Store = Callable[[bytes, str, list[str], str], None]
Accepts = Callable[[str], bool]

TRY_LATER = "451 4.3.0 This desk cannot keep your mail just now; please try again later"
TOO_LARGE = f"552 5.3.4 A mail here may hold {limits.MAIL_MAX_BYTES} bytes at most"
TOO_MANY = "452 4.5.3 Too many recipients; please send the rest in another mail"
NOT_HERE = "550 5.1.1 Nobody here has that address"
BUSY = b"421 4.3.2 Too many connections; please try again later\r\n"
GOING = "421 4.3.2 This desk is closing down for a moment; please try again"
SLOW = "421 4.4.2 That took too long; please try again"
LINE_BUFFER_BYTES = 64 * limits.KIB
LARGE_BYTES = 4 * limits.MIB
LARGE_AT_ONCE = 2
STOP_SECONDS = 4.0


def serve(
    host: str,
    port: int,
    *,
    store: Store,
    accepts: Accepts,
    hostname: str = "localhost",
    on_ready: Callable[[str, int], None] | None = None,
) -> None:
    """Listen until SIGTERM or SIGINT, then finish the mails that are on their way and return.

    `store(raw, envelope_from, recipients, peer)` returns when the mail is durably kept; whatever it raises leaves the mail
    with its sender. `accepts(address)` says whether an address (in canonical form) is the desk's. Both run in a few threads.
    `on_ready(host, port)` is called once the listener is open.
    """
    asyncio.run(_serve(host, port, Listener(store, accepts, hostname=hostname), on_ready))


async def _serve(host: str, port: int, listener: "Listener", on_ready: Callable[[str, int], None] | None) -> None:
    stopped = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, stopped.set)
    bound = await listener.start(host, port)
    if on_ready:
        on_ready(*bound)
    await stopped.wait()
    await listener.stop()


def django_store() -> Store:
    """The store that commits into the desk's database; its connections heal by themselves after a database restart."""
    from django.db import close_old_connections

    from mainstay.channels.email.actions import store_raw_mail

    def store(raw: bytes, envelope_from: str, recipients: list[str], peer: str) -> None:
        close_old_connections()
        try:
            store_raw_mail(raw=raw, envelope_from=envelope_from, envelope_to=recipients, peer=peer, mailbox="smtp")
        finally:
            close_old_connections()

    return store


def django_accepts() -> Accepts:
    """Whether an address is the desk's own, by the policy in force."""
    from django.db import close_old_connections

    from mainstay.channels.email.queries import is_our_address

    def accepts(address: str) -> bool:
        close_old_connections()
        try:
            return is_our_address(address)
        finally:
            close_old_connections()

    return accepts


class Listener:
    """One open port, its connections, and the threads that keep mails."""

    def __init__(
        self, store: Store, accepts: Accepts, *, hostname: str = "localhost", idle_seconds: float = limits.IDLE_SECONDS
    ):
        self.store = store
        self.accepts = accepts
        self.hostname = hostname
        self.idle_seconds = idle_seconds
        self.connections: set[Connection] = set()
        self.is_stopping = False
        self._threads = ThreadPoolExecutor(limits.STORING_THREADS, thread_name_prefix="intake")
        self._server: asyncio.Server | None = None

    async def start(self, host: str, port: int) -> tuple[str, int]:
        """Open the port; 0 picks a free one. Gives the address that is open now."""
        self._large = asyncio.Semaphore(LARGE_AT_ONCE)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Connection(self), host, port)
        bound = self._server.sockets[0].getsockname()
        return bound[0], bound[1]

    async def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Close the port, let every mail that is being sent come to its answer, tell the others to come back."""
        self.is_stopping = True
        if self._server:
            self._server.close()
        for connection in list(self.connections):
            await connection.leave_if_idle()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await asyncio.gather(*(connection.gone.wait() for connection in list(self.connections)))
        for connection in list(self.connections):
            connection.drop()
        # A store that still runs may go on to its end: its sender got no answer and will repeat, which is harmless.
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def is_ours(self, address: str) -> bool:
        canonical = canonical_address(address)
        if canonical is None:
            return False
        return await asyncio.get_running_loop().run_in_executor(self._threads, self.accepts, canonical)

    async def keep(self, spool: "Spool", envelope_from: str, recipients: list[str], peer: str) -> None:
        """Returns when the mail is durable. Few large mails at a time, so that their copies fit into memory."""
        async with self._large if spool.size > LARGE_BYTES else contextlib.nullcontext():
            await asyncio.get_running_loop().run_in_executor(
                self._threads, lambda: self.store(spool.read(), envelope_from, recipients, peer)
            )


class Spool:
    """A mail while it comes in: small in memory, larger on disk, and nothing at all once it is too large."""

    def __init__(self) -> None:
        self.size = 0
        self._file = tempfile.SpooledTemporaryFile(limits.SPOOL_IN_MEMORY_BYTES)  # noqa: SIM115 - closed by `close`

    @property
    def is_too_large(self) -> bool:
        return self.size > limits.MAIL_MAX_BYTES

    def write(self, content: bytes) -> None:
        self.size += len(content)
        if self.is_too_large:
            self._file.close()
        else:
            self._file.write(content)

    def read(self) -> bytes:
        self._file.seek(0)
        return self._file.read()

    def close(self) -> None:
        self._file.close()


class Connection(SMTP):
    """One client. aiosmtpd speaks the protocol; receiving a mail, its limits and its answers are ours."""

    line_length_limit = LINE_BUFFER_BYTES

    def __init__(self, listener: Listener) -> None:
        self.listener = listener
        self.gone = asyncio.Event()
        self.is_receiving = False
        self.is_refused = False
        self.is_leaving = False
        # The library keeps these in the class and raises them at every EHLO, for all connections together.
        self.command_size_limits = defaultdict(lambda: limits.COMMAND_LINE_MAX_BYTES)
        super().__init__(
            _Answers(listener),
            data_size_limit=limits.MAIL_MAX_BYTES,
            enable_SMTPUTF8=True,
            hostname=listener.hostname,
            ident="Mainstay",
            timeout=listener.idle_seconds,
            command_call_limit={"*": 200} | dict.fromkeys(("MAIL", "RCPT", "DATA", "RSET"), 1_000_000),
            loop=asyncio.get_running_loop(),
        )

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if len(self.listener.connections) >= limits.CONNECTIONS_MAX or self.listener.is_stopping:
            cast(asyncio.WriteTransport, transport).write(BUSY)
            transport.close()
            self.is_refused = True
            return
        self.listener.connections.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.listener.connections.discard(self)
        self.gone.set()
        if not self.is_refused:
            super().connection_lost(error)

    def data_received(self, data: bytes) -> None:
        if not self.is_refused:
            super().data_received(data)

    def eof_received(self) -> bool | None:
        return False if self.is_refused else super().eof_received()

    async def leave_if_idle(self) -> None:
        if not self.is_receiving and self.transport is not None:
            with contextlib.suppress(ConnectionError):
                await self.push(GOING)
            self.drop()

    def drop(self) -> None:
        if self.transport is not None:
            self.transport.close()

    def _timeout_cb(self) -> None:
        if self.transport is not None and not self.transport.is_closing():
            self._writer.write(SLOW.encode() + b"\r\n")
            self.drop()

    def _getaddr(self, arg: str) -> tuple[str | None, str | None]:
        return read_path(arg)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - the library's name
        """Receive one mail. Its end is CR LF . CR LF and nothing else: a bare LF around a dot is content like any other."""
        if await self.check_helo_needed():
            return
        if not (self.envelope and self.envelope.rcpt_tos):
            await self.push("503 5.5.1 Error: need RCPT command")
        elif arg:
            await self.push("501 5.5.4 Syntax: DATA")
        else:
            self.is_receiving = True
            spool = Spool()
            try:
                await self.push("354 End data with <CR><LF>.<CR><LF>")
                await self.push(await self._receive(spool))
            finally:
                spool.close()
                self.is_receiving = False
                self._set_post_data_state()
            if self.is_leaving:
                self.drop()
            elif self.listener.is_stopping:
                await self.leave_if_idle()

    async def _receive(self, spool: Spool) -> str:
        try:
            async with asyncio.timeout(limits.TRANSACTION_SECONDS):
                is_kept = await self._read_data(spool)
        except TimeoutError:
            self.is_leaving = True
            return SLOW
        if spool.is_too_large:
            return TOO_LARGE
        if not is_kept:
            return TRY_LATER
        return await self._keep(spool)

    async def _read_data(self, spool: Spool) -> bool:
        """Read to the end of the mail; whether all of it could be spooled (a disk may be full)."""
        is_line_start, is_kept = True, True
        while True:
            try:
                line: bytes = await self._reader.readuntil(b"\r\n")
            except asyncio.LimitOverrunError as overrun:
                line = await self._reader.read(overrun.consumed)
            self._reset_timeout()
            if is_line_start and line == b".\r\n":
                return is_kept
            content = line[1:] if is_line_start and line.startswith(b".") else line
            is_line_start = line.endswith(b"\r\n")
            if spool.size > 2 * limits.MAIL_MAX_BYTES:
                # It was told the limit at the start and goes on and on: no need to listen to the end.
                self.is_leaving = True
                return False
            try:
                if is_kept:
                    spool.write(content)
            except OSError:
                log.exception("no room to receive a mail")
                is_kept = False

    async def _keep(self, spool: Spool) -> str:
        envelope, session = self.envelope or Envelope(), self.session
        sender = storable("" if envelope.mail_from in {None, "<>"} else str(envelope.mail_from))
        recipients = [storable(address) for address in envelope.rcpt_tos]
        peer = session.peer[0] if session and session.peer else ""
        # While we are at work the client may be silent.
        self._reset_timeout(limits.TRANSACTION_SECONDS)
        try:
            await self.listener.keep(spool, sender, recipients, str(peer))
        except Exception:
            # Whatever went wrong, the mail must stay with its sender.
            log.exception("a mail could not be stored")
            return TRY_LATER
        finally:
            self._reset_timeout()
        return "250 2.0.0 Kept"


class _Answers:
    """What we say to senders and recipients, and to our own faults."""

    def __init__(self, listener: Listener) -> None:
        self.listener = listener

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, server: Connection, session: Session, envelope: Envelope, address: str, options: list[Any]
    ) -> str:
        if len(envelope.rcpt_tos) >= limits.RECIPIENTS_MAX:
            return TOO_MANY
        try:
            is_ours = await self.listener.is_ours(address)
        except Exception:
            # Without the list of our addresses there is no answer: the sender keeps the mail.
            log.exception("cannot tell whether an address is ours")
            return TRY_LATER
        if not is_ours:
            return NOT_HERE
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_exception(self, error: Exception) -> str:
        log.error("a mail session failed", exc_info=error)
        return TRY_LATER


def storable(address: str) -> str:
    """An address as a database can hold it: no NUL, no stray bytes, bounded."""
    return address.encode("utf-8", "surrogateescape").decode("utf-8", "replace").replace("\x00", "")[:320]

"""One client that brings mail, by SMTP or by LMTP: aiosmtpd speaks the protocol; what is received and answered is ours."""

import asyncio
import contextlib
import logging
from collections import defaultdict
from typing import TYPE_CHECKING, Any, cast

from aiosmtpd.smtp import SMTP, Envelope, Session, TLSSetupException

from .. import limits
from ..smtp_path import read_path
from .places import is_near
from .spool import Spool

if TYPE_CHECKING:
    from .listener import Listener

log = logging.getLogger(__name__)

TRY_LATER = "451 4.3.0 This desk cannot keep your mail just now; please try again later"
TOO_LARGE = "552 5.3.4 A mail here may hold {limit} bytes at most"
TOO_MANY = "452 4.5.3 Too many recipients; please send the rest in another mail"
NOT_HERE = "550 5.1.1 Nobody here has that address"
NEEDS_TLS = "530 5.7.0 Must issue a STARTTLS command first"
NO_SIGN_IN = "502 5.5.1 Error: nobody signs in here"
BUSY = b"421 4.3.2 Too many connections; please try again later\r\n"
GOING = "421 4.3.2 This desk is closing down for a moment; please try again"
SLOW = "421 4.4.2 That took too long; please try again"
LINE_BUFFER_BYTES = 64 * limits.KIB


class SmtpSession(SMTP):
    """A client that speaks SMTP."""

    line_length_limit = LINE_BUFFER_BYTES
    greeting = "HELO"

    def __init__(self, listener: "Listener") -> None:
        self.listener = listener
        self.gone = asyncio.Event()
        self.is_receiving = False
        self.is_refused = False
        self.is_leaving = False
        self.must_encrypt = False
        # The library keeps these in the class and raises them at every EHLO, for all connections together.
        self.command_size_limits = defaultdict(lambda: limits.COMMAND_LINE_MAX_BYTES)
        super().__init__(
            _Answers(listener),
            data_size_limit=limits.MAIL_MAX_BYTES,
            enable_SMTPUTF8=True,
            hostname=listener.hostname,
            ident="Mainstay",
            tls_context=listener.certificate.context() if listener.certificate else None,
            timeout=listener.idle_seconds,
            command_call_limit={"*": 200} | dict.fromkeys(("MAIL", "RCPT", "DATA", "RSET"), 1_000_000),
            loop=asyncio.get_running_loop(),
        )

    # --- coming and going ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if self._original_transport is not None:  # the same client, encrypted from now on
            super().connection_made(transport)
            return
        if len(self.listener.sessions) >= limits.CONNECTIONS_MAX or self.listener.is_stopping:
            cast(asyncio.WriteTransport, transport).write(BUSY)
            transport.close()
            self.is_refused = True
            return
        is_far = not is_near(transport.get_extra_info("peername"))
        self.must_encrypt = is_far and not self.listener.allow_plain
        self.listener.sessions.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.listener.sessions.discard(self)
        self.gone.set()
        if not self.is_refused:
            super().connection_lost(error)

    def data_received(self, data: bytes) -> None:
        if not self.is_refused:
            super().data_received(data)

    def eof_received(self) -> bool | None:
        return False if self.is_refused else super().eof_received()

    async def leave_if_idle(self) -> None:
        if not self.is_receiving and self._is_open:
            with contextlib.suppress(ConnectionError):
                await self.push(GOING)
            self.drop()

    def drop(self) -> None:
        if self._is_open and self.transport is not None:
            self.transport.close()

    @property
    def _is_open(self) -> bool:
        """An encrypted transport that is written to or closed again while it closes fails."""
        return self.transport is not None and not self.transport.is_closing()

    def _timeout_cb(self) -> None:
        if self._is_open:
            self._writer.write(SLOW.encode() + b"\r\n")
            self.drop()

    # --- commands, by the library's names ---

    def _getaddr(self, arg: str) -> tuple[str | None, str | None]:
        return read_path(arg)

    async def check_helo_needed(self, helo: str = "") -> bool:
        return await super().check_helo_needed(helo or self.greeting)

    async def smtp_STARTTLS(self, arg: str) -> None:  # noqa: N802
        await super().smtp_STARTTLS(arg)
        if self._tls_protocol is not None and self.session is not None and self.session.ssl is None:
            # Hung up in the middle of the handshake: the library would wait for commands that never come, and the
            # connection would take up a place for ever.
            raise TLSSetupException

    async def smtp_AUTH(self, arg: str) -> None:  # noqa: N802
        await self.push(NO_SIGN_IN)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
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
                await self._answer(await self._receive(spool), self.envelope.rcpt_tos)
            finally:
                spool.close()
                self.is_receiving = False
                self._set_post_data_state()
            if self.is_leaving:
                self.drop()
            elif self.listener.is_stopping:
                await self.leave_if_idle()

    async def _answer(self, answer: str, recipients: list[str]) -> None:
        """The mail's fate, told once."""
        await self.push(answer)

    # --- receiving ---

    async def _receive(self, spool: Spool) -> str:
        try:
            async with asyncio.timeout(limits.TRANSACTION_SECONDS):
                is_kept = await self._read_data(spool)
        except TimeoutError:
            self.is_leaving = True
            return SLOW
        if spool.is_too_large:
            return TOO_LARGE.format(limit=limits.MAIL_MAX_BYTES)
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


class LmtpSession(SmtpSession):
    """A client that speaks LMTP (RFC 2033): another greeting, and an answer for each recipient after a mail.

    The mail is stored once for all of them, so that all answers are the same.
    """

    greeting = "LHLO"

    async def smtp_LHLO(self, arg: str) -> None:  # noqa: N802
        await super().smtp_EHLO(arg)

    async def smtp_HELO(self, arg: str) -> None:  # noqa: N802
        await self.push("500 5.5.1 Error: this is LMTP, say LHLO")

    async def smtp_EHLO(self, arg: str) -> None:  # noqa: N802
        await self.push("500 5.5.1 Error: this is LMTP, say LHLO")

    async def _answer(self, answer: str, recipients: list[str]) -> None:
        for _recipient in recipients:
            await self.push(answer)


class _Answers:
    """What we say to senders and recipients, and to our own faults."""

    def __init__(self, listener: "Listener") -> None:
        self.listener = listener

    async def handle_EHLO(  # noqa: N802 - the library's name
        self, server: SmtpSession, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [line for line in responses if not line[4:].startswith("AUTH")]

    async def handle_MAIL(  # noqa: N802 - the library's name
        self, server: SmtpSession, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if server.must_encrypt and session.ssl is None:
            return NEEDS_TLS
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, server: SmtpSession, session: Session, envelope: Envelope, address: str, options: list[Any]
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
        if isinstance(error, TLSSetupException):  # as strangers do all day; the client knows by itself
            log.info("no encryption came about: %s", error.__cause__)
            return TRY_LATER
        log.error("a mail session failed", exc_info=error)
        return TRY_LATER


def storable(address: str) -> str:
    """An address as a database can hold it: no NUL, no stray bytes, bounded."""
    return address.encode("utf-8", "surrogateescape").decode("utf-8", "replace").replace("\x00", "")[:320]

"""A connection to an IMAP server: encrypted, its certificate checked, its answers bounded, signed in."""

import contextlib
import imaplib
import logging
import re
import socket
import ssl
from collections.abc import Iterator
from typing import Any, Protocol

from django.utils.translation import gettext as _
from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import CapabilityError, LoginError
from imapclient.imap4 import IMAP4WithTimeout
from imapclient.tls import IMAP4_TLS, wrap_socket

from mainstay.channels.email import limits

from .access import Access, is_loopback
from .errors import ConnectionLost, MailboxTrouble, NotEncrypted, NotTrusted, SignInRefused, Unreachable
from .states import Auth, Security

# What the library tells of a conversation may hold secrets.
logging.getLogger("imapclient").setLevel(logging.WARNING)

CONNECT_SECONDS = 15.0
ANSWER_SECONDS = 60.0
LITERAL_MAX_BYTES = limits.MAIL_MAX_BYTES + limits.MIB
# The library puts what a server said into its errors as Python prints bytes.
PRINTED_BYTES = re.compile(r"""\Ab(['"])(.*)\1\Z""", re.DOTALL)
# RFC 5530: the server says itself that it is not the sign-in's fault.
PASSING_CODES = ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]", "[CONTACTADMIN]")


class Tokens(Protocol):
    """Where the access token for OAuth 2 comes from."""

    @property
    def is_new(self) -> bool:
        """Whether the last token came fresh from the provider, not from our memory."""

    def token(self) -> str: ...

    def forget(self) -> None: ...


class _Bounded(imaplib.IMAP4):
    """A server that announces more than a mail may hold, or breaks off within one, is not believed."""

    def read(self, size: int) -> bytes:
        if size > LITERAL_MAX_BYTES:
            raise self.abort(f"the server announced {size} bytes")
        data = super().read(size)
        if len(data) < size:
            raise self.abort(f"the connection ended after {len(data)} of {size} bytes")
        return data


class _Plain(_Bounded, IMAP4WithTimeout):
    pass


class _Tls(_Bounded, IMAP4_TLS):
    def _create_socket(self, timeout: float | None = None) -> socket.socket:
        """As the library does it, but a refused certificate leaves no open socket behind."""
        bare = socket.create_connection((self.host, self.port), timeout=timeout or self._timeout)
        try:
            return wrap_socket(bare, self.ssl_context, self.host)
        except BaseException:
            bare.close()
            raise


class _Client(IMAPClient):
    def _create_IMAP4(self) -> imaplib.IMAP4:  # noqa: N802 - the library's name
        if self.ssl:
            return _Tls(self.host, self.port, self.ssl_context, self._timeout.connect)  # type: ignore[call-arg]
        return _Plain(self.host, self.port, self._timeout.connect)


def connect(access: Access, *, answer_seconds: float = ANSWER_SECONDS) -> IMAPClient:
    """A connection on which nobody is signed in yet; raises what keeps it from being a trusted one."""
    if access.security == Security.NONE and not is_loopback(access.host):
        raise NotEncrypted(_("Without encryption only a server on this machine is spoken to."))
    context = _trust(access)
    with telling_trouble(access.host):
        client = _Client(
            access.host,
            access.port,
            ssl=access.security == Security.TLS,
            ssl_context=context,
            timeout=SocketTimeout(min(CONNECT_SECONDS, answer_seconds), answer_seconds),
        )
        # Else the library would write out each mail for a log that nobody reads: three times its size in memory.
        client._imap.debug = 0
        if access.security == Security.STARTTLS:
            _start_tls(client, context)
    return client


def sign_in(client: IMAPClient, access: Access, tokens: Tokens | None) -> None:
    """Afterwards the connection is the user's; raises SignInRefused when the server will not have it."""
    with telling_trouble(access.host):
        try:
            if access.auth == Auth.PASSWORD:
                _sign_in_with_password(client, access)
            else:
                _sign_in_with_token(client, access, tokens)
        except LoginError as refusal:
            raise _refused(str(refusal)) from None


def interrupt(client: IMAPClient) -> None:
    """Another thread that reads from this connection stops reading, with an error."""
    with contextlib.suppress(OSError):
        client.socket().shutdown(socket.SHUT_RDWR)


def hang_up(client: IMAPClient) -> None:
    """The connection is closed, whatever state it is in; the server is not asked."""
    interrupt(client)
    with contextlib.suppress(OSError):
        client.shutdown()


@contextlib.contextmanager
def telling_trouble(host: str) -> Iterator[None]:
    """Whatever a connection can raise becomes a MailboxTrouble with a sentence; a NO of the server is not trouble here."""
    try:
        yield
    except (MailboxTrouble, LoginError):
        raise
    except ssl.SSLCertVerificationError as fault:
        raise NotTrusted(
            _("The certificate of %(host)s is not trusted: %(why)s. Nothing was sent.")
            % {"host": host, "why": fault.verify_message or fault.reason}
        ) from fault
    except ssl.SSLError as fault:
        raise Unreachable(
            _("No encrypted connection with %(host)s came about: %(why)s.") % {"host": host, "why": fault.reason}
        ) from fault
    except TimeoutError as fault:
        raise Unreachable(_("%(host)s did not answer in time.") % {"host": host}) from fault
    except socket.gaierror as fault:
        raise Unreachable(_("The name %(host)s is not known here.") % {"host": host}) from fault
    except OSError as fault:
        raise Unreachable(
            _("%(host)s can't be reached: %(why)s.") % {"host": host, "why": fault.strerror or type(fault).__name__}
        ) from fault
    except imaplib.IMAP4.abort as fault:
        raise ConnectionLost(
            _("The connection with %(host)s broke: %(why)s.") % {"host": host, "why": plain(fault)}
        ) from fault
    except imaplib.IMAP4.error as fault:
        raise Unreachable(_("%(host)s refused: %(why)s.") % {"host": host, "why": plain(fault)}) from fault


def plain(fault: object) -> str:
    """A server's own words, short and on one line."""
    words: Any = fault.args[0] if isinstance(fault, Exception) and fault.args else fault
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else PRINTED_BYTES.sub(r"\2", str(words))
    text = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(text.split())[:200].rstrip(". ") or type(fault).__name__


def _trust(access: Access) -> ssl.SSLContext:
    """The system's authorities and those of the set-up; the certificate must be valid and bear the host's name."""
    context = ssl.create_default_context()
    if access.extra_ca:
        try:
            context.load_verify_locations(cadata=access.extra_ca)
        except (ssl.SSLError, ValueError):
            raise NotTrusted(_("The extra certificates of the set-up can't be read: they must be PEM text.")) from None
    return context


def _start_tls(client: IMAPClient, context: ssl.SSLContext) -> None:
    try:
        client.starttls(context)
    except (CapabilityError, imaplib.IMAP4.abort) as fault:
        hang_up(client)
        raise NotEncrypted(
            _("The server does not offer STARTTLS, or somebody in between took the offer away. Nothing was sent.")
        ) from fault
    except BaseException:
        hang_up(client)
        raise


def _sign_in_with_password(client: IMAPClient, access: Access) -> None:
    needs_sasl = client.has_capability("LOGINDISABLED") or not (access.user + access.secret).isascii()
    if needs_sasl:
        client.plain_login(access.user, access.secret)
    else:
        client.login(access.user, access.secret)


def _sign_in_with_token(client: IMAPClient, access: Access, tokens: Tokens | None) -> None:
    if tokens is None:
        raise SignInRefused(_("There is no access token for this mailbox."))
    try:
        client.oauth2_login(access.user, tokens.token())
    except LoginError:
        tokens.forget()
        if tokens.is_new:
            raise
        # Ours may have ended before its time: one more try with a fresh one.
        client.oauth2_login(access.user, tokens.token())


def _refused(words: str) -> MailboxTrouble:
    said = plain(words)
    if any(code in said for code in PASSING_CODES):
        return Unreachable(_("The server can't let us in just now: %(why)s.") % {"why": said})
    return SignInRefused(_("The server refused the sign-in: %(why)s.") % {"why": said})

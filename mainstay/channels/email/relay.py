"""Hands a finished mail to an SMTP relay, and says exactly what is known of it afterwards."""

import contextlib
import ipaddress
import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext as _

from mainstay.lib.errors import MainstayError

TIMEOUT_SECONDS = 60
# RFC 5321 would wait ten minutes for the answer to a whole mail, since giving up early means sending it twice. A worker has
# few threads, and a mail that is looked at for five minutes is rare.
CONFIRM_SECONDS = 300
# Whatever a relay does once it has let us in, one attempt ends.
ATTEMPT_SECONDS = 900
GOOD_BYE_SECONDS = 5
PORTS = {"smtp": 25, "smtps": 465}
ANSWER_SHOWN = 300
NO_ADDRESS = re.compile(r"[\x00-\x20\x7f<>]")


class TemporaryFailure(MainstayError):
    """The mail was not taken now; the same mail may be sent again later."""


class PermanentFailure(MainstayError):
    """The mail was refused for good; sending it again would change nothing."""


class UnknownOutcome(MainstayError):
    """The connection ended after the whole mail was handed over: it may have been taken, or not."""


@dataclass(frozen=True, slots=True)
class Relay:
    """Where to send and as whom, read from an address such as `smtp://user:password@mail.example:587`."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    is_tls_from_start: bool = False
    wants_starttls: bool = True


def relay_from(url: str) -> Relay:
    """Read a relay's address. Plain text only to this very machine; everywhere else the connection is encrypted.

    Raises `PermanentFailure` with a sentence that never holds the password.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS[parts.scheme]
    except (ValueError, KeyError):
        raise PermanentFailure(_("The mail relay's address must look like smtp://host:587 or smtps://host.")) from None
    if not parts.hostname:
        raise PermanentFailure(_("The mail relay's address names no host."))
    local = is_this_machine(parts.hostname)
    if parts.query == "starttls=no" and not local:
        raise PermanentFailure(_("starttls=no is allowed for a mail relay on this machine only."))
    if parts.query not in {"", "starttls=no", "starttls=yes"}:
        raise PermanentFailure(_("The mail relay's address knows no other option than starttls."))
    tls = parts.scheme == "smtps"
    return Relay(
        host=parts.hostname,
        port=port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        is_tls_from_start=tls,
        wants_starttls=not tls and (not local or parts.query == "starttls=yes"),
    )


def is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def send_through(
    url: str,
    envelope_from: str,
    recipients: list[str],
    raw: bytes,
    *,
    timeout: float = TIMEOUT_SECONDS,
    confirm_timeout: float = CONFIRM_SECONDS,
    attempt_timeout: float = ATTEMPT_SECONDS,
) -> None:
    """Returns when the relay has taken the mail for every recipient.

    Raises `TemporaryFailure` (try again), `PermanentFailure` (do not) or `UnknownOutcome` (try again with the same bytes:
    the Message-ID in them lets the receiver drop the second). A mail with several recipients is refused whole unless all
    are taken, so that a repeat reaches nobody twice. Timeouts in seconds: for each answer, for the answer to the whole mail,
    and for everything together.
    """
    relay = relay_from(url)
    if not recipients or any(NO_ADDRESS.search(address) for address in (envelope_from, *recipients)):
        raise PermanentFailure(_("The mail has no recipient, or an address that is none."))
    client = _connected(relay, envelope_from.rpartition("@")[2] or "localhost", timeout)
    try:
        with _ended_after(client, attempt_timeout):
            _hand_over(client, envelope_from, recipients, raw, confirm_timeout)
    finally:
        client.close()


def _connected(relay: Relay, our_name: str, timeout: float) -> smtplib.SMTP:
    """A relay that has greeted us, encrypted and signed in as its address asks."""
    context = ssl.create_default_context()
    client: smtplib.SMTP | None = None
    try:
        if relay.is_tls_from_start:
            client = smtplib.SMTP_SSL(relay.host, relay.port, our_name, timeout=timeout, context=context)
        else:
            client = smtplib.SMTP(relay.host, relay.port, our_name, timeout=timeout)
        client.ehlo_or_helo_if_needed()
        if relay.wants_starttls:
            client.starttls(context=context)
            client.ehlo()
        if relay.user:
            client.login(relay.user, relay.password)
        return client
    except Exception as problem:
        if client is not None:
            client.close()
        raise _not_connected(problem, relay) from problem


def _not_connected(problem: Exception, relay: Relay) -> Exception:
    """What to say of a relay that could not be reached or did not let us in; the mail itself is never to blame."""
    where = f"{relay.host}:{relay.port}"
    if isinstance(problem, smtplib.SMTPResponseException):
        return TemporaryFailure(_said(problem.smtp_code, problem.smtp_error, where))
    said: list[tuple[tuple[type[Exception], ...], str]] = [
        (
            (smtplib.SMTPNotSupportedError,),
            _("The mail relay %(relay)s offers no encryption or no sign-in; nothing was sent."),
        ),
        ((ssl.SSLError,), _("The mail relay %(relay)s could not prove who it is.")),
        ((TimeoutError,), _("The mail relay %(relay)s did not answer in time.")),
        ((socket.gaierror,), _("The mail relay %(relay)s cannot be found.")),
        ((smtplib.SMTPException, OSError), _("The mail relay %(relay)s cannot be reached.")),
    ]
    sentences = [sentence for kinds, sentence in said if isinstance(problem, kinds)]
    return TemporaryFailure(sentences[0] % {"relay": where}) if sentences else problem


@contextlib.contextmanager
def _ended_after(client: smtplib.SMTP, seconds: float) -> Iterator[None]:
    """Inside, a relay that keeps talking without coming to an end is hung up on after so many seconds."""

    def hang_up() -> None:
        with contextlib.suppress(OSError):
            if client.sock is not None:
                client.sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _hand_over(
    client: smtplib.SMTP, envelope_from: str, recipients: list[str], raw: bytes, confirm_timeout: float
) -> None:
    handed_over = False
    try:
        options = _mail_options(client, envelope_from, recipients, raw)
        _expect(client.mail(envelope_from, options), 250)
        for recipient in recipients:
            _expect(client.rcpt(recipient), 250, 251)
        _expect(client.docmd("DATA"), 354)
        client.send(_dotted(raw))
        handed_over = True
        _wait_up_to(client, confirm_timeout)
        _expect(client.getreply(), 250)
    except (smtplib.SMTPServerDisconnected, OSError) as problem:
        if handed_over:
            raise UnknownOutcome(
                _("The connection ended before the relay confirmed the mail; it may have been taken.")
            ) from problem
        raise TemporaryFailure(_("The connection to the mail relay broke off; nothing was sent.")) from problem
    except smtplib.SMTPException as problem:
        if handed_over:
            raise UnknownOutcome(
                _("The relay's answer to the mail makes no sense; it may have been taken.")
            ) from problem
        raise TemporaryFailure(_("The mail relay did not speak SMTP as expected.")) from problem
    # The mail is taken; how the relay says good-bye changes nothing.
    with contextlib.suppress(smtplib.SMTPException, OSError):
        _wait_up_to(client, GOOD_BYE_SECONDS)
        client.docmd("QUIT")


def _wait_up_to(client: smtplib.SMTP, seconds: float) -> None:
    if client.sock is not None:
        client.sock.settimeout(seconds)


def _mail_options(client: smtplib.SMTP, envelope_from: str, recipients: list[str], raw: bytes) -> list[str]:
    options = [f"SIZE={len(raw)}"] if client.has_extn("size") else []
    head = raw.partition(b"\r\n\r\n")[0]
    if not (head.isascii() and all(address.isascii() for address in (envelope_from, *recipients))):
        if not client.has_extn("smtputf8"):
            raise PermanentFailure(_("The mail relay cannot take an address with letters beyond ASCII."))
        client.command_encoding = "utf-8"
        options.append("SMTPUTF8")
    if not raw.isascii() and client.has_extn("8bitmime"):
        options.append("BODY=8BITMIME")
    return options


def _dotted(raw: bytes) -> bytes:
    """The mail as DATA wants it: every line ends in CR LF, a leading dot is doubled, and a lone dot ends it.

    A bare CR or LF never leaves: some servers take one for a line end, and a mail inside the mail would slip through.
    """
    body = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
    if not body.endswith(b"\r\n"):
        body += b"\r\n"
    if body.startswith(b"."):
        body = b"." + body
    return body.replace(b"\r\n.", b"\r\n..") + b".\r\n"


def _expect(reply: tuple[int, bytes], *codes: int) -> None:
    code, text = reply
    if code in codes:
        return
    if code == -1:
        raise smtplib.SMTPServerDisconnected("no answer")
    if not 400 <= code < 600:
        raise smtplib.SMTPResponseException(code, "out of turn")
    said = _said(code, text)
    raise PermanentFailure(said) if code >= 500 else TemporaryFailure(said)


def _said(code: int, text: bytes | str, relay: str = "") -> str:
    """The relay's own words in a sentence of ours."""
    answer = _answer(code, text)
    if relay:
        return _("The mail relay %(relay)s answered: %(answer)s.") % {"relay": relay, "answer": answer}
    return _("The mail relay answered: %(answer)s.") % {"answer": answer}


def _answer(code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    readable = "".join(letter if letter.isprintable() else " " for letter in words)
    return f"{code} {' '.join(readable.split())}"[:ANSWER_SHOWN].strip().rstrip(".")

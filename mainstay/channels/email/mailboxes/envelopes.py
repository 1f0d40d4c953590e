"""From whom and to whom a fetched mail went on its way, as the delivering server wrote it into the mail."""

from dataclasses import dataclass

from mainstay.channels.email.addresses import canonical_address
from mainstay.channels.email.limits import HEADERS_MAX_BYTES
from mainstay.channels.email.reading.address_lists import read_addresses
from mainstay.channels.email.reading.errors import UnreadableMail
from mainstay.channels.email.reading.headers import Headers, read_headers

RECIPIENT_HEADERS = ("delivered-to", "x-original-to", "envelope-to", "x-delivered-to")
RECIPIENTS_MAX = 20


@dataclass(frozen=True)
class Envelope:
    """`sender` is empty for mail that must never be answered: a bounce, or one whose sender nobody named."""

    sender: str
    recipients: tuple[str, ...]


def envelope_of(raw: bytes, mailbox_address: str) -> Envelope:
    """What SMTP said of this mail. Without a `Return-Path`, its sender is whom `From` names."""
    headers = _headers(raw)
    return Envelope(_sender(headers), _recipients(headers, mailbox_address))


def _headers(raw: bytes) -> Headers:
    try:
        return read_headers(raw, 0, min(len(raw), HEADERS_MAX_BYTES), forgiving=True)[0]
    except UnreadableMail:
        return Headers()


def _sender(headers: Headers) -> str:
    if headers.has("return-path"):
        text = headers.first("return-path").decode("utf-8", "replace").strip()
        return canonical_address(text.strip("<> \t\r\n")) or ""
    return _from(headers)


def _from(headers: Headers) -> str:
    found = read_addresses(headers.all("from"))
    return found.addresses[0].address if len(found.addresses) == 1 and not found.doubtful else ""


def _recipients(headers: Headers, mailbox_address: str) -> tuple[str, ...]:
    """Each once, in order; the mailbox itself is always among them."""
    values = [value for name in RECIPIENT_HEADERS for value in headers.all(name)][:RECIPIENTS_MAX]
    named = [canonical_address(value.decode("utf-8", "replace").strip("<> \t\r\n")) for value in values]
    own = canonical_address(mailbox_address) or mailbox_address
    return tuple(dict.fromkeys([*(address for address in named if address), own]))

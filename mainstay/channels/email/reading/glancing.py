"""The subject and sender of a mail that cannot be read, so that a person knows what lies before them."""

from mainstay.channels.email import limits

from .address_lists import read_addresses
from .errors import UnreadableMail
from .headers import read_headers
from .words import shortened, unfolded

GLANCED_BYTES, GLANCED_LINES = 64 * limits.KIB, 200


def glance(raw: bytes) -> tuple[str, str]:
    """From the beginning of its headers: the subject as it is shown, and the first address of From; each may be empty."""
    try:
        beginning = b"\n".join(raw[:GLANCED_BYTES].split(b"\n", GLANCED_LINES)[:GLANCED_LINES])
        headers, _body = read_headers(beginning, 0, len(beginning), forgiving=True)
    except UnreadableMail:
        return "", ""
    sender = read_addresses(headers.all("from")).addresses
    subject = shortened(unfolded(headers.first("subject")), limits.SUBJECT_SHOWN_CHARACTERS)
    return subject, sender[0].address[:320] if sender else ""

"""Writes the header lines of a mail of ours: each value in its own line, whatever letters it holds, or not at all."""

import re
from email.header import Header
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from mainstay.lib.errors import MainstayError

from .addresses import Address, canonical_address

SUBJECT_MAX = 600
NAME_MAX = 200
URL_MAX = 900
REFERENCES_FIRST = 2
REFERENCES_LAST = 18
ENDS_A_LINE = re.compile(r"[\r\n\x00]")
BLANKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,900}>\Z")
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*\Z")
ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+\Z")
URL = re.compile(r"https://[!#-;=?-\[\]_a-z~%]+\Z")


class UnwritableMail(MainstayError):
    """This mail cannot be written: one of its addresses or identifiers is not one."""


def one_line(text: str) -> str:
    """A value that others wrote, for a header: what could start another line is a blank, and blanks are single."""
    return BLANKS.sub(" ", text).strip()


def must_be_one_line(header: str, *values: str) -> None:
    """Raises `UnwritableMail` for a value that could open a line of its own: somebody would have us forge a mail."""
    if any(map(ENDS_A_LINE.search, values)):
        raise UnwritableMail(
            _("A line break or NUL would stand in the line “%(header)s” of this mail; it was not written.")
            % {"header": header}
        )


def words(header: str, text: str) -> str:
    """Encoded where letters need it, folded at word ends; an encoded word that somebody typed stays text."""
    must_be_one_line(header, text)
    line = one_line(text[:SUBJECT_MAX])
    plain = line.isascii() and "=?" not in line
    return Header(line, None if plain else "utf-8", header_name=header).encode(linesep="\r\n")


def mailboxes(header: str, addresses: tuple[Address, ...]) -> str:
    return ",\r\n ".join(_mailbox(header, address) for address in addresses)


def _mailbox(header: str, given: Address) -> str:
    must_be_one_line(header, given.name, given.address)
    address = canonical_address(given.address)
    if address is None:
        raise UnwritableMail(_("“%(address)s” is no mail address.") % {"address": one_line(given.address)[:100]})
    name = one_line(given.name)[:NAME_MAX]
    if not name:
        return address
    if not name.isascii() or "=?" in name:
        return f"{Header(name, 'utf-8', header_name=header).encode(linesep=chr(13) + chr(10))} <{address}>"
    if not ATOMS.match(name):
        name = '"' + re.sub(r'([\\"])', r"\\\1", name) + '"'
    return f"{name} <{address}>"


def message_id(given: str) -> str:
    must_be_one_line("Message-ID", given)
    if not MESSAGE_ID.match(given):
        raise UnwritableMail(_("“%(text)s” is no Message-ID.") % {"text": one_line(given)[:100]})
    return given


def answered_id(given: str) -> str:
    """The id of the mail that is answered; one that others made up and no header can hold is left out."""
    must_be_one_line("In-Reply-To", given)
    return given if MESSAGE_ID.match(given) else ""


def references(given: tuple[str, ...]) -> str:
    must_be_one_line("References", *given)
    return "\r\n ".join(bounded_references(given))


def bounded_references(given: tuple[str, ...]) -> tuple[str, ...]:
    """Each id once; of a long thread its beginning, by which others file it, and its newest ids.

    Ids that others made up and no header can hold are left out: they must not keep an answer from going.
    """
    ids = tuple(dict.fromkeys(filter(MESSAGE_ID.match, given)))
    if len(ids) <= REFERENCES_FIRST + REFERENCES_LAST:
        return ids
    return ids[:REFERENCES_FIRST] + ids[-REFERENCES_LAST:]


def language(given: str) -> str:
    must_be_one_line("Content-Language", given)
    if given and not LANGUAGE.match(given):
        raise UnwritableMail(_("“%(text)s” is no language.") % {"text": one_line(given)[:50]})
    return given


def unsubscribe(url: str, address: str) -> str:
    """The ways to end a subscription (RFC 2369): a page for RFC 8058's one click, and an address."""
    must_be_one_line("List-Unsubscribe", url, address)
    ways = [_unsubscribe_page(url)] if url else []
    if address:
        mailbox = canonical_address(address)
        if mailbox is None or not mailbox.isascii() or re.search(r"[%?&#]", mailbox):
            raise UnwritableMail(_("“%(address)s” is no mail address.") % {"address": one_line(address)[:100]})
        ways.append(f"<mailto:{mailbox}>")
    return ",\r\n ".join(ways)


def _unsubscribe_page(url: str) -> str:
    try:
        is_page = bool(URL.match(url)) and len(url) <= URL_MAX and bool(urlsplit(url).hostname)
    except ValueError:
        is_page = False
    if not is_page:
        raise UnwritableMail(_("“%(text)s” is no https address.") % {"text": one_line(url)[:100]})
    return f"<{url}>"

"""Reads what stands in a header value: encoded words, dates, Message-IDs, and parameters in all their spellings."""

import binascii
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import unquote_to_bytes

from mainstay.channels.email import limits

from .charsets import decode_bytes

ENCODED_WORD = re.compile(r"=\?([^?\s]{1,80})\?([bBqQ])\?([^?]*)\?=")
LINES = re.compile(r"[\r\n]+")
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
HEX = re.compile(rb"=([0-9A-Fa-f]{2})")
MESSAGE_ID = re.compile(r"<([^<>]{1,2000})>")
PARAMETER = re.compile(r";\s*(?:([^\s;=\"]{1,100})\s*=\s*(?:\"((?:[^\"\\]|\\.)*+)\"?|([^;\"]*+)))?", re.DOTALL)
SECTION = re.compile(r"([^*]+)(?:\*(\d{1,4}))?(\*)?\Z")
PARAMETERS_READ = 1_000


def plain(value: bytes) -> str:
    """A raw header value on one line, its encoded words still closed; for values with a grammar of their own."""
    text = decode_bytes(value)
    if "\n" in text or "\r" in text:
        text = " ".join(line.strip() for line in LINES.split(text))
    return text.strip()


def unfolded(value: bytes) -> str:
    """A raw header value as a person reads it."""
    return readable(plain(value))


def readable(text: str) -> str:
    """Open the encoded words in a text; control characters become spaces."""
    if "=?" in text:
        text = _opened(text)
    return CONTROLS.sub(" ", text)


def shortened(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _opened(text: str) -> str:
    """Neighbouring words of one charset are joined as bytes first: senders cut characters in two."""
    pieces: list[str] = []
    charset, waiting, end = "", b"", 0
    for found in ENCODED_WORD.finditer(text):
        between = text[end : found.start()]
        label = found[1].partition("*")[0].lower()
        if not waiting or between.strip() or label != charset:
            pieces.append(decode_bytes(waiting, charset))
            pieces.append(between if between.strip() or not end else "")
            charset, waiting = label, b""
        waiting += _word_bytes(found[2], found[3])
        end = found.end()
    return "".join([*pieces, decode_bytes(waiting, charset), text[end:]])


def _word_bytes(encoding: str, word: str) -> bytes:
    content = word.encode("utf-8", "replace")
    if encoding in "bB":
        return decode_base64(content)
    return HEX.sub(lambda found: bytes([int(found[1], 16)]), content.replace(b"_", b" "))


def decode_base64(content: bytes) -> bytes:
    """Whatever bytes a base64 text still holds; damage costs the damaged place, not the rest."""
    try:
        return binascii.a2b_base64(content)
    except binascii.Error:
        letters = re.sub(rb"[^A-Za-z0-9+/]", b"", content)
        letters = letters[: len(letters) - 1] if len(letters) % 4 == 1 else letters
        return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def read_date(value: bytes) -> datetime | None:
    """The moment in UTC, or nothing when no calendar knows it."""
    try:
        moment = parsedate_to_datetime(plain(value[:300]))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None


def read_message_ids(values: list[bytes]) -> tuple[str, ...]:
    """The ids in angle brackets, each once, in order; of too many the first and the newest are kept."""
    found = dict.fromkeys(
        f"<{identifier}>"
        for value in values
        for identifier in map(_without_blanks, MESSAGE_ID.findall(plain(value)))
        if 0 < len(identifier) <= limits.MESSAGE_ID_MAX_CHARACTERS
    )
    ids = tuple(found)
    return ids if len(ids) <= limits.REFERENCES_MAX else (ids[0], *ids[1 - limits.REFERENCES_MAX :])


def read_message_id(value: bytes) -> str:
    """One id with its brackets, `""` when there is none; brackets that were forgotten are put back."""
    ids = read_message_ids([value])
    if ids:
        return ids[0]
    bare = plain(value[: limits.MESSAGE_ID_MAX_CHARACTERS])
    usable = bare and "@" in bare and not re.search(r"[\s<>]", bare)
    return f"<{bare}>" if usable else ""


def _without_blanks(text: str) -> str:
    return "".join(CONTROLS.sub(" ", text).split())


def read_parameters(value: bytes) -> tuple[str, dict[str, str]]:
    """The head of a value such as `text/plain; charset=x` in lower case, and its parameters with RFC 2231 undone.

    Of a parameter given twice the first holds.
    """
    text = plain(value)
    head = text.partition(";")[0]
    single: dict[str, str] = {}
    sections: dict[str, dict[int, tuple[str, bool]]] = {}
    for count, found in enumerate(PARAMETER.finditer(text, len(head))):
        if count >= PARAMETERS_READ:
            break
        name = (found[1] or "").lower()
        given = re.sub(r"\\(.)", r"\1", found[2]) if found[2] is not None else (found[3] or "").strip()
        parsed = SECTION.match(name)
        if not parsed:
            continue
        if parsed[2] is None and parsed[3] is None:
            single.setdefault(name, given)
        else:
            part = int(parsed[2] or 0)
            sections.setdefault(parsed[1], {}).setdefault(part, (given, parsed[3] is not None))
    joined = {name: _joined(parts) for name, parts in sections.items()}
    return (head.split() or [""])[0].lower(), {name: readable(given) for name, given in (single | joined).items()}


def _joined(parts: dict[int, tuple[str, bool]]) -> str:
    """RFC 2231: numbered sections, the first of which may name a charset, some percent-encoded."""
    charset = ""
    content = b""
    for number in sorted(parts):
        given, encoded = parts[number]
        if encoded and number == min(parts) and given.count("'") >= 2:
            charset, _, given = given.split("'", 2)
        content += unquote_to_bytes(given) if encoded else given.encode("utf-8", "replace")
    return decode_bytes(content, charset)

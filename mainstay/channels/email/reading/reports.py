"""Reads mail about mail: which mail of ours it is about, whom it did not reach, and whether to write there again."""

import re
from dataclasses import dataclass

from .charsets import decode_bytes
from .errors import UnreadableMail
from .failures import FILTER_HEADERS, Failure, canonical, reported_failures, told_failure
from .headers import Headers, read_headers
from .parsed import Kind
from .structure import Part, opened, read_structure
from .transfer import part_content
from .words import plain, read_message_id, read_message_ids

REPORT_READ = 65_536
RETURNED_READ = 1_048_576
ABOUT_MAX = 20
# Parts of a kind that are looked into; a real report has one, a digest of reports a few.
PARTS_READ = 10
RETURNED_TYPES = {
    "message/rfc822",
    "message/global",
    "text/rfc822-headers",
    "message/rfc822-headers",
    "message/global-headers",
}
REPORT_TYPES = {
    "message/disposition-notification",
    "message/global-disposition-notification",
    "message/feedback-report",
    "message/delivery-status",
    "message/global-delivery-status",
}
DELIVERY_STATUS = {"message/delivery-status", "message/global-delivery-status"}
ID_LINE = re.compile(r"(?im)^[ \t>|]{0,20}(?:original-)?message-id[ \t]{0,5}:[ \t]{0,5}(<[^<>\s]{1,900}>)")
JAPANESE = b"\x1b$"


@dataclass(frozen=True, slots=True)
class Report:
    """What a mail about mail says; all of it is hearsay."""

    is_hard: bool = False
    is_delay: bool = False
    recipients: tuple[str, ...] = ()
    about: tuple[str, ...] = ()


def read_report(
    raw: bytes, headers: Headers, parts: tuple[Part, ...], *, kind: Kind, subject: str, text: str, from_address: str
) -> Report:
    """What a mail of this kind reports; nothing of a person's mail. `text` is its whole visible text."""
    if kind == "human":
        return Report()
    about = _about(raw, headers, parts, text)
    if kind != "bounce":
        return Report(about=about)
    failures = _failures(raw, headers, parts, subject, text[:REPORT_READ], from_address)
    return Report(
        is_hard=any(failure.is_hard for failure in failures),
        is_delay=all(failure.is_delay for failure in failures),
        recipients=tuple(dict.fromkeys(address for failure in failures for address in failure.recipients)),
        about=about,
    )


def _failures(
    raw: bytes, headers: Headers, parts: tuple[Part, ...], subject: str, text: str, from_address: str
) -> list[Failure]:
    """By the report for machines, else by one that was pasted into the text, else by the words."""
    is_filtered = any(map(headers.has, FILTER_HEADERS))
    failures = [
        failure
        for report in _status_reports(raw, parts)
        for failure in reported_failures(report, told=text, is_filtered=is_filtered)
    ]
    if not failures and "final-recipient" in text.lower():
        failures = reported_failures(text, is_filtered=is_filtered)
    if any(failure.recipients for failure in failures):
        return failures
    named = canonical([one for value in headers.all("x-failed-recipients") for one in plain(value[:4_000]).split(",")])
    ours = frozenset({from_address})
    return [*failures, told_failure(text, subject, named=named, not_these=ours, is_filtered=is_filtered)]


def _status_reports(raw: bytes, parts: tuple[Part, ...]) -> list[str]:
    """The machine-readable parts, and those of a report that came back itself."""
    reports = [_report_text(raw, part) for part in _of(parts, DELIVERY_STATUS)]
    for part in _of(parts, RETURNED_TYPES):
        content = opened(part_content(raw, part)[:RETURNED_READ])
        if b"delivery-status" in content[:REPORT_READ].lower():
            reports += [_report_text(content, inner) for inner in _of(_leaves(content), DELIVERY_STATUS)]
    return reports[:PARTS_READ]


def _of(parts: tuple[Part, ...], kinds: set[str]) -> list[Part]:
    return [part for part in parts if part.content_type in kinds][:PARTS_READ]


def _leaves(content: bytes) -> tuple[Part, ...]:
    try:
        return read_structure(content)[1]
    except UnreadableMail:
        return ()


def _report_text(raw: bytes, part: Part) -> str:
    content = part_content(raw, part)[:REPORT_READ]
    charset = "iso-2022-jp" if JAPANESE in content else part.parameters.get("charset", "")
    return decode_bytes(content, charset).replace("\r\n", "\n").replace("\r", "\n")


def _about(raw: bytes, headers: Headers, parts: tuple[Part, ...], text: str) -> tuple[str, ...]:
    """The Message-IDs of what came back or was read, then those in the headers: the surest first."""
    own = read_message_id(headers.first("message-id"))
    ids: list[str] = []
    for part in _of(parts, RETURNED_TYPES):
        ids.append(_returned_id(opened(part_content(raw, part)[:RETURNED_READ])))
    for part in _of(parts, REPORT_TYPES):
        ids += ID_LINE.findall(_report_text(raw, part))[:ABOUT_MAX]
    for part in parts[:PARTS_READ]:
        # Some mailers put the returned headers where a part's own headers stand.
        ids.append(read_message_id(part.headers.first("message-id")) if part.headers is not headers else "")
    ids += ID_LINE.findall(text[:RETURNED_READ])[:ABOUT_MAX]
    ids += read_message_ids(headers.all("in-reply-to"))
    ids += reversed(read_message_ids(headers.all("references")))
    return tuple(one for one in dict.fromkeys(ids) if one and one != own)[:ABOUT_MAX]


def _returned_id(content: bytes) -> str:
    try:
        returned, _ = read_headers(content, 0, len(content), forgiving=True)
    except UnreadableMail:
        return ""
    return read_message_id(returned.first("message-id"))

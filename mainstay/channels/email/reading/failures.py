"""Reads why a mail came back: which addresses, whether they exist at all, whether the other side is still trying."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mainstay.channels.email.addresses import canonical_address

RECIPIENTS_MAX = 100
BLOCKS_READ = 200
FIELD = re.compile(r"([!-9;-~]{1,60})[ \t]*:[ \t]*(.*)")
EMPTY_LINE = re.compile(r"\n[ \t]*\n")
STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
ADDRESS = r"[^\s<>()\[\]\",;:@]{1,64}@[\w.-]{1,253}"
# An address by itself at the start of a line, as every mailer lists whom it could not reach.
LISTED = re.compile(
    rf"(?im)^[ \t]{{0,20}}(?:[*>•-]{{1,3}}[ \t]{{0,5}})?<?({ADDRESS})>?(?:<mailto:[^<>\s]{{1,300}}>)?[ \t]{{0,5}}"
    r"(?:[:\[(<]|on \w|invalid\b|$)"
)
NAMED = re.compile(
    rf"(?i)(?:\brcpt to:|\baddress:|\brecipients?:|\b(?:mail|message|e-mail) to)[ \t]{{0,3}}<?({ADDRESS})(?:>|\s|$)"
)
# Whose words these are, and not whom they could not reach.
OWN = re.compile(r"(?:mailer-?daemon|postmaster|mail-?daemon)@")
RETURNED_MAIL = re.compile(
    r"(?im)^\W{0,12}(?:this is a copy of|below this line is a copy|below is a copy|included is a copy|enclosed is a copy|"
    r"original message|message headers follow|unsent message|returned message|message header follows|"
    r"(?:received|return-path)[ \t]*:)"
)
STILL_TRYING = re.compile(
    r"(?i)warning message only|warning only|still being retried|will be retried|has been delayed|will keep trying|"
    r"delivery (?:status notification \(delay|delayed)|not yet been delivered|wordt nog geprobeerd|verzögert"
)
REPLY_LINE = re.compile(r"(?m)^.{0,200}?(?<![\d.])[45]\d\d[ -].{0,400}")

# RFC 3463: no such mailbox, system or address; moved; and what Exchange says for an unknown recipient.
GONE_STATUS = {(1, 1), (1, 2), (1, 3), (1, 6), (1, 10)}
GONE = re.compile(
    r"(?i)\b(?:user|recipient|mailbox|address|account|host|domain) (?:is )?unknown|unknown (?:user|recipient|mailbox|local part)|"
    r"no such (?:user|recipient|address|mailbox|account|person|email|local user|host)|"
    r"(?:user|recipient|address|mailbox|account|domain|host|name)\b[^.;:]{0,80}? (?:does not|doesn.t|did not) (?:exist|have a)|"
    r"(?:address|recipient|mailbox|user|host|domain(?: name)?)\b[^.;:]{0,60}? (?:not|wasn.t|couldn.t be) (?:found|recognized)|"
    r"not our (?:user|customer)|not listed in|no longer (?:exists|valid|in use|works here)|has moved to|bad destination|"
    r"invalid (?:recipient|mailbox|user)|unrouteable (?:address|mail domain)|nxdomain|mailbox unavailable|"
    r"unbekannter? empfänger|empfänger unbekannt|existiert nicht|onbekende gebruiker|bestaat niet|utilisateur inconnu|"
    r"n.existe pas|usuario desconocido|no existe|utente sconosciuto|non esiste|usuário desconhecido|não existe|"
    r"nie istnieje|nieznany użytkownik|не существует|пользователь не найден|見つかりません"
)
# The mail or its sender was not liked; the address may be as good as ever.
OTHER_CAUSE = re.compile(
    r"(?i)after mail from|mail from:? ?<|(?<!to )\bsender\b|\bspf\b|\bdkim\b|\bdmarc\b|spam|blocked|black ?list|denied|policy|"
    r"quota|\bfull\b|too (?:large|big)|virus|rate limit|reputation|temporar|authenticat|not allowed|unsolicited|content rejected"
)
# Japanese mobile operators answer "user unknown" for what their customers' filters refuse; two gateways (one known by a
# header of its own) do the same for their own rules. Their word says nothing about the address.
FILTERS = re.compile(r"(?i)docomo\.ne\.jp|ezweb\.ne\.jp|\binbound-smtp\.[\w-]+\.amazonaws\.com")
FILTER_HEADERS = ("x-ahmailid",)


@dataclass(frozen=True, slots=True)
class Failure:
    """What a report says about one or more addresses that it could not reach."""

    recipients: tuple[str, ...]
    is_hard: bool
    is_delay: bool


def reported_failures(report: str, *, told: str = "", is_filtered: bool = False) -> list[Failure]:
    """The failures in a `message/delivery-status` (RFC 3464); what was delivered or passed on is none.

    `told` is what stands in the mail for people: it gives the reason where the report gives none. `is_filtered`: it comes
    from one of those whose "unknown" says nothing.
    """
    failures = []
    is_filtered = is_filtered or bool(FILTERS.search(report))
    for number, fields in enumerate(_blocks(report)):
        if number >= BLOCKS_READ:
            break
        recipients = _recipients(fields)
        action = fields.get("action", "").split(" ")[0].lower()
        if not (recipients or action) or action in {"delivered", "relayed", "expanded"}:
            continue
        status, reason = fields.get("status", ""), fields.get("diagnostic-code", "")
        is_delay = action == "delayed"
        is_hard = not (is_delay or is_filtered) and is_gone(reason or _reply_lines(told), status)
        failures.append(Failure(recipients, is_hard, is_delay))
    return failures


def told_failure(
    text: str,
    subject: str,
    *,
    named: tuple[str, ...] = (),
    not_these: frozenset[str] = frozenset(),
    is_filtered: bool = False,
) -> Failure:
    """The failure that a free-form report tells in words. `named` are the addresses that a header names already."""
    end = RETURNED_MAIL.search(text)
    words = text[: end.start() if end and end.start() else len(text)]
    is_delay = bool(STILL_TRYING.search(f"{subject}\n{words}"))
    recipients = named or _listed(words, not_these)
    reason = f"{subject} {_reply_lines(words) or words}"
    is_filtered = is_filtered or bool(FILTERS.search(words))
    return Failure(recipients, not (is_delay or is_filtered) and is_gone(reason), is_delay)


def is_gone(reason: str, status: str = "") -> bool:
    """Whether the words and codes say that the address does not exist (any more), and name no other cause.

    A temporary status with a permanent reply inside it counts by the reply.
    """
    reason = " ".join(reason.split())
    inner, outer = STATUS.findall(reason), STATUS.findall(status)
    codes = inner or outer
    if OTHER_CAUSE.search(reason) or (codes and all(kind != "5" for kind, _, _ in codes)):
        return False
    return bool(GONE.search(reason)) or any(
        kind == "5" and (int(subject), int(detail)) in GONE_STATUS for kind, subject, detail in inner + outer
    )


def _blocks(report: str) -> Iterator[dict[str, str]]:
    """The fields of each block between empty lines, folded lines joined; of a field given twice the first."""
    for block in EMPTY_LINE.split(report):
        fields: dict[str, str] = {}
        name = ""
        for line in block.split("\n"):
            if line[:1] in {" ", "\t"} and name:
                fields[name] += f" {line.strip()}"
            elif (found := FIELD.match(line)) and found[1].lower() not in fields:
                name = found[1].lower()
                fields[name] = found[2].strip()
            else:
                name = ""
        yield fields


def _recipients(fields: dict[str, str]) -> tuple[str, ...]:
    """The address as we wrote it, and the one it was handed on to."""
    given = (fields.get(name, "").rpartition(";")[2] for name in ("original-recipient", "final-recipient"))
    return canonical(given)


def canonical(given: Iterator[str] | list[str]) -> tuple[str, ...]:
    """The addresses among these texts in canonical form, each once."""
    found = dict.fromkeys(address for text in given if (address := canonical_address(text.strip(" <>"))))
    return tuple(found)[:RECIPIENTS_MAX]


def _listed(words: str, not_these: frozenset[str]) -> tuple[str, ...]:
    for pattern in (LISTED, NAMED):
        found = canonical(text.rstrip(".") for text in pattern.findall(words))
        if left := tuple(address for address in found if address not in not_these and not OWN.match(address)):
            return left
    return ()


def _reply_lines(words: str) -> str:
    """The lines in which the other server speaks for itself, with the code that begins its answer."""
    return "\n".join(REPLY_LINE.findall(words)[:50])

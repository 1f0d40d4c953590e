"""Tells people's mail from what machines send about mail, and says whom an automatic answer may never reach."""

import re

from .headers import Headers
from .parsed import Kind
from .structure import Part
from .transfer import part_content
from .words import plain, read_parameters

REPORT_PART = re.compile(r"message/(?:global-)?(delivery-status|disposition-notification|feedback-report)\Z")
ACTION = re.compile(rb"(?im)^action[ \t]*:[ \t]*([a-z]+)")
REPORT_HEAD_READ = 65_536
MAILER = re.compile(
    r"(?:mailer-?daemon|postmaster|mail-?daemon|mdaemon|mailerdaemon|mail-?delivery-?(?:system|subsystem)|bounces?|"
    r"microsoftexchange[0-9a-f]{16,40}|abuse-?report|staff\+bounce|maildelivery)(?:[-+.][^@]{0,80})?@"
)
NO_REPLY = re.compile(
    r"(?:no-?_?\.?reply|do-?_?\.?not-?_?\.?reply|mailer-?daemon|postmaster|bounces?|nobody)(?:[-+.=][^@]*)?@"
)
RETURNED = re.compile(
    r"(?i)\W{0,3}(?:undeliver(?:able|ed)|unzustellbar|non remis|não entregue|onbestelbaar|"
    r"returned (?:mail|to sender)|return receipt failed|failure notice|failed (?:mail|delivery)|delivery (?:status|failure|"
    r"failed|has failed|error|report|notification)|mail (?:delivery|system error|could not be delivered)|message (?:delivery|"
    r"undeliverable|status)|(?:nondeliverable|nondelivery|non-delivery|undelivered) |could not (?:send|be delivered)|"
    r"warning: (?:could not send|message)|error sending|permanent (?:delivery )?(?:failure|error)|"
    r"you (?:\S{1,250} )?(?:are|is) not (?:a |the )?member|"
    r"notification d.état|rejected mail|email not delivered|\[bounce\]|mensaje (?:no|devuelto)|mail zurück)"
)
AWAY = re.compile(
    r"(?i)\s*(?:auto(?:matic|mated)?[ -]?(?:reply|response|answer)|out[ -]of[ -](?:the[ -])?office(?: auto ?reply)?|"
    r"abwesenheitsnotiz|abwesend|automatische antwort|automatisch antwoord|automatisk svar|autosvar|frånvarande|"
    r"réponse automatique|absence du bureau|risposta automatica|fuori sede|respuesta automática|fuera de la oficina|"
    r"resposta automática|odpowiedź automatyczna|automatická odpověď|автоматический ответ|автоответ|otomatik yanıt|"
    r"automaattinen vastaus|afwezigheidsbericht|i am out of the office)\s*(?:[:：\[(-]|\Z)"
)
REPORT_FORM = re.compile(
    rb"(?i)reporting-mta:|final-recipient:|diagnostic-code:|this is the (?:mail system|qmail-send program|postfix program)"
    rb"|the following address(?:es|\(es\))? (?:failed|had)|did not reach the following recipient"
    rb"|could not be delivered|delivery to the following recipient"
)
SAYS_AUTOMATIC = (
    "x-autoreply", "x-autorespond", "x-autoresponse", "x-auto-reply", "x-auto-reply-from", "x-autoreply-from",
    "x-mail-autoreply", "x-vacation",
)  # fmt: skip
LIST_HEADERS = (
    "list-id",
    "list-unsubscribe",
    "list-subscribe",
    "list-post",
    "mailing-list",
    "x-mlserver",
    "x-mailing-list",
)
LIST_MANAGER = re.compile(
    r"(?:[^@]{0,60}-(?:admin|owner|request|bounces)|owner-[^@]{0,60}|majordomo|listserv|mailman)@"
)
NEVER_ANSWERED = (*SAYS_AUTOMATIC, *LIST_HEADERS, "feedback-id", "x-auto-response-suppress", "x-loop", "x-cron-env")
UNANSWERED_PRECEDENCE = {"bulk", "junk", "list", "auto_reply", "auto-reply"}


def kind_of(
    raw: bytes, headers: Headers, parts: tuple[Part, ...], from_address: str, subject: str, envelope_from: str | None
) -> Kind:
    """What sort of mail this is. In doubt `human`: a person's question lost is worse than a machine's mail on the desk."""
    report = _report(raw, parts)
    if report:
        return report
    nameless = is_without_sender(headers, envelope_from)
    mailer = bool(MAILER.match(from_address)) or (not from_address and _is_from_mailer(headers))
    returned = bool(RETURNED.match(subject))
    if headers.has("x-failed-recipients") or (
        returned and (nameless or mailer or _is_list_manager(headers, from_address))
    ):
        return "bounce"
    if _says_automatic(headers, subject):
        return "auto_reply"
    if mailer and (nameless or _is_form_letter(raw, parts)):
        return "bounce"
    if returned and (_is_form_letter(raw, parts) or _is_report(headers)):
        return "bounce"
    return "auto_reply" if nameless else "human"


def may_answer_automatically(headers: Headers, from_address: str, subject: str) -> bool:
    """Whether a person would be at the other end, and no list, robot or second desk (RFC 3834 and its neighbours)."""
    submitted = plain(headers.first("auto-submitted")).lower()
    return not (
        any(headers.has(name) for name in NEVER_ANSWERED)
        or (submitted and not submitted.startswith("no"))
        or plain(headers.first("precedence")).lower() in UNANSWERED_PRECEDENCE
        or NO_REPLY.match(from_address)
        or AWAY.match(subject)
        or RETURNED.match(subject)
    )


def is_without_sender(headers: Headers, envelope_from: str | None) -> bool:
    """Whether it came with the empty sender that RFC 5321 demands of mails about mails."""
    if envelope_from is not None:
        return envelope_from.strip("<> ") == ""
    return any(plain(value).replace(" ", "") == "<>" for value in headers.all("return-path"))


def _report(raw: bytes, parts: tuple[Part, ...]) -> Kind | None:
    for part in parts:
        found = REPORT_PART.match(part.content_type)
        if found and found[1] == "feedback-report":
            return "complaint"
        if found and found[1] == "disposition-notification":
            return "delivery_report"
        if found:
            actions = {action.lower() for action in ACTION.findall(part_content(raw, part)[:REPORT_HEAD_READ])}
            return "delivery_report" if actions and actions <= {b"delivered", b"relayed", b"expanded"} else "bounce"
    return None


def _says_automatic(headers: Headers, subject: str) -> bool:
    """A machine's answer to a mail. What a machine sends unasked (an alarm, a form) is a question like any other."""
    submitted = plain(headers.first("auto-submitted")).lower()
    answers = headers.has("in-reply-to") or headers.has("references")
    return bool(
        submitted.startswith("auto-replied")
        or any(headers.has(name) for name in SAYS_AUTOMATIC)
        or plain(headers.first("precedence")).lower() in {"auto_reply", "auto-reply"}
        or AWAY.match(subject)
        or (submitted.startswith("auto-") and answers and headers.has("x-auto-response-suppress"))
    )


def _is_from_mailer(headers: Headers) -> bool:
    """A bare `From: MAILER-DAEMON`, which is no address."""
    return any(
        re.search(r"(?i)mailer-?daemon|postmaster|mail delivery (?:sub)?system", plain(v)) for v in headers.all("from")
    )


def _is_form_letter(raw: bytes, parts: tuple[Part, ...]) -> bool:
    return any(REPORT_FORM.search(part_content(raw, part)[:REPORT_HEAD_READ]) for part in parts[:3])


def _is_report(headers: Headers) -> bool:
    return read_parameters(headers.first("content-type"))[0] == "multipart/report"


def _is_list_manager(headers: Headers, from_address: str) -> bool:
    """A mailing list's program speaking for itself, not a member through the list."""
    return any(headers.has(name) for name in LIST_HEADERS) and bool(LIST_MANAGER.match(from_address))

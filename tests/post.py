"""Mail for tests: let one come in, see the last of ours, answer it, the way mail servers and mail programs do."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from mainstay.channels.email.actions import store_raw_mail
from mainstay.channels.email.models import OutgoingMail, RawMail
from mainstay.tickets.models import Message, Ticket
from tests.letters import SUPPORT, letter
from tests.working import do_jobs

RECEIVER = "mx.intercom.example"


def comes_in(raw: bytes, sender: str, *, to: str = SUPPORT, mailbox: str = "smtp") -> RawMail:
    """The mail is delivered with this envelope, and filed."""
    key = store_raw_mail(raw=raw, envelope_from=sender, envelope_to=[to], peer="", mailbox=mailbox)
    do_jobs()
    return RawMail.objects.get(pk=key)


def writes(
    sender: str, text: str = "The lock stays open.", *, to: str = SUPPORT, proven: bool = False, **more: str
) -> RawMail:
    """Somebody writes a plain mail; `proven`: our receiver vouches for the sender."""
    address = sender.rpartition("<")[2].rstrip(">")
    if proven:
        more["Authentication_Results"] = proof(address)
    return comes_in(letter(sender, text, to=to, **more), address, to=to)


def proof(address: str) -> str:
    domain = address.rpartition("@")[2]
    return f"{RECEIVER}; dmarc=pass header.from={domain}; dkim=pass header.d={domain}"


def last_of_ours(ticket: Ticket) -> Any:
    """The newest mail we wrote on a ticket, read."""
    mail = OutgoingMail.objects.filter(message__ticket=ticket).order_by("-pk")[0]
    return message_from_bytes(bytes(mail.raw), policy=policy.default)


def in_answer(ours: Any, *, references: bool = True, to: str | None = None) -> dict[str, str]:
    """What a mail program puts into an answer to a mail of ours: headers for `letter`."""
    threading = {"In_Reply_To": ours["Message-ID"], "References": ours["Message-ID"]} if references else {}
    return {"subject": "Re: " + ours["Subject"], "to": to or ours["Reply-To"], **threading}


def bounce_of(ours: Any, *, action: str = "failed", status: str = "5.1.1") -> bytes:
    """What a mail server sends back when it cannot deliver a mail (RFC 3464)."""
    report = EmailMessage()
    report["From"], report["To"] = "Mail Delivery System <mailer-daemon@mx.larch.example>", ours["From"]
    report["Subject"] = "Undelivered Mail Returned to Sender"
    body = (
        "--b\r\nContent-Type: text/plain\r\n\r\nI could not deliver your message.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.larch.example\r\n\r\n"
        f"Final-Recipient: rfc822; {ours['To'].addresses[0].addr_spec}\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: smtp; 550 {status} unknown\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {ours['Message-ID']}\r\nSubject: x\r\n\r\n--b--\r\n"
    )
    head = "".join(f"{name}: {value}\r\n" for name, value in report.items())
    kind = 'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n'
    return (head + "MIME-Version: 1.0\r\n" + kind + "\r\n" + body).encode()


def message_of(mail: RawMail) -> Message:
    assert mail.message is not None, (mail.state, mail.problem)
    return mail.message

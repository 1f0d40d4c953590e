"""Mails as people send them, for tests."""

from email.message import EmailMessage

SUPPORT = "support@intercom.example"


def letter(
    sender: str,
    text: str = "The lock stays open.",
    *,
    subject: str = "Lock",
    to: str = SUPPORT,
    attachment: tuple[str, bytes] | None = None,
    **headers: str,
) -> bytes:
    """A plain mail as bytes, with a file (name, content) or without; header names with underscores for dashes: `In_Reply_To=…`."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    if "Message_ID" not in headers:
        mail["Message-ID"] = f"<{abs(hash((sender, text, subject, to)))}@sender.example>"
    mail.set_content(text)
    if attachment is not None:
        mail.add_attachment(attachment[1], "application", "octet-stream", filename=attachment[0])
    return mail.as_bytes()


def answer_to(raw: bytes, sender: str, text: str, *, keep_references: bool = True, to: str | None = None) -> bytes:
    """A reply to one of our mails, as a mail program writes it."""
    from email import message_from_bytes, policy

    ours = message_from_bytes(raw, policy=policy.default)
    headers = {"In_Reply_To": ours["Message-ID"], "References": ours["Message-ID"]} if keep_references else {}
    return letter(sender, text, subject="Re: " + ours["Subject"], to=to or ours["Reply-To"], **headers)

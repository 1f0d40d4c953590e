"""A mail as it was sent: its HTML made harmless, with the pictures that may be shown; and what to know of its sender."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from urllib.parse import unquote

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mainstay.history.prepared import Prepared
from mainstay.people.models import Person
from mainstay.people.states import Permission
from mainstay.tickets.models import Message, Ticket
from mainstay.tickets.queries import message_for

from .html_clean import clean_html
from .models import RawMail
from .reading import UnreadableMail, read_mail
from .reading.senders import sender_warning

OUTSIDE = re.compile(r"(?i)\s*(https?:)?//")
PIXEL = re.compile(r"\s*[0-2](?:px)?\s*")
TEXT_SHOWN = 500_000
WARNINGS = {
    "claims_other_address": gettext_lazy("The name shows another address than the mail came from."),
    "invisible": gettext_lazy("There are invisible characters in the name."),
    "mixed_scripts": gettext_lazy("Letters of different alphabets are mixed here: read the address closely."),
}

# Told where a picture lies, says where to load it from; empty when it is not to be loaded.
Source = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Original:
    """The mail that a message was made of, and whether it came as HTML."""

    mail: int
    has_html: bool


def originals_of(ticket: Ticket) -> dict[int, Original]:
    """The mails of a ticket's messages by the message's key; of several that became one message, the first."""
    return {message: Original(mail, has_html) for message, mail, has_html in _MAILS.rows(ticket.pk)}


_MAILS = Prepared(
    lambda ticket: (
        RawMail.objects.filter(message__ticket=ticket).order_by("-pk").values_list("message", "pk", "has_html")
    ),
    int,
)


def original_for(viewer: Person, message: int) -> RawMail | None:
    """The mail a message was made of, for staff who see the message; None otherwise. Its bytes are read when asked for."""
    found = message_for(viewer, message) if viewer.may(Permission.SEE_TICKETS) else None
    return RawMail.objects.filter(message=found).defer("raw").order_by("pk").first() if found else None


def shown_html(raw: bytes, *, enclosed: Source, outside: Source) -> str:
    """The mail's HTML, safe to stand in a document of ours; its text when it has none.

    `enclosed` is asked with the content id of a picture in the mail, `outside` with the address of one from elsewhere.
    Pictures of a pixel or two, which only count readers, are left away in any case.
    """
    try:
        parsed = read_mail(raw)
    except UnreadableMail:
        return _preformatted(raw[:TEXT_SHOWN].decode("utf-8", "replace"))
    if not parsed.body_html:
        return _preformatted(parsed.body_text)
    return clean_html(parsed.body_html, pictures=lambda attributes: _picture(attributes, enclosed, outside))


def warning_of(message: Message) -> str:
    """In words, in which way the sender's name or address misleads; empty when in none."""
    found = sender_warning(message.sender_name, message.sender_address)
    return str(WARNINGS[found]) if found else ""


def _picture(attributes: dict[str, str], enclosed: Source, outside: Source) -> dict[str, str] | None:
    if any(PIXEL.fullmatch(attributes.get(side, "")) for side in ("width", "height")):
        return None
    source = attributes.get("src", "").strip()
    address = ""
    if source.lower().startswith("cid:"):
        address = enclosed(unquote(source[4:]).strip("<> "))
    elif OUTSIDE.match(source):
        address = outside(f"https:{source}" if source.startswith("//") else source)
    if address:
        return {**attributes, "src": address}
    return {"alt": attributes.get("alt", "").strip() or _("Picture"), "title": _("This picture was not loaded.")}


def _preformatted(text: str) -> str:
    return f"<pre>{escape(text[:TEXT_SHOWN], quote=False)}</pre>"

"""From the bytes of a mail to its values: pure, bounded, and never surprised."""

from mainstay.channels.email.addresses import Address

from .authentication import Verdict, verdict_of
from .errors import UnreadableMail
from .glancing import glance
from .mail import read_mail
from .parsed import Attachment, Kind, ParsedMail
from .replies import Folded, fold_reply

__all__ = [
    "Address",
    "Attachment",
    "Folded",
    "Kind",
    "ParsedMail",
    "UnreadableMail",
    "Verdict",
    "fold_reply",
    "glance",
    "read_mail",
    "verdict_of",
]

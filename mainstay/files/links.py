"""Short-lived links to files: each names its reader, so that it can be asked again whether they may."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.core import signing

SALT = "mainstay.files"
STEP_SECONDS = 600

Purpose = Literal["download", "picture", "outside"]


@dataclass(frozen=True, slots=True)
class FileLink:
    """Who may load what: the key of an attachment, or the address of a picture from outside and its message's key."""

    person: int
    what: int
    address: str = ""


def sign_link(purpose: Purpose, link: FileLink, at: datetime) -> str:
    """A text that `read_link` takes for ten to twenty minutes; the same one for ten, so that a browser may keep what it got."""
    until = (int(at.timestamp()) // STEP_SECONDS + 2) * STEP_SECONDS
    return _signer(purpose).sign_object([link.person, link.what, link.address, until], compress=True)


def read_link(purpose: Purpose, signed: str, at: datetime) -> FileLink | None:
    """The link; None when it was forged, made for another purpose, or is over. Whether its person still may is not asked."""
    try:
        person, what, address, until = _signer(purpose).unsign_object(signed)
    except signing.BadSignature:
        return None
    return FileLink(person, what, address) if at.timestamp() < until else None


def _signer(purpose: Purpose) -> signing.Signer:
    return signing.Signer(salt=f"{SALT}.{purpose}")

"""Mail addresses in one form only: how they are compared, read from a header, and made to carry a reply token."""

import base64
import re
import secrets
import unicodedata
from dataclasses import dataclass

LOCAL_MAX = 64
DOMAIN_MAX = 253
LABEL_MAX = 63
ASCII_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
LOCAL_ASCII = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~.-]+\Z")
QUOTED_LOCAL = re.compile(r'"((?:[^"\\]|\\.)*)"\Z')
LABEL_ASCII = re.compile(r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\Z")
TOKEN = re.compile(r"[a-z2-7]{26}\Z")
TOKEN_MARK = "+t."  # noqa: S105 - the mark before a token, not a secret


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox: the name as shown (may be empty) and the address in canonical form (empty when it is none)."""

    name: str
    address: str


def canonical_address(text: str) -> str | None:
    """The one form in which an address is stored and compared, or `None` when it is no address we could answer.

    Only what cannot change whose mailbox it is gets folded: ASCII case, the dot after the domain, needless quotes, and a
    domain in letters to its ASCII form. Look-alikes (`mıke`, full-width letters, the Kelvin sign) stay different or are refused.
    """
    local, at, domain = text.strip().rpartition("@")
    if not at:
        return None
    if quoted := QUOTED_LOCAL.match(local):
        local = re.sub(r"\\(.)", r"\1", quoted[1])
    local = local.translate(ASCII_LOWER)
    host = _canonical_domain(domain)
    if host is None or not _is_local_part(local) or len(local.encode("utf-8", "replace")) > LOCAL_MAX:
        return None
    return f"{local}@{host}"


def _is_local_part(local: str) -> bool:
    if local.isascii():
        return bool(LOCAL_ASCII.match(local))
    return (
        all(
            LOCAL_ASCII.match(letter) if letter.isascii() else unicodedata.category(letter)[0] in "LMN"
            for letter in local
        )
        and unicodedata.normalize("NFC", local) == local
    )


def _canonical_domain(domain: str) -> str | None:
    if not 0 < len(domain) <= DOMAIN_MAX + 1:
        return None
    labels = [_canonical_label(label) for label in domain.removesuffix(".").split(".")]
    known = [label for label in labels if label]
    host = ".".join(known)
    return host if len(known) == len(labels) and len(host) <= DOMAIN_MAX else None


def _canonical_label(label: str) -> str | None:
    if len(label) > LABEL_MAX:
        return None
    if label.isascii():
        label = label.translate(ASCII_LOWER)
        return label if LABEL_ASCII.match(label) else None
    label = unicodedata.normalize("NFC", label)
    # What compatibility folding would turn into other letters is a look-alike, not a spelling.
    if unicodedata.normalize("NFKC", label) != label:
        return None
    label = label.lower()
    if not all(letter == "-" or unicodedata.category(letter)[0] in "LMN" for letter in label):
        return None
    coded = "xn--" + label.encode("punycode").decode("ascii")
    return coded if len(coded) <= LABEL_MAX and LABEL_ASCII.match(coded) else None


def new_token() -> str:
    """128 random bits in 26 letters that survive every change of case on the way."""
    return base64.b32encode(secrets.token_bytes(16)).decode("ascii").rstrip("=").lower()


def token_address(base: str, token: str) -> str:
    """The desk's address `base` with a reply token in it: `support+t.<token>@…`."""
    local, _, domain = base.rpartition("@")
    address = f"{local}{TOKEN_MARK}{token}@{domain}"
    if token_in(address, base) != token:
        raise ValueError(f"no room for a reply token in {base!r}")
    return address


def token_in(address: str, base: str) -> str | None:
    """The reply token in an address that belongs to the desk's address `base`, else `None`."""
    given, ours = canonical_address(address), canonical_address(base)
    if given is None or ours is None:
        return None
    local, _, domain = ours.rpartition("@")
    given_local, _, given_domain = given.rpartition("@")
    token = given_local.removeprefix(local + TOKEN_MARK)
    if given_domain != domain or token == given_local or not TOKEN.match(token):
        return None
    return token


def new_message_id(domain: str, token: str | None = None) -> str:
    """A Message-ID of ours, with its brackets; nobody can guess it. `token` makes it a chosen one."""
    host = _canonical_domain(domain)
    if host is None:
        raise ValueError(f"{domain!r} is no domain")
    return f"<{token or new_token()}.m@{host}>"

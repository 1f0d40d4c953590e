"""Signs our mail by DKIM (RFC 6376), where the desk has a key for it."""

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from mainstay.lib.errors import MainstayError

# Each of these is signed once more than it occurs: nobody on the way can add one without breaking the signature.
SIGNED = (
    "from", "to", "cc", "subject", "date", "message-id", "in-reply-to", "references", "reply-to", "mime-version",
    "content-type", "content-language", "auto-submitted", "list-unsubscribe", "list-unsubscribe-post",
)  # fmt: skip
KEY_BITS_MIN = 1024  # RFC 8301
SELECTOR = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*\Z")


class CannotSign(MainstayError):
    """Mail is to be signed and cannot be: nothing is written rather than something unsigned."""


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key, and the name under which its public half stands in the DNS."""

    selector: str
    domain: str  # empty: that of the sender
    key: bytes = field(repr=False)  # PEM

    def signed(self, raw: bytes, sender: str) -> bytes:
        """The mail with a signature above it. Sign once: the time of signing is part of it."""
        import dkim

        domain = self.domain or sender.rpartition("@")[2]
        try:
            signature: bytes = dkim.DKIM(raw).sign(
                self.selector.encode("ascii"),
                domain.encode("ascii"),
                self.key,
                canonicalize=(b"relaxed", b"relaxed"),
                include_headers=_to_sign(raw),
            )
        except (dkim.DKIMException, UnicodeEncodeError) as problem:
            raise CannotSign(_("This mail could not be signed: %(problem)s") % {"problem": problem}) from problem
        return signature + raw


@cache
def our_signer() -> Signer | None:
    """Who signs this desk's mail, as its settings say; read once for each process."""
    return signer_from(settings.EMAIL_DKIM_KEY, settings.EMAIL_DKIM_SELECTOR, settings.EMAIL_DKIM_DOMAIN)


def signer_from(key_file: str, selector: str, domain: str = "") -> Signer | None:
    """What `MAINSTAY_DKIM_KEY`, `MAINSTAY_DKIM_SELECTOR` and `MAINSTAY_DKIM_DOMAIN` say: none when all are empty.

    Raises `CannotSign` with what is missing: a desk that should sign does not write unsigned mail.
    """
    if not (key_file or selector or domain):
        return None
    if not key_file or not selector:
        raise CannotSign(_("To sign mail, set both MAINSTAY_DKIM_KEY (a file) and MAINSTAY_DKIM_SELECTOR (a name)."))
    selector, domain = selector.lower(), domain.lower().rstrip(".")
    if not SELECTOR.match(selector) or (domain and not SELECTOR.match(domain)):
        raise CannotSign(_("MAINSTAY_DKIM_SELECTOR and MAINSTAY_DKIM_DOMAIN are names as in the DNS, such as “desk1”."))
    return Signer(selector, domain, _private_key(key_file))


def _private_key(key_file: str) -> bytes:
    """The key as PEM that the library reads; it must be RSA, long enough, and without a password."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    try:
        written = Path(key_file).read_bytes()
    except OSError as problem:
        raise CannotSign(
            _("The key file for signing mail, %(file)s, cannot be read: %(problem)s.")
            % {"file": key_file, "problem": (problem.strerror or str(problem)).lower()}
        ) from problem
    try:
        key = serialization.load_pem_private_key(written, password=None)
    except (ValueError, TypeError) as problem:
        raise CannotSign(
            _("The key file for signing mail, %(file)s, holds no private key in PEM without a password.")
            % {"file": key_file}
        ) from problem
    if not isinstance(key, RSAPrivateKey) or key.key_size < KEY_BITS_MIN:
        raise CannotSign(
            _("The key for signing mail must be an RSA key of at least %(bits)s bits.") % {"bits": KEY_BITS_MIN}
        )
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )


def _to_sign(raw: bytes) -> list[bytes]:
    head = raw.partition(b"\r\n\r\n")[0].lower()
    present = [line.partition(b":")[0].decode("ascii", "replace") for line in head.split(b"\r\n")]
    return [name.encode() for name in SIGNED for _again in range(present.count(name) + 1)]

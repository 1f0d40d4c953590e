"""A notice as a push service takes it: encrypted for one browser (RFC 8291, 8188), and signed as ours (RFC 8292)."""

import base64
import binascii
import json
import os
import time
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from .errors import NotABrowser

RECORD = 4096
LAST_RECORD = b"\x02"
PAYLOAD_MAX = 3000  # push services take 4,096 bytes, all told
POINT = 65
SECRET = 16
SIGNED_FOR_SECONDS = 12 * 3600  # at most 24 hours


def encrypted(
    content: bytes,
    public_key: str,
    secret: str,
    *,
    ours: EllipticCurvePrivateKey | None = None,
    salt: bytes = b"",
) -> bytes:
    """The content for the browser with these keys, as the body of a request with `Content-Encoding: aes128gcm`.

    `ours` and `salt` are drawn anew for each message; only a test with published values gives them.
    """
    if len(content) > PAYLOAD_MAX:
        raise ValueError("a push message holds no more than 3,000 bytes")
    ours = ours or generate_private_key(SECP256R1())
    salt = salt or os.urandom(SECRET)
    theirs = read_public_key(public_key)
    our_point, their_point = point_of(ours.public_key()), point_of(theirs)
    info = b"WebPush: info\x00" + their_point + our_point
    material = _derived(ours.exchange(ECDH(), theirs), read_secret(secret), info, 32)
    key = _derived(material, salt, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _derived(material, salt, b"Content-Encoding: nonce\x00", 12)
    head = salt + RECORD.to_bytes(4, "big") + len(our_point).to_bytes(1, "big") + our_point
    return head + AESGCM(key).encrypt(nonce, content + LAST_RECORD, None)


def authorization(endpoint: str, key: EllipticCurvePrivateKey, contact: str, *, at: float | None = None) -> str:
    """The value of `Authorization`: a push service may ask for the one who made the subscription, and reach `contact`."""
    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int(at if at is not None else time.time()) + SIGNED_FOR_SECONDS,
        "sub": contact,
    }
    words = ".".join(to_text(json.dumps(part, separators=(",", ":")).encode()) for part in (_HEAD, claims))
    first, second = decode_dss_signature(key.sign(words.encode(), ECDSA(SHA256())))
    signature = to_text(first.to_bytes(32, "big") + second.to_bytes(32, "big"))
    return f"vapid t={words}.{signature}, k={to_text(point_of(key.public_key()))}"


_HEAD = {"typ": "JWT", "alg": "ES256"}


def _derived(material: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(material)


# --- keys as text ---------------------------------------------------------------------------------------------------


def read_public_key(text: str) -> EllipticCurvePublicKey:
    """A browser's key: a point of the curve, uncompressed; raises NotABrowser."""
    raw = from_text(text)
    try:
        if len(raw) != POINT:
            raise NotABrowser
        return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), raw)
    except (ValueError, InvalidKey):
        raise NotABrowser from None


def read_secret(text: str) -> bytes:
    """A browser's secret of 16 bytes; raises NotABrowser."""
    raw = from_text(text)
    if len(raw) != SECRET:
        raise NotABrowser
    return raw


def point_of(key: EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def to_text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def from_text(text: str) -> bytes:
    """Bytes of URL-safe base64 with or without padding; raises NotABrowser."""
    try:
        return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise NotABrowser from None

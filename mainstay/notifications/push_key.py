"""The key by which push services know this desk (VAPID): made once, kept outside the database.

Browsers are bound to it: with another one each has to be set up again. So it belongs into the backup, and several web or
worker processes on different machines need the same one.
"""

import os
import tempfile
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from django.conf import settings
from django.utils.translation import gettext as _

from .errors import PushKeyUnusable
from .webpush import point_of, to_text

KEY_FILE = "push_key.pem"


def push_key() -> EllipticCurvePrivateKey:
    """This desk's key, made when it is first needed; raises PushKeyUnusable."""
    return _key_at(Path(settings.DATA_DIR) / KEY_FILE)


def public_push_key() -> str:
    """Its public half, as a browser wants it."""
    return to_text(point_of(push_key().public_key()))


@cache
def _key_at(place: Path) -> EllipticCurvePrivateKey:
    try:
        if not place.exists():
            _make(place)
        key = load_pem_private_key(place.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as problem:
        raise PushKeyUnusable(
            _("The key for notices in browsers can't be used: %(file)s") % {"file": place}
        ) from problem
    if not isinstance(key, EllipticCurvePrivateKey) or not isinstance(key.curve, SECP256R1):
        raise PushKeyUnusable(_("The key for notices in browsers can't be used: %(file)s") % {"file": place})
    return key


def _make(place: Path) -> None:
    """A link is made at once or not at all: of two processes one wins, and both use the whole key of the winner."""
    key = generate_private_key(SECP256R1())
    handle, draft = tempfile.mkstemp(dir=place.parent, prefix=".push-")  # mkstemp: mode 0600
    with os.fdopen(handle, "wb") as file:
        file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        file.flush()
        os.fsync(file.fileno())
    try:
        place.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        Path(draft).unlink()

"""Secrets at rest: sealed with a key that lies outside the database, and never opened without it."""

import os
import tempfile
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.translation import gettext as _

from .errors import KeyMissing

KEYS_VARIABLE = "MAINSTAY_SECRET_KEYS"
KEYS_FILE = "secret_keys"


def seal(secret: str, *, may_make_key: bool) -> str:
    """The secret, readable only with the key; empty stays empty. The first secret of a desk makes its key."""
    if not secret:
        return ""
    return _keys(may_make=may_make_key).encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """The secret again; raises KeyMissing when there is no key, or not the one it was sealed with."""
    if not sealed:
        return ""
    try:
        return _keys(may_make=False).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise KeyMissing(
            _(
                "The stored secret can't be read with the keys at hand: put back the keys it was sealed with (%(where)s)."
            )
            % {"where": _where()}
        ) from None


def _keys(*, may_make: bool) -> MultiFernet:
    """The newest key first: it seals, and all of them open."""
    named = os.environ.get(KEYS_VARIABLE, "").replace(",", " ").split()
    words = named or _keys_of_file(may_make)
    try:
        return MultiFernet([Fernet(word) for word in words])
    except ValueError:
        raise KeyMissing(
            _("What stands in %(where)s is not a list of keys: each is 32 bytes in URL-safe base64.")
            % {"where": _where()}
        ) from None


def _keys_of_file(may_make: bool) -> list[str]:
    place = Path(settings.DATA_DIR) / KEYS_FILE
    try:
        if may_make and not place.exists():
            _make_key(place)
        return place.read_text().split()
    except FileNotFoundError:
        raise KeyMissing(
            _("The key for stored secrets is missing: put %(file)s back from the backup, or name it in %(variable)s.")
            % {"file": place, "variable": KEYS_VARIABLE}
        ) from None
    except OSError as fault:
        raise KeyMissing(
            _("The key for stored secrets can't be used: %(problem)s.") % {"problem": f"{place}: {fault.strerror}"}
        ) from fault


def _make_key(place: Path) -> None:
    """A link is made at once or not at all: of two processes one wins, and both use the whole key of the winner."""
    handle, draft = tempfile.mkstemp(dir=place.parent, prefix=".keys-")  # mkstemp: mode 0600
    with os.fdopen(handle, "wb") as file:
        file.write(Fernet.generate_key() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        place.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        Path(draft).unlink()


def _where() -> str:
    return KEYS_VARIABLE if os.environ.get(KEYS_VARIABLE) else str(Path(settings.DATA_DIR) / KEYS_FILE)

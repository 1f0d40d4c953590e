"""Secrets at rest: sealed with a key that lies outside the database, and never opened without it."""

import os
import tempfile
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

KEYS_VARIABLE = "MAINSTAY_SECRET_KEYS"
KEYS_FILE = "secret_keys"


class KeyUnusable(Exception):
    """The key is not there, or is not the right one. `because`: missing, unreadable, malformed or another."""

    def __init__(self, because: str, where: str, problem: str = "") -> None:
        super().__init__(f"{because}: {where} {problem}")
        self.because, self.where, self.problem = because, where, problem


def seal(secret: str, folder: Path, *, may_make_key: bool) -> str:
    """The secret, readable only with the key; empty stays empty. The first secret of a desk makes its key in `folder`."""
    if not secret:
        return ""
    return _keys(folder, may_make=may_make_key).encrypt(secret.encode()).decode()


def unseal(sealed: str, folder: Path) -> str:
    """The secret again; raises KeyUnusable when there is no key, or not the one it was sealed with."""
    if not sealed:
        return ""
    try:
        return _keys(folder, may_make=False).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise KeyUnusable("another", _where(folder)) from None


def _keys(folder: Path, *, may_make: bool) -> MultiFernet:
    """The newest key first: it seals, and all of them open."""
    named = os.environ.get(KEYS_VARIABLE, "").replace(",", " ").split()
    words = named or _keys_of_file(folder / KEYS_FILE, may_make)
    try:
        return MultiFernet([Fernet(word) for word in words])
    except ValueError:
        raise KeyUnusable("malformed", _where(folder)) from None


def _keys_of_file(place: Path, may_make: bool) -> list[str]:
    try:
        if may_make and not place.exists():
            _make_key(place)
        return place.read_text().split()
    except FileNotFoundError:
        raise KeyUnusable("missing", str(place)) from None
    except OSError as fault:
        raise KeyUnusable("unreadable", str(place), fault.strerror or type(fault).__name__) from fault


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


def _where(folder: Path) -> str:
    return KEYS_VARIABLE if os.environ.get(KEYS_VARIABLE) else str(folder / KEYS_FILE)

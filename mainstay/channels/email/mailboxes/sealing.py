"""The secrets of mailboxes at rest, sealed as `mainstay.lib.sealing` does it; what is wrong with the key is told in words."""

from pathlib import Path

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from mainstay.lib import sealing
from mainstay.lib.sealing import KEYS_FILE, KEYS_VARIABLE, KeyUnusable

from .errors import KeyMissing

__all__ = ["KEYS_FILE", "KEYS_VARIABLE", "nothing_is_sealed", "seal", "unseal"]


def seal(secret: str, *, may_make_key: bool) -> str:
    """The secret, readable only with the key; empty stays empty. The first secret of a desk makes its key."""
    try:
        return sealing.seal(secret, Path(settings.DATA_DIR), may_make_key=may_make_key)
    except KeyUnusable as fault:
        raise _told(fault) from fault


def unseal(sealed: str) -> str:
    """The secret again; raises KeyMissing when there is no key, or not the one it was sealed with."""
    try:
        return sealing.unseal(sealed, Path(settings.DATA_DIR))
    except KeyUnusable as fault:
        raise _told(fault) from fault


def nothing_is_sealed() -> bool:
    """Whether no room keeps a sealed secret: only then a missing key may be made."""
    return not any(import_string(path)() for path in settings.SEALED_SECRETS)


def _told(fault: KeyUnusable) -> KeyMissing:
    sentences = {
        "another": _(
            "The stored secret can't be read with the keys at hand: put back the keys it was sealed with (%(where)s)."
        ),
        "malformed": _("What stands in %(where)s is not a list of keys: each is 32 bytes in URL-safe base64."),
        "missing": _(
            "The key for stored secrets is missing: put %(where)s back from the backup, or name it in %(variable)s."
        ),
        "unreadable": _("The key for stored secrets can't be used: %(where)s: %(problem)s."),
    }
    values = {"where": fault.where, "variable": KEYS_VARIABLE, "problem": fault.problem}
    return KeyMissing(sentences[fault.because] % values)

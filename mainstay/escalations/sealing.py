"""The secrets of trackers at rest, sealed as `mainstay.lib.sealing` does it; what is wrong with the key is told in words."""

from pathlib import Path

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from mainstay.lib import sealing
from mainstay.lib.sealing import KEYS_VARIABLE, KeyUnusable

from .errors import TrackerTrouble


def seal(secret: str) -> str:
    """The secret, readable only with the key. The first secret of a desk makes its key; raises TrackerTrouble without one."""
    try:
        return sealing.seal(secret, Path(settings.DATA_DIR), may_make_key=_nothing_is_sealed())
    except KeyUnusable as fault:
        raise _told(fault) from fault


def unseal(sealed: str) -> str:
    """The secret again; raises TrackerTrouble when there is no key, or not the one it was sealed with."""
    try:
        return sealing.unseal(sealed, Path(settings.DATA_DIR))
    except KeyUnusable as fault:
        raise _told(fault) from fault


def _nothing_is_sealed() -> bool:
    return not any(import_string(path)() for path in settings.SEALED_SECRETS)


def _told(fault: KeyUnusable) -> TrackerTrouble:
    sentence = _(
        "The stored secret can't be read or written: put the keys it was sealed with back (%(where)s), or name them in"
        " %(variable)s."
    )
    return TrackerTrouble(sentence % {"where": fault.where, "variable": KEYS_VARIABLE}, needs_person=True)

"""The secrets of second factors and providers at rest, sealed as `mainstay.lib.sealing` does it."""

from pathlib import Path

from django.conf import settings
from django.utils.module_loading import import_string

from mainstay.lib import sealing
from mainstay.lib.sealing import KEYS_VARIABLE, KeyUnusable

from .errors import SecretsUnreadable


def seal(secret: str) -> str:
    """The secret, readable only with the key. The first secret of a desk makes its key; raises SecretsUnreadable without one."""
    try:
        return sealing.seal(secret, Path(settings.DATA_DIR), may_make_key=_nothing_is_sealed())
    except KeyUnusable as fault:
        raise SecretsUnreadable(fault.where, KEYS_VARIABLE) from fault


def unseal(sealed: str) -> str:
    """The secret again; raises SecretsUnreadable when there is no key, or not the one it was sealed with."""
    try:
        return sealing.unseal(sealed, Path(settings.DATA_DIR))
    except KeyUnusable as fault:
        raise SecretsUnreadable(fault.where, KEYS_VARIABLE) from fault


def _nothing_is_sealed() -> bool:
    return not any(import_string(path)() for path in settings.SEALED_SECRETS)

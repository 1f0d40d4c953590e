"""The built-in listener for mail: says `250` only for what is committed, and `try again later` for everything it cannot keep."""

from .certificate import Certificate, certificate_from
from .errors import CannotListen, CertificateUnusable
from .listener import Accepts, Listener, Store
from .places import must_be_safe
from .serving import django_accepts, django_store, serve

__all__ = [
    "Accepts",
    "CannotListen",
    "Certificate",
    "CertificateUnusable",
    "Listener",
    "Store",
    "certificate_from",
    "django_accepts",
    "django_store",
    "must_be_safe",
    "serve",
]

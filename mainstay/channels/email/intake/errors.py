"""Why the listener does not start; each sentence is what a person reads."""

from mainstay.lib.errors import MainstayError


class CannotListen(MainstayError):
    """Mail cannot be taken in at this place."""


class CertificateUnusable(MainstayError):
    """The listener cannot prove who it is with these files."""

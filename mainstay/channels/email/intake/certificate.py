"""The listener's certificate: checked at the start, and read again when its files change."""

import logging
import ssl
from pathlib import Path

from django.utils.translation import gettext as _

from .errors import CertificateUnusable

log = logging.getLogger(__name__)

Marks = tuple[tuple[int, int], ...]


class Certificate:
    """A certificate and its key, as files that somebody renews from time to time."""

    def __init__(self, certificate: Path, key: Path) -> None:
        """Raises `CertificateUnusable` with what is wrong."""
        self.certificate, self.key = certificate, key
        self._marks = self._now()
        self._context = self._read()

    def context(self) -> ssl.SSLContext:
        """For the next connection. While renewed files are not in order, the ones of before hold."""
        try:
            marks = self._now()
            if marks != self._marks:
                self._marks = marks
                self._context = self._read()
        except CertificateUnusable as problem:
            log.error("the renewed certificate is not used: %s", problem)
        return self._context

    def _now(self) -> Marks:
        try:
            return tuple((stat.st_mtime_ns, stat.st_size) for stat in (self.certificate.stat(), self.key.stat()))
        except OSError as problem:
            raise self._unusable(problem) from problem

    def _read(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        try:
            context.load_cert_chain(self.certificate, self.key, password=_no_password)
        except (OSError, ValueError) as problem:
            raise self._unusable(problem) from problem
        return context

    def _unusable(self, problem: Exception) -> CertificateUnusable:
        reason = getattr(problem, "reason", None) or getattr(problem, "strerror", None) or str(problem)
        return CertificateUnusable(
            _("The certificate %(certificate)s with the key %(key)s cannot be used: %(reason)s.")
            % {"certificate": self.certificate, "key": self.key, "reason": str(reason).lower().replace("_", " ")}
        )


def _no_password() -> str:
    """Nobody is there to be asked for one."""
    raise ValueError("the key has a password")


def certificate_from(certificate: Path | None, key: Path | None) -> Certificate | None:
    """Both files, or none; raises `CertificateUnusable`."""
    if certificate is None and key is None:
        return None
    if certificate is None or key is None:
        raise CertificateUnusable(_("A certificate needs its key, and a key its certificate: name both files."))
    return Certificate(certificate, key)

"""“Test this provider”: each step by name and what came of it; nobody is signed in."""

import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import jwt
import requests
from cryptography.x509 import load_pem_x509_certificate
from django.utils.translation import gettext as _

from mainstay.lib.errors import MainstayError

from .models import IdentityProvider
from .openid import ALGORITHMS, Discovery, NotBelieved, discovered, signing_keys
from .queries import secret_of
from .saml import is_installed, pem_of
from .states import ProviderKind

OK, FAILED, SKIPPED = "ok", "failed", "skipped"


@dataclass(frozen=True)
class Step:
    """One step of the test; `state` is ok, failed or skipped."""

    name: str
    state: str
    sentence: str


def check_provider(provider: IdentityProvider) -> list[Step]:
    """All steps in their order; after one that failed, the rest is not tried."""
    told: list[Step] = []
    steps = _of_openid(provider) if provider.kind == ProviderKind.OIDC else _of_saml(provider)
    for name, step in steps:
        if told and told[-1].state != OK:
            told.append(Step(name, SKIPPED, _("Not tried: an earlier step failed.")))
            continue
        try:
            told.append(Step(name, OK, step()))
        except (NotBelieved, MainstayError) as fault:
            told.append(Step(name, FAILED, str(fault)))
        except (requests.RequestException, ssl.SSLError) as fault:
            told.append(Step(name, FAILED, _unreachable(provider, fault)))
    return told


def is_good(steps: list[Step]) -> bool:
    return all(step.state == OK for step in steps)


def _of_openid(provider: IdentityProvider) -> Iterator[tuple[str, Callable[[], str]]]:
    found: list[Discovery] = []

    def secret_readable() -> str:
        secret_of(provider)
        return _("The secret can be opened.")

    def described() -> str:
        found.append(discovered(provider, anew=True))
        return _("Reached; it calls itself %(issuer)s.") % {"issuer": found[0].issuer}

    def keys_published() -> str:
        usable = _usable_keys(signing_keys(provider, found[0]))
        if not usable:
            raise NotBelieved(_("It publishes no key with which it could sign."))
        return _("It publishes %(n)s keys by which we know its tokens.") % {"n": len(usable)}

    yield _("Stored secret"), secret_readable
    yield _("What it says of itself"), described
    yield _("Its keys"), keys_published


def _of_saml(provider: IdentityProvider) -> Iterator[tuple[str, Callable[[], str]]]:
    def there() -> str:
        if not is_installed():
            raise NotBelieved(_("SAML is not installed here: install Mainstay with its extra “saml”."))
        return _("SAML is installed.")

    def certificate_readable() -> str:
        try:
            certificate = load_pem_x509_certificate(pem_of(provider.certificate).encode())
        except ValueError:
            raise NotBelieved(_("The certificate can't be read.")) from None
        return _("The certificate is good until %(day)s.") % {"day": certificate.not_valid_after_utc.date()}

    yield _("Installation"), there
    yield _("Certificate"), certificate_readable


def _usable_keys(published: object) -> list[jwt.PyJWK]:
    try:
        found = jwt.PyJWKSet.from_dict(published).keys  # type: ignore[arg-type]
    except (jwt.PyJWTError, TypeError, ValueError, AttributeError):
        return []
    return [key for key in found if key.public_key_use in (None, "sig") and key.algorithm_name in ALGORITHMS]


def _unreachable(provider: IdentityProvider, fault: Exception) -> str:
    cause: BaseException | None = fault
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _("It can't prove who it is: %(problem)s.") % {"problem": cause.verify_message}
        cause = cause.__cause__ or cause.__context__
    if provider.allows_private:
        return _("It was not found, or does not answer.")
    return _(
        "It was not found on the public internet, or does not answer. If it is inside your own network, say so below."
    )

"""SAML is an extra: whether it is installed, and how its provider is described to the library."""

from importlib.util import find_spec
from typing import Any

from .models import IdentityProvider

HEAD, FOOT = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"


def is_installed() -> bool:
    return find_spec("onelogin") is not None


def pem_of(certificate: str) -> str:
    """The certificate with its head and foot, however it was pasted: many providers show only what stands between."""
    body = "".join(certificate.replace(HEAD, "").replace(FOOT, "").split())
    lines = [body[at : at + 64] for at in range(0, len(body), 64)]
    return "\n".join([HEAD, *lines, FOOT, ""])


def described(provider: IdentityProvider, *, our_name: str) -> dict[str, Any]:
    """As the library wants it: nothing unsigned is believed, nothing that we did not ask for, nothing old-fashioned.

    `our_name` is the entity ID by which the provider knows us: one, whatever address of the desk somebody came by.
    """
    return {
        "sp": {"entity_id": our_name},
        "idp": {
            "entity_id": provider.issuer,
            "sso_url": provider.sign_in_url,
            "x509cert": pem_of(provider.certificate),
        },
        "attribute_mapping": {
            "uid": ["urn:oasis:names:tc:SAML:attribute:subject-id"],
            "email": [
                "email",
                "mail",
                "urn:oid:0.9.2342.19200300.100.1.3",
                "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
            ],
            "email_verified": ["email_verified"],
        },
        "advanced": {
            "strict": True,
            "want_assertion_signed": True,
            "want_name_id": True,
            "reject_deprecated_algorithm": True,
            "reject_idp_initiated_sso": True,
            "allow_single_label_domains": True,
        },
    }

"""Pure questions: who may trust a provider, whether its word about an address counts, how a provider's address is written."""

import re
from urllib.parse import urlsplit

from django.utils.text import slugify

from mainstay.people.models import Person
from mainstay.people.rules import canonical_email
from mainstay.people.states import Permission

from .models import IdentityProvider

DOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+")


def may_trust_providers(person: Person) -> bool:
    """Who trusts a provider can become everybody by it: so only who may do everything anyway."""
    return frozenset(Permission.values) <= person.permissions


def vouched_address(provider: IdentityProvider, email: str, *, is_verified: bool) -> str:
    """The address in its canonical form when the provider's word for it counts; else empty."""
    address = canonical_email(email)
    name, at, domain = address.rpartition("@")
    if not at or not name or not address.isascii():
        return ""
    return address if is_verified or domain in provider.vouched_domains else ""


def slug_of(name: str) -> str:
    """The part of our own addresses that stands for the provider: short, plain, and for good."""
    return slugify(name)[:40].strip("-") or "provider"


def domains_of(text: str) -> list[str]:
    """The domains somebody typed, with blanks or commas between; raises ValueError with the first that is none."""
    found = [word.strip(".@").lower() for word in text.replace(",", " ").split()]
    for domain in found:
        if not DOMAIN.fullmatch(domain) or len(domain) > 253:
            raise ValueError(domain)
    return list(dict.fromkeys(found))


def is_same_issuer(told: str, wanted: str) -> bool:
    """Whether what calls itself so is the issuer that was set up; a slash at the end makes no other one."""
    return bool(told) and told.rstrip("/") == wanted.rstrip("/")


def is_plain_address(address: str) -> bool:
    """Whether a browser or this server may be sent there: https, or in the clear to this very machine."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    if not address.isascii() or not address.isprintable() or parts.username or parts.password or parts.fragment:
        return False
    return bool(host) and (
        parts.scheme == "https" or (parts.scheme == "http" and host in ("localhost", "127.0.0.1", "::1"))
    )

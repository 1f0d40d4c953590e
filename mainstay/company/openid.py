"""OpenID Connect as we believe it: what a provider says of itself, and an identity token checked to the last claim."""

import json
import ssl
from typing import Any

import httpx
import jwt
import requests
from django.core.cache import cache
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mainstay.lib.fetching.addresses import Address, is_inside, is_public
from mainstay.lib.fetching.fetch import certificates
from mainstay.lib.fetching.requesting import careful_session

from .models import IdentityProvider
from .rules import is_plain_address, is_same_issuer

# Only keys of which the other half stays with the provider: with a shared secret, or none, anybody could sign.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
CLOCKS_DIFFER = 60  # seconds
KEPT_SECONDS = 300  # what a provider says of itself is asked anew after that
WELL_KNOWN = "/.well-known/openid-configuration"


class NotBelieved(Exception):
    """What came is not what a provider of OpenID Connect that we trust says; the text is for our log and for the test."""


class Discovery(BaseModel):
    """What a provider says of itself."""

    model_config = ConfigDict(extra="ignore")

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""
    token_endpoint_auth_methods_supported: list[str] = ["client_secret_basic"]


class Claims(BaseModel):
    """What a token says of a person."""

    model_config = ConfigDict(extra="ignore")

    sub: str = Field(min_length=1, max_length=191)
    email: str | None = Field(None, max_length=320)
    email_verified: bool | None = None
    nonce: str | None = None


def session_to(provider: IdentityProvider) -> requests.Session:
    """Reaches the provider and nothing else: private addresses only where the set-up says that it lives there."""

    def allows(address: Address, _port: int) -> bool:
        return is_public(address) or (provider.allows_private and is_inside(address))

    return careful_session(allows=allows, trusts=_trusts(provider))


def discovered(provider: IdentityProvider, *, anew: bool = False) -> Discovery:
    """What the provider says of itself, at most five minutes old; raises NotBelieved and `requests.RequestException`."""
    place = f"openid:{provider.slug}:{provider.issuer}"
    kept = None if anew else cache.get(place)
    if kept is not None:
        return read_discovery(kept, provider.issuer)
    said = _json(session_to(provider), provider.issuer.rstrip("/") + WELL_KNOWN)
    found = read_discovery(said, provider.issuer)
    cache.set(place, found.model_dump(), KEPT_SECONDS)
    return found


def read_discovery(said: Any, issuer: str) -> Discovery:
    try:
        found = Discovery.model_validate(said)
    except ValidationError as fault:
        raise NotBelieved(f"it does not describe itself as OpenID Connect asks: {_first(fault)}") from None
    if not is_same_issuer(found.issuer, issuer):
        raise NotBelieved(f"it calls itself {found.issuer[:200]}")
    for address in (found.authorization_endpoint, found.token_endpoint, found.jwks_uri, found.userinfo_endpoint):
        if address and not is_plain_address(address):
            raise NotBelieved(f"it names an address that is not safe: {address[:200]}")
    return found


def signing_keys(provider: IdentityProvider, found: Discovery) -> Any:
    """The keys by which it signs now, as it publishes them."""
    return _json(session_to(provider), found.jwks_uri)


def verified_claims(token: str, *, keys: Any, issuer: str, client_id: str) -> Claims:
    """What the token says, once its signature, issuer, audience and times are good; raises NotBelieved."""
    try:
        key = _key_for(token, keys)
        said = jwt.decode(
            token,
            key,
            algorithms=list(ALGORITHMS),
            issuer=issuer,
            audience=client_id,
            leeway=CLOCKS_DIFFER,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )
        claims = Claims.model_validate(said)
    except (jwt.PyJWTError, TypeError, ValueError) as fault:
        raise NotBelieved(f"its token is not good: {type(fault).__name__}: {str(fault)[:200]}") from None
    parties = said["aud"] if isinstance(said["aud"], list) else [said["aud"]]
    if said.get("azp", client_id) != client_id or (len(parties) > 1 and "azp" not in said):
        raise NotBelieved("its token is meant for somebody else")
    return claims


def with_userinfo(claims: Claims, said: Any) -> Claims:
    """The claims with the address that the userinfo endpoint tells; both must speak of the same person."""
    try:
        told = Claims.model_validate(said)
    except ValidationError as fault:
        raise NotBelieved(f"what it tells of the person can't be read: {_first(fault)}") from None
    if told.sub != claims.sub:
        raise NotBelieved("what it tells is of somebody else")
    return claims.model_copy(update={"email": told.email, "email_verified": told.email_verified})


def _key_for(token: str, keys: Any) -> Any:
    header = jwt.get_unverified_header(token)
    usable = [key for key in jwt.PyJWKSet.from_dict(keys).keys if key.public_key_use in (None, "sig")]
    named = [key for key in usable if key.key_id == header.get("kid")] if "kid" in header else usable
    if len(named) != 1:
        raise NotBelieved("it signs with a key that it does not publish")
    return named[0]


def _json(session: requests.Session, address: str) -> Any:
    with session:
        answer = session.get(address, headers={"Accept": "application/json"})
        if answer.status_code != 200:
            raise NotBelieved(f"it answers {answer.status_code} at {address}")
        try:
            return json.loads(answer.content)
        except (ValueError, RecursionError):
            raise NotBelieved(f"it answers with something else than JSON at {address}") from None


def _trusts(provider: IdentityProvider) -> ssl.SSLContext:
    if not provider.extra_ca:
        return certificates()
    context = httpx.create_ssl_context()
    context.load_verify_locations(cadata=provider.extra_ca)
    return context


def _first(fault: ValidationError) -> str:
    problem = fault.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}"

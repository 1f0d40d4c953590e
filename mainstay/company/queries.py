"""What the company asks, whom it trusts, who has which second factor, and where somebody is signed in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import HASH_SESSION_KEY
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from mainstay.files.models import StoredFile
from mainstay.people.models import Account, Person
from mainstay.people.queries import accounts_for

from .errors import NotVouchedFor
from .models import CompanySettings, IdentityProvider, Looks, Session
from .rules import may_trust_providers, vouched_address
from .sealing import unseal
from .sessions import SessionStore, key_hash
from .states import Means

CODES = 10  # recovery codes that are made at once
SHOWN = 50
_RECORDS = "account_authentication_methods"  # where allauth notes in a session what was proved in it


def company_settings() -> CompanySettings:
    """As they are now; as they are at first when nobody changed them yet."""
    return CompanySettings.objects.filter(pk=1).first() or CompanySettings(pk=1)


# --- looks ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ShownLooks:
    """What every page needs of the looks, and whether the sample company is here. What is empty is Mainstay's own."""

    name: str
    accent: str
    logo: str  # the SHA-256 of its bytes
    is_sample: bool


def shown_looks() -> ShownLooks:
    """One query, whether the looks were ever changed or not."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select coalesce(looks.name, ''), coalesce(looks.accent, ''), coalesce(logo.sha256, ''), exists(
                select from people_account account join people_person person on person.id = account.person_id
                where person.is_sample
            )
            from (values (1)) as one(id)
            left join company_looks looks on looks.id = one.id
            left join files_storedfile logo on logo.id = looks.logo_id
            """
        )
        return ShownLooks(*cursor.fetchone())


def company_looks() -> Looks:
    """As they are now; as they are at first when nobody changed them yet."""
    return Looks.objects.select_related("logo").filter(pk=1).first() or Looks(pk=1)


def logo_with(sha256: str) -> StoredFile | None:
    """The company's logo, when this is it; no other file is found here."""
    looks = Looks.objects.select_related("logo").filter(pk=1, logo__sha256=sha256).first()
    return looks.logo if looks else None


def signature_in(language: str) -> str:
    """The company's own template of a signature in this language; empty where the policy's stands."""
    found = Looks.objects.filter(pk=1).values_list("signatures", flat=True).first() or {}
    template: str = found.get(language) or found.get(language.partition("-")[0]) or ""
    return template


# --- second factors ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Passkey:
    """`is_alone`: it can sign in by itself, without a password before it."""

    key: int
    name: str
    added_at: datetime
    used_at: datetime | None
    is_alone: bool


@dataclass(frozen=True)
class SecondFactors:
    """What one account has beside its password. `codes_left` is None when no recovery codes were made."""

    app_since: datetime | None = None
    app_used_at: datetime | None = None
    passkeys: tuple[Passkey, ...] = ()
    codes_left: int | None = None

    @property
    def is_set(self) -> bool:
        return self.app_since is not None or bool(self.passkeys)


def second_factors_of(account: Account) -> SecondFactors:
    return _factors(Authenticator.objects.filter(user_id=account.pk).order_by("pk"))


def has_second_factor(account: Account) -> bool:
    return Authenticator.objects.filter(user_id=account.pk).exclude(type=Authenticator.Type.RECOVERY_CODES).exists()


def factors_by_account(viewer: Person) -> list[tuple[Account, SecondFactors]]:
    """Everybody who may sign in, by name, with what they have; for whoever may give roles. Two queries."""
    accounts = list(accounts_for(viewer).filter(is_active=True))
    found: dict[int, list[Authenticator]] = {}
    for one in Authenticator.objects.filter(user__in=[account.pk for account in accounts]).order_by("pk"):
        found.setdefault(one.user_id, []).append(one)
    return [(account, _factors(found.get(account.pk, []))) for account in accounts]


def _factors(found: Iterable[Authenticator]) -> SecondFactors:
    app_since = app_used_at = codes_left = None
    passkeys = []
    for one in found:
        if one.type == Authenticator.Type.TOTP:
            app_since, app_used_at = one.created_at, one.last_used_at
        elif one.type == Authenticator.Type.RECOVERY_CODES:
            codes_left = CODES - int(one.data.get("used_mask", 0)).bit_count()
        else:
            key = one.wrap()
            passkeys.append(Passkey(one.pk, key.name, one.created_at, one.last_used_at, bool(key.is_passwordless)))
    return SecondFactors(app_since, app_used_at, tuple(passkeys), codes_left)


# --- identity providers -----------------------------------------------------------------------------------------------


def providers_for(viewer: Person) -> QuerySet[IdentityProvider]:
    """All of them by name, for who may do everything; none for others."""
    found = IdentityProvider.objects.order_by("name", "pk")
    return found if may_trust_providers(viewer) else found.none()


def providers_in_use(*, kinds: Iterable[str]) -> QuerySet[IdentityProvider]:
    """Those of these kinds by which people may sign in now, by name."""
    return IdentityProvider.objects.filter(is_on=True, kind__in=list(kinds)).order_by("name", "pk")


def secret_of(provider: IdentityProvider) -> str:
    """Raises SecretsUnreadable."""
    return unseal(provider.sealed_secret)


def account_vouched_for(provider: IdentityProvider, uid: str, email: str, *, is_verified: bool) -> Account:
    """The account that comes in by this word of a provider, and the only place where that is decided.

    It has the address, may sign in, and its address was always named together with this `uid`: an address that went over to
    somebody else at the provider opens nothing. Raises NotVouchedFor.
    """
    address = vouched_address(provider, email, is_verified=is_verified)
    if not address:
        raise NotVouchedFor("the address is not verified")
    account = Account.objects.filter(email=address, is_active=True).first()
    if account is None:
        raise NotVouchedFor("no active account has this address")
    known = SocialAccount.objects.filter(provider=provider.slug)
    if known.filter(uid=uid).exclude(user=account).exists():
        raise NotVouchedFor("this identity belongs to another account")
    if known.filter(user=account).exclude(uid=uid).exists():
        raise NotVouchedFor("this account belongs to another identity")
    return account


def linked_providers(account: Account) -> list[tuple[str, datetime]]:
    """By which providers this account came in already, and since when."""
    names = dict(IdentityProvider.objects.values_list("slug", "name"))
    found = SocialAccount.objects.filter(user_id=account.pk).order_by("date_joined")
    return [(names.get(one.provider, one.provider), one.date_joined) for one in found]


def has_sealed_secrets() -> bool:
    """Whether any provider or second factor keeps a secret; one of `settings.SEALED_SECRETS`."""
    sealed = Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN)
    return sealed.exists() or IdentityProvider.objects.exclude(sealed_secret="").exists()


# --- sessions ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SignedIn:
    """One browser where somebody is signed in, and how they came in; `is_here` is the one that asks."""

    key: int
    agent: str
    ip: str
    since: datetime
    seen_at: datetime
    means: tuple[Means, ...]
    is_here: bool


def sessions_of(account: Account, here: str) -> list[SignedIn]:
    """Where this account is signed in, the one with the session key `here` first, then the latest used. One query."""
    rows = Session.objects.filter(account=account, expires_at__gt=timezone.now()).order_by("-seen_at", "pk")[:SHOWN]
    hashes = {account.get_session_auth_hash(), *account.get_session_auth_fallback_hash()}
    found = []
    for row in rows:
        data = SessionStore().decode(row.data)
        if data.get(HASH_SESSION_KEY) in hashes:
            found.append(_signed_in(row, data, is_here=row.key_hash == key_hash(here)))
    return sorted(found, key=lambda one: not one.is_here)


def _signed_in(row: Session, data: dict[str, Any], *, is_here: bool) -> SignedIn:
    records = [record for record in data.get(_RECORDS, []) if not record.get("reauthenticated")]
    means = dict.fromkeys(one for record in records if (one := means_of(record)))
    return SignedIn(row.pk, row.agent, row.ip or "", row.begun_at, row.seen_at, tuple(means), is_here)


def means_of(record: dict[str, Any]) -> Means | None:
    """What a record of allauth says was proved."""
    of_factors = {"totp": Means.CODE, "recovery_codes": Means.RECOVERY_CODE, "webauthn": Means.PASSKEY}
    if record.get("method") == "mfa":
        return of_factors.get(record.get("type", ""))
    return {"password": Means.PASSWORD, "socialaccount": Means.PROVIDER}.get(record.get("method", ""))

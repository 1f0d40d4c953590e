"""Verbs on signing in: ask for a second factor, take one away, trust a provider, end sessions."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from mainstay.audit.actions import record_change
from mainstay.lib.fingerprints import fingerprint
from mainstay.people.administering import check_within, record_person, take_turn
from mainstay.people.errors import ChangedMeanwhile
from mainstay.people.models import Account, Person
from mainstay.people.staffing import end_sessions

from .errors import NotEverything, WrongProvider
from .models import CompanySettings, IdentityProvider, Session
from .queries import account_vouched_for, second_factors_of
from .rules import is_plain_address, may_trust_providers, slug_of
from .sealing import seal
from .sessions import SessionStore, key_hash
from .states import ProviderKind


@transaction.atomic
def require_second_factor(required: bool, *, by: Person | None, at: datetime) -> None:
    """From their next page on, who has no second factor sets one up before anything else; or nobody has to any more."""
    by = take_turn(by)
    found, _new = CompanySettings.objects.select_for_update().get_or_create(pk=1)
    before = {"requires_second_factor": found.requires_second_factor}
    found.requires_second_factor = required
    found.save(update_fields=["requires_second_factor"])
    after = {"requires_second_factor": required}
    record_change(by=by, at=at, noun="sign_in", subject="", key=1, before=before, after=after)


@transaction.atomic
def reset_second_factor(account: Account, *, by: Person | None, at: datetime) -> bool:
    """The account signs in with its password alone, every session of it is over, and providers get to know it anew.

    False when it had nothing of that. Nobody does this to somebody who may do more than they: raises MoreThanOwn.
    """
    by = take_turn(by)
    account = Account.objects.select_for_update(of=("self",)).get(pk=account.pk)
    check_within(by, account.permissions)
    had = _factors_recorded(account)
    if not had:
        return False
    Authenticator.objects.filter(user_id=account.pk).delete()
    SocialAccount.objects.filter(user_id=account.pk).delete()
    end_sessions(account)
    Session.objects.filter(account=account).delete()
    record_person(account, had, dict.fromkeys(had, 0), by, at)
    return True


def _factors_recorded(account: Account) -> dict[str, int]:
    """What there is, in numbers: the log says what was lost, not how it looked."""
    factors = second_factors_of(account)
    counted = {
        "authenticator_app": int(factors.app_since is not None),
        "passkeys": len(factors.passkeys),
        "recovery_codes": factors.codes_left or 0,
        "identity_providers": SocialAccount.objects.filter(user_id=account.pk).count(),
    }
    return {name: number for name, number in counted.items() if number}


# --- sessions ---------------------------------------------------------------------------------------------------------


def end_session(account: Account, key: int) -> bool:
    """This browser is signed out; what was open there asks for a sign-in. False when it was over already."""
    number, _by_model = Session.objects.filter(account=account, pk=key).delete()
    return bool(number)


def end_other_sessions(account: Account, here: str) -> int:
    """Every browser but the one with the session key `here` is signed out; returns how many were."""
    number, _by_model = Session.objects.filter(account=account).exclude(key_hash=key_hash(here)).delete()
    return number


@transaction.atomic
def end_all_sessions(account: Account, *, by: Person | None, at: datetime) -> int:
    """The account is signed out everywhere; returns of how many browsers."""
    by = take_turn(by)
    check_within(by, account.permissions)
    end_sessions(account)
    number, _by_model = Session.objects.filter(account=account).delete()
    if number:
        record_person(account, {"sessions": number}, {"sessions": 0}, by, at)
    return number


def forget_what_is_over() -> None:
    """Sessions that ended, and what the cache kept for a while, are gone."""
    SessionStore.clear_expired()
    with connection.cursor() as cursor:
        cursor.execute("delete from mainstay_cache where expires < now()")


# --- identity providers -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ProviderValues:
    """What is typed about a provider, but for its secret."""

    name: str
    issuer: str
    client_id: str = ""
    sign_in_url: str = ""
    certificate: str = ""
    allows_private: bool = False
    extra_ca: str = ""
    vouched_domains: tuple[str, ...] = ()
    counts_as_second_factor: bool = False
    is_on: bool = True


@transaction.atomic
def add_provider(
    values: ProviderValues, *, kind: str = ProviderKind.OIDC, secret: str = "", by: Person | None, at: datetime
) -> IdentityProvider:
    """Whom it vouches for may sign in by it. Raises NotEverything, WrongProvider and SecretsUnreadable."""
    by = _who_may(by)
    provider = IdentityProvider(kind=kind, slug=_free_slug(values.name), sealed_secret=seal(secret))
    _put_on(provider, values)
    after = {**seen_of(provider), "kind": kind, "secret": bool(secret)}
    record_change(
        by=by, at=at, noun="identity_provider", subject=provider.name, key=provider.pk, before={}, after=after
    )
    return provider


@transaction.atomic
def change_provider(
    provider: IdentityProvider,
    values: ProviderValues,
    *,
    secret: str = "",
    seen: str = "",
    by: Person | None,
    at: datetime,
) -> IdentityProvider:
    """The provider is so from the next sign-in on; without a new secret the old one stays.

    With another issuer it is somebody else: whom the old one vouched for is forgotten. `seen` is the `fingerprint` of what
    its writer saw: when it is another meanwhile, raises ChangedMeanwhile.
    """
    by = _who_may(by)
    provider = IdentityProvider.objects.select_for_update().get(pk=provider.pk)
    before = seen_of(provider)
    if seen and seen != fingerprint(before):
        raise ChangedMeanwhile
    if secret:
        provider.sealed_secret = seal(secret)
    if values.issuer != provider.issuer:
        SocialAccount.objects.filter(provider=provider.slug).delete()
    _put_on(provider, values)
    record_change(
        by=by,
        at=at,
        noun="identity_provider",
        subject=provider.name,
        key=provider.pk,
        before={**before, "new_secret": False},
        after={**seen_of(provider), "new_secret": bool(secret)},
    )
    return provider


@transaction.atomic
def remove_provider(provider: IdentityProvider, *, by: Person | None, at: datetime) -> None:
    """Nobody signs in by it any more, and its secret is gone; who is signed in stays so."""
    by = _who_may(by)
    SocialAccount.objects.filter(provider=provider.slug).delete()
    subject, key, before = provider.name, provider.pk, seen_of(provider)
    record_change(by=by, at=at, noun="identity_provider", subject=subject, key=key, before=before, after={})
    provider.delete()


def seen_of(provider: IdentityProvider) -> dict[str, Any]:
    """The provider as the log keeps it, and as whoever changes it saw it."""
    seen = {name: getattr(provider, name) for name in ProviderValues.__dataclass_fields__}
    return {**seen, "vouched_domains": list(provider.vouched_domains)}


@transaction.atomic
def let_in(provider: IdentityProvider, uid: str, email: str, *, is_verified: bool) -> SocialAccount:
    """Whom the provider vouches for, as an identity that belongs to their account from now on; raises NotVouchedFor.

    One at a time for each account, so that two identities which come at once do not both become it.
    """
    account = account_vouched_for(provider, uid, email, is_verified=is_verified)
    Account.objects.select_for_update(of=("self",)).get(pk=account.pk)
    account = account_vouched_for(provider, uid, email, is_verified=is_verified)
    found, _new = SocialAccount.objects.get_or_create(
        provider=provider.slug, uid=uid, defaults={"user": account, "extra_data": {}}
    )
    return found


def _who_may(by: Person | None) -> Person | None:
    by = take_turn(by)
    if by is not None and not may_trust_providers(by):
        raise NotEverything
    return by


def _put_on(provider: IdentityProvider, values: ProviderValues) -> None:
    if provider.kind == ProviderKind.OIDC and not is_plain_address(values.issuer):
        raise WrongProvider(
            "issuer", _("Write the address like https://sign-in.example.com, without a name or a query.")
        )
    if provider.kind == ProviderKind.SAML and not is_plain_address(values.sign_in_url):
        raise WrongProvider("sign_in_url", _("Write the address like https://sign-in.example.com/saml."))
    for name, value in asdict(values).items():
        setattr(provider, name, list(value) if isinstance(value, tuple) else value)
    provider.name = " ".join(values.name.split())[:60]
    try:
        with transaction.atomic():
            provider.save()
    except IntegrityError:
        raise WrongProvider("name", _("Another provider has this name.")) from None


def _free_slug(name: str) -> str:
    """It stands in the address that the provider knows of us, so it never changes."""
    wanted = slug_of(name)
    taken = set(IdentityProvider.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
    return next(
        slug
        for number in range(1, len(taken) + 2)
        if (slug := wanted if number == 1 else f"{wanted}-{number}") not in taken
    )

"""Who comes in by an identity provider, as allauth asks us: never somebody new, and only by a word that counts."""

import logging
from typing import Any

import requests
from allauth.account.internal.stagekit import clear_login
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from django.conf import settings
from django.http import Http404, HttpRequest
from django.shortcuts import render
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from mainstay.company import saml
from mainstay.company.actions import let_in
from mainstay.company.errors import NotVouchedFor
from mainstay.company.models import IdentityProvider
from mainstay.company.openid import session_to
from mainstay.company.queries import providers_in_use, secret_of
from mainstay.company.states import ProviderKind

log = logging.getLogger("mainstay.accounts")
KINDS = {"openid_connect": ProviderKind.OIDC, "saml": ProviderKind.SAML}


class SocialAdapter(DefaultSocialAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """The providers that are set up here, as allauth knows them; nothing of it is stored there.

        `provider` is one of allauth's kinds, or a slug of ours; `client_id` is what stands in SAML's addresses: a slug, too.
        """
        found = providers_in_use(kinds=kinds_in_use())
        if provider in KINDS:
            found = found.filter(kind=KINDS[provider])
        elif provider:
            found = found.filter(slug=provider)
        apps = [_app(one) for one in found]
        return [app for app in apps if client_id in (None, app.client_id)]

    def get_requests_session(self) -> requests.Session:
        """Reaches the provider of the address that was asked for, and nothing else."""
        match = self.request.resolver_match
        provider = providers_in_use(kinds=kinds_in_use()).filter(slug=match.kwargs.get("provider_id", "")).first()
        if provider is None:
            raise Http404
        return session_to(provider)

    def is_email_verified(self, provider: Any, email: str) -> bool:
        """Decided where it is asked whether somebody may come in; see `pre_social_login`."""
        return False

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, extra_context: Any = None
    ) -> None:
        """The reader learns that it failed, the log learns why."""
        log.warning("A sign-in by %s failed: %s %s", provider.sub_id, error or "", str(exception or "")[:500])

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """The sign-in goes on as the account that is vouched for, or ends here: nothing is made of a stranger."""
        provider = IdentityProvider.objects.get(slug=sociallogin.account.provider)
        address = sociallogin.email_addresses[0] if sociallogin.email_addresses else None
        try:
            if sociallogin.state.get("process") != "login" or not _is_answer_to_us(sociallogin):
                raise NotVouchedFor("this answers to nothing that we asked")
            identity = let_in(
                provider,
                sociallogin.account.uid,
                address.email if address else "",
                is_verified=bool(address and address.verified),
            )
        except NotVouchedFor as fault:
            log.warning("A sign-in by %s was refused: %s", provider.slug, fault.because)
            clear_login(request)
            page = render(request, "socialaccount/refused.html", {"problem": fault, "provider": provider}, status=403)
            raise ImmediateHttpResponse(page) from fault
        sociallogin.account, sociallogin.user = identity, identity.user


def kinds_in_use() -> list[str]:
    """SAML only where it is installed: a provider of it stays set up without, and waits."""
    return [ProviderKind.OIDC, ProviderKind.SAML] if saml.is_installed() else [ProviderKind.OIDC]


def _app(provider: IdentityProvider) -> SocialApp:
    if provider.kind == ProviderKind.SAML:
        return SocialApp(
            provider="saml",
            provider_id=provider.slug,
            name=provider.name,
            client_id=provider.slug,
            settings=saml.described(
                provider, our_name=settings.SITE_URL + reverse("saml_metadata", args=[provider.slug])
            ),
        )
    return SocialApp(
        provider="openid_connect",
        provider_id=provider.slug,
        name=provider.name,
        client_id=provider.client_id,
        secret=secret_of(provider),
        settings={"server_url": provider.issuer, "oauth_pkce_enabled": True},
    )


def _is_answer_to_us(sociallogin: SocialLogin) -> bool:
    """A token of OpenID Connect bears the number that we sent; SAML's answer was matched to our question by allauth."""
    asked, told = sociallogin.state.get("nonce", ""), getattr(sociallogin, "nonce", "")
    return sociallogin.provider.id == "saml" or (bool(asked) and constant_time_compare(asked, told))

"""OpenID Connect by way of allauth, made stricter: signed tokens only, nothing taken from the address, our own questions."""

import secrets
from typing import Any

import requests
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.views.decorators.cache import never_cache

from mainstay.company.models import IdentityProvider
from mainstay.company.openid import (
    Claims,
    Discovery,
    NotBelieved,
    discovered,
    signing_keys,
    verified_claims,
    with_userinfo,
)
from mainstay.company.queries import providers_in_use
from mainstay.company.states import ProviderKind


class StaffOpenID(OpenIDConnectOAuth2Adapter):
    """How one provider is asked. What it says is read in `mainstay.company.openid`."""

    @property
    def provider(self) -> IdentityProvider:
        return IdentityProvider.objects.get(slug=self.provider_id)

    @property
    def openid_config(self) -> dict[str, Any]:
        return self.discovery.model_dump()

    @property
    def discovery(self) -> Discovery:
        if not hasattr(self, "_discovery"):
            try:
                self._discovery = discovered(self.provider)
            except NotBelieved as fault:
                raise OAuth2Error(str(fault)) from fault
        return self._discovery

    def parse_token(self, data: dict[str, Any]) -> SocialToken:
        """Nothing of it is kept: it is used once, for what it says of the person."""
        return SocialToken(token=str(data["access_token"]))

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **more: Any) -> SocialLogin:
        try:
            claims = self._claims(app, token, more["response"].get("id_token"))
        except NotBelieved as fault:
            raise OAuth2Error(str(fault)) from fault
        login = self.get_provider().sociallogin_from_response(request, claims.model_dump())
        login.nonce = claims.nonce or ""
        return login

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """Under the desk's own address, whatever host was asked: it is the one that the provider knows."""
        return settings.SITE_URL + reverse("openid_connect_callback", args=[self.provider_id])

    def _claims(self, app: SocialApp, token: SocialToken, id_token: object) -> Claims:
        if not isinstance(id_token, str) or not id_token:
            raise NotBelieved("it sent no identity token")
        keys = signing_keys(self.provider, self.discovery)
        claims = verified_claims(id_token, keys=keys, issuer=self.discovery.issuer, client_id=app.client_id)
        if claims.email or not self.discovery.userinfo_endpoint:
            return claims
        return with_userinfo(claims, self._fetch_user_info(token.token))


class StaffOpenIDProvider(OpenIDConnectProvider):
    """Named in `settings.SOCIALACCOUNT_PROVIDERS`."""

    oauth2_adapter_class = StaffOpenID

    def get_redirect_from_request_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        """Of the address only where to go on to afterwards: no scope, no parameter and no other purpose from there."""
        given = super().get_redirect_from_request_kwargs(request)
        return {"process": "login", **{name: given[name] for name in ("next_url",) if name in given}}

    def redirect(
        self, request: HttpRequest, process: str, next_url: str | None = None, data: Any = None, **more: Any
    ) -> HttpResponseBase:
        nonce = secrets.token_urlsafe(24)
        asked = {"nonce": nonce}
        answer: HttpResponseBase = super().redirect(
            request, process, next_url, data, auth_params=asked, nonce=nonce, **more
        )
        return answer

    def get_scope(self) -> list[str]:
        return ["openid", "email"]

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """None: we keep who it was, not what is said of them."""
        return {}


@never_cache
def start(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Leads to the provider."""
    return _through(OAuth2LoginView, request, provider_id)


@never_cache
def callback(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Back from there."""
    return _through(OAuth2CallbackView, request, provider_id)


def _through(view: Any, request: HttpRequest, provider_id: str) -> HttpResponseBase:
    if not providers_in_use(kinds=[ProviderKind.OIDC]).filter(slug=provider_id).exists():
        raise Http404
    asking = StaffOpenID(request, provider_id)
    try:
        answer: HttpResponseBase = view.adapter_view(asking)(request)
    except (OAuth2Error, requests.RequestException) as fault:
        told: HttpResponseBase = render_authentication_error(request, asking.get_provider(), exception=fault)
        return told
    return answer

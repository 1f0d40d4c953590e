"""The few of allauth's pages that show, or do, something of our own."""

from typing import Any

from allauth.account.views import LoginView
from allauth.mfa.webauthn.views import ReauthenticateWebAuthnView
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from mainstay.company.models import IdentityProvider
from mainstay.company.queries import providers_in_use
from mainstay.company.states import ProviderKind

from .providers import kinds_in_use


class SignIn(LoginView):
    """With a button for each provider by which people may sign in."""

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        shown = [{"name": one.name, "url": _start_of(one)} for one in providers_in_use(kinds=kinds_in_use())]
        return {**super().get_context_data(**more), "providers": shown}


class AgainByPasskey(ReauthenticateWebAuthnView):
    """What went wrong is told here, not on the page of signing in, which who is signed in never sees."""

    def form_invalid(self, form: Any) -> HttpResponse:
        for sentence in form.errors.get("credential", []):
            messages.error(self.request, sentence)
        return redirect(self.request.get_full_path())


def _start_of(provider: IdentityProvider) -> str:
    if provider.kind == ProviderKind.SAML:
        return reverse("saml_login", args=[provider.slug])
    return reverse("openid_connect_login", args=[provider.slug])

"""What the company asks of sign-ins: the second factor, who has one, and the providers whose word lets people in."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from mainstay.company.actions import (
    add_provider,
    change_provider,
    remove_provider,
    require_second_factor,
    reset_second_factor,
    seen_of,
)
from mainstay.company.checking import Step, check_provider, is_good
from mainstay.company.errors import NotEverything, SecretsUnreadable, WrongProvider
from mainstay.company.models import IdentityProvider
from mainstay.company.queries import (
    SecondFactors,
    company_settings,
    factors_by_account,
    providers_for,
    second_factors_of,
)
from mainstay.company.rules import may_trust_providers
from mainstay.company.saml import is_installed
from mainstay.company.states import ProviderKind
from mainstay.notifications.kinds import SECOND_FACTOR_RESET
from mainstay.people.errors import ChangedMeanwhile
from mainstay.people.models import Account
from mainstay.people.queries import accounts_for
from mainstay.people.states import Permission

from ..accounts.telling import tell_account
from ..doorway import DeskRequest, desk_page, staff_only
from .forms import ProviderForm, SecondFactorForm

KEY_MAX = 2**63 - 1


@dataclass(frozen=True)
class ShownAccount:
    """A colleague with what they have; `may_reset`: whether the reader could take it away."""

    account: Account
    factors: SecondFactors
    may_reset: bool


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.MANAGE_PEOPLE)
def setup_sign_in(request: DeskRequest) -> HttpResponse:
    """POST changes whether a second factor is required."""
    form = SecondFactorForm(
        request.POST or None, initial={"requires_second_factor": company_settings().requires_second_factor}
    )
    if request.method == "POST":
        required = request.POST.get("requires_second_factor") == "on"
        require_second_factor(required, by=request.person, at=timezone.now())
        messages.success(request, _("Saved. It holds from everybody's next page on."))
        return redirect("desk:setup_sign_in")
    own = request.person.permissions
    shown = [
        ShownAccount(
            account, factors, (factors.is_set or factors.codes_left is not None) and account.permissions <= own
        )
        for account, factors in factors_by_account(request.person)
    ]
    context = {
        "form": form,
        "accounts": shown,
        "without": sum(not one.factors.is_set for one in shown),
        "may_trust": may_trust_providers(request.person),
        "providers": list(providers_for(request.person)),
        "has_saml": is_installed(),
    }
    return desk_page(request, "desk/security/setup.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.MANAGE_PEOPLE)
def setup_second_factor_reset(request: DeskRequest, pk: int) -> HttpResponse:
    """Asked first: the passkeys and codes of somebody else are good no more."""
    account = accounts_for(request.person).filter(pk=min(pk, KEY_MAX)).first()
    if account is None:
        raise Http404
    if request.method == "POST":
        now = timezone.now()
        if reset_second_factor(account, by=request.person, at=now):
            tell_account(account, SECOND_FACTOR_RESET, at=now)
        sentence = _("%(name)s signs in with the password alone now, and sets up a second factor anew.")
        messages.success(request, sentence % {"name": account.person})
        return redirect("desk:setup_sign_in")
    context = {"account": account, "factors": second_factors_of(account)}
    return desk_page(request, "desk/security/reset.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.MANAGE_PEOPLE)
def setup_provider_new(request: DeskRequest, kind: str) -> HttpResponse:
    _check_may(request)
    if kind not in ProviderKind.values or (kind == ProviderKind.SAML and not is_installed()):
        raise Http404
    form = ProviderForm(kind, request.POST or None)
    if request.method == "POST" and form.is_valid():
        secret = form.cleaned_data.get("secret", "")
        try:
            made = add_provider(form.values, kind=kind, secret=secret, by=request.person, at=timezone.now())
        except (WrongProvider, SecretsUnreadable) as fault:
            form.blame(fault)
        else:
            messages.success(request, _("Saved. Now tell the provider the address below, and test it."))
            return redirect("desk:setup_provider", made.pk)
    context = {"form": form, "kind": kind, "label": ProviderKind(kind).label}
    return desk_page(request, "desk/security/provider_new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.MANAGE_PEOPLE)
def setup_provider(request: DeskRequest, pk: int) -> HttpResponse:
    provider = _provider(request, pk)
    form = ProviderForm(provider.kind, request.POST or None, provider=provider)
    saved = None
    if request.method == "POST" and form.is_valid():
        secret, seen = form.cleaned_data.get("secret", ""), form.cleaned_data["seen"]
        try:
            change_provider(provider, form.values, secret=secret, seen=seen, by=request.person, at=timezone.now())
        except ChangedMeanwhile as fault:
            form.blame(fault)
            provider.refresh_from_db()
            saved = provider
            form.see(seen_of(provider))
        except (WrongProvider, SecretsUnreadable) as fault:
            form.blame(fault)
        else:
            messages.success(request, _("Saved."))
            return redirect("desk:setup_provider", provider.pk)
    return _provider_page(request, provider, form, saved=saved)


@require_POST
@staff_only(Permission.MANAGE_PEOPLE)
def setup_provider_test(request: DeskRequest, pk: int) -> HttpResponse:
    """Each step and what came of it; nobody is signed in."""
    provider = _provider(request, pk)
    return _provider_page(
        request, provider, ProviderForm(provider.kind, provider=provider), steps=check_provider(provider)
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.MANAGE_PEOPLE)
def setup_provider_removal(request: DeskRequest, pk: int) -> HttpResponse:
    """Asked first: the secret can't be brought back."""
    provider = _provider(request, pk)
    if request.method == "POST":
        remove_provider(provider, by=request.person, at=timezone.now())
        messages.success(request, _("%(name)s is removed.") % {"name": provider.name})
        return redirect("desk:setup_sign_in")
    return desk_page(request, "desk/security/provider_removal.html", {"provider": provider})


def _provider_page(
    request: DeskRequest,
    provider: IdentityProvider,
    form: ProviderForm,
    *,
    steps: list[Step] | None = None,
    saved: IdentityProvider | None = None,
) -> HttpResponse:
    context = {
        "provider": provider,
        "label": ProviderKind(provider.kind).label,
        "form": form,
        "steps": steps or [],
        "is_good": bool(steps) and is_good(steps or []),
        "saved": saved,
        "addresses": _addresses(provider),
    }
    return desk_page(request, "desk/security/provider.html", context, status=422 if form.errors else 200)


def _addresses(provider: IdentityProvider) -> list[tuple[str, str]]:
    """What the provider must know of us."""
    if provider.kind == ProviderKind.OIDC:
        named = [(_("Redirect address"), reverse("openid_connect_callback", args=[provider.slug]))]
    elif is_installed():
        named = [
            (_("Entity ID and metadata"), reverse("saml_metadata", args=[provider.slug])),
            (_("Assertion consumer service"), reverse("saml_acs", args=[provider.slug])),
        ]
    else:
        named = []
    return [(label, settings.SITE_URL + path) for label, path in named]


def _check_may(request: DeskRequest) -> None:
    if not may_trust_providers(request.person):
        raise NotEverything


def _provider(request: DeskRequest, pk: int) -> IdentityProvider:
    _check_may(request)
    found = providers_for(request.person).filter(pk=min(pk, KEY_MAX)).first()
    if found is None:
        raise Http404
    return found

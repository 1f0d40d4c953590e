"""Whoever must set up a second factor does that first: until then no page of the desk answers, whatever it is."""

from collections.abc import Callable
from ipaddress import ip_address
from typing import Any, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from mainstay.company.sessions import SessionStore

from ..accounts.second_factor import came_by_enough

Answer = Callable[[HttpRequest], HttpResponse]

# What setting one up needs, and the way out.
OPEN = frozenset(
    {
        "account_login",
        "account_logout",
        "account_inactive",
        "account_reauthenticate",
        "mfa_authenticate",
        "mfa_reauthenticate",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_reauthenticate_webauthn",
        "desk:second_factor",
    }
)


class SecondFactorGate:
    """Also notes where a session is used, which costs a query every few minutes at most."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.answer(request)
        if request.user.is_authenticated:
            session_of(request).tell_where(_address(request), request.META.get("HTTP_USER_AGENT", ""))
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _args: Any, _kwargs: Any
    ) -> HttpResponseBase | None:
        """A page leads to where one is set up; what would write is refused with a sentence, so that no text is lost by it."""
        if not _is_closed(request, view):
            return None
        place = reverse("desk:second_factor")
        if request.method not in ("GET", "HEAD"):
            return render(request, "desk/security/refused.html", status=403)
        if request.headers.get("HX-Request") == "true":
            return HttpResponseClientRedirect(place)
        return redirect(f"{place}?{urlencode({'next': request.get_full_path()})}")


def session_of(request: HttpRequest) -> SessionStore:
    return cast(SessionStore, request.session)


def _is_closed(request: HttpRequest, view: Callable[..., Any]) -> bool:
    if not session_of(request).must_set_up or not request.user.is_authenticated:
        return False
    is_for_everybody = getattr(view, "permissions", ()) is None
    name = request.resolver_match.view_name if request.resolver_match else ""
    return name not in OPEN and not is_for_everybody and not came_by_enough(request, request.user)


def _address(request: HttpRequest) -> str | None:
    try:
        return str(ip_address(request.META.get("REMOTE_ADDR", "")))
    except ValueError:
        return None

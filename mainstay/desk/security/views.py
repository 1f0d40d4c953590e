"""One's own sign-in: what it is made of, where one is signed in, and the page of who must set up a second factor first."""

from dataclasses import dataclass

from allauth.account.utils import get_next_redirect_url
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from mainstay.company.actions import end_other_sessions, end_session
from mainstay.company.queries import (
    SignedIn,
    company_settings,
    has_second_factor,
    linked_providers,
    second_factors_of,
    sessions_of,
)

from ..doorway import DeskRequest, desk_page, for_staff
from .devices import device_in_words

KEY_MAX = 2**63 - 1


@dataclass(frozen=True)
class ShownSession:
    """A browser where one is signed in; `means` in words."""

    session: SignedIn
    device: str
    means: str


@require_safe
@never_cache
@for_staff
def security(request: DeskRequest) -> HttpResponse:
    account = request.user
    here = request.session.session_key or ""
    context = {
        "factors": second_factors_of(account),
        "is_required": company_settings().requires_second_factor,
        "providers": linked_providers(account),
        "sessions": [_shown(one) for one in sessions_of(account, here)],
    }
    return desk_page(request, "desk/security/page.html", context)


@require_POST
@for_staff
def session_end(request: DeskRequest, pk: int) -> HttpResponse:
    """Another browser is signed out; for this one there is “Sign out”."""
    if any(one.is_here for one in sessions_of(request.user, request.session.session_key or "") if one.key == pk):
        return redirect("account_logout")
    if not end_session(request.user, min(pk, KEY_MAX)):
        raise Http404
    messages.success(request, _("That browser is signed out."))
    return redirect("desk:security")


@require_POST
@for_staff
def other_sessions_end(request: DeskRequest) -> HttpResponse:
    number = end_other_sessions(request.user, request.session.session_key or "")
    sentence = ngettext("%(n)s other browser is signed out.", "%(n)s other browsers are signed out.", number)
    messages.success(request, sentence % {"n": number})
    return redirect("desk:security")


@require_safe
@never_cache
@for_staff
def second_factor(request: DeskRequest) -> HttpResponse:
    """Where `gate` leads who must set one up; who has one goes on to where they were going."""
    if has_second_factor(request.user):
        return redirect(get_next_redirect_url(request) or "desk:queue")
    return render(request, "desk/security/second_factor.html")


def _shown(session: SignedIn) -> ShownSession:
    return ShownSession(session, device_in_words(session.agent), ", ".join(str(one.label) for one in session.means))

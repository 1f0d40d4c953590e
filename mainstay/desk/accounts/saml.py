"""SAML by way of allauth, made narrower: answers of a bounded size, one name for us, and no signing out from afar.

Only imported where the extra “saml” is installed.
"""

import xmlsec
from allauth.core import ratelimit
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.providers.saml import views
from allauth.socialaccount.providers.saml.utils import build_saml_config, get_app_or_404
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from lxml.etree import LxmlError
from onelogin.saml2.errors import OneLogin_Saml2_ValidationError
from onelogin.saml2.settings import OneLogin_Saml2_Settings

# What the reading of a made-up answer can stumble over, from its XML down to its signature.
UNREADABLE = (
    ArithmeticError,
    AttributeError,
    LookupError,
    LxmlError,
    OneLogin_Saml2_ValidationError,
    TypeError,
    ValueError,
    xmlsec.Error,
)
ANSWER_BYTES = 200_000  # what a provider says of one person; more is kept by nobody


@never_cache
def start(request: HttpRequest, organization_slug: str) -> HttpResponseBase:
    """Leads to the provider."""
    request.META.setdefault("HTTP_HOST", request.get_host())
    leads: HttpResponseBase = views.login(request, organization_slug=organization_slug)
    return leads


@csrf_exempt  # it comes from the provider's page; it is matched to our question when it is read
@require_POST
@never_cache
def answer(request: HttpRequest, organization_slug: str) -> HttpResponseBase:
    """What the provider says, kept for the moment until the browser comes back with its own cookies."""
    get_app_or_404(request, organization_slug)
    if int(request.META.get("CONTENT_LENGTH") or 0) > ANSWER_BYTES:
        return HttpResponse(status=413)
    if (told := ratelimit.consume_or_429(request, action="login")) is not None:
        slow: HttpResponse = told
        return slow
    request.META.setdefault("HTTP_HOST", request.get_host())  # the library reads it there
    kept: HttpResponseBase = views.acs(request, organization_slug=organization_slug)
    return kept


@never_cache
def back(request: HttpRequest, organization_slug: str) -> HttpResponseBase:
    """The answer is read, by the browser that asked for it."""
    app = get_app_or_404(request, organization_slug)
    try:
        read: HttpResponseBase = views.finish_acs(request, organization_slug=organization_slug)
    except UNREADABLE as fault:
        told: HttpResponseBase = render_authentication_error(request, app.get_provider(request), exception=fault)
        return told
    return read


@require_safe
def metadata(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """What a provider must know of us, as it wants to read it."""
    app = get_app_or_404(request, organization_slug)
    request.META.setdefault("HTTP_HOST", request.get_host())
    described = build_saml_config(request, app.settings, organization_slug)
    del described["sp"]["singleLogoutService"]
    text = OneLogin_Saml2_Settings(settings=described, sp_validation_only=True).get_sp_metadata()
    return HttpResponse(text, content_type="application/samlmetadata+xml")


def no_logout(_request: HttpRequest, organization_slug: str) -> HttpResponse:
    """Whoever could send a browser here would sign it out: signing out is done at the desk, or by ending sessions."""
    raise Http404


urlpatterns = [
    path("by/<slug:organization_slug>/saml/", start, name="saml_login"),
    path("by/<slug:organization_slug>/saml/answer/", answer, name="saml_acs"),
    path("by/<slug:organization_slug>/saml/back/", back, name="saml_finish_acs"),
    path("by/<slug:organization_slug>/saml/metadata/", metadata, name="saml_metadata"),
    path("by/<slug:organization_slug>/saml/logout/", no_logout, name="saml_sls"),
]

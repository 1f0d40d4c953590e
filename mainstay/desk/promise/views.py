"""The public page of the promise, where the policy publishes it: nothing in it names anybody, and no cookie is read or set."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.http import require_safe

from mainstay.policy.shape import Policy
from mainstay.promises.errors import NoPolicy
from mainstay.reports.publishing import published_months

from ..doorway import for_everybody
from .words import aims_of, days_off, hours_of, sentences_of, ways_of, zone_of

KEPT_SECONDS = 300


@require_safe
@for_everybody
def promise(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    policy = _published_policy(request)
    language = _language(request, policy)
    spoken = language.partition("-")[0]
    ours = spoken if spoken in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    with translation.override(ours), timezone.override(ZoneInfo(policy.hours.zone)):
        page = render(request, "desk/promise/page.html", _context(policy, language, now))
    page["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    page["Content-Language"] = language
    patch_vary_headers(page, ["Accept-Language"])
    return page


def _published_policy(request: HttpRequest) -> Policy:
    policy: Policy = request.policy  # type: ignore[attr-defined]
    try:
        publishes = policy.publication.publishes
    except NoPolicy as none:
        raise Http404 from none
    if not publishes:
        raise Http404
    return policy


def _language(request: HttpRequest, policy: Policy) -> str:
    """The one that was chosen by a link, else the first that the browser asks for and the policy offers, else its default."""
    offered = policy.languages.offered
    by_start = {language.partition("-")[0].lower(): language for language in reversed(offered)}
    by_name = {language.lower(): language for language in offered}
    asked = [request.GET.get("language", "").lower()]
    asked += [name for name, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "").lower())]
    for name in asked:
        found = by_name.get(name) or by_start.get(name.partition("-")[0])
        if found:
            return found
    return policy.languages.default


def _context(policy: Policy, language: str, now: datetime) -> dict[str, Any]:
    return {
        "policy": policy,
        "words": sentences_of(policy, language),
        "language": language,
        "languages": policy.languages.offered,
        "natures": [policy.text(nature.sentence, language) for nature in policy.scope.natures],
        "not_covered": policy.text(policy.scope.not_covered, language),
        "guidance": policy.text(policy.scope.guidance, language),
        "hours": hours_of(policy),
        "days_off": days_off(policy, now, language),
        "zone": zone_of(policy, now),
        "now": now,
        "ways": list(ways_of(policy)),
        "aims": aims_of(policy, language),
        "call_back_seconds": policy.call_back_seconds,
        "months": published_months(),
    }

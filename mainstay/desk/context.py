"""What every page knows, signed in or not: the company's name and looks, and whether it is the sample."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from mainstay.company.queries import shown_looks
from mainstay.promises.errors import NoPolicy


@dataclass(frozen=True)
class Company:
    name: str
    is_sample: bool
    accent_url: str  # a style sheet with the company's own accent; empty for Mainstay's
    logo_url: str  # empty for Mainstay's mark


def company(request: HttpRequest) -> dict[str, Any]:
    """Lazy: pages that do not name the company pay nothing."""
    return {"company": SimpleLazyObject(lambda: _company(request))}


def _company(request: HttpRequest) -> Company:
    looks = shown_looks()
    return Company(
        looks.name or _name_in_policy(request),
        looks.is_sample,
        accent_url=reverse("desk:looks_accent", args=[looks.accent.removeprefix("#")]) if looks.accent else "",
        logo_url=reverse("desk:looks_logo", args=[looks.logo]) if looks.logo else "",
    )


def _name_in_policy(request: HttpRequest) -> str:
    try:
        return str(request.policy.company.name)  # type: ignore[attr-defined]
    except NoPolicy:
        return "Mainstay"

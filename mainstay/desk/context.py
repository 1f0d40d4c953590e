"""What every page knows, signed in or not: the company's name, and whether it is the sample."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from mainstay.people.models import Account
from mainstay.promises.errors import NoPolicy


@dataclass(frozen=True)
class Company:
    name: str
    is_sample: bool
    accent_url: str = ""  # a style sheet with the company's own accent; set up in a later release


def company(request: HttpRequest) -> dict[str, Any]:
    """Lazy: pages that do not name the company pay nothing."""
    return {"company": SimpleLazyObject(lambda: _company(request))}


def _company(request: HttpRequest) -> Company:
    try:
        name = request.policy.company.name  # type: ignore[attr-defined]
    except NoPolicy:
        name = "Mainstay"
    return Company(name, Account.objects.filter(person__is_sample=True).exists())

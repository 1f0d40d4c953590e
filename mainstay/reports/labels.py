"""What the parts of a stratum are called, in the reader's language: one query where the key is a row's."""

from collections.abc import Callable, Iterable

from babel import Locale
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mainstay.catalogue.models import Product
from mainstay.people.models import Organisation, Person
from mainstay.policy.shape import Policy
from mainstay.promises.queries import policy_in_force

DIGITS = 19  # of the largest key, less one


def labels_of(stratum: str, keys: Iterable[str]) -> dict[str, str]:
    """A name for each key; the key itself where there is none any more, a word for those that have none."""
    wanted = {key for key in keys if key}
    named = _NAMES[stratum](wanted) if wanted else {}
    return {"": _without(stratum)} | {key: named.get(key) or key for key in wanted}


def _without(stratum: str) -> str:
    words = {"technician": _("nobody"), "organisation": _("no organisation")}
    return words.get(stratum) or _("none")


def _natures(keys: set[str]) -> dict[str, str]:
    policy, language = _policy()
    return {key: policy.name_of_nature(key, language) for key in keys}


def _severities(keys: set[str]) -> dict[str, str]:
    policy, language = _policy()
    return {key: policy.name_of_severity(key, language) for key in keys}


def _policy() -> tuple[Policy, str]:
    policy = policy_in_force(timezone.now())
    return policy, get_language() or policy.languages.default


def _channels(keys: set[str]) -> dict[str, str]:
    words = {"email": _("E-mail")}
    return {key: words.get(key, key) for key in keys}


def _organisations(keys: set[str]) -> dict[str, str]:
    return {
        str(pk): name
        for pk, name in Organisation.objects.filter(pk__in=_rows(keys)).order_by("pk").values_list("pk", "name")
    }


def _persons(keys: set[str]) -> dict[str, str]:
    return {
        str(pk): name for pk, name in Person.objects.filter(pk__in=_rows(keys)).order_by("pk").values_list("pk", "name")
    }


def _products(keys: set[str]) -> dict[str, str]:
    return {
        str(pk): model
        for pk, model in Product.objects.filter(pk__in=_rows(keys)).order_by("pk").values_list("pk", "model")
    }


def _rows(keys: set[str]) -> list[int]:
    """Those that can be the key of a row; an address may name anything."""
    return [int(key) for key in keys if key.isascii() and key.isdigit() and len(key) < DIGITS]


def _countries(keys: set[str]) -> dict[str, str]:
    territories = Locale.parse(get_language() or "en", sep="-").territories
    return {key: territories.get(key, key) for key in keys}


def _languages(keys: set[str]) -> dict[str, str]:
    languages = Locale.parse(get_language() or "en", sep="-").languages
    return {key: languages.get(key.split("-")[0], key) for key in keys}


_NAMES: dict[str, Callable[[set[str]], dict[str, str]]] = {
    "nature": _natures,
    "severity": _severities,
    "channel": _channels,
    "organisation": _organisations,
    "country": _countries,
    "language": _languages,
    "technician": _persons,
    "product": _products,
}

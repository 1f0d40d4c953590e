"""What the list could be filtered by, found by the words that somebody types."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from babel import Locale
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mainstay.catalogue.models import Product
from mainstay.entitlement.states import Outcome
from mainstay.people.models import Team
from mainstay.people.queries import assignable_staff, organisations_for, persons_for
from mainstay.people.states import Permission
from mainstay.tickets.models import CustomField, Tag
from mainstay.tickets.queries import ASKED_OF, suggested_tags
from mainstay.tickets.states import FieldKind, State
from mainstay.tickets.values import YES
from mainstay.worklists import fields
from mainstay.worklists.rules import written_shape

from ..doorway import DeskRequest, desk_page, staff_only
from .shown import Shown, shown_in
from .words import LABELS, Vocabulary, field_word

OPTIONS_MAX = 8  # of one field
SHORTEST = 2  # letters, for what there is much of
DAY_FIELDS = ("opened_from", "opened_to", "changed_from", "changed_to")
STATIC: dict[str, tuple[str, ...]] = {
    "state": tuple(State.values),
    "assignee": (fields.ME, fields.NOBODY),
    "over": (fields.ANY, fields.FIRST_RESPONSE, fields.RESOLUTION),
    "waiting": tuple(fields.WAITED),
    "age": tuple(fields.SPANS),
    "idle": tuple(fields.SPANS),
    "unread": (fields.YES,),
    "asleep": (fields.NO, fields.YES),
    "entitlement": tuple(Outcome.values),
    "opened": (fields.TODAY, *fields.LATELY),
    "changed": (fields.TODAY, *fields.LATELY),
}


@dataclass(frozen=True)
class Option:
    """One value; the address is that of the list with it."""

    label: str
    url: str


@dataclass(frozen=True)
class Offer:
    """The values of one field that fit."""

    label: str
    options: list[Option]


@require_safe
@staff_only(Permission.SEE_TICKETS)
def queue_filters(request: DeskRequest) -> HttpResponse:
    """`of` is the address of the list that is looked at, `q` what is typed."""
    shown = shown_in(request, QueryDict(request.GET.get("of", "")[:4000]))
    words = request.GET.get("q", "")[:80].replace("\x00", "").strip()
    context = {
        "shown": shown,
        "words": words,
        "offers": _offers(request, shown, words),
        "day_fields": [{"key": key, "label": LABELS[key]} for key in DAY_FIELDS],
        "hidden": _hidden(shown),
    }
    if request.htmx:
        return render(request, "desk/queue/filter_options.html", context)
    return desk_page(request, "desk/queue/filters.html", context)


def _hidden(shown: Shown) -> list[tuple[str, str]]:
    """The address as it is, for the form of days: without the days, and with all filters of the view."""
    kept = shown.shape
    for key in DAY_FIELDS:
        kept = kept.without(key)
    pairs = [("view", shown.key), *written_shape(kept, shown.base)]
    own = [(key, value) for key, values in kept.terms.items() for value in values]
    return list(dict.fromkeys([*pairs, *own]))


def _offers(request: DeskRequest, shown: Shown, words: str) -> list[Offer]:
    wanted = words.casefold().split()
    offers = []
    for key in fields.FIELDS:
        label = str(LABELS[key])
        about = label.casefold()
        has = shown.shape.terms.get(key, ())
        fitting = (
            (value, word)
            for value, word in _values(request, key, words)
            if value not in has and all(one in about or one in word.casefold() for one in wanted)
        )
        options = [
            Option(f"{label}: {word}", shown.url(shown.shape.with_term(key, value)))
            for (value, word), _place in zip(fitting, range(OPTIONS_MAX), strict=False)
        ]
        if options:
            offers.append(Offer(label, options))
    return offers


def _values(request: DeskRequest, key: str, words: str) -> Iterator[tuple[str, str]]:
    """The values of a field with their words; of what there is much of, those that hold what is typed."""
    vocabulary = Vocabulary(request.policy, {})
    for value in STATIC.get(key, ()):
        yield value, vocabulary.value(key, value)
    if key == "nature":
        yield from ((value, vocabulary.value(key, value)) for value in request.policy.nature_keys)
    elif key == "severity":
        yield from ((value, vocabulary.value(key, value)) for value in request.policy.severity_keys)
    elif key == "channel":
        yield from ((value, vocabulary.value(key, value)) for value in settings.CHANNELS)
    elif key in _STORED:
        yield from _STORED[key](request, words)
    elif key in ("language", "country") and len(words) >= SHORTEST:
        known = Locale.parse(get_language() or "en", sep="-")
        every = known.languages if key == "language" else known.territories
        yield from ((code, word) for code, word in every.items() if len(code) == 2 and code.isalpha())


def _assignees(_request: DeskRequest, _words: str) -> Iterator[tuple[str, str]]:
    yield from ((str(person.pk), person.name) for person in assignable_staff())
    yield from (
        (f"{fields.TEAM}{team.pk}", _("team %(name)s") % {"name": team.name})
        for team in Team.objects.order_by("name", "pk")
    )


def _tags(_request: DeskRequest, words: str) -> Iterable[tuple[str, str]]:
    names = suggested_tags(words.removeprefix("#"), OPTIONS_MAX)
    keys = dict(Tag.objects.filter(name__in=names).order_by("name").values_list("name", "pk"))
    return [(str(keys[name]), name) for name in names if name in keys]


def _fields(_request: DeskRequest, words: str) -> Iterator[tuple[str, str]]:
    """Each choice, a tick, what is typed where it stands on a ticket; and of every field, that it is filled in at all."""
    typed = words.split(maxsplit=1)
    for field in CustomField.objects.order_by("place", "pk"):
        name = field.name
        offered = [YES] if field.kind == FieldKind.CHECKBOX else list(field.choices)
        if not offered and typed:
            last = words.removeprefix(name).removeprefix(":").strip() if words.startswith(name) else words
            offered = list(
                field.values.filter(value__in={words, last, typed[-1]})
                .order_by("value")
                .values_list("value", flat=True)
                .distinct()
            )
        for value in offered:
            yield f"{field.pk}{ASKED_OF}{value}", field_word(name, value)
        if field.kind != FieldKind.CHECKBOX:
            yield f"{field.pk}{ASKED_OF}", field_word(name, "")


def _products(_request: DeskRequest, words: str) -> Iterable[tuple[str, str]]:
    return _called(Product.objects.order_by("model"), "model", words)


def _organisations(request: DeskRequest, words: str) -> Iterable[tuple[str, str]]:
    return _called(organisations_for(request.person), "name", words)


def _persons(request: DeskRequest, words: str) -> Iterable[tuple[str, str]]:
    return _called(persons_for(request.person).filter(account=None), "name", words)


def _called(rows: QuerySet[Any], name: str, words: str) -> list[tuple[str, str]]:
    if len(words) < SHORTEST:
        return []
    found = rows.filter(**{f"{name}__icontains": words}).values_list("pk", name)[:OPTIONS_MAX]
    return [(str(pk), word) for pk, word in found]


_STORED = {
    "assignee": _assignees,
    "tag": _tags,
    "product": _products,
    "field": _fields,
    "organisation": _organisations,
    "person": _persons,
}

"""Views in words: the name of each filter and of its values, and the chips they are shown as."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from babel import Locale
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _
from django.utils.translation import ngettext as _n

from mainstay.entitlement.states import Outcome
from mainstay.policy.shape import Policy
from mainstay.tickets.queries import ASKED_OF
from mainstay.tickets.states import State
from mainstay.tickets.values import YES as TICK
from mainstay.worklists import fields
from mainstay.worklists.queries import Names
from mainstay.worklists.rules import BUILT_IN, Refused, Terms

from ..rows import names_of

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LABELS: "dict[str, _StrPromise]" = {
    "state": gettext_lazy("State"),
    "severity": gettext_lazy("Severity"),
    "nature": gettext_lazy("Nature"),
    "assignee": gettext_lazy("Assignee"),
    "over": gettext_lazy("Over the average aimed for"),
    "waiting": gettext_lazy("Has waited for us"),
    "age": gettext_lazy("Open for more than"),
    "idle": gettext_lazy("Nothing happened for"),
    "unread": gettext_lazy("Unread notices"),
    "asleep": gettext_lazy("Asleep"),
    "organisation": gettext_lazy("Organisation"),
    "person": gettext_lazy("Person"),
    "country": gettext_lazy("Country"),
    "language": gettext_lazy("Language"),
    "product": gettext_lazy("Product"),
    "tag": gettext_lazy("Tag"),
    "field": gettext_lazy("Field"),
    "channel": gettext_lazy("Channel"),
    "entitlement": gettext_lazy("Entitlement"),
    "opened": pgettext_lazy("filter", "Opened"),
    "changed": pgettext_lazy("filter", "Changed"),
    "opened_from": gettext_lazy("Opened from"),
    "opened_to": gettext_lazy("Opened until"),
    "changed_from": gettext_lazy("Changed from"),
    "changed_to": gettext_lazy("Changed until"),
    "order": gettext_lazy("Order"),
    "grouping": gettext_lazy("Grouping"),
    "columns": gettext_lazy("Columns"),
}
VIEW_LABELS: "dict[str, _StrPromise]" = {
    "open": pgettext_lazy("view", "Open"),
    "mine": gettext_lazy("Mine"),
    "unassigned": gettext_lazy("Unassigned"),
    "waiting": gettext_lazy("Waiting for customer"),
    "asleep": gettext_lazy("Asleep"),
    "developers": gettext_lazy("With developers"),
    "resolved": gettext_lazy("Resolved"),
    "all": gettext_lazy("All"),
    "refused": gettext_lazy("Refused"),
}
assert set(VIEW_LABELS) == set(BUILT_IN)


@dataclass(frozen=True)
class Vocabulary:
    """The words that depend on the policy, on the reader's language, and on what is stored."""

    policy: Policy
    names: Names

    def value(self, field: str, value: str) -> str:
        """A value as a person reads it; of what is gone, that it is gone."""
        known = _SAID.get(field)
        if known is not None:
            return known(value)
        if field in ("nature", "severity"):
            words: Mapping[str, str] = names_of(self.policy)["natures" if field == "nature" else "severities"]
            return words.get(value, value)
        if field == "assignee" and value in _ASSIGNEES:
            return str(_ASSIGNEES[value])
        if value == fields.NONE:
            return _("none")
        if field == "field":
            key, _mark, asked = value.partition(ASKED_OF)
            name = self.names.get((field, key), "")
            return field_word(name, asked) if name else _("(not there any more)")
        kind = "team" if field == "assignee" and value.startswith(fields.TEAM) else field
        return self.names.get((kind, value.removeprefix(fields.TEAM)), "") or _("(not there any more)")


@dataclass(frozen=True)
class Chip:
    """One filter as it stands above the list: "Severity: critical or high"."""

    field: str
    label: str
    values: list[str]

    @property
    def text(self) -> str:
        return _(" or ").join(self.values)


def chips_of(terms: Terms, vocabulary: Vocabulary) -> list[Chip]:
    return [
        Chip(field, str(LABELS[field]), [vocabulary.value(field, value) for value in values])
        for field, values in terms.items()
    ]


def refused_in_words(refused: list[Refused]) -> str:
    """One kind sentence about the parts of an address that mean nothing here; empty when all of it was understood."""
    if not refused:
        return ""
    parts = ", ".join(f"{LABELS[one.key]}: {one.value}" for one in refused[:5])
    return _("Left out of the filters, since it is nothing to filter by here: %(parts)s.") % {"parts": parts}


def language_word(code: str) -> str:
    """The language in the reader's own."""
    return _locale().languages.get(code.split("-", maxsplit=1)[0].lower(), code)


def country_word(code: str) -> str:
    return _locale().territories.get(code.upper(), code)


def _locale() -> Locale:
    return Locale.parse(get_language() or "en", sep="-")


def span_word(value: str) -> str:
    """`15m`, `4h`, `3d` in words."""
    number = int(value[:-1])
    if value.endswith("m"):
        return _n("%(n)s minute", "%(n)s minutes", number) % {"n": number}
    if value.endswith("h"):
        return _n("%(n)s hour", "%(n)s hours", number) % {"n": number}
    return _n("%(n)s day", "%(n)s days", number) % {"n": number}


def field_word(name: str, asked: str) -> str:
    """A custom field with what is asked of it; a tick is kept as `yes`."""
    if not asked:
        return _("%(field)s is filled in") % {"field": name}
    return f"{name}: {_('yes') if asked == TICK else asked}"


def _lately_word(value: str) -> str:
    if value == fields.TODAY:
        return _("today")
    days = fields.LATELY[value] // timedelta(days=1)
    return _n("in the last %(n)s day", "in the last %(n)s days", days) % {"n": days}


def _waited_word(value: str) -> str:
    return _("%(span)s or more, in business time") % {"span": span_word(value)}


def _yes_word(value: str) -> str:
    return _("yes") if value == fields.YES else _("no")


def _day_word(value: str) -> str:
    return date_format(date.fromisoformat(value), "j M Y")


_ASSIGNEES = {fields.ME: gettext_lazy("me"), fields.NOBODY: gettext_lazy("nobody")}
_OVER = {
    fields.ANY: gettext_lazy("either"),
    fields.FIRST_RESPONSE: gettext_lazy("first response"),
    fields.RESOLUTION: gettext_lazy("resolution"),
}
_SAID: dict[str, Callable[[str], str]] = {
    "state": lambda value: str(State(value).label),
    "entitlement": lambda value: str(Outcome(value).label),
    "over": lambda value: str(_OVER[value]),
    "waiting": _waited_word,
    "age": span_word,
    "idle": span_word,
    "unread": _yes_word,
    "asleep": _yes_word,
    "country": country_word,
    "language": language_word,
    "channel": lambda value: value.capitalize(),
    "opened": _lately_word,
    "changed": _lately_word,
    "opened_from": _day_word,
    "opened_to": _day_word,
    "changed_from": _day_word,
    "changed_to": _day_word,
}

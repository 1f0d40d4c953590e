"""A kind of event, declared once: its sentence, its icon, who may see it."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise as LazyText


@dataclass(frozen=True)
class EventKind:
    """`sentence` has named places for the event's facts and for `by`, the actor's name."""

    name: str
    sentence: str | LazyText
    icon: str
    visible_to_customer: bool = False

    def told(self, by: str, facts: dict[str, Any]) -> str:
        """The sentence with its places filled; a fact that is missing reads as a dash."""
        return str(self.sentence) % _Facts(facts, by=by)


class _Facts(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "–"

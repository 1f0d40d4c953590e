"""Who is where."""

from collections.abc import Iterable
from datetime import datetime

from .models import Visit
from .rules import Visitor, closest


def who_is_at(subjects: Iterable[str], *, at: datetime, beside: int = 0) -> dict[str, list[Visitor]]:
    """Who has these things (such as `ticket:42`) open at this moment, but for the person `beside`; one query.

    Things at which nobody is are not in it.
    """
    visits = Visit.objects.filter(subject__in=list(subjects), until__gt=at).exclude(person=beside).order_by("pk")
    found: dict[str, list[tuple[int, str, str]]] = {}
    for subject, person, name, attention in visits.values_list("subject", "person", "name", "attention"):
        found.setdefault(subject, []).append((person, name, attention))
    return {subject: closest(rows) for subject, rows in found.items()}

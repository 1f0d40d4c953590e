"""The history of an escalation or a problem in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from mainstay.escalations.events import OF_ESCALATIONS, OF_PROBLEMS
from mainstay.escalations.models import EscalationEvent, ProblemEvent


@dataclass(frozen=True)
class Entry:
    """What happened, as a time line shows it."""

    at: datetime
    icon: str
    sentence: str


def told_events(history: Iterable[EscalationEvent | ProblemEvent]) -> list[Entry]:
    told = []
    for event in history:
        kinds = OF_ESCALATIONS if isinstance(event, EscalationEvent) else OF_PROBLEMS
        kind = kinds[event.kind]
        by = event.by.name if event.by else _("The desk")
        told.append(Entry(event.at, kind.icon, kind.told(by, event.facts)))
    return told

"""Each kind of notice, declared once: its sentence, its icon, its urgency. No sentence holds a customer's words."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext_lazy as _

from .states import Urgency


@dataclass(frozen=True)
class NoticeKind:
    """`sentence` has named places for the notice's facts."""

    name: str
    sentence: str | LazyText
    icon: str
    urgency: Urgency = Urgency.NORMAL

    def told(self, facts: dict[str, Any]) -> str:
        """The sentence in the present language, with its places filled; a fact that is missing reads as a dash."""
        return str(self.sentence) % _Facts(facts)


class _Facts(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "–"


FIRST_RESPONSE_ALARM = NoticeKind(
    "first_response_alarm", _("#%(number)s has waited %(minutes)s min for a first answer"), "alarm-clock"
)
FIRST_RESPONSE_CAP = NoticeKind(
    "first_response_cap",
    _("#%(number)s has waited %(minutes)s min for a first answer, %(times)s times the average aimed for"),
    "siren",
    Urgency.HIGH,
)
RESOLUTION_ALARM = NoticeKind(
    "resolution_alarm", _("#%(number)s has been open for %(percent)s %% of the average aimed for"), "alarm-clock"
)
RESOLUTION_CAP = NoticeKind(
    "resolution_cap",
    _("#%(number)s has been open for %(times)s times the average aimed for"),
    "siren",
    Urgency.HIGH,
)
REQUEUED = NoticeKind("requeued", _("#%(number)s is in the queue again: %(name)s is not there"), "list-restart")
NOBODY_ON_DUTY = NoticeKind(
    "nobody_on_duty", _("Nobody is on duty while customers wait for a first answer"), "user-x", Urgency.HIGH
)
NO_OWNER = NoticeKind(
    "no_owner", _("Tickets wait past their target, and nobody has taken them"), "circle-help", Urgency.HIGH
)
ESCALATED = NoticeKind("escalated", _("#%(number)s was handed to the developers"), "code")
ANSWERED_BY_DEVELOPERS = NoticeKind("answered_by_developers", _("The developers answered on #%(number)s"), "undo-2")
ASKED_BY_DEVELOPERS = NoticeKind("asked_by_developers", _("The developers ask something about #%(number)s"), "undo-2")
PROBLEM_FIXED = NoticeKind("problem_fixed", _("The problem that #%(number)s waits for is fixed"), "circle-check-big")

KINDS = {kind.name: kind for kind in list(globals().values()) if isinstance(kind, NoticeKind)}

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
    "no_owner", _("Tickets wait past their target, and nobody has taken them"), "circle-question-mark", Urgency.HIGH
)
ESCALATED = NoticeKind("escalated", _("#%(number)s was handed to the developers"), "code")
ANSWERED_BY_DEVELOPERS = NoticeKind("answered_by_developers", _("The developers answered on #%(number)s"), "undo-2")
ASKED_BY_DEVELOPERS = NoticeKind("asked_by_developers", _("The developers ask something about #%(number)s"), "undo-2")
RATED_BAD = NoticeKind("rated_bad", _("A customer found our help on #%(number)s bad"), "frown")
PROBLEM_FIXED = NoticeKind("problem_fixed", _("The problem that #%(number)s waits for is fixed"), "circle-check-big")
MENTIONED = NoticeKind("mentioned", _("%(name)s mentioned you on #%(number)s"), "at-sign")
PLANNED_REPLY_HELD = NoticeKind(
    "planned_reply_held", _("Your reply for later on #%(number)s was not sent: it waits for you"), "calendar-clock"
)

WOKE_AT_MOMENT = NoticeKind("woke_at_moment", _("#%(number)s is awake again: its moment has come"), "alarm-clock")
WOKE_BY_CUSTOMER = NoticeKind("woke_by_customer", _("#%(number)s is awake again: the customer wrote"), "alarm-clock")
WOKE_BY_PROBLEM = NoticeKind(
    "woke_by_problem", _("#%(number)s is awake again: it waits for no problem any more"), "alarm-clock"
)
WOKE_BY_TICKET = NoticeKind(
    "woke_by_ticket", _("#%(number)s is awake again: the ticket it waited for is over"), "alarm-clock"
)
FOLLOWED_WRITTEN = NoticeKind("followed_written", _("The customer wrote on #%(number)s, which you follow"), "eye")
FOLLOWED_REPLIED = NoticeKind("followed_replied", _("%(name)s replied on #%(number)s, which you follow"), "eye")
FOLLOWED_NOTED = NoticeKind("followed_noted", _("%(name)s wrote a note on #%(number)s, which you follow"), "eye")
FOLLOWED_RESOLVED = NoticeKind("followed_resolved", _("#%(number)s, which you follow, was resolved"), "eye")
FOLLOWED_REOPENED = NoticeKind("followed_reopened", _("#%(number)s, which you follow, was re-opened"), "eye")
TASK_GIVEN = NoticeKind("task_given", _("%(name)s gave you a task on #%(number)s"), "list-checks")
RULE_TELLS = NoticeKind("rule_tells", _("The rule “%(rule)s” points you to #%(number)s"), "workflow")
RULE_PAUSED = NoticeKind(
    "rule_paused",
    _("The rule “%(rule)s” was paused: it failed again and again, or ran in a circle"),
    "circle-pause",
    Urgency.HIGH,
)
SIDE_ANSWERED = NoticeKind("side_answered", _("A third party wrote to us about #%(number)s"), "messages-square")

# --- one's own sign-in ------------------------------------------------------------------------------------------------
PASSWORD_CHANGED = NoticeKind(
    "password_changed",
    _("Your password was changed. If that was not you, tell an administrator at once"),
    "key-round",
    Urgency.HIGH,
)
PASSKEY_ADDED = NoticeKind(
    "passkey_added",
    _("A passkey was added to your account. If that was not you, tell an administrator at once"),
    "fingerprint-pattern",
    Urgency.HIGH,
)
PASSKEY_REMOVED = NoticeKind(
    "passkey_removed",
    _("A passkey was removed from your account. If that was not you, tell an administrator at once"),
    "fingerprint-pattern",
    Urgency.HIGH,
)
APP_ADDED = NoticeKind(
    "authenticator_app_added",
    _("An authenticator app was set up for your account. If that was not you, tell an administrator at once"),
    "smartphone",
    Urgency.HIGH,
)
APP_REMOVED = NoticeKind(
    "authenticator_app_removed",
    _("Codes of an app are not asked for your account any more. If that was not you, tell an administrator at once"),
    "smartphone",
    Urgency.HIGH,
)
CODES_MADE = NoticeKind(
    "recovery_codes_made",
    _("New recovery codes were made for your account. If that was not you, tell an administrator at once"),
    "life-buoy",
    Urgency.HIGH,
)
SECOND_FACTOR_RESET = NoticeKind(
    "second_factor_reset",
    _("An administrator took your second factor away; set up a new one"),
    "shield-off",
    Urgency.HIGH,
)

KINDS = {kind.name: kind for kind in list(globals().values()) if isinstance(kind, NoticeKind)}

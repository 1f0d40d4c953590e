"""Rows of tickets as lists show them: what each waits for, and for how long, in business seconds."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, cached_property
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mainstay.entitlement.states import Outcome
from mainstay.people.models import Person
from mainstay.policy.shape import Policy
from mainstay.promises.models import Promise
from mainstay.promises.queries import policy_of
from mainstay.promises.rules import age_seconds, stamp
from mainstay.tickets.models import Ticket
from mainstay.tickets.states import State

from .visits.faces import Face, faces_of, faces_url


@dataclass(frozen=True)
class Row:
    """`waits_for` is first_response, resolution or empty; `seconds` business seconds till now, of `target_seconds`."""

    ticket: Ticket
    waits_for: str
    seconds: int
    target_seconds: int | None
    place: str = ""  # why it stands where it does, in words; only where the list is in the order of the queue
    faces: tuple[Face, ...] = ()  # the colleagues who are at it

    @cached_property
    def number(self) -> str:
        """As text: a template writes numbers the way of a language, which takes its time and is not wanted here."""
        return str(self.ticket.number)

    @property
    def url(self) -> str:
        return f"{_tickets_url()}{self.number}#newest"


@cache
def _tickets_url() -> str:
    """What stands before a ticket's number in its address."""
    return reverse("desk:ticket", args=[0]).removesuffix("0")


def rows_of(tickets: Iterable[Ticket], at: datetime) -> list[Row]:
    return [_row(ticket, at) for ticket in tickets]


def names_in_force(policy: Policy, at: datetime) -> dict[str, Any]:
    """The words for natures and severities, in the reader's language, and when the desk closes (None while closed)."""
    return {**names_of(policy), "counting_until": counting_until(policy, at)}


def names_of(policy: Policy) -> dict[str, Any]:
    language = get_language() or policy.languages.default
    return {
        "natures": {key: policy.name_of_nature(key, language) for key in policy.nature_keys},
        "severities": {key: policy.name_of_severity(key, language) for key in policy.severity_keys},
    }


def counting_until(policy: Policy, at: datetime) -> datetime | None:
    """When the clock stops for today; None while it stands."""
    return policy.calendar.next_close(at) if policy.calendar.is_open(at) else None


def ages_of(promise: Promise, at: datetime) -> dict[str, int]:
    """Business seconds till now of what is not finished."""
    age = age_seconds(promise, at, policy_of(promise.revision_id))
    return {"first_response": age, "resolution": age}


def age_of(promise: Promise, measure: str, at: datetime) -> int:
    """Business seconds till now of what is not finished in this measure; a later question from when it was asked."""
    policy = policy_of(promise.revision_id)
    if measure == "further_response":
        return stamp(at, policy) - (promise.asked_stamp or stamp(at, policy))
    return age_seconds(promise, at, policy)


def _row(ticket: Ticket, at: datetime) -> Row:
    promise = ticket.promise
    if not ticket.is_active or promise.excluded:
        return Row(ticket, "", 0, None)
    age = age_seconds(promise, at, policy_of(promise.revision_id))
    if promise.first_responded_at is None:
        return Row(ticket, "first_response", age, promise.first_response_target_seconds)
    return Row(ticket, "resolution", age, promise.resolution_target_seconds)


USUALLY_SHOWN = frozenset({"who", "nature", "waiting", "assignee"})


def page_context(
    tickets: Iterable[Ticket], policy: Policy, viewer: Person, columns: Collection[str] = USUALLY_SHOWN
) -> dict[str, Any]:
    """What a list of tickets needs, at this moment; `policy` is the one in force. One query, for who is at them."""
    now, tickets = timezone.now(), list(tickets)
    found = faces_of([ticket.topic for ticket in tickets], viewer) if tickets else {}
    rows = [replace(row, faces=tuple(found.get(row.ticket.topic, ()))) for row in rows_of(tickets, now)]
    return {
        "rows": rows,
        "faces_url": faces_url(tickets),
        "shows": frozenset(columns),
        "shows_more": not USUALLY_SHOWN.issuperset(columns),
        "may_choose": False,
        **_words_of_rows(),
        **names_in_force(policy, now),
    }


def _words_of_rows() -> dict[str, Any]:
    """The words that each row says, looked up once for all of them."""
    return {
        "states": {state.value: str(state.label) for state in State},
        "outcomes": {outcome.value: str(outcome.label) for outcome in Outcome},
        "words": {
            "why": _("Why here?"),
            "unanswered": _("Waits for a first response:"),
            "answered": _("Answered, open for:"),
            "assigned": _("assigned to"),
            "nobody": _("assigned to nobody"),
        },
    }

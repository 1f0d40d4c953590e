"""Put a policy in force from a date, and tell what that changes: the real deed for both, which a dry run takes back.

A ticket keeps the revision under which it was opened. A date in the past is a correction: tickets opened from then on that are
not resolved yet are measured under the new policy. See docs/decisions/0014-policy-revisions.md.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

from django.db import transaction
from django.utils.translation import gettext as _

from mainstay.live.announcing import announce, announcing_together
from mainstay.people.errors import NotAllowed
from mainstay.people.models import Person
from mainstay.people.states import Permission
from mainstay.policy.differences import Change, differences
from mainstay.policy.reading import PolicySource
from mainstay.policy.shape import Policy
from mainstay.promises.actions import add_revision, rebind_promises
from mainstay.promises.models import PolicyRevision, Promise
from mainstay.promises.queries import policy_of, revision_in_force
from mainstay.promises.rules import age_seconds, course_in, measured
from mainstay.tickets import events
from mainstay.tickets.actions.measuring import histories_of
from mainstay.tickets.actions.recording import AVERAGES, QUEUE
from mainstay.tickets.models import Ticket, TicketEvent, TicketQuerySet
from mainstay.tickets.rules import facts_of, rank_now
from mainstay.tickets.states import ACTIVE

from .errors import CannotHold
from .figures import MonthReport, Period
from .models import FrozenMonth
from .periods import EARLIEST, LATEST, month_at, month_of
from .queries import month_report

BATCH = 500
TOLD = 100  # tickets that are named one by one; all are counted
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class Because(StrEnum):
    """Why a ticket keeps its policy."""

    OLDER = "older"
    RESOLVED = "resolved"
    NO_NATURE = "no_nature"
    NO_SEVERITY = "no_severity"


@dataclass(frozen=True)
class Terms:
    """What a ticket is measured by: its revision, its targets, and its figures under them, in business seconds."""

    revision: int
    first_response_target: int
    resolution_target: int
    first_response: int | None
    age: int


@dataclass(frozen=True)
class Rebound:
    """A ticket that is measured under the new policy."""

    number: int
    subject: str
    before: Terms
    after: Terms


@dataclass(frozen=True)
class Kept:
    """A ticket that could not follow, and why."""

    number: int
    subject: str
    because: Because


@dataclass(frozen=True)
class Outlook:
    """A month's figures before and after."""

    before: MonthReport
    after: MonthReport


@dataclass(frozen=True)
class Revising:
    """What it did, or would do. The tickets named are the first TOLD; the counts are of all.

    `until` is when a later revision takes over; `kept_counts` are of the tickets that are not resolved and keep theirs, and
    of those opened since `holds_from` that are resolved.
    """

    revision: int
    holds_from: datetime
    until: datetime | None
    waits: bool
    changes: tuple[Change, ...]
    rebound: tuple[Rebound, ...]
    rebound_count: int
    kept: tuple[Kept, ...]
    kept_counts: dict[Because, int]
    months: tuple[Outlook, ...]


def preview_policy(source: PolicySource, *, holds_from: datetime, by: Person | None, at: datetime) -> Revising:
    """What `apply_policy` would do; nothing is changed, since it is done and taken back."""
    with transaction.atomic():
        told = apply_policy(source, holds_from=holds_from, by=by, at=at)
        transaction.set_rollback(True)
    return told


@transaction.atomic
def apply_policy(source: PolicySource, *, holds_from: datetime, by: Person | None, at: datetime) -> Revising:
    """The policy holds from `holds_from` as a new revision, until a later one does; the open tickets since then follow.

    `by` is nobody for who runs the desk's commands. All of it in one transaction: stopped at any point, nothing has
    happened. Raises NotAllowed, PolicyFaults, and CannotHold when the moment, or the policy at it, can't be.
    """
    if by is not None and not by.may(Permission.MANAGE_DESK):
        raise NotAllowed
    policy = source.policy()
    list(PolicyRevision.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    # Read after the locks were won: who waited for them must see the revision that was added meanwhile.
    revisions = list(PolicyRevision.objects.order_by("holds_from", "number"))
    check_moment(source, holds_from, revisions)
    earlier = policy_of(revision_in_force(holds_from).pk)
    until = min((one.holds_from for one in revisions if one.holds_from > holds_from), default=None)
    concerned = _opened_in(holds_from, until)
    months = [month_at(at), *_months_answered(concerned, at)]
    before = {month.key: month_report(month, at=at) for month in months}
    revision = add_revision(source, holds_from=holds_from, at=at, by=by)
    with announcing_together():
        announce(QUEUE, AVERAGES)
        rebound, count = _rebind(concerned, revision, policy, at)
    kept_counts, kept = _kept(concerned, revision, policy, holds_from)
    return Revising(
        revision=revision.number,
        holds_from=holds_from,
        until=until,
        waits=holds_from > at,
        changes=differences(earlier, policy),
        rebound=rebound,
        rebound_count=count,
        kept=kept,
        kept_counts=kept_counts,
        months=tuple(Outlook(before[month.key], month_report(month, at=at)) for month in months),
    )


def moment_in(text: str) -> datetime:
    """The moment written as a date, which is its midnight in UTC, or as date and time with a zone; raises CannotHold."""
    try:
        if _DATE.fullmatch(text.strip()):
            day = date.fromisoformat(text.strip())
            moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
        else:
            moment = datetime.fromisoformat(text.strip())
            if moment.tzinfo is None:
                raise CannotHold(_("“%(text)s” names no time zone. Write it like 2026-12-01T09:00Z.") % {"text": text})
            moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        said = _("“%(text)s” is no date. Write it like 2026-12-01, or with a time and its zone like 2026-12-01T09:00Z.")
        raise CannotHold(said % {"text": text[:40]}) from None
    return moment


def check_moment(source: PolicySource, holds_from: datetime, revisions: list[PolicyRevision]) -> None:
    """Raises CannotHold when this policy can't hold from then; `revisions` are all, in the order in which they hold."""
    if holds_from.tzinfo is None:
        raise CannotHold(_("A policy holds from a moment with its time zone."))
    if not EARLIEST <= holds_from.year <= LATEST:
        raise CannotHold(_("A policy holds from a moment in the years 2000 to 2199."))
    if not revisions or holds_from < revisions[0].holds_from:
        first = f"{revisions[0].holds_from:%Y-%m-%d %H:%M} UTC" if revisions else "–"
        raise CannotHold(
            _("The first policy of this desk holds from %(first)s: no other can hold before it.") % {"first": first}
        )
    frozen = FrozenMonth.objects.order_by("-month").first()
    if frozen is not None and holds_from < month_of(frozen.month).end:
        raise CannotHold(
            _("The averages of %(month)s are published and stay as they are: choose a date after that month.")
            % {"month": frozen.month}
        )
    holding = [one for one in revisions if one.holds_from <= holds_from][-1]
    if holding.digest == source.digest:
        raise CannotHold(_("This very policy holds then already, as revision %(number)s.") % {"number": holding.number})
    if holding.holds_from == holds_from:
        raise CannotHold(
            _("Revision %(number)s holds from that very moment: choose another one, if only a second later.")
            % {"number": holding.number}
        )


# --- tickets ---


def _opened_in(holds_from: datetime, until: datetime | None) -> TicketQuerySet:
    tickets = Ticket.objects.filter(promise__opened_at__gte=holds_from)
    return tickets.filter(promise__opened_at__lt=until) if until else tickets


def _unresolved(tickets: TicketQuerySet) -> TicketQuerySet:
    return tickets.filter(promise__resolved_at=None, state__in=ACTIVE)


def _months_answered(concerned: TicketQuerySet, at: datetime) -> list[Period]:
    """Earlier months in which tickets that may follow were answered: their averages change, too."""
    found = _unresolved(concerned).filter(promise__first_responded_at__lt=month_at(at).start)
    moments = found.order_by("promise__first_responded_at").values_list("promise__first_responded_at", flat=True)
    return list({month.key: month for month in (month_at(one) for one in moments if one)}.values())


def _rebind(
    concerned: TicketQuerySet, revision: PolicyRevision, policy: Policy, at: datetime
) -> tuple[tuple[Rebound, ...], int]:
    told: list[Rebound] = []
    count = 0
    follow = _unresolved(concerned).filter(nature__in=policy.nature_keys, severity__in=policy.severity_keys)
    for batch in _held(follow):
        before = {ticket.pk: _terms(ticket.promise, at) for ticket in batch[: max(0, TOLD - count)]}
        _measure_under(batch, revision, policy)
        facts = {"revision": revision.number}
        TicketEvent.objects.bulk_create(
            TicketEvent(ticket=ticket, kind=events.REVISED.name, by=revision.by, at=at, facts=facts) for ticket in batch
        )
        told += [
            Rebound(ticket.number, ticket.subject, before[ticket.pk], _terms(ticket.promise, at))
            for ticket in batch[: len(before)]
        ]
        count += len(batch)
        announce(*(ticket.topic for ticket in batch))
    return tuple(told), count


def _held(tickets: TicketQuerySet) -> Iterator[list[Ticket]]:
    """All of them in batches, locked, in the order in which every verb locks."""
    last = 0
    tickets = tickets.select_for_update(of=("self",)).order_by("pk")
    while batch := list(tickets.filter(pk__gt=last)[:BATCH]):
        # Read after the locks were won: in one statement with them, they would be as they were before the wait.
        promises = Promise.objects.select_related("revision").in_bulk([ticket.promise_id for ticket in batch])
        for ticket in batch:
            ticket.promise = promises[ticket.promise_id]
        yield batch
        last = batch[-1].pk


def _measure_under(batch: list[Ticket], revision: PolicyRevision, policy: Policy) -> None:
    """The tickets are promised, measured and ranked as they would be, had they been opened under this revision."""
    histories = histories_of([ticket.pk for ticket in batch])
    found = []
    for ticket in batch:
        course = course_in(ticket.promise.opened_at, facts_of(histories.get(ticket.pk, ())), policy)
        found.append((ticket.promise, policy.target(ticket.nature, ticket.severity), *measured(course, policy)))
    rebind_promises(revision, policy, found)
    places = defaultdict(list)
    for ticket in batch:
        ticket.urgency = policy.urgency(ticket.severity)
        ticket.rank = rank_now(ticket)
        places[ticket.urgency, ticket.rank].append(ticket.pk)
    for (urgency, rank), keys in places.items():
        Ticket.objects.filter(pk__in=keys).update(urgency=urgency, rank=rank)


def _terms(promise: Promise, at: datetime) -> Terms:
    return Terms(
        promise.revision.number,
        promise.first_response_target_seconds,
        promise.resolution_target_seconds,
        promise.first_response_seconds,
        age_seconds(promise, at, policy_of(promise.revision_id)),
    )


def _kept(
    concerned: TicketQuerySet, revision: PolicyRevision, policy: Policy, holds_from: datetime
) -> tuple[dict[Because, int], tuple[Kept, ...]]:
    stay = _unresolved(concerned).exclude(promise__revision=revision)
    counts = {
        Because.OLDER: _unresolved(Ticket.objects.filter(promise__opened_at__lt=holds_from)).count(),
        Because.RESOLVED: concerned.count() - _unresolved(concerned).count(),
        Because.NO_NATURE: stay.exclude(nature__in=policy.nature_keys).count(),
        Because.NO_SEVERITY: stay.filter(nature__in=policy.nature_keys).count(),
    }
    named = stay.order_by("number").values_list("number", "subject", "nature")[:TOLD]
    because = {True: Because.NO_SEVERITY, False: Because.NO_NATURE}
    kept = tuple(Kept(number, subject, because[policy.has_nature(nature)]) for number, subject, nature in named)
    return {reason: count for reason, count in counts.items() if count}, kept

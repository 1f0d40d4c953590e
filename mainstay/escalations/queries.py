"""What the second line has before it: the developers' queue, packets and their drafts, problems, issues, trackers."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Count, F, FilteredRelation, Max, Prefetch, Q, QuerySet
from django.db.models.functions import Coalesce

from mainstay.people.models import Person
from mainstay.people.states import Permission
from mainstay.promises.models import Promise
from mainstay.promises.queries import policy_of
from mainstay.promises.rules import turn_seconds
from mainstay.promises.states import With
from mainstay.tickets import events as ticket_events
from mainstay.tickets.models import Attachment, Ticket
from mainstay.tickets.queries import NUMBER_MAX, tickets_for
from mainstay.tickets.states import ACTIVE, State

from .models import (
    Escalation,
    EscalationEvent,
    Issue,
    PacketDraft,
    Problem,
    ProblemEvent,
    ProblemTicket,
    Tracker,
    TrackerCall,
    TrackerHook,
)
from .packet import KEYS
from .sealing import unseal
from .states import CallState, HookState, ProblemState
from .tracking import Access

PAGE = 40
SHOWN_FILES = 100
SHOWN_TICKETS = 200
FOUND = 20
FEW = 5
LOUD_AFTER, LOUD_FOR = timedelta(minutes=15), timedelta(days=7)
SEARCHED_TICKETS = 5_000  # the newest; further back by number only


# --- the developers' queue ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """A ticket that is with the developers. Seconds are business seconds: of this stay, and of all stays together."""

    ticket: Ticket
    escalation: Escalation | None
    problem: Problem | None
    seconds: int
    all_seconds: int


@dataclass(frozen=True)
class QueuePage:
    """One page of the developers' queue; `after` is the key of the next one, empty at the end."""

    rows: list[Row]
    after: str


def developers_queue(viewer: Person, at: datetime, after: str = "", size: int = PAGE) -> QueuePage:
    """Tickets with the developers: the most urgent first, inside an urgency the longest there. Keyset paging."""
    tickets = (
        tickets_for(viewer)
        .filter(state=State.DEVELOPERS)
        .annotate(stay=FilteredRelation("escalations", condition=Q(escalations__ended_at=None)))
        .annotate(handed_at=Coalesce(F("stay__sent_at"), F("opened_at")))
    )
    found = list(
        _after(tickets, after).select_related("organisation", "person", "product", "assignee", "promise")[: size + 1]
    )
    key = _key(found[size - 1]) if len(found) > size else ""
    return QueuePage(_rows(found[:size], at), key)


def _after(tickets: QuerySet[Any], after: str) -> QuerySet[Any]:
    """Tickets behind this key; a key that is not one of ours is ignored."""
    ordered = tickets.order_by("urgency", "handed_at", "number")
    try:
        urgency, handed, number = after.split("~")
        place = int(urgency), datetime.fromisoformat(handed).astimezone(UTC), int(number)
    except (ValueError, OverflowError):
        return ordered
    if not (0 <= place[0] < 2**15 and 0 <= place[2] <= NUMBER_MAX):
        return ordered
    later = Q(handed_at__gt=place[1]) | Q(handed_at=place[1], number__gt=place[2])
    return ordered.filter(Q(urgency__gt=place[0]) | (Q(urgency=place[0]) & later))


def _key(ticket: Any) -> str:
    return f"{ticket.urgency}~{ticket.handed_at.isoformat()}~{ticket.number}"


def _rows(tickets: list[Ticket], at: datetime) -> list[Row]:
    stays = Escalation.objects.filter(ticket__in=tickets, ended_at=None).select_related("taken_by", "by")
    stay_of = {stay.ticket_id: stay for stay in stays.order_by("pk")}
    links = ProblemTicket.objects.filter(ticket__in=tickets).select_related("problem")
    issues = Prefetch("problem__issues", Issue.objects.select_related("tracker").order_by("pk"))
    problem_of = {link.ticket_id: link.problem for link in links.prefetch_related(issues).order_by("pk")}
    return [
        Row(ticket, stay_of.get(ticket.pk), problem_of.get(ticket.pk), *developer_seconds(ticket.promise, at))
        for ticket in tickets
    ]


def developer_seconds(promise: Promise, at: datetime) -> tuple[int, int]:
    """Business seconds with the developers until now: of the stay that runs (0 when none does), and in all."""
    policy = policy_of(promise.revision_id)
    total = turn_seconds(promise, at, policy)[With.DEVELOPERS.value]
    return total - promise.developer_seconds, total


def line_seconds(promise: Promise, at: datetime) -> dict[str, int]:
    """Business seconds with customer, technicians and developers until now; they add up to the ticket's age."""
    return turn_seconds(promise, at, policy_of(promise.revision_id))


# --- packets -----------------------------------------------------------------------------------------------------------


def escalations_of(ticket: Ticket) -> list[Escalation]:
    """Every stay of a ticket with the developers, the newest first, with files and history."""
    history = Prefetch("events", EscalationEvent.objects.select_related("by").order_by("pk"))
    stays = ticket.escalations.select_related("by", "taken_by", "ended_by").order_by("-round")
    return list(stays.prefetch_related("files", history))


def draft_of(ticket: Ticket) -> PacketDraft | None:
    """The packet that is being written, with who wrote it and its files."""
    return PacketDraft.objects.filter(ticket=ticket).select_related("by").prefetch_related("files").first()


def prefilled(ticket: Ticket) -> dict[str, Any]:
    """What a new packet begins with: the last one that was sent; else what the ticket knows."""
    last = ticket.escalations.filter(has_packet=True).order_by("-round").first()
    if last is not None:
        return {**{key: getattr(last, key) for key in KEYS}, "absent": last.absent}
    return {"device": ticket.product.model if ticket.product else "", "absent": []}


def files_of(ticket: Ticket) -> list[Attachment]:
    """The newest files on a ticket that a packet can name."""
    files = Attachment.objects.filter(message__ticket=ticket).select_related("file", "message")
    return list(files.order_by("-pk")[:SHOWN_FILES])


def next_round(ticket: Ticket) -> int:
    last: int | None = ticket.escalations.aggregate(last=Max("round"))["last"]
    return (last or 0) + 1


def handed_over_at(ticket: Ticket) -> datetime:
    """When the ticket last went to the developers, by its own history."""
    handed = ticket.events.filter(kind=ticket_events.HANDED_TO_DEVELOPERS.name).order_by("-pk")
    return handed.values_list("at", flat=True).first() or ticket.opened_at


# --- problems ----------------------------------------------------------------------------------------------------------


def problems_for(viewer: Person) -> QuerySet[Problem]:
    """All problems for staff, the newest first, with how many tickets wait; none for others."""
    waiting = Count("links", filter=Q(links__ticket__state__in=ACTIVE))
    problems = Problem.objects.annotate(waiting=waiting).order_by("-pk")
    return problems if viewer.may(Permission.SEE_TICKETS) else problems.none()


def problem_for(viewer: Person, pk: int) -> Problem | None:
    """The problem, if there is one that this person may see."""
    return problems_for(viewer).select_related("joined_into").filter(pk=pk).first() if pk <= NUMBER_MAX else None


def problem_of(ticket: Ticket) -> Problem | None:
    """The problem that a ticket waits for, with its issues."""
    link = ProblemTicket.objects.filter(ticket=ticket).select_related("problem").first()
    return link.problem if link else None


def find_problems(viewer: Person, words: str, *, but: int = 0) -> list[Problem]:
    """Open problems whose title holds these words, without the one with the key `but`; without words the newest."""
    found = problems_for(viewer).filter(state=ProblemState.OPEN).exclude(pk=but)
    for word in _words(words):
        found = found.filter(title__icontains=word)
    return list(found[:FOUND])


def find_tickets(viewer: Person, words: str) -> list[Ticket]:
    """The ticket with this number; else of the newest 5,000 those whose subject holds these words."""
    tickets = tickets_for(viewer).select_related("organisation", "person").order_by("-number")
    number = words.strip().removeprefix("#")
    if number.isascii() and number.isdigit():
        return list(tickets.filter(number=int(number))) if int(number) <= NUMBER_MAX else []
    if not words.strip():
        return []
    newest = tickets.aggregate(newest=Max("number"))["newest"] or 0
    found = tickets.filter(number__gt=newest - SEARCHED_TICKETS)
    for word in _words(words):
        found = found.filter(subject__icontains=word)
    return list(found[:FOUND])


def _words(text: str) -> list[str]:
    """The first few words to look for, such as the database can hold."""
    return text.replace("\x00", " ").split()[:8]


def tickets_of_problem(problem: Problem) -> list[ProblemTicket]:
    """The tickets of a problem with what a row shows, those that still wait first, the newest first, 200 at most."""
    links = problem.links.select_related(
        "ticket__organisation", "ticket__person", "ticket__assignee", "ticket__promise"
    )
    waiting = Q(ticket__state__in=ACTIVE)
    return list(links.annotate(waits=waiting).order_by("-waits", "-ticket__number")[:SHOWN_TICKETS])


def history_of_problem(problem: Problem, limit: int = 60) -> list[ProblemEvent]:
    return list(problem.events.select_related("by").order_by("-pk")[:limit])


def issues_of(problem: Problem) -> list[Issue]:
    return list(problem.issues.select_related("tracker").order_by("pk"))


# --- trackers ----------------------------------------------------------------------------------------------------------


def trackers() -> QuerySet[Tracker]:
    """Those that are set up, by name."""
    return Tracker.objects.filter(removed_at=None).order_by("name", "pk")


def tracker_for(viewer: Person, pk: int) -> Tracker | None:
    """The tracker, for those who manage the desk."""
    if not viewer.may(Permission.MANAGE_DESK) or pk > NUMBER_MAX:
        return None
    return trackers().filter(pk=pk).first()


def access_of(tracker: Tracker) -> Access:
    """How it is reached, with its secrets opened; raises TrackerTrouble when they can't be."""
    return Access(
        address=tracker.address,
        project=tracker.project,
        token=unseal(tracker.sealed_token),
        hook_secret=unseal(tracker.sealed_hook_secret),
        user=tracker.user,
        issue_type=tracker.issue_type,
        allows_private=tracker.allows_private,
        extra_ca=tracker.extra_ca,
    )


def has_sealed_secrets() -> bool:
    """Whether any tracker keeps a secret; one of `settings.SEALED_SECRETS`."""
    return Tracker.objects.exclude(sealed_token="").exists()


def failing_trackers(at: datetime) -> list[str]:
    """The names of trackers for which a call, or something they told us, failed in the last week and waits for a person.

    Fresh failures are left out: for a quarter of an hour whoever caused one has the first word. In one query.
    """
    since, until = at - LOUD_FOR, at - LOUD_AFTER
    failed = Q(settled_at__gt=since, settled_at__lte=until)
    calls = TrackerCall.objects.filter(failed, state=CallState.FAILED).values("tracker")
    hooks = TrackerHook.objects.filter(failed, state=HookState.FAILED).values("tracker")
    found = Tracker.objects.filter(Q(pk__in=calls) | Q(pk__in=hooks), removed_at=None)
    return list(found.order_by("name", "pk").values_list("name", flat=True)[:FEW])

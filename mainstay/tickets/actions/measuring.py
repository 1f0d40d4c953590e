"""Count every promise again from the events and compare: the proof that the stored figures are true."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from mainstay.promises.actions import plan_alarm, store_measures
from mainstay.promises.models import Promise, Recount
from mainstay.promises.queries import policy_of
from mainstay.promises.rules import MEASURES_VERSION, Further, Measure, course_in, measured

from ..models import Ticket, TicketEvent
from ..rules import MEASURED_KINDS, MeasuredEvent, facts_of
from .recording import rank_again

BATCH = 5000
FIGURES = tuple(one.name for one in fields(Measure))
TOLD = 1000  # differences of one batch that are told one by one; all are counted


@dataclass(frozen=True)
class Difference:
    """One figure of one ticket that is stored otherwise than its events say."""

    number: int
    figure: str
    stored: Any
    counted: Any


@dataclass(frozen=True)
class Counted:
    """What a ticket's events say, beside what is stored; figures in the order of `FIGURES`."""

    ticket: int
    number: int
    promise: int
    stored: tuple[Any, ...]
    found: Measure
    further: tuple[Further, ...]

    @property
    def figures(self) -> tuple[Any, ...]:
        return tuple(getattr(self.found, figure) for figure in FIGURES)

    def differences(self) -> list[Difference]:
        rows = zip(FIGURES, self.stored, self.figures, strict=True)
        return [Difference(self.number, figure, stored, found) for figure, stored, found in rows if stored != found]


def recount_promises(*, mend: bool = False) -> tuple[int, list[Difference]]:
    """How many tickets were counted again, from the first one on, and every difference; `mend` stores what was counted."""
    number, differences = 0, list[Difference]()
    forget_unfinished_recounts(mend=mend)
    for recount, found in recount_steps(mend=mend, at=timezone.now()):
        number = recount.counted
        differences.extend(found)
    return number, differences


def recount_steps(
    *, mend: bool = False, at: datetime, batch: int = BATCH
) -> Iterator[tuple[Recount, list[Difference]]]:
    """Count everything again, batch by batch; after each one its progress is stored and given, with what differed in it.

    A recount of the same kind that was interrupted goes on where it stood. Only tickets that differ are held, and only
    while they are mended.
    """
    recount = _unfinished(mend) or Recount.objects.create(version=MEASURES_VERSION, mends=mend, started_at=at)
    while keys := _keys_after(recount.done_up_to, batch):
        with transaction.atomic():
            differing = [one for one in _counted_again(keys) if one.stored != one.figures]
            if mend and differing:
                _mend([one.ticket for one in differing])
            recount.done_up_to = keys[-1]
            recount.counted += len(keys)
            recount.differing += len(differing)
            recount.save()
        yield recount, [difference for one in differing[:TOLD] for difference in one.differences()]
    recount.finished_at = timezone.now()
    recount.save(update_fields=["finished_at"])
    yield recount, []


def bring_measures_up_to_date(*, at: datetime) -> int:
    """The stored figures are of this version's making; how many tickets had to be counted anew for that."""
    if Recount.objects.filter(mends=True, version__gte=MEASURES_VERSION, finished_at__isnull=False).exists():
        return 0
    counted = 0
    for recount, _differences in recount_steps(mend=True, at=at):
        counted = recount.counted
    return counted


def forget_unfinished_recounts(*, mend: bool) -> None:
    """The next recount of this kind begins with the first ticket."""
    Recount.objects.filter(finished_at=None, mends=mend).delete()


def _unfinished(mend: bool) -> Recount | None:
    unfinished = Recount.objects.filter(finished_at=None, mends=mend, version=MEASURES_VERSION)
    return unfinished.order_by("-pk").first()


def _keys_after(last: int, batch: int) -> list[int]:
    return list(Ticket.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:batch])


def _counted_again(keys: list[int]) -> Iterator[Counted]:
    """Each of these tickets (in order) with what its events say, in two queries for all."""
    columns = [f"promise__{figure}" for figure in FIGURES]
    rows = Ticket.objects.filter(pk__in=keys).order_by("pk")
    histories = histories_of(keys)
    for ticket, number, promise, opened_at, revision, *stored in rows.values_list(
        "pk", "number", "promise_id", "promise__opened_at", "promise__revision_id", *columns
    ):
        policy = policy_of(revision)
        found, further = measured(course_in(opened_at, facts_of(histories.get(ticket, ())), policy), policy)
        yield Counted(ticket, number, promise, tuple(stored), found, further)


def histories_of(keys: list[int]) -> dict[int, list[MeasuredEvent]]:
    """What measures are made from, of these tickets by their keys, in one query; none for one without such events."""
    histories: dict[int, list[MeasuredEvent]] = defaultdict(list)
    events = TicketEvent.objects.filter(ticket_id__in=keys, kind__in=MEASURED_KINDS).order_by("pk")
    for ticket, *event in events.values_list("ticket_id", *MeasuredEvent._fields):
        histories[ticket].append(MeasuredEvent._make(event))
    return histories


def _mend(keys: list[int]) -> None:
    """The promises hold what is counted now that their tickets are held: they may have changed since they were read."""
    held = list(Ticket.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk"))
    store_measures([(one.promise, one.found, one.further) for one in _counted_again(keys)])
    promises = Promise.objects.in_bulk([ticket.promise_id for ticket in held])
    for ticket in held:
        ticket.promise = promises[ticket.promise_id]
        plan_alarm(ticket.promise)
        rank_again(ticket)

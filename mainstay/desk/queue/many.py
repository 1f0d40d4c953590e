"""Something done to many tickets at once: chosen in the list, shown before where it matters, told after, and undone."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mainstay.lib.errors import MainstayError
from mainstay.people.queries import assignable_staff
from mainstay.people.states import Permission
from mainstay.tickets.queries import NUMBER_MAX, tickets_for
from mainstay.tickets.states import State
from mainstay.worklists import actions
from mainstay.worklists.actions import TICKETS_MAX, UNDO_FOR
from mainstay.worklists.deeds import ASKED_FIRST, Become
from mainstay.worklists.errors import NoSuchBatch, WorklistError
from mainstay.worklists.models import Batch, BatchTicket
from mainstay.worklists.queries import batch_for, keys_in, outcome_counts, outcomes_of
from mainstay.worklists.states import Outcome, Stage

from ..doorway import DeskRequest, desk_page, staff_only
from ..rows import names_of
from ..ticket.sleep import exact, snooze_moments
from .shown import looking, shown_in

SHOWN_FIRST_ABOVE = 25  # so many are shown before anything is done to them
WITH_FIELD = {"tag": "tag", "untag": "tag", "merge": "into"}  # deeds whose value is typed in a field


@dataclass(frozen=True)
class Told:
    """What became of many tickets, as a line above the list: numbers by outcome, and the first reasons."""

    batch: Batch
    what: str
    done: int
    needless: int
    refused: list[BatchTicket]
    undone: int
    kept: list[BatchTicket]
    waiting: int
    may_undo: bool

    @property
    def is_running(self) -> bool:
        return self.batch.stage in (Stage.DOING, Stage.UNDOING)

    @property
    def number(self) -> int:
        return self.done + self.needless + len(self.refused) + self.undone + len(self.kept) + self.waiting

    @property
    def progress(self) -> int:
        """How many are through with what runs now."""
        return self.number - (self.waiting if self.batch.stage == Stage.DOING else self.done)


@require_POST
@staff_only(Permission.WORK_TICKETS)
def many(request: DeskRequest) -> HttpResponse:
    """A deed on the chosen tickets: done at once, or shown first where something stands against it or it is much."""
    deed, value = _wanted(request)
    keys, is_all = _chosen(request)
    if not deed:
        return _choosing(request, keys)
    try:
        batch = actions.plan_batch(keys, deed=deed, value=value, by=request.person, at=timezone.now())
    except MainstayError as problem:
        messages.error(request, str(problem))
        return redirect(_back(request))
    numbers = outcome_counts(batch)
    is_plain = not (numbers.get(Outcome.REFUSED) or is_all or deed in ASKED_FIRST)
    if is_plain and sum(numbers.values()) <= SHOWN_FIRST_ABOVE:
        return _done(request, batch)
    return redirect(_page(request, batch))


@require_safe
@staff_only(Permission.WORK_TICKETS)
def many_deeds(request: DeskRequest) -> HttpResponse:
    """What can be done to the chosen ones: read when the first is chosen."""
    return render(request, "desk/queue/many_deeds.html", _offered(request))


@require_safe
@staff_only(Permission.WORK_TICKETS)
def batch(request: DeskRequest, pk: int) -> HttpResponse:
    """What will be done, is being done, or was done."""
    found = _found(request, pk)
    context = {"batch": told_of(request, found), "tickets": outcomes_of(found), **_of(request)}
    if request.htmx:
        return render(request, "desk/queue/batch_part.html", context)
    return desk_page(request, "desk/queue/batch.html", context)


@require_POST
@staff_only(Permission.WORK_TICKETS)
def batch_start(request: DeskRequest, pk: int) -> HttpResponse:
    """What was shown is done."""
    found = _found(request, pk)
    try:
        return _done(request, found)
    except NoSuchBatch as problem:
        messages.error(request, str(problem))
        return redirect(_back(request))


@require_POST
@staff_only(Permission.WORK_TICKETS)
def batch_undoing(request: DeskRequest, pk: int) -> HttpResponse:
    """What was done is undone, where nothing happened since."""
    found = _found(request, pk)
    try:
        is_running = actions.start_undoing(found, by=request.person, at=timezone.now())
    except WorklistError as problem:
        messages.error(request, str(problem))
        return redirect(_back(request))
    if is_running:
        return redirect(_page(request, found))
    actions.undo_batch(found.pk, at=timezone.now())
    return redirect(_back(request, found))


def batch_of(request: DeskRequest) -> Told | None:
    """What was done just now, by the address that leads back to the list; None for anybody else's, or none."""
    key = request.GET.get("batch", "")
    if not (key.isascii() and key.isdecimal()):
        return None
    try:
        return told_of(request, batch_for(request.person, int(key)))
    except NoSuchBatch:
        return None


def told_of(request: DeskRequest, found: Batch) -> Told:
    numbers = outcome_counts(found)
    odd = [Outcome.REFUSED, Outcome.KEPT]
    reasons = list(found.tickets.filter(outcome__in=odd).select_related("ticket").order_by("pk"))
    in_time = found.done_at is not None and timezone.now() - found.done_at <= UNDO_FOR
    return Told(
        batch=found,
        what=_in_words(request, found),
        done=numbers.get(Outcome.DONE, 0),
        needless=numbers.get(Outcome.NEEDLESS, 0),
        refused=[one for one in reasons if one.outcome == Outcome.REFUSED],
        undone=numbers.get(Outcome.UNDONE, 0),
        kept=[one for one in reasons if one.outcome == Outcome.KEPT],
        waiting=numbers.get(Outcome.WAITING, 0),
        may_undo=found.stage == Stage.DONE and in_time and bool(numbers.get(Outcome.DONE)),
    )


def _done(request: DeskRequest, found: Batch) -> HttpResponse:
    """It is done, and the list says so; by a job, on a page that says how far it is."""
    at = timezone.now()
    if actions.start_batch(found, by=request.person, at=at):
        return redirect(_page(request, found))
    actions.do_batch(found.pk, at=at)
    return redirect(_back(request, found))


def _wanted(request: DeskRequest) -> tuple[str, str]:
    """The deed and its value, from the button that was pressed: `assign=12`, or `tag` with its field."""
    deed, _sign, value = request.POST.get("do", "").partition("=")
    if deed in WITH_FIELD:
        value = request.POST.get(WITH_FIELD[deed], "")
    return deed, value.replace("\x00", "")[:400]


def _chosen(request: DeskRequest) -> tuple[list[int], bool]:
    """The keys of the chosen tickets, and whether all of the view were asked for: the first TICKETS_MAX of it."""
    if request.POST.get("all"):
        shown = shown_in(request, QueryDict(request.POST.get("of", "")[:4000]))
        return keys_in(shown.shape, looking(request), TICKETS_MAX), True
    given = [value for value in request.POST.getlist("ticket")[:TICKETS_MAX] if value.isascii() and value.isdecimal()]
    numbers = [int(value) for value in given if int(value) <= NUMBER_MAX]
    keys = dict(tickets_for(request.person).filter(number__in=numbers).order_by("number").values_list("number", "pk"))
    return [keys[number] for number in numbers if number in keys], False


def _choosing(request: DeskRequest, keys: list[int]) -> HttpResponse:
    """Without scripts, the deeds stand on a page of their own."""
    chosen = tickets_for(request.person).filter(pk__in=keys).order_by("number")
    if not chosen:
        messages.error(request, _("Choose at least one ticket first."))
        return redirect(_back(request))
    context = {"chosen": list(chosen), **_of(request), **_offered(request)}
    return desk_page(request, "desk/queue/many.html", context)


def _offered(request: DeskRequest) -> dict[str, Any]:
    return {
        "staff": assignable_staff(),
        "states": [(one, State(one).label) for one in Become.STATES],
        "moments": snooze_moments(timezone.now()),
        "most": TICKETS_MAX,
        **{name: list(words.items()) for name, words in names_of(request.policy).items()},
    }


def _in_words(request: DeskRequest, found: Batch) -> str:
    """What was chosen to be done, as a sentence without its end."""
    value, words = found.value, names_of(request.policy)
    if found.deed == "assign":
        return _assignment(value)
    sentences = {
        "state": lambda: _("State: %(word)s") % {"word": State(value).label},
        "nature": lambda: _("Nature: %(word)s") % {"word": words["natures"].get(value, value)},
        "severity": lambda: _("Severity: %(word)s") % {"word": words["severities"].get(value, value)},
        "tag": lambda: _("Put on the tag “%(word)s”") % {"word": value},
        "untag": lambda: _("Take off the tag “%(word)s”") % {"word": value},
        "snooze": lambda: _snooze(value),
        "merge": lambda: _("Merge into #%(word)s") % {"word": value},
        "spam": lambda: _("Close as spam"),
    }
    return sentences[found.deed]()


def _assignment(value: str) -> str:
    if value == "nobody":
        return _("Assign to nobody")
    colleague = assignable_staff().filter(pk=int(value)).first()
    return _("Assign to %(name)s") % {"name": colleague.name if colleague else _("somebody who has left")}


def _snooze(value: str) -> str:
    if value == "customer":
        return _("Snooze until the customer writes")
    return _("Snooze until %(moment)s") % {"moment": exact(datetime.fromisoformat(value))}


def _found(request: DeskRequest, pk: int) -> Batch:
    try:
        return batch_for(request.person, pk)
    except NoSuchBatch:
        raise Http404 from None


def _asked(request: DeskRequest) -> str:
    """The address of the list one came from."""
    source = request.POST if request.method == "POST" else request.GET
    return source.get("of", "")[:4000]


def _page(request: DeskRequest, found: Batch) -> str:
    return f"{reverse('desk:batch', args=[found.pk])}?{urlencode({'of': _asked(request)})}"


def _of(request: DeskRequest) -> dict[str, Any]:
    return {"of": _asked(request), "back": _back(request)}


def _back(request: DeskRequest, done: Batch | None = None) -> str:
    """The list one came from, with the line about what was done."""
    shown = shown_in(request, QueryDict(_asked(request)))
    return shown.url() + (f"&batch={done.pk}" if done else "")

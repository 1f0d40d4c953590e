"""What a tracker tells us: kept byte for byte before it is thanked, taken in by a job, once."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from mainstay.jobs.one_at_a_time import only_here
from mainstay.jobs.queue import SOON, enqueue
from mainstay.people.models import Person
from mainstay.people.states import Permission
from mainstay.tickets import events as ticket_events
from mainstay.tickets.actions import keep_note_from_outside
from mainstay.tickets.actions.recording import locked, record, touch

from .. import events
from ..errors import NothingToRepeat, TrackerTrouble
from ..models import Issue, IssueComment, Tracker, TrackerCall, TrackerHook
from ..rules import check_may
from ..states import CallKind, HookState
from ..tracking import Incoming, NotReadable, RemoteComment, marker_in
from .calling import adapter_of, tickets_with_developers
from .steps import locked_problem, write_of_problem

TAKE_IN = "escalations.take_in"
TAKING_IN = "taking in what a tracker told"
DELIVERY_LENGTH = 120
TEXT_MAX = 100_000
TRIES_MAX = 10  # fewer than the job is tried: something that always breaks the worker ends where a person sees it
BODIES_ARE_KEPT = timedelta(days=90)
FORGOTTEN_AT_ONCE = 1000


def store_hook(tracker: Tracker, headers: Mapping[str, str], body: bytes, *, at: datetime) -> bool:
    """Whether this came from the tracker; then it is committed, with the job that takes it in, before this returns.

    `headers` by their names in lower case. The same delivery is one row, however often and however many at once it comes.
    Of one with a wrong signature nothing is kept but the count.
    """
    adapter = adapter_of(tracker)
    if not adapter.is_genuine(headers, body):
        Tracker.objects.filter(pk=tracker.pk).update(refused_count=F("refused_count") + 1, refused_at=at)
        return False
    kept = {name: headers[name][:500] for name in adapter.kept_headers if name in headers}
    with transaction.atomic(durable=True):
        hook, is_new = TrackerHook.objects.get_or_create(
            tracker=tracker,
            delivery=adapter.delivery_of(headers, body)[:DELIVERY_LENGTH],
            defaults={"headers": kept, "body": body, "received_at": at},
        )
        if is_new:
            enqueue(TAKE_IN, priority=SOON, hook=hook.pk)
    return True


def take_in_hook(hook_id: int, *, at: datetime) -> None:
    """What the tracker told stands on its problem and tickets; what can't be understood is visible and waits for a person."""
    with only_here(TAKING_IN, hook_id) as is_ours:
        hook = TrackerHook.objects.select_related("tracker").filter(pk=hook_id, state=HookState.WAITING).first()
        if not is_ours or hook is None:
            return
        if hook.tries >= TRIES_MAX:
            _settle(hook, HookState.FAILED, _("It could not be taken in, %(n)s times.") % {"n": hook.tries}, at)
            return
        TrackerHook.objects.filter(pk=hook.pk).update(tries=F("tries") + 1)
        try:
            told = adapter_of(hook.tracker).read_hook(hook.headers, bytes(hook.body))
            with transaction.atomic():
                is_ours_to_know = told is not None and _take_in(hook.tracker, told, at)
                _settle(hook, HookState.DONE if is_ours_to_know else HookState.IGNORED, "", at)
        except (NotReadable, TrackerTrouble) as fault:
            _settle(hook, HookState.FAILED, _sentence(fault), at)


@transaction.atomic
def repeat_hook(hook: TrackerHook, *, by: Person, at: datetime) -> None:
    """What did not work is taken in again."""
    check_may(by, Permission.MANAGE_DESK)
    again = TrackerHook.objects.filter(pk=hook.pk, state=HookState.FAILED, tracker__removed_at=None)
    if not again.update(state=HookState.WAITING, trouble="", settled_at=None, tries=0):
        raise NothingToRepeat
    enqueue(TAKE_IN, priority=SOON, hook=hook.pk)


def forget_old_bodies(*, at: datetime) -> int:
    """The bytes of webhooks that were settled 90 days ago are gone; returns of how many. That they came stays known, so that
    an old one that is sent again is still the same one."""
    old = (
        TrackerHook.objects.filter(settled_at__lt=at - BODIES_ARE_KEPT)
        .exclude(body=b"")
        .exclude(state=HookState.FAILED)
    )
    keys = list(old.order_by("pk").values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE])
    return TrackerHook.objects.filter(pk__in=keys).update(body=b"")


def _take_in(tracker: Tracker, told: Incoming, at: datetime) -> bool:
    """Whether it is about an issue that speaks of a problem of ours."""
    issue = Issue.objects.filter(tracker=tracker, key=told.key).select_related("problem", "tracker").first()
    if issue is None:
        return False
    locked_problem(issue.problem)  # one webhook after the other, and none beside a person's own change
    issue = Issue.objects.select_for_update(of=("self",)).select_related("problem", "tracker").get(pk=issue.pk)
    if told.comment is not None:
        _take_in_comment(issue, told.comment, at)
    _take_in_state(issue, told, at)
    return True


def _take_in_comment(issue: Issue, comment: RemoteComment, at: datetime) -> None:
    """A comment of theirs is a note on the tickets that were escalated; ours that comes back is known, and told nowhere."""
    if IssueComment.objects.filter(issue=issue, remote_id=comment.id[:80]).exists():
        return
    is_ours = _is_ours(issue, comment)
    IssueComment.objects.create(
        issue=issue,
        remote_id=comment.id[:80],
        author=comment.author[:200],
        text=comment.text[:TEXT_MAX],
        at=at,
        is_ours=is_ours,
    )
    if is_ours or not comment.text.replace("\x00", "").strip():
        return
    name = _("%(author)s in %(issue)s") % {"author": comment.author or _("Somebody"), "issue": str(issue)}
    for link in tickets_with_developers(issue.problem):
        keep_note_from_outside(link.ticket, name=name, text=comment.text[:TEXT_MAX], at=at)


def _is_ours(issue: Issue, comment: RemoteComment) -> bool:
    """Whether we wrote it. The answer to our own call may come later than its webhook: then the marker tells.

    A marker counts once: somebody who copies a text of ours with it is told like everybody else.
    """
    marker = marker_in(comment.text)
    if not marker:
        return False
    calls = TrackerCall.objects.filter(kind=CallKind.COMMENT, issue=issue, marker=marker)
    taken = IssueComment.objects.filter(issue=issue, is_ours=True, text__contains=marker).exists()
    return calls.filter(remote_id__in=["", comment.id[:80]]).exists() and not taken


def _take_in_state(issue: Issue, told: Incoming, at: datetime) -> None:
    """How the issue stands now; whether it is open is told on the tickets, since somebody waits for it.

    What was so earlier, by the tracker's own clock, than what we know is no news: webhooks come late and twice.
    """
    if told.is_open is None:
        return
    if told.updated_at is not None:
        if issue.changed_there_at is not None and told.updated_at < issue.changed_there_at:
            return
        issue.changed_there_at = told.updated_at
    has_turned = issue.is_open != told.is_open
    issue.is_open, issue.state_word, issue.heard_at = told.is_open, told.state_word[:80], at
    issue.title = told.title[:300] or issue.title
    issue.save(update_fields=["is_open", "state_word", "heard_at", "title", "changed_there_at"])
    if not has_turned:
        return
    write_of_problem(issue.problem, events.ISSUE_STATE, by=None, at=at, issue=str(issue), state=issue.state_word)
    kind = ticket_events.ISSUE_REOPENED if told.is_open else ticket_events.ISSUE_CLOSED
    for link in tickets_with_developers(issue.problem):
        ticket = locked(link.ticket)
        record(ticket, kind, by=None, at=at, issue=str(issue), state=issue.state_word)
        touch(ticket, at)


def _settle(hook: TrackerHook, state: HookState, trouble: str, at: datetime) -> None:
    TrackerHook.objects.filter(pk=hook.pk).update(state=state, trouble=trouble[:2000], settled_at=at)


def _sentence(fault: Exception) -> str:
    if isinstance(fault, NotReadable):
        return _("It is signed, but can't be understood: %(problem)s.") % {"problem": fault}
    return str(fault)

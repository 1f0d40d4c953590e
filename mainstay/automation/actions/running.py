"""Run rules: for an event, and when the clock says so. Each run is one transaction and one row; a loop is braked."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Subquery
from django.utils.translation import gettext as _

from mainstay.lib.errors import MainstayError
from mainstay.notifications import kinds
from mainstay.notifications.actions import tell
from mainstay.people.models import Person
from mainstay.people.queries import staff_who_may
from mainstay.people.states import Permission
from mainstay.promises.queries import policy_of
from mainstay.promises.rules import age_seconds
from mainstay.tickets.acting import by_rule
from mainstay.tickets.actions import answer_with, assign_by_turn, keep_note_from_outside
from mainstay.tickets.models import Message, Ticket, TicketEvent
from mainstay.tickets.states import MessageKind, State
from mainstay.writing.deeds import deeds
from mainstay.writing.filling import filled_for, wording_in

from ..errors import NotYours
from ..models import Rule, Run
from ..queries import forget_what_is_heard, rules_woken_by
from ..rules import DEPTH_MAX, FAILURES_MAX, RUNS_AN_HOUR, conditions_of, holds
from ..states import BY_THE_CLOCK, Outcome, When

KEPT_DAYS = 90
FORGOTTEN_AT_ONCE = 10_000
AT_ONCE = 500  # tickets that one look at the clock takes for each rule; the next minute finds the rest


def run_rules(event_key: int, *, at: datetime) -> int:
    """Every rule that this event wakes has run, each once; returns how many did something. What is gone wakes nothing."""
    event = TicketEvent.objects.select_related("ticket").filter(pk=event_key).first()
    if event is None:
        return 0
    chain = _chain_of(event)
    ran = 0
    for rule in rules_woken_by(event):
        if rule.pk in chain:
            continue  # it would wake itself
        ran += _run(rule, event.ticket, f"event:{event.pk}", chain, at) == Outcome.DONE
    return ran


def look_at_clock(*, at: datetime) -> int:
    """Every rule that goes by the clock has run on the tickets whose time has come, once on each; returns how many runs."""
    ran = 0
    by_clock = Rule.objects.select_related("author__account__custom_role", "answer").filter(
        is_on=True, when__in=BY_THE_CLOCK
    )
    for rule in by_clock.order_by("place", "pk"):
        for ticket, key in _due(rule, at):
            ran += _run(rule, ticket, key, (), at) is not None
    return ran


def forget_old_runs(*, at: datetime) -> int:
    """Runs of more than 90 days ago are gone; returns how many."""
    old = Run.objects.filter(at__lt=at - timedelta(days=KEPT_DAYS)).order_by("at").values("pk")[:FORGOTTEN_AT_ONCE]
    return Run.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()[0]


# --- one run ----------------------------------------------------------------------------------------------------------


def _run(rule: Rule, ticket: Ticket, key: str, chain: tuple[int, ...], at: datetime) -> Outcome | None:
    """What came of it; None where its conditions do not hold, or it ran for this cause already."""
    began = time.monotonic()
    with transaction.atomic():
        ticket = Ticket.objects.select_for_update(of=("self",)).select_related("promise").get(pk=ticket.pk)
        rule_now = Rule.objects.select_related("author__account__custom_role", "answer").filter(pk=rule.pk).first()
        if rule_now is None or not rule_now.is_on or ticket.is_merged:
            return None
        rule = rule_now
        is_open = policy_of(ticket.promise.revision_id).calendar.is_open(at)
        if not holds(ticket, conditions_of(rule.conditions), rule.match, is_open=is_open):
            return None
        if Run.objects.filter(rule=rule, key=key).exists():
            return None
        run = Run(rule=rule, name=rule.name, ticket=ticket, key=key, at=at, outcome=Outcome.DONE)
        if problem := _brake(rule, ticket, chain, at):
            run.outcome, run.problem = Outcome.BRAKED, problem
        else:
            _do(rule, ticket, run, chain, at)
        run.milliseconds = int((time.monotonic() - began) * 1000)
        run.save()
        _count(rule, run, at)
    return Outcome(run.outcome)


def _do(rule: Rule, ticket: Ticket, run: Run, chain: tuple[int, ...], at: datetime) -> None:
    """All of it, or nothing: then the run says why."""
    try:
        with transaction.atomic(), by_rule(rule.name, (*chain, rule.pk)):
            run.did = [told for told in _steps(rule, ticket, at) if told]
    except MainstayError as problem:
        run.outcome, run.did, run.problem = Outcome.FAILED, [], str(problem)[:500]
    else:
        run.outcome = Outcome.DONE if run.did else Outcome.NOTHING


def _steps(rule: Rule, ticket: Ticket, at: datetime) -> Iterator[str]:
    """Each thing it does, told in words; empty where nothing had to be done."""
    author = rule.author
    if (rule.deeds or rule.gives_turn or rule.answer) and not author.may(Permission.WORK_TICKETS):
        raise NotYours(str(Permission.WORK_TICKETS.label))
    for planned in rule.deeds:
        deed = deeds().get(planned["deed"])
        if deed is None:
            raise MainstayError(_("“%(deed)s” does not exist any more.") % {"deed": planned["deed"]})
        done = deed.do(ticket, planned["value"], by=author, at=at)
        yield deed.told(planned["value"], author) if done else ""
    if rule.gives_turn:
        given = assign_by_turn(ticket.pk, at=at)
        yield _("Give it to %(name)s, whose turn it is") % {"name": given.name} if given else ""
    if rule.note:
        keep_note_from_outside(ticket, name=rule.name, text=rule.note, at=at)
        yield _("Write a note")
    if rule.answer is not None:
        yield _answer(rule, ticket, at)
    yield _tell(rule, ticket, at)


def _answer(rule: Rule, ticket: Ticket, at: datetime) -> str:
    """The canned answer goes out as an automatic one: it says so, and at most one a day goes to an address."""
    assert rule.answer is not None
    wordings = list(rule.answer.wordings.order_by("language"))
    wording = wording_in(wordings, ticket.language, policy_of(ticket.promise.revision_id))
    if wording is None:
        raise MainstayError(_("The canned answer “%(name)s” has no words.") % {"name": rule.answer.name})
    filled = filled_for(wording, ticket, rule.author)
    if filled.gaps:
        raise MainstayError(
            _("The canned answer “%(name)s” speaks of what is not known here: %(missing)s")
            % {"name": rule.answer.name, "missing": ", ".join(filled.gaps)}
        )
    sent = answer_with(ticket, text=filled.text, at=at)
    return _("Send “%(name)s”") % {"name": rule.answer.name} if sent else ""


def _tell(rule: Rule, ticket: Ticket, at: datetime) -> str:
    wanted = set(rule.tells)
    assignee = Ticket.objects.values_list("assignee_id", flat=True).get(pk=ticket.pk)  # it may have been given just now
    if rule.tells_assignee and assignee is not None:
        wanted.add(assignee)
    people = list(staff_who_may(Permission.SEE_TICKETS).filter(pk__in=wanted)) if wanted else []
    if not people:
        return ""
    facts: dict[str, str | int] = {"number": ticket.number, "rule": rule.name}
    tell(people, kinds.RULE_TELLS, facts, ticket.topic, at, key=f"rule:{rule.pk}:{at.isoformat()}")
    return _("Tell %(names)s") % {"names": ", ".join(person.name for person in people)}


# --- the brake --------------------------------------------------------------------------------------------------------


def _chain_of(event: TicketEvent) -> tuple[int, ...]:
    """The rules whose doing this event is, the first one first; empty for what people did."""
    return tuple(int(key) for key in str(event.facts.get("rules", "")).split(",") if key)


def _brake(rule: Rule, ticket: Ticket, chain: tuple[int, ...], at: datetime) -> str:
    if len(chain) >= DEPTH_MAX:
        return _("Rules had woken each other %(depth)s times already.") % {"depth": DEPTH_MAX}
    lately = Run.objects.filter(rule=rule, ticket=ticket, at__gt=at - timedelta(hours=1), outcome=Outcome.DONE)
    if lately.count() >= RUNS_AN_HOUR:
        problem = _("It ran %(n)s times within an hour on #%(number)s.") % {"n": RUNS_AN_HOUR, "number": ticket.number}
        _pause(rule, problem, at)
        return problem
    return ""


def _count(rule: Rule, run: Run, at: datetime) -> None:
    """Failures in a row are counted; after five the rule is paused."""
    failures = rule.failures + 1 if run.outcome == Outcome.FAILED else 0
    if run.outcome != Outcome.BRAKED and failures != rule.failures:
        Rule.objects.filter(pk=rule.pk).update(failures=failures)
    if failures >= FAILURES_MAX:
        _pause(rule, _("It failed %(n)s times in a row: %(problem)s") % {"n": failures, "problem": run.problem}, at)


def _pause(rule: Rule, because: str, at: datetime) -> None:
    """It runs no more until somebody switches it on again; those who administer the desk are told."""
    Rule.objects.filter(pk=rule.pk).update(is_on=False, paused_because=because[:300])
    administrators: list[Person] = list(staff_who_may(Permission.MANAGE_DESK))
    tell(administrators, kinds.RULE_PAUSED, {"rule": rule.name}, "", at, key=f"rule:{rule.pk}:{at.isoformat()}")
    transaction.on_commit(forget_what_is_heard)


# --- by the clock -----------------------------------------------------------------------------------------------------


def _due(rule: Rule, at: datetime) -> Iterator[tuple[Ticket, str]]:
    """The tickets whose time has come, each with what woke the rule: so it runs once for each such stretch."""
    assert rule.minutes is not None  # the constraint says so
    seconds = rule.minutes * 60
    for ticket, since, key in _FOUND[When(rule.when)](rule, at - timedelta(seconds=seconds)):
        if _waited(rule, ticket, since, at) >= seconds > _waited(rule, ticket, since, rule.since):
            yield ticket, f"{rule.when}:{rule.minutes}:{key}"


def _waited(rule: Rule, ticket: Ticket, since: datetime, at: datetime) -> int:
    """Business seconds, under the ticket's own policy; of what had not begun yet, none."""
    if at <= since:
        return 0
    policy = policy_of(ticket.promise.revision_id)
    if rule.when == When.SILENT:
        return policy.calendar.elapsed(since, at)
    return age_seconds(ticket.promise, at, policy)


Found = Iterator[tuple[Ticket, datetime, str]]


def _of_ours(**where: Any) -> Any:
    tickets = Ticket.objects.select_related("promise").filter(merged_into=None, **where)
    return tickets.order_by("opened_at", "pk")


def _unanswered(rule: Rule, before: datetime) -> Found:
    waiting = _of_ours(
        state__in=[State.NEW, State.OPEN, State.DEVELOPERS], promise__first_responded_at=None, opened_at__lte=before
    )
    return _unseen(rule, waiting, lambda ticket: str(ticket.pk))


def _unresolved(rule: Rule, before: datetime) -> Found:
    states = [State.NEW, State.OPEN, State.WAITING, State.DEVELOPERS]
    waiting = _of_ours(state__in=states, opened_at__lte=before)
    return _unseen(rule, waiting, lambda ticket: str(ticket.pk))


def _unseen(rule: Rule, waiting: Any, key: Callable[[Ticket], str]) -> Found:
    """Those on which the rule has not run for this yet."""
    ran = Run.objects.filter(rule=rule, key__startswith=f"{rule.when}:{rule.minutes}:").values("ticket")
    for ticket in waiting.exclude(pk__in=ran)[:AT_ONCE]:
        yield ticket, ticket.opened_at, key(ticket)


def _silent(rule: Rule, before: datetime) -> Found:
    """Since our last answer: one more answer begins another stretch."""
    words = Message.objects.filter(ticket=OuterRef("pk"), kind__in=[MessageKind.INBOUND, MessageKind.REPLY]).order_by(
        "-pk"
    )
    waiting = _of_ours(state=State.WAITING).annotate(
        last=Subquery(words.values("pk")[:1]), last_at=Subquery(words.values("at")[:1])
    )
    ran = Run.objects.filter(rule=rule, ticket=OuterRef("pk"), at__gte=OuterRef("last_at"))
    for ticket in waiting.filter(~Exists(ran), last_at__lte=before)[:AT_ONCE]:
        yield ticket, ticket.last_at, str(ticket.last)


_FOUND: dict[When, Callable[[Rule, datetime], Found]] = {
    When.UNANSWERED: _unanswered,
    When.UNRESOLVED: _unresolved,
    When.SILENT: _silent,
}

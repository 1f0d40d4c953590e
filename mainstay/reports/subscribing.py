"""Who gets which report by mail, and when one is due: once for each period, when it is over and the chosen hour has come."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.db import transaction

from mainstay.audit.actions import record_change
from mainstay.people.errors import NotAllowed
from mainstay.people.models import Person
from mainstay.people.rules import zone_of
from mainstay.people.states import Permission

from .figures import Period
from .models import ReportMail, ReportSubscription
from .periods import DAY, month_at, period_named
from .states import ReportKind

SHOWN_MAILS = 12


@transaction.atomic
def subscribe(
    person: Person, *, kind: str, day: int, time_of_day: time, language: str, at: datetime
) -> ReportSubscription:
    """From now on the person gets this report so; one of the same kind that is there already is changed. Raises NotAllowed."""
    if not person.may(Permission.SEE_REPORTS):
        raise NotAllowed
    chosen = {"day": day, "time": time_of_day, "language": language}
    earlier = ReportSubscription.objects.select_for_update().filter(person=person, kind=kind).first()
    before = _told(earlier) if earlier else {}
    subscription, _is_new = ReportSubscription.objects.update_or_create(
        person=person, kind=kind, defaults=chosen, create_defaults={**chosen, "made_at": at}
    )
    _write_down(subscription, before, _told(subscription), at)
    return subscription


@transaction.atomic
def unsubscribe(subscription: ReportSubscription, *, at: datetime) -> None:
    """The report is sent no more; the mails that went are forgotten."""
    _write_down(subscription, _told(subscription), {}, at)
    subscription.delete()


def _told(subscription: ReportSubscription) -> dict[str, Any]:
    return {
        "kind": subscription.kind,
        "day": subscription.day,
        "time": f"{subscription.time:%H:%M}",
        "language": subscription.language,
    }


def _write_down(subscription: ReportSubscription, before: dict[str, Any], after: dict[str, Any], at: datetime) -> None:
    """Everybody chooses for themselves only."""
    person, key = subscription.person, subscription.pk
    record_change(by=person, at=at, noun="report", subject=str(person), key=key, before=before, after=after)


LONGEST = timedelta(days=70)  # no report was due so long ago and is still the newest: months are the longest periods


def subscriptions_of(person: Person) -> list[ReportSubscription]:
    return list(ReportSubscription.objects.filter(person=person).order_by("kind"))


def subscription_for(person: Person, pk: int) -> ReportSubscription | None:
    """One's own subscription; None otherwise."""
    return ReportSubscription.objects.filter(person=person, pk=pk).first()


def mails_of(person: Person) -> list[ReportMail]:
    """The newest reports that went to this person, newest first."""
    mails = ReportMail.objects.filter(subscription__person=person).select_related("subscription")
    return list(mails.order_by("-pk")[:SHOWN_MAILS])


def mail_for(person: Person, pk: int) -> ReportMail | None:
    """The report's mail, if it went to this person; None otherwise."""
    return ReportMail.objects.filter(subscription__person=person, pk=pk).select_related("subscription").first()


def reports_due(at: datetime) -> Iterator[tuple[ReportSubscription, Period, datetime]]:
    """Each subscription whose newest due report has no mail yet, the period and the moment at which it was due."""
    everybody = ReportSubscription.objects.select_related("person__account", "person__organisation").order_by("pk")
    recent = ReportMail.objects.filter(due_at__gte=at - LONGEST).order_by("pk")
    done = set(recent.values_list("subscription_id", "period"))
    for subscription in everybody:
        if not subscription.person.may(Permission.SEE_REPORTS):
            continue
        period, due_at = newest_due(subscription, at)
        if due_at >= subscription.made_at and (subscription.pk, period.key) not in done:
            yield subscription, period, due_at


def newest_due(subscription: ReportSubscription, at: datetime) -> tuple[Period, datetime]:
    """The last period whose report was due by now, and when that was.

    A desk that stood still sends this one when it runs again; older ones are on the report's page.
    """
    period = running_period(subscription.kind, at)
    while (due := due_at(subscription, period)) > at:
        period = running_period(subscription.kind, period.start - DAY)
    return period, due


def next_due(subscription: ReportSubscription, at: datetime) -> datetime:
    """When the next report goes."""
    period, _was_due = newest_due(subscription, at)
    return due_at(subscription, running_period(subscription.kind, period.end))


def due_at(subscription: ReportSubscription, period: Period) -> datetime:
    """The chosen day and time after this period, on the clock of the person's zone; never before the period is over in UTC."""
    zone = zone_of(subscription.person)
    on = period.end.date() + timedelta(days=subscription.day - 1)
    return max(datetime.combine(on, subscription.time, zone).astimezone(UTC), period.end)


def running_period(kind: str, at: datetime) -> Period:
    """The month or the week (from Monday, in UTC) in which this moment lies."""
    if kind == ReportKind.MONTH:
        return month_at(at)
    year, week, _day = at.astimezone(UTC).date().isocalendar()
    return period_named(f"{year}-W{week:02}")

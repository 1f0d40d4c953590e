"""The policy in force, the policy of a ticket, and how fast people were answered lately."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from django.db import connection

from mainstay.history.prepared import Prepared
from mainstay.policy.reading import read_policy
from mainstay.policy.shape import Policy

from .errors import NoPolicy
from .models import PolicyRevision

RECENT_DAYS = 30
ENOUGH_ANSWERS = 10  # below this a usual time would be a guess


@lru_cache(maxsize=64)
def policy_of(revision_id: int) -> Policy:
    """The frozen policy of a revision. Revisions are never changed, so one process reads each once."""
    return read_policy(*PolicyRevision.objects.values_list("text", "calendars").get(pk=revision_id))


_looked_up: ContextVar[list[PolicyRevision] | None] = ContextVar("looked_up", default=None)
_looks_up: ContextVar[bool] = ContextVar("looks_up", default=False)


@contextmanager
def policies_looked_up_once() -> Iterator[None]:
    """Within this block, which is short, the revisions are read once: for work on many tickets in a row."""
    token = _looked_up.set(_all_revisions())
    try:
        yield
    finally:
        _looked_up.reset(token)


@contextmanager
def policies_looked_up_when_asked() -> Iterator[None]:
    """The same, but nothing is read before somebody asks: for a request that changes nothing."""
    looks_up, looked_up = _looks_up.set(True), _looked_up.set(None)
    try:
        yield
    finally:
        _looked_up.reset(looked_up)
        _looks_up.reset(looks_up)


def _all_revisions() -> list[PolicyRevision]:
    return _REVISIONS.rows()


_REVISIONS = Prepared(lambda: PolicyRevision.objects.defer("text", "calendars").order_by("holds_from", "number"))


def _known_revisions() -> list[PolicyRevision] | None:
    """Those that were looked up for this block; None outside of one."""
    if _looked_up.get() is None and _looks_up.get():
        _looked_up.set(_all_revisions())
    return _looked_up.get()


def revision_in_force(at: datetime) -> PolicyRevision:
    """The revision that holds at this moment; raises NoPolicy when none was ever put in force."""
    known = _known_revisions()
    revision: PolicyRevision | None
    if known is not None:
        revision = next((one for one in reversed(known) if one.holds_from <= at), None)
    else:
        holding = PolicyRevision.objects.filter(holds_from__lte=at).order_by("-holds_from", "-number")
        revision = holding.defer("text", "calendars").first()
    if revision is None:
        raise NoPolicy
    return revision


def revision_keys() -> list[int]:
    """Of every policy that ever was in force here, the newest first."""
    known = _known_revisions()
    if known is not None:
        return [one.pk for one in reversed(known)]
    return list(PolicyRevision.objects.order_by("-number").values_list("pk", flat=True))


def policy_in_force(at: datetime) -> Policy:
    return policy_of(revision_in_force(at).pk)


def usual_first_response_seconds(at: datetime) -> int | None:
    """The median first response (business seconds) of the last 30 days; None while there are too few answers.

    Counted anew every minute: it is told in each acknowledgement, and a median over a month moves slowly.
    """
    return _usual_in_minute(int(at.timestamp()) // 60)


@lru_cache(maxsize=1)
def _usual_in_minute(minute: int) -> int | None:
    at = datetime.fromtimestamp(minute * 60, UTC)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select count(*), percentile_cont(0.5) within group (order by first_response_seconds)
            from promises_promise
            where excluded = '' and first_responded_at > %s and first_responded_at <= %s
            """,
            [at - timedelta(days=RECENT_DAYS), at],
        )
        number, median = cursor.fetchone()
    return round(median) if number >= ENOUGH_ANSWERS else None

"""Policy revisions: a changed file is a new revision, the same file none, a faulty one nothing."""

from datetime import datetime, timedelta

import pytest

from mainstay.policy.errors import PolicyFaults
from mainstay.promises.actions import put_policy_in_force
from mainstay.promises.models import PolicyRevision
from mainstay.promises.queries import policy_in_force, revision_in_force, usual_first_response_seconds
from mainstay.tickets import actions
from tests.cast import POLICY, Cast


def test_the_same_text_makes_no_new_revision(cast: Cast, now: datetime) -> None:
    same, is_new = put_policy_in_force(POLICY.read_text(encoding="utf-8"), holds_from=now, at=now)
    assert (same, is_new) == (cast.revision, False)


def test_a_changed_text_holds_from_its_moment_and_old_tickets_keep_theirs(cast: Cast, now: datetime) -> None:
    old = cast.writes(cast.paula, now)
    faster = POLICY.read_text(encoding="utf-8").replace('first_response = "5m"', 'first_response = "3m"')
    revision, is_new = put_policy_in_force(faster, holds_from=now + timedelta(hours=1), at=now)
    assert (revision.number, is_new) == (2, True)
    assert revision_in_force(now) == cast.revision
    assert policy_in_force(now + timedelta(hours=2)).targets.first_response == 180
    new = cast.writes(cast.olaf, now + timedelta(hours=2))
    old.refresh_from_db()
    assert (old.promise.first_response_target_seconds, new.promise.first_response_target_seconds) == (300, 180)


def test_a_faulty_text_changes_nothing(cast: Cast, now: datetime) -> None:
    with pytest.raises(PolicyFaults):
        put_policy_in_force(POLICY.read_text(encoding="utf-8") + "\nnonsense = 1\n", holds_from=now, at=now)
    assert PolicyRevision.objects.count() == 1


def test_the_usual_wait_is_a_median_and_silent_until_there_is_enough(cast: Cast, now: datetime) -> None:
    for n in range(10):
        assert usual_first_response_seconds(now + timedelta(days=1, minutes=n)) is None  # counted anew each minute
        ticket = cast.writes(cast.paula, now)
        actions.reply_to_ticket(ticket, text="x", by=cast.tess, at=now + timedelta(minutes=n + 1))
    assert usual_first_response_seconds(now + timedelta(days=1)) == 330

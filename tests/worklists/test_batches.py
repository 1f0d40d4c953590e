"""A deed on many tickets: each by itself, told, and undone where nothing happened since."""

from datetime import datetime, timedelta

import pytest

from mainstay.people.errors import NotAllowed
from mainstay.tickets import actions as verbs
from mainstay.tickets.errors import NoSuchTicket
from mainstay.tickets.models import Ticket
from mainstay.worklists import actions
from mainstay.worklists.errors import (
    NoSuchBatch,
    NoSuchDeed,
    NothingChosen,
    TooLateToUndo,
    TooManyToMerge,
    WorklistError,
)
from mainstay.worklists.models import Batch
from mainstay.worklists.queries import outcome_counts
from tests.cast import Cast
from tests.working import do_jobs, waiting_jobs

LATER = timedelta(minutes=1)


@pytest.fixture
def three(cast: Cast, now: datetime) -> list[Ticket]:
    return [cast.writes(cast.olaf, now - timedelta(hours=3 - n), subject=f"t{n}") for n in range(3)]


def done(tickets: list[Ticket], deed: str, value: str, cast: Cast, now: datetime) -> Batch:
    batch = actions.plan_batch([one.pk for one in tickets], deed=deed, value=value, by=cast.tess, at=now)
    assert actions.start_batch(batch, by=cast.tess, at=now) is False
    actions.do_batch(batch.pk, at=now)
    for ticket in tickets:
        ticket.refresh_from_db()
    batch.refresh_from_db()
    return batch


def undone(batch: Batch, tickets: list[Ticket], cast: Cast, at: datetime) -> dict[str, int]:
    actions.start_undoing(batch, by=cast.tess, at=at)
    actions.undo_batch(batch.pk, at=at)
    for ticket in tickets:
        ticket.refresh_from_db()
    return outcome_counts(batch)


DEEDS = [
    ("assign", "me", lambda one, cast: one.assignee_id == cast.tess.pk),
    ("state", "resolved", lambda one, cast: one.state == "resolved"),
    ("state", "waiting", lambda one, cast: one.state == "waiting"),
    ("nature", "wiki", lambda one, cast: one.nature == "wiki"),
    ("severity", "critical", lambda one, cast: one.severity == "critical"),
    ("tag", "lock", lambda one, cast: [tag.name for tag in one.tags.order_by("pk")] == ["lock"]),
    ("snooze", "customer", lambda one, cast: one.is_asleep),
    ("spam", "", lambda one, cast: one.state == "closed"),
]


@pytest.mark.parametrize(("deed", "value", "is_so"), DEEDS)
def test_each_deed_is_done_and_undone(
    deed: str, value: str, is_so: object, three: list[Ticket], cast: Cast, now: datetime
) -> None:
    before = [(one.state, one.nature, one.severity, one.assignee_id, one.is_asleep) for one in three]
    batch = done(three, deed, value, cast, now)
    assert (batch.stage, outcome_counts(batch)) == ("done", {"done": 3})
    assert all(is_so(one, cast) for one in three)  # type: ignore[operator]
    assert undone(batch, three, cast, now + LATER) == {"undone": 3}
    after = [(one.state, one.nature, one.severity, one.assignee_id, one.is_asleep) for one in three]
    if deed != "spam":  # that leaves a new ticket open
        assert after == before
    assert not any(is_so(one, cast) for one in three)  # type: ignore[operator]


def test_what_cannot_be_done_is_said_before_and_the_rest_is_done(
    three: list[Ticket], cast: Cast, now: datetime
) -> None:
    verbs.resolve_ticket(three[1], by=cast.tom, at=now)
    batch = actions.plan_batch([one.pk for one in three], deed="snooze", value="customer", by=cast.tess, at=now)
    refused = batch.tickets.get(outcome="refused")
    assert refused.ticket == three[1]
    assert "Only an open ticket" in refused.because
    actions.start_batch(batch, by=cast.tess, at=now)
    actions.do_batch(batch.pk, at=now)
    assert outcome_counts(batch) == {"done": 2, "refused": 1}


def test_what_changed_between_the_look_and_the_deed_is_told(three: list[Ticket], cast: Cast, now: datetime) -> None:
    batch = actions.plan_batch([one.pk for one in three], deed="snooze", value="customer", by=cast.tess, at=now)
    verbs.resolve_ticket(three[0], by=cast.tom, at=now)
    actions.start_batch(batch, by=cast.tess, at=now)
    actions.do_batch(batch.pk, at=now)
    assert outcome_counts(batch) == {"done": 2, "refused": 1}


def test_what_was_so_already_is_neither_done_nor_undone(three: list[Ticket], cast: Cast, now: datetime) -> None:
    verbs.assign_ticket(three[0], to=cast.tess, by=cast.tess, at=now)
    batch = done(three, "assign", "me", cast, now)
    assert outcome_counts(batch) == {"done": 2, "needless": 1}
    undone(batch, three, cast, now + LATER)
    assert [one.assignee for one in three] == [cast.tess, None, None]


def test_where_something_happened_since_it_stays(three: list[Ticket], cast: Cast, now: datetime) -> None:
    batch = done(three, "state", "resolved", cast, now)
    verbs.note_on_ticket(three[1], text="Seen.", by=cast.tom, at=now + LATER)
    assert undone(batch, three, cast, now + 2 * LATER) == {"undone": 2, "kept": 1}
    assert [one.state for one in three] == ["new", "resolved", "new"]
    assert "something has happened" in batch.tickets.get(outcome="kept").because


def test_several_are_merged_into_one_of_them_and_come_back(three: list[Ticket], cast: Cast, now: datetime) -> None:
    target = three[2]
    batch = done(three, "merge", f"#{target.number}", cast, now)
    assert outcome_counts(batch) == {"done": 2, "needless": 1}
    assert [one.merged_into for one in three] == [target, target, None]
    assert undone(batch, three, cast, now + LATER) == {"undone": 2, "needless": 1}
    assert [one.messages.filter(kind="inbound").count() for one in three] == [1, 1, 1]


def test_foreign_customers_are_never_merged(three: list[Ticket], cast: Cast, now: datetime) -> None:
    other = cast.writes(cast.paula, now)
    batch = actions.plan_batch([three[0].pk], deed="merge", value=str(other.number), by=cast.tess, at=now)
    assert outcome_counts(batch) == {"refused": 1}


def test_spam_that_waited_for_the_customer_waits_again(three: list[Ticket], cast: Cast, now: datetime) -> None:
    verbs.await_customer(three[0], by=cast.tess, at=now - LATER)
    batch = done(three[:1], "spam", "", cast, now)
    undone(batch, three, cast, now + LATER)
    assert three[0].state == "waiting"
    assert three[0].promise.excluded == ""


def test_undoing_is_for_who_did_it_once_and_in_time(three: list[Ticket], cast: Cast, now: datetime) -> None:
    batch = done(three, "assign", "me", cast, now)
    for by, at in ((cast.tom, now), (cast.tess, now + timedelta(minutes=11))):
        with pytest.raises(TooLateToUndo):
            actions.start_undoing(batch, by=by, at=at)
    undone(batch, three, cast, now + LATER)
    with pytest.raises(TooLateToUndo):
        actions.start_undoing(batch, by=cast.tess, at=now + LATER)


def test_of_two_presses_one_does_it(three: list[Ticket], cast: Cast, now: datetime) -> None:
    batch = actions.plan_batch([three[0].pk], deed="assign", value="me", by=cast.tess, at=now)
    actions.start_batch(batch, by=cast.tess, at=now)
    with pytest.raises(NoSuchBatch):
        actions.start_batch(batch, by=cast.tess, at=now)


@pytest.mark.parametrize(
    ("deed", "value", "problem"),
    [
        ("dance", "", NoSuchDeed),
        ("assign", "", NoSuchDeed),
        ("assign", "99999999", NoSuchDeed),
        ("state", "developers", NoSuchDeed),
        ("nature", "poetry", NoSuchDeed),
        ("severity", "x" * 300, NoSuchDeed),
        ("snooze", "tomorrow", NoSuchDeed),
        ("merge", "12345678", NoSuchTicket),
    ],
)
def test_deeds_that_are_none(
    deed: str, value: str, problem: type[WorklistError], three: list[Ticket], cast: Cast, now: datetime
) -> None:
    with pytest.raises(problem):
        actions.plan_batch([three[0].pk], deed=deed, value=value, by=cast.tess, at=now)
    assert not Batch.objects.exists()


def test_nothing_chosen_nobody_allowed_too_much(
    three: list[Ticket], cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NothingChosen):
        actions.plan_batch([987654], deed="assign", value="me", by=cast.tess, at=now)
    with pytest.raises(NotAllowed):
        actions.plan_batch([three[0].pk], deed="assign", value="me", by=cast.dev, at=now)
    monkeypatch.setattr("mainstay.worklists.deeds.Merge.most", 2)
    with pytest.raises(TooManyToMerge):
        actions.plan_batch([one.pk for one in three], deed="merge", value=str(three[0].number), by=cast.tess, at=now)


def test_much_is_done_and_undone_by_a_job(
    three: list[Ticket], cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch, time_machine: object
) -> None:
    monkeypatch.setattr("mainstay.worklists.actions.batches.DO_AT_ONCE", 2)
    time_machine.move_to(now)  # type: ignore[attr-defined]
    batch = actions.plan_batch([one.pk for one in three], deed="tag", value="lock", by=cast.tess, at=now)
    assert actions.start_batch(batch, by=cast.tess, at=now) is True
    assert waiting_jobs("worklists.do_batch") == [{"batch": batch.pk}]
    do_jobs()
    assert outcome_counts(batch) == {"done": 3}
    assert actions.start_undoing(batch, by=cast.tess, at=now) is True
    do_jobs()
    batch.refresh_from_db()
    assert (batch.stage, outcome_counts(batch)) == ("undone", {"undone": 3})


def test_a_job_that_died_goes_on_where_it_stood(three: list[Ticket], cast: Cast, now: datetime) -> None:
    batch = actions.plan_batch([one.pk for one in three], deed="tag", value="lock", by=cast.tess, at=now)
    actions.start_batch(batch, by=cast.tess, at=now)
    batch.tickets.filter(ticket=three[0]).update(outcome="done")
    actions.do_batch(batch.pk, at=now)
    actions.do_batch(batch.pk, at=now)
    assert [one.tags.count() for one in three] == [0, 1, 1]


def test_old_ones_are_forgotten(three: list[Ticket], cast: Cast, now: datetime) -> None:
    done(three, "tag", "lock", cast, now)
    actions.forget_old_batches(at=now + timedelta(hours=23))
    assert Batch.objects.count() == 1
    actions.forget_old_batches(at=now + timedelta(hours=25))
    assert Batch.objects.count() == 0

"""The plan of the sample desk: repeatable, in order, never in the future, and like a real desk in its figures."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import mean, median

import pytest

from mainstay.clock.calendar import Calendar
from mainstay.clock.hours import WHOLE_DAY, Interval
from mainstay.sample.acts import Act, PlannedTicket
from mainstay.sample.company import ADVERTISERS, DEVELOPERS, PERSONS, STAFF, STRANGERS, TECHNICIANS, may_ask
from mainstay.sample.plan import WEEKS, plan
from mainstay.sample.products import products
from tests.sample.fake_calendar import WalkingCalendar

CALENDAR = WalkingCalendar()
TUESDAY_AFTERNOON = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)
NOWS = {
    "afternoon": TUESDAY_AFTERNOON,
    "sunday night": datetime(2026, 11, 22, 23, 0, tzinfo=UTC),
    "just opened": datetime(2026, 11, 23, 6, 5, tzinfo=UTC),
    "just before closing": datetime(2026, 7, 3, 21, 58, tzinfo=UTC),
    "before opening": datetime(2027, 1, 4, 4, 0, tzinfo=UTC),
}
WRITERS = {one.key: one for one in (*PERSONS, *STRANGERS, *ADVERTISERS)}
WORKERS = {one.key: one for one in STAFF}
CUSTOMER_ACTS = {"open", "customer_message", "reopen"}


@pytest.fixture(scope="module", params=NOWS.values(), ids=NOWS)
def now(request) -> datetime:
    return request.param


@pytest.fixture(scope="module")
def tickets(now: datetime) -> list[PlannedTicket]:
    return plan(now, CALENDAR)


def by_origin(tickets: list[PlannedTicket], origin: str) -> list[PlannedTicket]:
    return [one for one in tickets if one.origin == origin]


def first(one: PlannedTicket, kind: str) -> Act | None:
    return next((act for act in one.acts if act.kind == kind), None)


def kinds(one: PlannedTicket) -> list[str]:
    return [act.kind for act in one.acts]


def first_response_minutes(tickets: list[PlannedTicket]) -> list[float]:
    answered = [(one, first(one, "reply")) for one in by_origin(tickets, "partner")]
    return [CALENDAR.elapsed(one.acts[0].at, reply.at) / 60 for one, reply in answered if reply]


def test_the_same_moment_and_seed_give_the_same_plan() -> None:
    assert plan(TUESDAY_AFTERNOON, CALENDAR) == plan(TUESDAY_AFTERNOON, CALENDAR)
    assert plan(TUESDAY_AFTERNOON, CALENDAR, seed=1) != plan(TUESDAY_AFTERNOON, CALENDAR, seed=2)


@pytest.mark.parametrize("many", [20, 57, 200, 300])
def test_there_are_as_many_tickets_as_asked_for(many: int) -> None:
    assert len(plan(TUESDAY_AFTERNOON, CALENDAR, tickets=many)) == many


def test_the_real_calendar_gives_the_same_plan_as_a_walk_over_the_days(now) -> None:
    office = (Interval(6 * 3600, 22 * 3600),)
    assert plan(now, Calendar("Etc/UTC", (office,) * 5 + ((), ()))) == plan(now, CALENDAR)


def test_a_desk_that_never_closes_gets_a_plan() -> None:
    assert len(plan(TUESDAY_AFTERNOON, Calendar("Etc/UTC", (WHOLE_DAY,) * 7))) == 200


def test_too_few_tickets_are_refused() -> None:
    with pytest.raises(ValueError, match="fewer than 20"):
        plan(TUESDAY_AFTERNOON, CALENDAR, tickets=19)


def test_tickets_come_in_order_from_the_past_six_weeks(tickets, now) -> None:
    opened = [one.acts[0].at for one in tickets]
    assert opened == sorted(opened)
    assert now - timedelta(weeks=WEEKS) <= opened[0]
    assert opened[0] < now - timedelta(weeks=WEEKS - 1)


def test_acts_are_in_order_and_never_after_now(tickets, now) -> None:
    for one in tickets:
        times = [act.at for act in one.acts]
        assert all(before < after for before, after in pairwise(times)), one
        assert times[-1] <= now
        assert all(at.tzinfo is UTC and at.microsecond == 0 for at in times)


def test_each_act_is_done_by_somebody_who_may(tickets) -> None:
    developers, technicians = {one.key for one in DEVELOPERS}, {one.key for one in TECHNICIANS}
    for one in tickets:
        assert one.acts[0].kind == "open"
        for act in one.acts:
            if act.kind in CUSTOMER_ACTS:
                assert act.by_key == one.person_key
            else:
                assert act.by_key in (developers if act.kind == "return" else technicians)
            assert bool(act.to_key) == (act.kind == "assign")
            silent = act.kind in {"assign", "wait", "mark_spam"} or (one.origin == "staff" and act.kind == "resolve")
            assert bool(act.text) != silent


def test_acts_follow_each_other_as_states_allow(tickets) -> None:
    for one in by_origin(tickets, "partner"):
        steps = kinds(one)
        assert steps.count("open") == 1
        for before, after in pairwise(steps):
            assert (before == "resolve") == (after == "reopen"), steps
            assert (before == "escalate") == (after == "return"), steps
            if before == "wait":
                assert after == "customer_message", steps
        if "reply" in steps:
            assert steps.index("assign") < steps.index("reply")


def test_only_partners_who_bought_directly_are_helped(tickets) -> None:
    for one in by_origin(tickets, "partner"):
        assert may_ask(WRITERS[one.person_key])
        assert WRITERS[one.person_key].language == one.language
    for one in by_origin(tickets, "refused"):
        assert not may_ask(WRITERS[one.person_key])
        assert kinds(one) == ["open"]


def test_refused_spam_and_own_tickets_are_there(tickets) -> None:
    count = Counter(one.origin for one in tickets)
    assert (count["refused"], count["spam"], count["staff"]) == (6, 3, 4)
    assert all(kinds(one) == ["open", "mark_spam"] for one in by_origin(tickets, "spam"))
    assert all(one.person_key in WORKERS for one in by_origin(tickets, "staff"))


def test_the_queue_has_something_of_every_open_state(tickets) -> None:
    last = Counter(one.acts[-1].kind for one in by_origin(tickets, "partner"))
    assert last["open"] >= 4
    assert last["wait"] >= 4
    assert last["escalate"] >= 3
    assert last["reopen"] >= 2
    assert last["customer_message"] + last["reply"] >= 5
    still_open = [one for one in by_origin(tickets, "partner") if one.acts[-1].kind != "resolve"]
    assert 18 <= len(still_open) <= 34


def test_some_were_reopened_and_resolved_again(tickets) -> None:
    again = [one for one in tickets if "reopen" in kinds(one) and one.acts[-1].kind == "resolve"]
    assert len(again) >= 2


def test_open_tickets_do_not_repeat_a_topic(tickets) -> None:
    open_topics = [one.conversation for one in by_origin(tickets, "partner") if one.acts[-1].kind != "resolve"]
    assert len(set(open_topics)) >= len(open_topics) - 2


def test_25_rows_of_the_queue_never_show_a_topic_thrice(tickets) -> None:
    for start in range(len(tickets) - 25):
        rows = Counter(one.conversation for one in tickets[start : start + 25])
        assert max(rows.values()) <= 2


def test_topics_languages_and_natures_are_many(tickets) -> None:
    assert len({one.conversation for one in tickets}) >= 90
    assert len({one.language for one in tickets}) >= 8
    assert {one.nature for one in tickets} == {
        "specification",
        "setup",
        "diagram",
        "wiki",
        "warranty",
        "release",
        "training",
    }
    assert {one.severity for one in tickets} == {"critical", "high", "normal", "low"}
    assert {one.product for one in tickets} - {None} <= {one.model for one in products()}


def test_first_responses_lie_around_the_promise_with_bad_ones_and_zeros(tickets) -> None:
    minutes = first_response_minutes(tickets)
    assert 3 < mean(minutes) < 7
    assert 1 < median(minutes) < 4
    assert sum(20 <= one <= 61 for one in minutes) >= 4
    assert 2 <= minutes.count(0) <= 12


def test_resolutions_last_from_minutes_to_days_and_keep_the_promise(tickets) -> None:
    resolved = [one for one in by_origin(tickets, "partner") if kinds(one).count("resolve") == 1]
    ends = [(one, first(one, "resolve")) for one in resolved]
    hours = [CALENDAR.elapsed(one.acts[0].at, end.at) / 3600 for one, end in ends if "reopen" not in kinds(one)]
    assert 2.5 < mean(hours) < 5
    assert min(hours) < 0.6
    assert max(hours) > 12


def test_most_arrive_in_office_hours_some_at_night_or_on_weekends(tickets) -> None:
    outside = [one for one in tickets if not CALENDAR.is_open(one.acts[0].at)]
    assert 0.05 < len(outside) / len(tickets) < 0.35


def test_staff_act_while_open_and_on_shift_with_rare_exceptions(tickets) -> None:
    acts = [act for one in tickets for act in one.acts if act.by_key in WORKERS]
    closed = [act for act in acts if not CALENDAR.is_open(act.at)]
    off_shift = [act for act in acts if not _is_on_shift(act)]
    assert len(closed) < 0.03 * len(acts)
    assert len(off_shift) < 0.04 * len(acts)


def _is_on_shift(act: Act) -> bool:
    begins, ends = WORKERS[act.by_key].shift
    return begins <= act.at.hour < ends


def test_no_placeholder_is_left(tickets) -> None:
    for one in tickets:
        assert not any("{" in text or "}" in text for text in [one.subject, *(act.text for act in one.acts)])


def test_every_hour_of_a_fortnight_has_a_plan() -> None:
    """Around New Year, on a desk that was closed for ten days: whenever somebody starts the sample, it stands."""
    calendar = _ClosedOverNewYear()
    for hours in range(0, 24 * 14, 7):
        now = datetime(2026, 12, 24, 1, tzinfo=UTC) + timedelta(hours=hours)
        made = plan(now, calendar, tickets=40)
        assert len(made) == 40
        assert all(one.acts[-1].at <= now for one in made)


class _ClosedOverNewYear(WalkingCalendar):
    def _openings(self, start: datetime):
        closed = datetime(2026, 12, 24, tzinfo=UTC), datetime(2027, 1, 3, tzinfo=UTC)
        return (pair for pair in super()._openings(start) if not closed[0] <= pair[0] < closed[1])


class _NightDesk(WalkingCalendar):
    """Open when nobody of the sample's staff is on shift."""

    def _openings(self, start: datetime):
        for opens, _ in super()._openings(start - timedelta(days=1)):
            if opens + timedelta(hours=22) > start:
                yield opens + timedelta(hours=16), opens + timedelta(hours=22)


def test_a_desk_with_hours_of_its_own_still_gets_a_plan() -> None:
    made = plan(TUESDAY_AFTERNOON, _NightDesk(), tickets=60)
    assert len(made) == 60
    assert all(one.acts[-1].at <= TUESDAY_AFTERNOON for one in made)

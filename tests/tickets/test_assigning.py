"""Who works on what: the next ticket, fair turns, and the tickets of those who went away."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from mainstay.duty.actions import add_absence, add_shift, leave_sign, set_languages, set_presence
from mainstay.duty.states import Missing, Trouble
from mainstay.people.errors import NotAllowed
from mainstay.people.models import Person
from mainstay.promises.actions import put_policy_in_force
from mainstay.tickets import actions
from mainstay.tickets.errors import NothingToTake
from mainstay.tickets.fairness import Candidate, fair_choice
from mainstay.tickets.models import Ticket
from mainstay.tickets.states import Turn
from tests.cast import POLICY, Cast, make_cast
from tests.working import do_jobs, waiting_jobs

NIGHT = timedelta(hours=13)  # at 23:00 the desk is closed
MINUTE = timedelta(minutes=1)


def owner(ticket: Ticket) -> str:
    ticket.refresh_from_db()
    return ticket.assignee.name if ticket.assignee else ""


def events_of(ticket: Ticket) -> list[tuple[str, dict[str, Any]]]:
    return [(event.kind, event.facts) for event in ticket.events.order_by("pk")]


# --- the next one ---------------------------------------------------------------------------------------------------


def test_the_next_one_is_the_first_of_the_queue(cast: Cast, now: datetime) -> None:
    cast.writes(cast.olaf, now)
    urgent = cast.writes(cast.olaf, now + MINUTE, severity="critical")
    taken = actions.take_next_ticket(by=cast.tess, at=now + MINUTE)
    assert taken == urgent
    assert (owner(urgent), urgent.state) == ("Tess", "open")
    assert events_of(urgent)[-1] == ("assigned", {"to": "Tess"})


def test_my_own_that_waits_for_an_answer_comes_before_a_free_one_behind_it(cast: Cast, now: datetime) -> None:
    mine, free = cast.writes(cast.olaf, now), cast.writes(cast.olaf, now + MINUTE)
    actions.assign_ticket(mine, to=cast.tess, by=cast.sue, at=now)
    assert actions.take_next_ticket(by=cast.tess, at=now + MINUTE) == mine
    assert actions.take_next_ticket(by=cast.tom, at=now + MINUTE) == free


def test_my_own_that_is_answered_does_not_keep_me_from_new_ones(cast: Cast, now: datetime) -> None:
    mine = cast.writes(cast.olaf, now, severity="critical")
    actions.reply_to_ticket(mine, text="I look into it.", by=cast.tess, at=now, then="open")
    free = cast.writes(cast.olaf, now + MINUTE, severity="low")
    assert actions.take_next_ticket(by=cast.tess, at=now + MINUTE) == free


def test_a_question_of_the_customer_makes_it_the_next_again(cast: Cast, now: datetime) -> None:
    mine = cast.writes(cast.olaf, now, severity="critical", external_id="<1@elm.example>")
    actions.reply_to_ticket(mine, text="Which one?", by=cast.tess, at=now)
    cast.writes(cast.olaf, now + 5 * MINUTE, severity="low")
    later = now + 6 * MINUTE
    Ticket.objects.filter(pk=mine.pk).update(state="open")
    mine.promise.refresh_from_db()
    mine.promise.asked_at, mine.promise.asked_stamp = later, mine.promise.opened_stamp + 360
    mine.promise.save()
    assert actions.take_next_ticket(by=cast.tess, at=later) == mine


def test_nothing_to_take_is_a_kind_sentence(cast: Cast, now: datetime) -> None:
    with pytest.raises(NothingToTake, match="Nobody is waiting"):
        actions.take_next_ticket(by=cast.tess, at=now)
    theirs = cast.writes(cast.olaf, now)
    actions.assign_ticket(theirs, to=cast.tom, by=cast.tom, at=now)
    with pytest.raises(NothingToTake):
        actions.take_next_ticket(by=cast.tess, at=now)


def test_developers_and_customers_take_nothing(cast: Cast, now: datetime) -> None:
    ticket = cast.writes(cast.olaf, now)
    for person in (cast.dev, cast.paula):
        with pytest.raises(NotAllowed):
            actions.take_next_ticket(by=person, at=now)
    assert owner(ticket) == ""


@pytest.mark.django_db(transaction=True)
def test_many_who_press_at_the_same_moment_get_different_tickets(now: datetime) -> None:
    cast = make_cast(now)
    tickets = [cast.writes(cast.olaf, now + number * MINUTE) for number in range(8)]
    together, taken, problems = Barrier(8), [], []

    def press(person: Person) -> None:
        try:
            together.wait(timeout=10)
            taken.append(actions.take_next_ticket(by=person, at=now + timedelta(hours=1)).pk)
        except Exception as problem:
            problems.append(problem)
        finally:
            connection.close()

    # Two people in turns, on two desks and two phones each: one's own waiting ticket may be given again, another's never.
    threads = [Thread(target=press, args=(person,)) for person in (cast.tess, cast.tom, cast.sue, cast.ada) * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert problems == []
    owners = dict(Ticket.objects.filter(assignee__isnull=False).values_list("pk", "assignee__name"))
    assert set(taken) == set(owners)
    assert set(owners.values()) == {"Tess", "Tom", "Sue", "Ada"}
    assert set(owners) <= {ticket.pk for ticket in tickets}


@pytest.mark.django_db(transaction=True)
def test_two_who_press_at_the_same_moment_get_two_tickets(now: datetime) -> None:
    """The first holds its ticket, not committed yet, when the second presses."""
    from django.db import transaction

    cast = make_cast(now)
    first, second = cast.writes(cast.olaf, now), cast.writes(cast.olaf, now + MINUTE)
    taken: list[Ticket] = []

    def press() -> None:
        try:
            taken.append(actions.take_next_ticket(by=cast.tom, at=now + MINUTE))
        finally:
            connection.close()

    with transaction.atomic():
        assert actions.take_next_ticket(by=cast.tess, at=now + MINUTE) == first
        other = Thread(target=press)
        other.start()
        other.join(timeout=10)
        assert taken == [second]
    assert (owner(first), owner(second)) == ("Tess", "Tom")


# --- fair turns -----------------------------------------------------------------------------------------------------

EARLY, LATE = datetime(2026, 11, 17, 8), datetime(2026, 11, 17, 9)


def one(person: int, languages: str = "en", load: int = 0, turn_at: datetime | None = None) -> Candidate:
    return Candidate(person, frozenset(languages.split()), load, turn_at)


@pytest.mark.parametrize(
    ("candidates", "chosen", "because"),
    [
        ([one(1)], 1, Turn.ONLY),
        ([one(1), one(2, "nl")], 2, Turn.LANGUAGE),
        ([one(1), one(2, "nl-BE")], 2, Turn.LANGUAGE),
        ([one(1), one(2, "en nl", 9), one(3, "nl", 8)], 3, Turn.LOAD),  # those who speak it, whatever the others do
        ([one(1, load=3), one(2, "de", load=1)], 2, Turn.LOAD),  # nobody speaks it
        ([one(1, turn_at=EARLY), one(2, turn_at=LATE)], 1, Turn.TURN),
        ([one(1, turn_at=EARLY), one(2)], 2, Turn.TURN),  # who never got one comes first
        ([one(2), one(1)], 1, Turn.TURN),  # and of equals always the same
    ],
)
def test_whose_turn_it_is(candidates: list[Candidate], chosen: int, because: Turn) -> None:
    for order in (candidates, candidates[::-1]):
        found = fair_choice(order, "nl")
        assert found is not None
        assert (found[0].person, found[1]) == (chosen, because)


def test_nobody_gets_nothing() -> None:
    assert fair_choice([], "nl") is None


@pytest.fixture
def automatic(cast: Cast, now: datetime) -> Iterator[None]:
    text = POLICY.read_text(encoding="utf-8")
    assert "automatic = false" in text or "[assignment]" not in text
    text = (
        text.replace("automatic = false", "automatic = true")
        if "[assignment]" in text
        else text + "\n[assignment]\nautomatic = true\n"
    )
    put_policy_in_force(text, holds_from=now - timedelta(days=2), at=now)
    yield


@pytest.mark.usefixtures("automatic")
def test_new_tickets_go_round_those_on_duty(cast: Cast, now: datetime) -> None:
    for person in (cast.tess, cast.tom):
        leave_sign(person, at=now)
    tickets = [cast.writes(cast.paula, now + number * timedelta(seconds=1)) for number in range(4)]
    assert [len(waiting_jobs("tickets.assign")), *[owner(ticket) for ticket in tickets]] == [4, "", "", "", ""]
    for number, ticket in enumerate(tickets):
        actions.assign_by_turn(ticket.pk, at=now + timedelta(seconds=10 + number))
    assert [owner(ticket) for ticket in tickets] == ["Tess", "Tom", "Tess", "Tom"]
    assert ("assigned_by_turn", {"to": "Tess", "because": "turn"}) in events_of(tickets[0])
    assert tickets[0].events.get(kind="assigned_by_turn").by is None


@pytest.mark.usefixtures("automatic")
def test_the_language_and_the_load_decide_before_the_turn(cast: Cast, now: datetime) -> None:
    for person in (cast.tess, cast.tom, cast.sue):
        leave_sign(person, at=now)
    set_languages(cast.tom, ["nl"], by=cast.sue, at=now)
    dutch, english = cast.writes(cast.paula, now, severity="critical"), cast.writes(cast.olaf, now)
    actions.assign_by_turn(dutch.pk, at=now)
    actions.assign_by_turn(english.pk, at=now)
    assert (owner(dutch), owner(english)) == ("Tom", "Tess")
    third = cast.writes(cast.olaf, now)
    actions.assign_by_turn(third.pk, at=now + MINUTE)
    assert owner(third) == "Sue"
    assert events_of(third)[-1] == ("assigned_by_turn", {"to": "Sue", "because": "load"})


@pytest.mark.usefixtures("automatic")
def test_with_nobody_on_duty_a_ticket_stays_in_the_queue_until_somebody_comes(cast: Cast, now: datetime) -> None:
    ticket = cast.writes(cast.olaf, now)
    assert actions.assign_by_turn(ticket.pk, at=now) is None
    assert actions.assign_waiting(now) == 0
    leave_sign(cast.tom, at=now + MINUTE)
    assert actions.assign_waiting(now + MINUTE) == 1
    assert owner(ticket) == "Tom"


@pytest.mark.usefixtures("automatic")
def test_what_somebody_took_meanwhile_or_is_refused_is_not_given_out(cast: Cast, now: datetime) -> None:
    leave_sign(cast.tess, at=now)
    taken, refused = cast.writes(cast.olaf, now), cast.writes("new@stranger.example", now)
    actions.assign_ticket(taken, to=cast.tom, by=cast.tom, at=now)
    assert actions.assign_by_turn(taken.pk, at=now) is None
    assert actions.assign_by_turn(refused.pk, at=now) is None
    assert (owner(taken), owner(refused)) == ("Tom", "")
    assert [job["ticket"] for job in waiting_jobs("tickets.assign")] == [taken.pk]


def test_by_default_nothing_is_given_out(cast: Cast, now: datetime) -> None:
    leave_sign(cast.tess, at=now)
    ticket = cast.writes(cast.olaf, now)
    assert waiting_jobs("tickets.assign") == []
    assert actions.assign_waiting(now) == 0
    assert owner(ticket) == ""


@pytest.mark.usefixtures("automatic")
def test_the_job_does_it(cast: Cast) -> None:
    from django.utils import timezone

    at = timezone.now()
    leave_sign(cast.tess, at=at)
    ticket = cast.writes(cast.olaf, at)
    do_jobs()
    assert owner(ticket) == "Tess"


# --- those who went away --------------------------------------------------------------------------------------------


@pytest.fixture
def tesss(cast: Cast, now: datetime) -> Ticket:
    """A ticket of Tess, who was seen just now."""
    leave_sign(cast.tess, at=now)
    ticket = cast.writes(cast.olaf, now)
    actions.assign_ticket(ticket, to=cast.tess, by=cast.tess, at=now)
    return ticket


def because(at: datetime) -> list[Missing]:
    return [one.because for one in actions.requeue_of_the_missing(at)]


def test_who_is_here_keeps_their_tickets(now: datetime, tesss: Ticket) -> None:
    assert because(now + 15 * MINUTE) == []
    assert owner(tesss) == "Tess"


def test_who_gives_no_sign_for_long_loses_them_with_the_reason_written_down(now: datetime, tesss: Ticket) -> None:
    assert because(now + 15 * MINUTE + timedelta(seconds=1)) == [Missing.SILENT]
    assert owner(tesss) == ""
    assert events_of(tesss)[-1] == ("requeued", {"name": "Tess", "because": "silent"})
    assert because(now + 17 * MINUTE) == []


@pytest.mark.parametrize(
    ("state", "minutes", "reason"),
    [("away", 15, []), ("away", 16, [Missing.AWAY]), ("off", 0, [Missing.OFF])],
)
def test_away_has_its_time_off_has_none(
    cast: Cast, now: datetime, tesss: Ticket, state: str, minutes: int, reason: list[Missing]
) -> None:
    set_presence(cast.tess, state, by=cast.tess, at=now)
    assert because(now + minutes * MINUTE) == reason


def test_an_absence_that_begins_and_an_account_that_closes(cast: Cast, now: datetime, tesss: Ticket) -> None:
    add_absence(cast.tess, starts_at=now + MINUTE, ends_at=None, by=cast.tess, at=now)
    assert because(now) == []
    assert because(now + MINUTE) == [Missing.ABSENT]
    actions.assign_ticket(tesss, to=cast.tom, by=cast.tom, at=now)
    account = cast.tom.account
    account.is_active = False
    account.save()
    assert because(now + MINUTE) == [Missing.LEFT]


def test_a_shift_that_is_over_but_not_under_somebodys_hands(cast: Cast, now: datetime, tesss: Ticket) -> None:
    plan = {"weekdays": range(5), "zone": "Etc/UTC", "valid_from": date(2026, 11, 17), "by": cast.sue, "at": now}
    add_shift(cast.tess, starts=360, ends=605, **plan)  # until 10:05
    leave_sign(cast.tess, at=now + 6 * MINUTE)
    assert because(now + 10 * MINUTE) == []
    assert because(now + 22 * MINUTE) == [Missing.NO_SHIFT]


def test_nothing_is_moved_outside_the_hours_nor_at_the_first_minute_of_the_day(
    cast: Cast, now: datetime, tesss: Ticket
) -> None:
    assert because(now + NIGHT) == []
    leave_sign(cast.tess, at=now + timedelta(hours=12))  # at 22:00, when the desk closed
    morning = now + timedelta(hours=20)  # at 6:00 it opens
    assert because(morning + 15 * MINUTE) == []
    assert because(morning + 16 * MINUTE) == [Missing.SILENT]


def test_what_waits_for_the_customer_stays_until_the_customer_writes(cast: Cast, now: datetime, tesss: Ticket) -> None:
    actions.reply_to_ticket(tesss, text="Which one?", by=cast.tess, at=now)
    set_presence(cast.tess, "off", by=cast.tess, at=now)
    assert because(now + MINUTE) == []
    actions.put_to_work(tesss, by=cast.tom, at=now + MINUTE)
    assert because(now + 2 * MINUTE) == [Missing.OFF]


def test_who_was_never_seen_is_not_known_to_be_away(cast: Cast, now: datetime) -> None:
    """Somebody may work by commands, or the desk was brought up to date a minute ago."""
    ticket = cast.writes(cast.olaf, now)
    actions.assign_ticket(ticket, to=cast.tom, by=cast.tom, at=now)
    assert because(now + timedelta(hours=2)) == []
    assert owner(ticket) == "Tom"


# --- troubles -------------------------------------------------------------------------------------------------------


def test_nobody_on_duty_is_told_once_until_it_changes(cast: Cast, now: datetime) -> None:
    assert actions.watch_duty(now) == []  # nobody waits
    cast.writes(cast.olaf, now)
    assert actions.watch_duty(now) == [Trouble.NOBODY_ON_DUTY]
    assert actions.watch_duty(now + MINUTE) == []
    leave_sign(cast.tess, at=now + MINUTE)
    assert actions.watch_duty(now + MINUTE) == []
    assert actions.watch_duty(now + 20 * MINUTE) == [Trouble.NOBODY_ON_DUTY]


def test_tickets_without_an_owner_past_their_target_are_told_once(cast: Cast, now: datetime) -> None:
    ticket = cast.writes(cast.olaf, now)
    for minute in (0, 5, 6, 7):
        leave_sign(cast.tess, at=now + minute * MINUTE)
        assert actions.watch_duty(now + minute * MINUTE) == ([Trouble.NO_OWNER] if minute == 6 else [])
    actions.assign_ticket(ticket, to=cast.tess, by=cast.tess, at=now + 8 * MINUTE)
    assert actions.watch_duty(now + 8 * MINUTE) == []


def told(kind: str) -> list[str]:
    from mainstay.notifications.models import Notification

    return list(
        Notification.objects.filter(kind=kind).order_by("at", "person__name").values_list("person__name", flat=True)
    )


def test_who_is_told_of_what(cast: Cast, now: datetime, tesss: Ticket) -> None:
    later = now + 20 * MINUTE
    actions.requeue_of_the_missing(later)
    assert told("requeued") == ["Sue"]  # nobody is on duty any more
    actions.watch_duty(later)
    actions.watch_duty(later + MINUTE)
    assert told("nobody_on_duty") == ["Sue"]
    leave_sign(cast.tom, at=later + MINUTE)
    actions.watch_duty(later + 2 * MINUTE)
    assert told("no_owner") == ["Sue", "Tom"]
    actions.assign_ticket(tesss, to=cast.tess, by=cast.sue, at=later)
    actions.requeue_of_the_missing(later + 2 * MINUTE)
    assert told("requeued") == ["Sue", "Tom"]


def test_at_night_nobody_is_told(cast: Cast, now: datetime) -> None:
    cast.writes(cast.olaf, now)
    assert actions.watch_duty(now + NIGHT) == []

"""Who sees which tickets: decided once, for every list, part and file."""

from datetime import datetime, timedelta

import pytest

from mainstay.files.actions import store_file
from mainstay.tickets import actions
from mainstay.tickets.errors import NoSuchTicket
from mainstay.tickets.models import Attachment
from mainstay.tickets.queries import (
    VIEWS,
    attachment_for,
    counters_for,
    history_of,
    message_for,
    messages_of,
    queue_for,
    ticket_for,
    tickets_for,
)
from tests.cast import Cast


def test_staff_see_all_partners_their_own_and_their_colleagues(cast: Cast, now: datetime) -> None:
    larch, elm = cast.writes(cast.paula, now), cast.writes(cast.olaf, now)
    seen = {
        person.name: set(tickets_for(person).values_list("number", flat=True))
        for person in (cast.tess, cast.dev, cast.paula, cast.piet, cast.olaf, cast.rita)
    }
    both = {larch.number, elm.number}
    assert seen == {
        "Tess": both,
        "Dev": both,
        "Paula": {larch.number},
        "Piet": {larch.number},
        "Olaf": {elm.number},
        "Rita": set(),
    }


@pytest.mark.parametrize("number", [0, -1, 10**30, "x", "1' or '1'='1", ""])
def test_what_is_no_number_is_no_ticket(cast: Cast, number: object) -> None:
    with pytest.raises(NoSuchTicket):
        ticket_for(cast.tess, number)


def test_somebody_elses_ticket_is_as_good_as_none(cast: Cast, now: datetime) -> None:
    ticket = cast.writes(cast.paula, now)
    with pytest.raises(NoSuchTicket):
        ticket_for(cast.olaf, ticket.number)
    assert ticket_for(cast.piet, ticket.number) == ticket


def test_notes_and_inner_events_are_for_staff(cast: Cast, now: datetime, settings: object, tmp_path: object) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    ticket = cast.writes(cast.paula, now)
    note = actions.note_on_ticket(ticket, text="secret", by=cast.tess, at=now)
    file = Attachment.objects.create(message=note, file=store_file(b"secret"), filename="secret.txt")
    assert "secret" in [message.text for message in messages_of(ticket, cast.tess)]
    assert "secret" not in [message.text for message in messages_of(ticket, cast.paula)]
    assert "noted" not in [event.kind for event in history_of(ticket, cast.paula)]
    assert message_for(cast.paula, note.pk) is None
    assert attachment_for(cast.paula, file.pk) is None
    assert attachment_for(cast.tess, file.pk) == file


def test_someone_whose_account_ended_sees_nothing_more(cast: Cast, now: datetime) -> None:
    cast.writes(cast.paula, now)
    cast.tom.account.is_active = False
    assert list(tickets_for(cast.tom)) == []


def test_open_work_stands_in_the_order_that_protects_the_promise(cast: Cast, now: datetime) -> None:
    old, new, severe = (cast.writes(cast.paula, now + timedelta(minutes=m)) for m in (0, 1, 2))
    actions.classify_ticket(severe, nature="setup", severity="critical", by=cast.tess, at=now + timedelta(hours=1))
    assert queue_for(cast.tess).tickets == [severe, old, new]


def test_each_view_shows_what_it_says(cast: Cast, now: datetime) -> None:
    fresh, mine, waits, sleeps, helped, done = (cast.writes(cast.paula, now) for _ in range(6))
    refused = cast.writes(cast.rita, now)
    actions.assign_ticket(mine, to=cast.tess, by=cast.tess, at=now)
    actions.snooze_ticket(sleeps, wakes_on="customer", by=cast.tess, at=now)
    actions.await_customer(waits, by=cast.tess, at=now)
    actions.hand_to_developers(helped, text="x", by=cast.tess, at=now)
    actions.resolve_ticket(done, by=cast.tess, at=now)
    shown = {view: {t.pk for t in queue_for(cast.tess, view).tickets} for view in VIEWS}
    assert shown == {
        "open": {fresh.pk, mine.pk},
        "mine": {mine.pk},
        "unassigned": {fresh.pk},
        "waiting": {waits.pk},
        "asleep": {sleeps.pk},
        "developers": {helped.pk},
        "resolved": {done.pk},
        "refused": {refused.pk},
        "all": {t.pk for t in (fresh, mine, waits, sleeps, helped, done, refused)},
    }
    counted = counters_for(cast.tess, tuple(VIEWS))
    assert counted == {view: len(rows) for view, rows in shown.items()}


@pytest.mark.parametrize("view", list(VIEWS))
@pytest.mark.parametrize(
    "after",
    [
        "",
        "x",
        "~",
        "1~x~2",
        "9~2026-01-01T00:00:00+00:00~x",
        "' or 1=1 --",
        "1~2024-01-01T00:00:00+23:59~1",
        "2024-01-01T00:00:00+23:59~1",
        "1~0001-01-01T00:00:00+14:00~1",
        "1~2024-01-01T00:00:00~1",
        "9" * 30 + "~2024-01-01T00:00:00+00:00~1",
        "1~2024-01-01T00:00:00+00:00~" + "9" * 5000,
    ],
)
def test_a_strange_key_of_a_page_is_ignored(cast: Cast, now: datetime, view: str, after: str) -> None:
    cast.writes(cast.paula, now)
    assert queue_for(cast.tess, view, after).after == ""


def test_pages_of_done_work_follow_each_other(cast: Cast, now: datetime) -> None:
    for minute in range(5):
        actions.resolve_ticket(cast.writes(cast.paula, now), by=cast.tess, at=now + timedelta(minutes=minute))
    first = queue_for(cast.tess, "resolved", size=3)
    second = queue_for(cast.tess, "resolved", first.after, size=3)
    assert [t.number for t in (*first.tickets, *second.tickets)] == sorted(
        (t.number for t in tickets_for(cast.tess)), reverse=True
    )

"""The roster's page and forms, one's own presence, and taking the next ticket: what is shown, stored, refused."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from mainstay.desk.duty import signs
from mainstay.duty.models import Absence, Presence, Shift
from mainstay.people.models import Person
from mainstay.tickets import actions
from tests.cast import Cast

DUTY_QUERIES = 17


def shift_of(who: Person, **more: Any) -> dict[str, Any]:
    return {
        "person": who.pk,
        "weekdays": ["0", "1", "2", "3", "4", "5", "6"],
        "starts": "06:00",
        "ends": "24:00",
        "zone": "Europe/Amsterdam",
        "valid_from": timezone.localdate().isoformat(),
        "valid_until": "",
        **more,
    }


def page_of(client: Any, name: str = "duty", **query: str) -> str:
    answer = client.get(reverse(f"desk:{name}"), query)
    assert answer.status_code == 200
    return answer.content.decode()


# --- the page -------------------------------------------------------------------------------------------------------


def test_without_shifts_the_page_says_what_counts(cast: Cast, sign_in: Any) -> None:
    page = page_of(sign_in(cast.tess))
    assert "No shifts are planned" in page
    assert "on duty" in page  # she is: she has just loaded it


def test_a_shift_is_planned_by_its_form_and_shown(cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.sue)
    answer = client.post(reverse("desk:shift_new"), shift_of(cast.tom))
    assert (answer.status_code, answer["Location"]) == (302, reverse("desk:duty"))
    found = Shift.objects.get()
    assert (found.person, found.starts, found.ends, found.weekdays) == (cast.tom, 360, 1440, list(range(7)))
    page = page_of(client)
    assert "Mon–Sun 06:00–24:00 Europe/Amsterdam" in page
    assert reverse("desk:shift", args=[found.pk]) in page
    assert "No shifts are planned" not in page
    assert reverse("desk:shift", args=[found.pk]) not in page_of(sign_in(cast.tess))  # she sees it, and can't change it


def test_a_shift_is_changed_and_removed(cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.sue)
    client.post(reverse("desk:shift_new"), shift_of(cast.tom))
    found = Shift.objects.get()
    form = client.get(reverse("desk:shift", args=[found.pk])).content.decode()
    assert 'value="24:00"' in form
    client.post(reverse("desk:shift", args=[found.pk]), shift_of(cast.tom, starts="22:00", ends="06:00"))
    found.refresh_from_db()
    assert (found.starts, found.ends) == (1320, 1800)
    assert 'value="06:00"' in client.get(reverse("desk:shift", args=[found.pk])).content.decode()
    client.post(reverse("desk:shift_removal", args=[found.pk]))
    assert not Shift.objects.exists()
    assert "removed a shift of Tom" in page_of(client)


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        ({"weekdays": []}, "Choose at least one day"),
        ({"weekdays": ["9"]}, "Select a valid choice"),
        ({"ends": "06:00"}, "A shift ends at another time than it starts"),
        ({"ends": "25:00"}, "Write it like 09:00"),
        ({"starts": "24:00"}, "A shift ends at another time"),
        ({"zone": "Mars/Olympus"}, "No time zone is called that"),
        ({"valid_from": "2020-01-01"}, "That is over already"),
        ({"valid_from": "yesterday"}, "Enter a valid date"),
        ({"valid_until": "2020-01-01"}, "This ends before it begins"),
        ({"valid_until": "9999-12-31"}, "more than five years"),
        ({"person": "0"}, "Select a valid choice"),
    ],
)
def test_a_bad_shift_is_told_beside_its_field_and_nothing_is_stored(
    cast: Cast, sign_in: Any, bad: dict[str, Any], sentence: str
) -> None:
    answer = sign_in(cast.sue).post(reverse("desk:shift_new"), shift_of(cast.tom, **bad))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Shift.objects.exists()


def test_a_second_shift_at_the_same_time_is_refused_with_the_first_one_named(cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.sue)
    client.post(reverse("desk:shift_new"), shift_of(cast.tom))
    answer = client.post(reverse("desk:shift_new"), shift_of(cast.tom, starts="08:00", ends="09:00"))
    assert answer.status_code == 422
    assert "Mon–Sun 06:00–24:00" in answer.content.decode()


def test_a_technician_writes_down_their_own_absence_only(cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.tess)
    assert 'name="person"' not in client.get(reverse("desk:absence_new")).content.decode()
    start = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    client.post(reverse("desk:absence_new"), {"person": cast.tom.pk, "starts_at": start, "reason": "sick"})
    found = Absence.objects.get()
    assert (found.person, found.reason, found.ends_at) == (cast.tess, "sick", None)
    assert "is absent" in page_of(client)
    sign_in(cast.tom).post(reverse("desk:absence_removal", args=[found.pk]))
    assert Absence.objects.get().ends_at is None
    client.post(reverse("desk:absence_removal", args=[found.pk]))
    found.refresh_from_db()
    assert found.ends_at is not None


def test_a_supervisor_writes_down_anybodys(cast: Cast, sign_in: Any) -> None:
    start = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    answer = sign_in(cast.sue).post(reverse("desk:absence_new"), {"person": cast.tom.pk, "starts_at": start})
    assert answer.status_code == 302
    assert Absence.objects.get().person == cast.tom
    answer = sign_in(cast.sue).post(reverse("desk:absence_new"), {"person": cast.dev.pk, "starts_at": start})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"starts_at": ""}, "This field is required"),
        ({"starts_at": "2020-01-01T00:00"}, "That is over already"),
        ({"starts_at": "9998-01-01T00:00"}, "more than five years"),
        ({"starts_at": "soon"}, "Enter a valid date/time"),
        ({"reason": "tired"}, "Select a valid choice"),
    ],
)
def test_a_bad_absence_is_told_beside_its_field(cast: Cast, sign_in: Any, given: dict[str, str], sentence: str) -> None:
    start = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    answer = sign_in(cast.tess).post(reverse("desk:absence_new"), {"starts_at": start, "reason": "", **given})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Absence.objects.exists()


def test_languages_are_set_by_planners_and_a_bad_code_is_told(cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.sue)
    url = reverse("desk:duty_languages", args=[cast.tess.pk])
    client.post(url, {"languages": "nl, de"})
    assert Presence.objects.get(person=cast.tess).languages == ["nl", "de"]
    assert "nl, de" in page_of(client)
    assert "by their codes" in client.post(url, {"languages": "Dutch!"}, follow=True).content.decode()
    assert Presence.objects.get(person=cast.tess).languages == ["nl", "de"]


@pytest.mark.parametrize("week", ["", "2026-13-99", "x", "0001-01-01", "9999-12-31", "2026-11-17", "1' or '1'='1"])
def test_an_absurd_week_is_this_week(cast: Cast, sign_in: Any, week: str) -> None:
    assert "Duty" in page_of(sign_in(cast.tess), week=week)


def test_the_page_costs_the_same_with_one_shift_and_with_thirty(cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.sue)
    client.post(reverse("desk:shift_new"), shift_of(cast.tom, starts="00:00", ends="00:30"))
    page_of(client)
    counts = []
    for _round in range(2):
        with CaptureQueriesContext(connection) as captured:
            page_of(client)
        counts.append(len(captured))
        for half in range(1, 30):
            values = {"starts": 30 * half, "ends": 30 * half + 30, "zone": "Europe/Amsterdam", "weekdays": [0]}
            Shift.objects.create(person=cast.tom, valid_from=timezone.localdate(), **values)
    assert counts == [DUTY_QUERIES, DUTY_QUERIES]


# --- presence -------------------------------------------------------------------------------------------------------


def test_away_for_a_while_is_stored_and_shown_on_every_page(cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.tess)
    before = timezone.now()
    answer = client.post(reverse("desk:presence"), {"state": "away:15"}, headers={"referer": "http://testserver/sent"})
    assert answer["Location"] == "http://testserver/sent"
    found = Presence.objects.get(person=cast.tess)
    assert found.state == "away"
    assert timedelta(minutes=14) < found.until - before < timedelta(minutes=16)
    assert "Away until" in page_of(client, "queue")
    client.post(reverse("desk:presence"), {"state": "here"})
    assert "Away until" not in page_of(client, "queue")


@pytest.mark.parametrize("state", ["", "asleep", "away:99999", "away:-1"])
def test_nonsense_is_no_presence(cast: Cast, sign_in: Any, state: str) -> None:
    assert sign_in(cast.tess).post(reverse("desk:presence"), {"state": state}).status_code == 404
    assert Presence.objects.get(person=cast.tess).state == "here"  # she was seen, no more


def test_after_presence_one_is_never_led_to_another_site(cast: Cast, sign_in: Any) -> None:
    headers = {"referer": "https://elsewhere.example/"}
    answer = sign_in(cast.tess).post(reverse("desk:presence"), {"state": "off"}, headers=headers)
    assert answer["Location"] == reverse("desk:duty")


def test_away_shows_in_a_second_browser_at_its_next_sign(cast: Cast, sign_in: Any) -> None:
    here, there = sign_in(cast.tess), sign_in(cast.tess)
    page_of(there, "queue")
    here.post(reverse("desk:presence"), {"state": "off"})
    signs._stored.clear()  # a minute later
    assert "Off duty</span>" in page_of(there, "queue")


def test_a_page_that_reads_itself_again_is_no_sign_of_a_person(cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.tess)
    client.get(reverse("desk:queue_rows"), headers={"hx-request": "true"})
    client.get(reverse("desk:live_url"), headers={"accept": "application/json"})
    assert not Presence.objects.exists()
    client.post(reverse("desk:presence_sign"))
    assert Presence.objects.get().last_seen_at is not None


def test_signs_cost_no_query_within_a_minute(cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.tess)
    page_of(client, "queue")
    with CaptureQueriesContext(connection) as captured:
        page_of(client, "queue")
    assert not [query for query in captured if "duty_presence" in query["sql"]]


# --- the next ticket ------------------------------------------------------------------------------------------------


def test_the_next_ticket_is_mine_and_i_stand_before_it(cast: Cast, now: datetime, sign_in: Any) -> None:
    ticket = cast.writes(cast.olaf, now)
    client = sign_in(cast.tess)
    assert 'data-deed="take-next"' in page_of(client, "queue")
    answer = client.post(reverse("desk:queue_next"))
    assert answer["Location"] == reverse("desk:ticket", args=[ticket.number]) + "#newest"
    ticket.refresh_from_db()
    assert ticket.assignee == cast.tess


def test_with_nothing_to_take_a_kind_sentence(cast: Cast, sign_in: Any) -> None:
    page = sign_in(cast.tess).post(reverse("desk:queue_next"), follow=True).content.decode()
    assert "there is nothing to take" in page


def test_developers_see_no_button_to_take_tickets(cast: Cast, now: datetime, sign_in: Any) -> None:
    ticket = cast.writes(cast.olaf, now)
    client = sign_in(cast.dev)
    assert reverse("desk:queue_next") not in page_of(client, "queue")
    assert reverse("desk:queue_next") not in client.get(reverse("desk:ticket", args=[ticket.number])).content.decode()


def test_assigning_says_who_is_on_duty_and_why_others_are_not(cast: Cast, now: datetime, sign_in: Any) -> None:
    ticket = cast.writes(cast.olaf, now)
    sign_in(cast.tom).post(reverse("desk:presence"), {"state": "off"})
    page_of(sign_in(cast.tess), "queue")
    page = sign_in(cast.sue).get(reverse("desk:ticket", args=[ticket.number])).content.decode()
    assert "is off duty" in page
    assert "on duty</span>" in page


def test_the_time_line_tells_of_turns_and_of_the_queue_again(cast: Cast, sign_in: Any) -> None:
    at = timezone.now()
    from mainstay.duty.actions import leave_sign

    leave_sign(cast.tom, at=at)
    ticket = cast.writes(cast.olaf, at)
    actions.assign_by_turn(ticket.pk, at=at)
    cast.tom.account.is_active = False
    cast.tom.account.save()
    monday = datetime(2027, 1, 4, 10, 0, tzinfo=at.tzinfo)  # the desk is open
    assert len(actions.requeue_of_the_missing(monday)) == 1
    page = sign_in(cast.tess).get(reverse("desk:ticket", args=[ticket.number])).content.decode()
    assert "It was given to Tom, who is the only one on duty" in page
    assert "It is in the queue again: Tom may not work on tickets any more" in page

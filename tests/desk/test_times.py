"""Time spent on the page of a ticket, with and without JavaScript."""

from datetime import datetime
from typing import Any

from django.urls import reverse

from mainstay.tickets import actions
from mainstay.tickets.queries import times_of
from tests.cast import Cast


def test_it_is_switched_on_noted_and_taken_back(cast: Cast, now: datetime, sign_in: Any) -> None:
    ticket, tess = cast.writes(cast.paula, now), sign_in(cast.tess)
    page, url = reverse("desk:ticket", args=[ticket.number]), reverse("desk:ticket_times", args=[ticket.number])
    assert "time-spent" not in tess.get(page).content.decode()
    answer = sign_in(cast.ada).post(reverse("desk:setup_times"), {"counts": "on"}, follow=True)
    assert "Tickets ask for time spent from now on." in answer.content.decode()
    assert "time-spent" in tess.get(page).content.decode()

    refused = tess.post(url, {"spent": "soon", "note": "The <lock>"})
    assert refused.status_code == 422
    html = refused.content.decode()
    assert "Write the time as minutes" in html and 'value="soon"' in html and "The &lt;lock&gt;" in html
    assert times_of(ticket) == []

    assert tess.post(url, {"spent": "1:30", "note": "The <lock>"}).status_code == 302
    html = tess.get(page).content.decode()
    assert "1 h 30" in html and "The &lt;lock&gt;" in html
    entry = times_of(ticket)[0]
    removal = reverse("desk:time_removal", args=[entry.pk])
    assert removal in html and removal not in sign_in(cast.tom).get(page).content.decode()
    assert sign_in(cast.tom).post(removal).status_code == 422
    part = tess.post(removal, headers={"hx-request": "true"}).content.decode()
    assert 'id="sidebar"' in part and times_of(ticket) == []


def test_what_was_noted_is_shown_when_it_is_asked_for_no_more(cast: Cast, now: datetime, sign_in: Any) -> None:
    ticket = cast.writes(cast.paula, now)
    actions.count_time(is_on=True, by=cast.ada, at=now)
    actions.spend_time(ticket, spent="20", note="", by=cast.tess, at=now)
    sign_in(cast.ada).post(reverse("desk:setup_times"), {})
    html = sign_in(cast.tess).get(reverse("desk:ticket", args=[ticket.number])).content.decode()
    assert "20 min" in html and "time-note" not in html

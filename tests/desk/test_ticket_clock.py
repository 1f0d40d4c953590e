"""The page that explains a ticket's figures says what the ticket page and the report say."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.html import strip_tags

from mainstay.tickets import actions
from tests.cast import Cast

TUESDAY = datetime(2026, 11, 17, 10, 0, tzinfo=UTC)


def test_every_figure_is_told_with_its_pieces(cast: Cast, sign_in: Any) -> None:
    ticket = cast.writes(cast.paula, TUESDAY)
    actions.reply_to_ticket(ticket, text="x", by=cast.tess, at=TUESDAY + timedelta(seconds=192))
    cast.writes(cast.paula, TUESDAY + timedelta(minutes=30), thread=ticket.pk)
    actions.reply_to_ticket(ticket, text="x", by=cast.tess, at=TUESDAY + timedelta(minutes=37))
    actions.resolve_ticket(ticket, by=cast.tess, at=TUESDAY + timedelta(hours=1))
    page = sign_in(cast.tess).get(reverse("desk:ticket_clock", args=[ticket.number])).content.decode()
    assert "First response: why 3 min 12" in page
    assert "Resolution: why 1 h" in page
    for words in ("with us", "with the customer", "7 min", "Policy revision 1"):
        assert words in page


def test_a_piece_within_one_day_names_the_day_once(cast: Cast, sign_in: Any) -> None:
    ticket = cast.writes(cast.paula, TUESDAY)
    actions.reply_to_ticket(ticket, text="x", by=cast.tess, at=TUESDAY + timedelta(days=1, minutes=5))
    actions.resolve_ticket(ticket, by=cast.tess, at=TUESDAY + timedelta(days=1, hours=1))
    page = sign_in(cast.tess).get(reverse("desk:ticket_clock", args=[ticket.number])).content.decode()
    seen = re.sub(r'<span class="sr">.*?</span>', "", page, flags=re.S)
    pieces = [" ".join(strip_tags(one).split()) for one in re.findall(r"<li>(.*?)</li>", seen, re.S)]
    assert "Tue 17 Nov 2026, 10:00 UTC – 22:00 with us 12 h" in pieces
    assert "Tue 17 Nov 2026, 22:00 UTC – Wed 18 Nov 2026, 06:00 UTC with us · closed 0 s" in pieces


def test_a_ticket_that_is_open_and_left_out_is_told_as_such(cast: Cast, sign_in: Any, now: datetime) -> None:
    ticket = cast.writes(cast.paula, now - timedelta(minutes=10))
    actions.exclude_ticket(ticket, reason="opened_by_staff", by=cast.tess, at=now)
    page = sign_in(cast.tess).get(reverse("desk:ticket_clock", args=[ticket.number])).content.decode()
    assert "until now" in page and "Left out of the averages" in page


def test_a_stranger_to_the_desk_is_not_let_in(cast: Cast, client: Any) -> None:
    ticket = cast.writes(cast.paula, TUESDAY)
    assert client.get(reverse("desk:ticket_clock", args=[ticket.number])).status_code == 302

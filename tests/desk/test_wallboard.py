"""The screen on the wall: the reports' own figures, nothing to press, and an address without sign-in that can be taken back."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import mainstay
from mainstay.live.topics import read_topics
from mainstay.people.models import Account
from mainstay.promises.actions import put_policy_in_force
from mainstay.promises.queries import policy_in_force
from mainstay.reports.board import add_board_link, board_at, revoke_board_link, token_of
from mainstay.reports.periods import month_of
from mainstay.reports.queries import month_report
from mainstay.tickets.models import Ticket
from tests.cast import POLICY, Cast
from tests.reports.mixed import after, mixed_history

QUERIES = 20
SAMPLE = POLICY.read_text(encoding="utf-8")
NOVEMBER = month_of("2026-11")
NAMES = ("Tess", "Tom", "Paula", "Piet", "Olaf", "Larch", "Elm", "Lock", "The lock stays open")


@pytest.fixture
def tickets(cast: Cast) -> Any:
    made = mixed_history(cast)
    with time_machine.travel(after(210), tick=False):
        yield made


def words(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_its_figures_are_those_of_the_reports(cast: Cast, tickets: list[Ticket]) -> None:
    at = after(210)
    board, report = board_at(at, policy_in_force(at), viewer=cast.sue), month_report(NOVEMBER, at=at)
    loads = (report.first_response.open, report.resolution.open)
    assert (board.waiting, board.open) == tuple(load.n for load in loads if load)
    for shown, measured in zip(board.promised, (report.first_response, report.resolution), strict=True):
        assert (shown.month.n, shown.month.mean, shown.bank) == (
            measured.average.n,
            measured.average.mean,
            measured.bank,
        )
    assert board.oldest is not None
    assert (board.oldest.number, board.oldest.age_seconds) == (tickets[-1].number, 110 * 60)


def test_a_page_to_read_from_afar_that_listens_and_reads_itself_anew(
    cast: Cast, tickets: list[Ticket], sign_in: Any
) -> None:
    page = sign_in(cast.tess).get(reverse("desk:wallboard"))
    html, text = page.content.decode(), words(page)
    assert "Waiting for a first answer 1" in text
    assert "6 min 30" in text and "5 min promised" in text and "over the promise" in text
    assert f"#{tickets[-1].number}" in text and "1 h 50" in text
    assert "too early to tell" in text
    assert 'data-theme="dark"' in html
    assert 'data-topic="queue averages duty"' in html and "every 60s" in html
    assert not re.search(r"<(form|button|input|select|a)\b", html)
    topics = re.search(r'data-live-url="/live\?topics=([^"]+)"', html)
    assert topics
    subscribed = read_topics(topics[1])
    assert subscribed and subscribed.topics == {"queue", "averages", "duty"}


def test_the_part_is_the_same_board_and_an_old_page_reads_itself_whole(
    cast: Cast, tickets: list[Ticket], sign_in: Any
) -> None:
    client, url = sign_in(cast.sue), reverse("desk:wallboard_part")
    part = client.get(url, {"version": mainstay.__version__}).content.decode()
    assert part.strip() in client.get(reverse("desk:wallboard")).content.decode()
    assert client.get(url, {"version": "0.0"})["HX-Refresh"] == "true"


def test_it_costs_the_same_with_many_tickets(cast: Cast, tickets: list[Ticket], sign_in: Any) -> None:
    client, url = sign_in(cast.sue), reverse("desk:wallboard")
    client.get(url)
    counts = []
    for _round in range(2):
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        counts.append(len(captured))
        for minute in range(20):
            cast.writes(cast.olaf, after(130 + minute))
    assert counts == [QUERIES, QUERIES]


def test_an_empty_desk_has_a_board_too(cast: Cast, sign_in: Any) -> None:
    text = words(sign_in(cast.sue).get(reverse("desk:wallboard")))
    assert "Waiting for a first answer 0" in text
    assert "Oldest waiting –" in text


# --- without sign-in --------------------------------------------------------------------------------------------------


def test_a_screen_sees_figures_and_numbers_but_no_names(cast: Cast, tickets: list[Ticket], sign_in: Any) -> None:
    link = add_board_link(name="Hall", by=cast.sue, at=after(0))
    client = sign_in()
    for name in ("desk:wallboard_screen", "desk:wallboard_screen_part"):
        answer = client.get(reverse(name, args=[token_of(link)]), {"version": mainstay.__version__})
        assert "6 min 30" in words(answer) and f"#{tickets[-1].number}" in words(answer)
        assert not [one for one in NAMES if one in words(answer)]
        assert answer["Referrer-Policy"] == "no-referrer" and "no-store" in answer["Cache-Control"]
        assert not answer.cookies
    live = client.get(reverse("desk:wallboard_screen_live", args=[token_of(link)])).json()["url"]
    subscribed = read_topics(live.partition("topics=")[2])
    assert subscribed and subscribed.topics == {"queue", "averages", "duty"}


def test_an_address_that_was_taken_back_forged_or_whose_maker_left_shows_nothing(
    cast: Cast, tickets: list[Ticket], sign_in: Any
) -> None:
    link, other = (add_board_link(name="Hall", by=cast.sue, at=after(0)) for _number in range(2))
    good, client = token_of(link), sign_in()
    revoke_board_link(link, by=cast.ada, at=after(1))
    tampered = token_of(other)[:-1] + ("A" if token_of(other)[-1] != "A" else "B")
    for token in (good, tampered, "x", str(other.pk), "%00"):
        for name in ("wallboard_screen", "wallboard_screen_part", "wallboard_screen_live"):
            assert client.get(reverse(f"desk:{name}", args=[token])).status_code == 404
    assert client.get(reverse("desk:wallboard_screen", args=[token_of(other)])).status_code == 200
    Account.objects.filter(person=cast.sue).update(is_active=False)
    assert client.get(reverse("desk:wallboard_screen", args=[token_of(other)])).status_code == 404


def test_a_supervisor_gives_out_an_address_and_takes_it_back(cast: Cast, tickets: list[Ticket], sign_in: Any) -> None:
    client, url = sign_in(cast.sue), reverse("desk:wallboard_links")
    assert client.post(url, {"name": ""}).status_code == 422
    assert client.post(url, {"name": "Hall"}).status_code == 302
    page = client.get(url).content.decode()
    address = re.search(r'href="(http[^"]+/wallboard/screen/[^"]+)"', page)
    assert address and "Hall" in page
    path = "/" + address[1].split("/", 3)[3]
    assert sign_in().get(path).status_code == 200
    removal = re.search(r'action="([^"]+/removal)"', page)
    assert removal and client.post(removal[1]).status_code == 302
    assert sign_in().get(path).status_code == 404
    assert "/removal" not in client.get(url).content.decode()


def test_waiting_counts_on_only_while_the_desk_is_open(cast: Cast, tickets: list[Ticket], sign_in: Any) -> None:
    def runs() -> int:
        found = re.search(r'data-runs="(\d+)"', sign_in(cast.sue).get(reverse("desk:wallboard")).content.decode())
        assert found
        return int(found[1])

    assert runs() == timedelta(hours=12, minutes=30).total_seconds()  # until 22:00
    with time_machine.travel(after(17 * 60), tick=False):  # 23:00
        assert runs() == 0


def test_the_one_that_waited_longest_is_measured_under_its_own_policy(cast: Cast, now: datetime) -> None:
    ticket = cast.writes(cast.paula, now)
    later = SAMPLE.replace('monday = ["06:00-22:00"]', 'monday = ["07:00-22:00"]', 1)
    assert later != SAMPLE
    put_policy_in_force(later, holds_from=now + timedelta(minutes=1), at=now)
    at = now + timedelta(minutes=10)
    oldest = board_at(at, policy_in_force(at), viewer=cast.sue).oldest
    assert oldest is not None
    assert (oldest.number, oldest.age_seconds) == (ticket.number, 600)

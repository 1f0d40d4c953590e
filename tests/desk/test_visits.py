"""Who is at a ticket: what browsers say, what colleagues see, and that nobody learns of what they may not see."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from mainstay.live.models import Visit
from mainstay.live.rules import VISIT_SECONDS
from mainstay.notifications.actions import tell
from mainstay.notifications.kinds import ESCALATED
from mainstay.notifications.models import Notification
from mainstay.tickets.models import Ticket
from tests.cast import Cast

BROWSER = "0123456789abcdef01234567"


@pytest.fixture
def ticket(cast: Cast, now: datetime) -> Ticket:
    return cast.writes(cast.paula, now)


def beat(client: Any, *places: str, browser: str = BROWSER, **more: str) -> int:
    return client.post(reverse("desk:visits"), {"browser": browser, "at": places, **more}).status_code


def words(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_a_colleague_sees_who_looks_and_who_writes(cast: Cast, ticket: Ticket, sign_in: Any) -> None:
    tess, tom = sign_in(cast.tess), sign_in(cast.tom)
    page = reverse("desk:ticket", args=[ticket.number])
    assert beat(tess, f"ticket:{ticket.number} looking") == 204
    assert "Tess is looking" in words(tom.get(page))
    beat(tess, f"ticket:{ticket.number} writing")
    assert "Tess is writing" in words(tom.get(page))
    assert "Tess is writing" in words(tom.get(reverse("desk:ticket_visits", args=[ticket.number])))
    assert "Tess is" not in words(tess.get(page))


def test_the_queue_shows_it_in_the_row(cast: Cast, ticket: Ticket, sign_in: Any) -> None:
    other = cast.writes(cast.olaf, timezone.now())
    beat(sign_in(cast.tess), f"ticket:{ticket.number} looking")
    tom = sign_in(cast.tom)
    rows = tom.get(reverse("desk:queue_rows")).content.decode()
    faces = dict(re.findall(r'id="visits-(\d+)">(.*?)</span>\s*</span>', rows, re.S))
    assert "Tess is looking" in faces[str(ticket.number)]
    address = re.search(r'data-part-url="([^"]+visits\?of=[^"]+)"', rows)[1]
    part = tom.get(address).content.decode()
    assert part.index(f"visits-{ticket.number}") < part.index("Tess is looking")
    assert f"visits-{other.number}" in part
    beat(sign_in(cast.tess), browser=BROWSER)
    assert "Tess is looking" not in tom.get(address).content.decode()


def test_with_thirty_rows_it_is_one_query_like_with_one(
    cast: Cast, ticket: Ticket, now: datetime, sign_in: Any
) -> None:
    tom = sign_in(cast.tom)

    def asked(numbers: list[int]) -> int:
        address = f"{reverse('desk:row_visits')}?of={'.'.join(map(str, numbers))}"
        with CaptureQueriesContext(connection) as captured:
            assert tom.get(address).status_code == 200
        return len(captured)

    asked([ticket.number])
    one = asked([ticket.number])
    more = [cast.writes(cast.olaf, now + timedelta(minutes=minute)).number for minute in range(29)]
    assert asked([ticket.number, *more]) == one


def test_whoever_closes_the_page_is_gone_at_once(cast: Cast, ticket: Ticket, sign_in: Any) -> None:
    tess = sign_in(cast.tess)
    other = cast.writes(cast.olaf, timezone.now())
    beat(tess, f"ticket:{ticket.number} looking", f"ticket:{other.number} open")
    beat(tess, left=f"ticket:{ticket.number}")
    assert list(Visit.objects.values_list("subject", flat=True)) == [f"ticket:{other.number}"]


def test_whoever_cannot_say_so_is_gone_soon(cast: Cast, ticket: Ticket, sign_in: Any) -> None:
    beat(sign_in(cast.tess), f"ticket:{ticket.number} looking")
    with time_machine.travel(timezone.now() + timedelta(seconds=VISIT_SECONDS + 1)):
        assert "Tess is" not in words(sign_in(cast.tom).get(reverse("desk:ticket_visits", args=[ticket.number])))


@pytest.mark.parametrize("browser", ["", "x", "0123", "G" * 24, "0" * 41, "0123456789abcdef\n"])
def test_a_browser_that_does_not_name_itself_is_refused(cast: Cast, sign_in: Any, browser: str) -> None:
    assert beat(sign_in(cast.tess), browser=browser) == 422


@pytest.mark.parametrize(
    "place", ["ticket:999999 looking", "ticket:1 dancing", "x", "ticket:99999999999999999999 open"]
)
def test_what_is_not_there_is_passed_over(cast: Cast, ticket: Ticket, sign_in: Any, place: str) -> None:
    assert beat(sign_in(cast.tess), place, f"ticket:{ticket.number} looking") == 204
    assert [visit.subject for visit in Visit.objects.all()] == [f"ticket:{ticket.number}"]


def test_a_stranger_is_nowhere_and_sees_nobody(cast: Cast, ticket: Ticket, sign_in: Any) -> None:
    assert beat(sign_in(), f"ticket:{ticket.number} looking") == 302
    assert not Visit.objects.exists()
    assert sign_in().get(reverse("desk:row_visits")).status_code == 302


def test_a_beat_is_no_sign_that_somebody_is_there(cast: Cast, ticket: Ticket, sign_in: Any) -> None:
    """It comes by itself: a page that lies open does not keep anybody on duty."""
    from mainstay.desk.duty import signs
    from mainstay.duty.models import Presence

    signs._stored.clear()
    client = sign_in(cast.tess)
    client.post(reverse("desk:visits"), {"browser": BROWSER}, headers={"X-By-Itself": "1"})
    assert not Presence.objects.filter(person=cast.tess).exists()
    beat(client)
    assert Presence.objects.filter(person=cast.tess).exists()


# --- fetched ahead ---------------------------------------------------------------------------------------------------------

AHEAD = {"X-By-Itself": "ahead", "Accept": "text/html"}


def told(cast: Cast, ticket: Ticket) -> Notification:
    [key] = tell([cast.tess], ESCALATED, {"number": ticket.number}, ticket.topic, timezone.now())
    return Notification.objects.get(person=key)


@pytest.mark.parametrize("headers", [AHEAD, {"Sec-Purpose": "prefetch;prerender"}])
def test_a_page_that_is_fetched_ahead_marks_nothing_as_read(
    cast: Cast, ticket: Ticket, sign_in: Any, headers: dict[str, str]
) -> None:
    notice = told(cast, ticket)
    client = sign_in(cast.tess)
    page = client.get(reverse("desk:ticket", args=[ticket.number]), headers=headers)
    notice.refresh_from_db()
    assert notice.seen_at is None
    assert page["Cache-Control"] == "no-store"
    assert not Visit.objects.exists()
    beat(client, f"ticket:{ticket.number} looking")
    notice.refresh_from_db()
    assert notice.seen_at is not None


def test_a_tab_that_nobody_looks_at_reads_nothing(cast: Cast, ticket: Ticket, sign_in: Any) -> None:
    notice = told(cast, ticket)
    beat(sign_in(cast.tess), f"ticket:{ticket.number} open")
    notice.refresh_from_db()
    assert notice.seen_at is None


def test_a_page_that_somebody_opens_is_kept_by_no_cache(cast: Cast, ticket: Ticket, sign_in: Any) -> None:
    assert "Cache-Control" not in sign_in(cast.tess).get(reverse("desk:ticket", args=[ticket.number]))


def test_what_is_said_once_is_not_said_to_nobody(cast: Cast, ticket: Ticket, sign_in: Any) -> None:
    client = sign_in(cast.tess)
    client.post(reverse("desk:queue_next"))
    client.post(reverse("desk:notice_choices"), {"by_push": "on"})
    page = reverse("desk:ticket", args=[ticket.number])
    assert "Saved." not in words(client.get(page, headers=AHEAD))
    assert "Saved." in words(client.get(page))

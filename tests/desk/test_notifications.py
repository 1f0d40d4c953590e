"""The bell and its list: one's own only, read by opening, live; and how one wants to be told."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from mainstay.live.topics import read_topics
from mainstay.notifications import kinds
from mainstay.notifications.actions import tell
from mainstay.notifications.models import NoticeChoices, Notification, PushSubscription
from mainstay.people.models import Person
from tests.cast import Cast
from tests.notifications.push_service import Browser

LIST = "/notifications"


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Any) -> None:
    settings.DATA_DIR = tmp_path


def say(who: Person, at: datetime, number: int = 42, key: str = "a") -> Notification:
    tell([who], kinds.FIRST_RESPONSE_ALARM, {"number": number, "minutes": 3}, f"ticket:{number}", at, key=key)
    return Notification.objects.get(person=who, subject=f"ticket:{number}", key=key)


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_the_bell_counts_what_is_unread_on_every_page(cast: Cast, now: datetime, sign_in: Any) -> None:
    client = sign_in(cast.tess)
    assert 'class="count">1<span class="sr"> unread' not in words(client.get("/averages"))
    say(cast.tess, now)
    say(cast.tom, now)
    assert 'class="count">1<span class="sr"> unread' in words(client.get("/averages"))
    part = words(client.get("/notifications/bell"))
    assert 'id="bell"' in part
    assert f'data-topic="person:{cast.tess.pk}"' in part
    assert "#42 has waited 3 min for a first answer" in part


def test_opening_a_notice_reads_it_and_leads_to_its_ticket(cast: Cast, now: datetime, sign_in: Any) -> None:
    first, second = say(cast.tess, now), say(cast.tess, now, number=43)
    answer = sign_in(cast.tess).get(f"{LIST}/{first.pk}")
    assert (answer.status_code, answer["Location"]) == (302, "/tickets/42")
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.seen_at is None, second.seen_at is None) == (False, True)


def test_opening_a_ticket_reads_what_was_told_of_it(cast: Cast, now: datetime, sign_in: Any) -> None:
    ticket = cast.writes(cast.paula, now)
    client = sign_in(cast.tess)
    say(cast.tess, now, number=ticket.number)
    say(cast.tess, now, number=ticket.number, key="b")
    other = say(cast.tess, now, number=ticket.number + 1)
    say(cast.tom, now, number=ticket.number)
    page = words(client.get(f"/tickets/{ticket.number}"))
    assert 'class="count">1<span class="sr"> unread' in page
    assert list(Notification.objects.filter(seen_at=None, person=cast.tess)) == [other]
    assert Notification.objects.filter(seen_at=None, person=cast.tom).exists()


def test_somebody_else_s_notice_is_not_there(cast: Cast, now: datetime, sign_in: Any) -> None:
    notice = say(cast.tom, now)
    client = sign_in(cast.tess)
    assert client.get(f"{LIST}/{notice.pk}").status_code == 404
    assert client.get(f"{LIST}/{2**70}").status_code == 404
    assert "#42" not in words(client.get(LIST))
    notice.refresh_from_db()
    assert notice.seen_at is None


def test_the_list_is_paged_and_costs_the_same(
    cast: Cast, now: datetime, sign_in: Any, django_assert_max_num_queries: Any
) -> None:
    client = sign_in(cast.tess)
    Notification.objects.bulk_create(
        Notification(person=cast.tess, kind="resolution_cap", facts={"number": n, "times": 3}, key=str(n), at=now)
        for n in range(120)
    )
    client.get(LIST)
    with django_assert_max_num_queries(12):
        page = words(client.get(LIST))
    assert "#119 has been open" in page
    assert "#69 has been open" not in page
    older = page.split("?before=")[1].split('"')[0]
    last = words(client.get(f"{LIST}?before={older}"))
    assert "#69 has been open" in last
    for nonsense in ("x", "-1", "9" * 40, "1" * 5000, "١", "\x00"):
        assert client.get(LIST, {"before": nonsense}).status_code == 200


def test_the_list_names_what_the_ticket_is_about_literally(cast: Cast, now: datetime, sign_in: Any) -> None:
    ticket = cast.writes(cast.paula, now, subject="Lock <b>stays</b> open")
    say(cast.tess, now, number=ticket.number)
    assert "Lock &lt;b&gt;stays&lt;/b&gt; open" in words(sign_in(cast.tess).get(LIST))


def test_an_empty_list_teaches_what_comes_there(cast: Cast, sign_in: Any) -> None:
    assert "Nothing to tell" in words(sign_in(cast.tess).get(LIST))


def test_all_are_read_with_one_button(cast: Cast, now: datetime, sign_in: Any) -> None:
    for number in range(3):
        say(cast.tess, now, number)
    say(cast.tom, now)
    assert sign_in(cast.tess).post(f"{LIST}/read").status_code == 302
    assert list(Notification.objects.filter(seen_at=None).values_list("person__name")) == [("Tom",)]


def test_a_page_listens_to_its_own_reader_only(cast: Cast, sign_in: Any) -> None:
    answer = sign_in(cast.tess).get("/live-url", {"topics": f"person:{cast.tom.pk} person:0"})
    topics = read_topics(parse_qs(urlsplit(answer.json()["url"]).query)["topics"][0])
    assert topics is not None
    assert {one for one in topics.topics if one.startswith("person:")} == {f"person:{cast.tess.pk}"}


def test_how_one_is_told_is_one_s_own_choice(cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.sue)
    page = words(client.get("/preferences"))
    assert 'name="by_mail" id="id_by_mail" checked' in page.replace(' type="checkbox"', "")
    client.post("/preferences/notices", {"quiet_off_duty": "on"})
    chosen = NoticeChoices.objects.get(person=cast.sue)
    assert (chosen.by_mail, chosen.by_push, chosen.quiet_off_duty) == (False, False, True)


def test_a_browser_is_set_up_named_and_taken_off(cast: Cast, now: datetime, sign_in: Any) -> None:
    client, browser = sign_in(cast.tess), Browser()
    sent = {"endpoint": "https://push.example/a", "public_key": browser.public_key, "secret": browser.secret}
    agent = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36"}
    assert client.post(reverse("desk:push_subscription"), sent, headers=agent).status_code == 204
    mine = PushSubscription.objects.get()
    assert (mine.person, mine.browser) == (cast.tess, "Chrome on Linux")
    page = words(client.get("/preferences"))
    assert "Chrome on Linux" in page
    assert sign_in(cast.tom).post(f"/preferences/browsers/{mine.pk}/removal").status_code == 404
    assert client.post(f"/preferences/browsers/{mine.pk}/removal").status_code == 302
    assert not PushSubscription.objects.exists()


def test_a_browser_can_take_itself_off(cast: Cast, now: datetime, sign_in: Any) -> None:
    PushSubscription.objects.create(person=cast.tess, endpoint="https://push.example/a", made_at=now)
    url = reverse("desk:push_subscription") + "?endpoint=https://push.example/a"
    assert sign_in(cast.tom).delete(url).status_code == 204
    assert PushSubscription.objects.exists()
    assert sign_in(cast.tess).delete(url).status_code == 204
    assert not PushSubscription.objects.exists()


@pytest.mark.parametrize(
    "changed",
    [
        {"endpoint": "http://push.example/a"},
        {"endpoint": "https://push.example/\x00"},
        {"secret": "x"},
        {"public_key": ""},
    ],
)
def test_what_is_no_browser_is_told_so(cast: Cast, sign_in: Any, changed: dict[str, str]) -> None:
    browser = Browser()
    sent = {"endpoint": "https://push.example/a", "public_key": browser.public_key, "secret": browser.secret}
    answer = sign_in(cast.tess).post(reverse("desk:push_subscription"), sent | changed)
    assert answer.status_code == 422
    assert "could not be set up" in answer.json()["problem"]
    assert not PushSubscription.objects.exists()


def test_the_policy_for_scripts_lets_our_worker_run(cast: Cast, sign_in: Any) -> None:
    policy = sign_in(cast.tess).get("/preferences")["Content-Security-Policy"]
    assert "worker-src 'self'" in policy


def test_notices_that_are_older_than_their_reading_stay_in_order(cast: Cast, now: datetime, sign_in: Any) -> None:
    """A notice from a clock that runs ahead is not read before it was told."""
    ahead = say(cast.tess, datetime.now(now.tzinfo) + timedelta(hours=1))
    sign_in(cast.tess).post(f"{LIST}/read")
    ahead.refresh_from_db()
    assert ahead.seen_at is None

"""Notices in browsers: to the right one, read by it alone, forgotten when it is gone, tried again while that helps."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from mainstay.lib.fetching import NotFetched
from mainstay.lib.fetching.posting import post_bytes
from mainstay.notifications import kinds
from mainstay.notifications.actions import choose_notices, mark_read, tell
from mainstay.notifications.errors import NotABrowser
from mainstay.notifications.models import Notification, PushSubscription
from mainstay.notifications.push_key import _key_at, public_push_key
from mainstay.notifications.pushing import BROWSERS_MAX, push, subscribe, unsubscribe
from tests.cast import Cast
from tests.notifications.push_service import Browser, PushService, claims_of
from tests.working import waiting_jobs

FACTS: dict[str, str | int] = {"number": 42, "minutes": 4}


@pytest.fixture
def service(tmp_path: Path, settings: Any) -> Iterator[PushService]:
    settings.DATA_DIR = tmp_path
    _key_at.cache_clear()
    service = PushService(tmp_path)
    yield service
    service.close()


@pytest.fixture
def post(service: PushService) -> Any:
    """As in production, but allowed on loopback and trusting the service's own certificate."""
    return partial(post_bytes, allows=lambda address, _port: address.is_loopback, trusts=service.trusts)


def subscribed(who: Any, service: PushService, at: datetime, endpoint: str = "") -> PushSubscription:
    browser = service.browser
    return subscribe(
        who,
        endpoint=endpoint or service.endpoint,
        public_key=browser.public_key,
        secret=browser.secret,
        browser="Firefox",
        at=at,
    )


def told(who: Any, at: datetime) -> Notification:
    tell([who], kinds.FIRST_RESPONSE_CAP, FACTS, "ticket:42", at, key="a")
    return Notification.objects.get(person=who)


def test_a_notice_arrives_in_the_browser_and_says_who_sent_it(
    cast: Cast, now: datetime, service: PushService, post: Any, settings: Any
) -> None:
    settings.SITE_URL = "https://desk.example"
    mine = subscribed(cast.tess, service, now)
    notice = told(cast.tess, now)
    [job] = waiting_jobs("notifications.push")
    assert job == {"notice": notice.pk, "subscription": mine.pk}
    push(**job, at=now, post=post)
    [(headers, words)] = service.heard
    assert words == {
        "title": "#42 has waited 4 min for a first answer, – times the average aimed for",
        "body": "Notice from the support desk",
        "url": "https://desk.example/tickets/42",
        "tag": "ticket:42",
    }
    assert headers["ttl"] == "3600"
    assert (headers["urgency"], headers["content-encoding"]) == ("high", "aes128gcm")
    claims, key = claims_of(headers["authorization"])
    assert (claims["aud"], claims["sub"], key) == (service.origin, "https://desk.example", public_push_key())
    mine.refresh_from_db()
    assert mine.reached_at == now


def test_it_speaks_the_language_of_its_reader(cast: Cast, now: datetime, service: PushService, post: Any) -> None:
    cast.tess.language = "nl-BE"
    cast.tess.save()
    mine = subscribed(cast.tess, service, now)
    from django.utils import translation

    push(told(cast.tess, now).pk, mine.pk, at=now, post=post)
    with translation.override("nl"):
        assert service.heard[0][1]["title"] == kinds.FIRST_RESPONSE_CAP.told(FACTS)


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(
    cast: Cast, now: datetime, service: PushService, post: Any, status: int
) -> None:
    mine = subscribed(cast.tess, service, now)
    service.statuses = [(status, {})]
    push(told(cast.tess, now).pk, mine.pk, at=now, post=post)
    assert not PushSubscription.objects.exists()


@pytest.mark.parametrize(
    ("status", "headers", "attempts", "wait"),
    [
        (500, {}, 1, 15),
        (503, {}, 3, 60),
        (429, {"Retry-After": "120"}, 1, 120),
        (429, {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, 1, 15),
        (503, {"Retry-After": "999999"}, 1, 900),
    ],
)
def test_what_may_pass_is_tried_again_later(
    cast: Cast,
    now: datetime,
    service: PushService,
    post: Any,
    status: int,
    headers: dict[str, str],
    attempts: int,
    wait: int,
) -> None:
    mine = subscribed(cast.tess, service, now)
    notice = told(cast.tess, now)
    forget_jobs()
    service.statuses = [(status, headers)]
    push(notice.pk, mine.pk, at=now, attempts=attempts, post=post)
    assert scheduled() == [(now + timedelta(seconds=wait), attempts + 1)]


@pytest.mark.parametrize("status", [301, 307, 400, 401, 403, 413])
def test_what_a_service_refuses_is_left(
    cast: Cast, now: datetime, service: PushService, post: Any, status: int
) -> None:
    mine = subscribed(cast.tess, service, now)
    notice = told(cast.tess, now)
    forget_jobs()
    service.statuses = [(status, {"Location": service.endpoint})]
    push(notice.pk, mine.pk, at=now, post=post)
    assert (len(service.heard), scheduled()) == (1, [])
    assert PushSubscription.objects.filter(reached_at=None).exists()


def test_after_an_hour_a_notice_is_no_news(cast: Cast, now: datetime, service: PushService, post: Any) -> None:
    mine = subscribed(cast.tess, service, now)
    notice = told(cast.tess, now)
    forget_jobs()
    service.statuses = [(500, {})]
    push(notice.pk, mine.pk, at=now + timedelta(hours=1), post=post)
    assert scheduled() == []


def test_a_service_inside_our_network_is_never_spoken_to(cast: Cast, now: datetime, service: PushService) -> None:
    """The same service without the test's allowance: nothing reaches it, and nobody is told why."""
    mine = subscribed(cast.tess, service, now)
    push(told(cast.tess, now).pk, mine.pk, at=now)
    assert service.heard == []


def test_what_was_read_or_is_for_somebody_else_is_not_pushed(
    cast: Cast, now: datetime, service: PushService, post: Any
) -> None:
    mine = subscribed(cast.tess, service, now)
    read, others = told(cast.tess, now), told(cast.tom, now)
    mark_read(cast.tess, at=now)
    push(read.pk, mine.pk, at=now, post=post)
    push(others.pk, mine.pk, at=now, post=post)
    assert service.heard == []


def test_somebody_who_left_the_desk_is_told_nothing_more(
    cast: Cast, now: datetime, service: PushService, post: Any
) -> None:
    mine = subscribed(cast.tess, service, now)
    notice = told(cast.tess, now)
    cast.tess.account.is_active = False
    cast.tess.account.save()
    push(notice.pk, mine.pk, at=now, post=post)
    assert service.heard == []


def test_who_wants_none_in_browsers_gets_none(cast: Cast, now: datetime, service: PushService) -> None:
    subscribed(cast.tess, service, now)
    choose_notices(cast.tess, by_mail=False, by_push=False, quiet_off_duty=False)
    told(cast.tess, now)
    assert waiting_jobs("notifications.push") == []


def test_a_browser_belongs_to_whoever_set_it_up_last(cast: Cast, now: datetime, service: PushService) -> None:
    subscribed(cast.tess, service, now)
    subscribed(cast.tom, service, now)
    assert list(PushSubscription.objects.values_list("person__name")) == [("Tom",)]
    assert not unsubscribe(cast.tess, endpoint=service.endpoint)
    assert unsubscribe(cast.tom, endpoint=service.endpoint)


def test_one_person_has_a_bounded_number_of_browsers(cast: Cast, now: datetime, service: PushService) -> None:
    for number in range(BROWSERS_MAX + 3):
        subscribed(cast.tess, service, now + timedelta(minutes=number), f"https://push.example/{number}")
    kept = PushSubscription.objects.order_by("pk").values_list("endpoint", flat=True)
    assert list(kept) == [f"https://push.example/{number}" for number in range(3, BROWSERS_MAX + 3)]


@pytest.mark.parametrize(
    "endpoint",
    [
        "",
        "http://push.example/a",
        "https://user@push.example/a",
        "javascript:alert(1)",
        "https://localhost/a",
        "ftp://x.example/",
    ],
)
def test_what_is_no_address_of_a_push_service_is_refused(cast: Cast, now: datetime, endpoint: str) -> None:
    browser = Browser()
    with pytest.raises(NotABrowser):
        subscribe(
            cast.tess, endpoint=endpoint, public_key=browser.public_key, secret=browser.secret, browser="", at=now
        )
    assert not PushSubscription.objects.exists()


def test_an_answer_that_never_comes_is_tried_again(cast: Cast, now: datetime, service: PushService) -> None:
    mine = subscribed(cast.tess, service, now)
    notice = told(cast.tess, now)
    forget_jobs()

    def silent(_url: str, _content: bytes, _headers: dict[str, str]) -> tuple[int, dict[str, str]]:
        raise NotFetched("the time is over")

    push(notice.pk, mine.pk, at=now, post=silent)
    assert scheduled() == [(now + timedelta(seconds=15), 2)]


def forget_jobs() -> None:
    with connection.cursor() as cursor:
        cursor.execute("delete from procrastinate_jobs")


def scheduled() -> list[tuple[datetime, int]]:
    """When the pushes that wait are due, and which attempt each is."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select scheduled_at, (args->>'attempts')::int from procrastinate_jobs where task_name = 'notifications.push'"
        )
        return [tuple(row) for row in cursor.fetchall()]  # type: ignore[misc]

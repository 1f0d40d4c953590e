"""A page's end of the live stream: what it may hear, also after its address was renewed, and from which position."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.urls import reverse

from mainstay.desk import middleware
from mainstay.live.topics import Subscription, read_topics
from tests.cast import Cast
from tests.desk.test_doors import MATRIX, Stage, stage  # noqa: F401 - a fixture

PAGES = sorted(name for name, (method, _kind, _who, _sent) in MATRIX.items() if method == "get")


def subscription(url: str) -> Subscription:
    found = read_topics(parse_qs(urlsplit(url.replace("&amp;", "&")).query)["topics"][0])
    assert found is not None
    return found


def renewed(client: Any, topics: str) -> frozenset[str]:
    return subscription(client.get(reverse("desk:live_url"), {"topics": topics}).json()["url"]).topics


@pytest.mark.parametrize("name", PAGES)
def test_a_page_hears_the_same_after_its_address_was_renewed(name: str, stage: Stage, sign_in: Any) -> None:  # noqa: F811
    _method, kind, who, sent = MATRIX[name]
    person = (
        stage.cast.ada if "administrator" in who else getattr(stage.cast, {"developer": "dev"}.get(min(who), "sue"))
    )
    client = sign_in(person)
    answer = client.get(reverse(f"desk:{name}", args=stage.arguments(kind)), sent)
    if not answer.get("Content-Type", "").startswith("text/html") or answer.streaming or answer.status_code != 200:
        return
    html = answer.content.decode()
    found = re.search(r'data-live-url="([^"]+)"', html)
    if not found or 'data-live-shared=""' in html:
        return
    first = subscription(found[1])
    named = re.search(r'data-live-topics="([^"]*)"', html)[1].split()
    assert first.topics == set(named)
    assert renewed(client, " ".join(named)) >= first.topics
    parts = {topic for topics in re.findall(r'data-topic="([^"]*)"', html) for topic in topics.split()}
    assert parts <= first.topics, "a part waits for something that its page does not hear"


def test_only_what_one_may_see_is_heard(cast: Cast, now: Any, sign_in: Any) -> None:
    ticket = cast.writes(cast.paula, now)
    asked = (
        f"{ticket.topic} visits:{ticket.topic} ticket:999999 ticket:x mailboxes duty person:{cast.tom.pk} problem:77 x"
    )
    heard = renewed(sign_in(cast.tess), asked)
    shell = {"queue", "averages", "aside", f"person:{cast.tess.pk}"}
    assert heard == {*shell, ticket.topic, f"visits:{ticket.topic}", "duty"}
    assert "mailboxes" in renewed(sign_in(cast.ada), asked)


def test_customers_and_organisations_are_heard_of_by_who_may_see_them(cast: Cast, sign_in: Any) -> None:
    """Not what a colleague alone is told, whoever's page is open."""
    theirs = {f"customer:{cast.paula.pk}", f"organisation:{cast.larch.pk}"}
    asked = " ".join([*theirs, "customer:999999", "organisation:x", f"person:{cast.paula.pk}", f"person:{cast.tom.pk}"])
    heard = renewed(sign_in(cast.dev), asked)
    assert heard == {"queue", "averages", "aside", f"person:{cast.dev.pk}", *theirs}


def test_all_tabs_of_a_browser_are_asked_together_at_the_same_cost(
    cast: Cast, now: Any, sign_in: Any, django_assert_num_queries: Any
) -> None:
    client = sign_in(cast.tess)
    tickets = [cast.writes(cast.paula, now) for _ in range(8)]
    renewed(client, tickets[0].topic)
    for number in (1, 8):
        with django_assert_num_queries(3):  # session, person, tickets
            renewed(client, " ".join(ticket.topic for ticket in tickets[:number]))


def test_a_page_begins_at_what_was_heard_before_it_was_made(
    cast: Cast, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Hub:
        position = "7-12.0"

    monkeypatch.setattr(middleware, "hub", Hub)
    html = sign_in(cast.tess).get(reverse("desk:queue")).content.decode()
    assert 'data-live-position="7-12.0"' in html
    assert subscription(re.search(r'data-live-url="([^"]+)"', html)[1]).positions == {"7-12.0"}
    assert f'data-version="{settings.PAGE_VERSION}"' in html

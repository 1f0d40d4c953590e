"""The queue's views in the browser: filters in the address, chips, saving, sharing, and what is said when a view is gone."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mainstay.people.models import Team
from mainstay.tickets import actions
from mainstay.tickets.models import Tag
from mainstay.worklists.actions import Sharing, add_view, remove_view, reshape_view
from mainstay.worklists.models import View
from mainstay.worklists.rules import Shape
from tests.cast import Cast

QUEUE = "/"
BUDGET = 11  # queries of a page of the queue, whatever it is filtered by


def page(client: Any, query: str = "", url: str = QUEUE) -> str:
    answer = client.get(url + query)
    assert answer.status_code == 200
    return answer.content.decode()


def cost(client: Any, query: str) -> int:
    client.get(QUEUE + query)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(QUEUE + query).status_code == 200
    return len(captured)


@pytest.fixture
def desk(cast: Cast, now: datetime) -> Cast:
    cast.writes(cast.olaf, now - timedelta(hours=2), subject="Olafs lock")
    cast.writes(cast.paula, now - timedelta(hours=1), subject="Paulas door", severity="critical")
    return cast


def test_filters_stand_in_the_address_and_as_chips(desk: Cast, sign_in: Any) -> None:
    client = sign_in(desk.tess)
    text = page(client, f"?view=open&organisation={desk.elm.pk}&severity=low&severity=normal")
    assert "Olafs lock" in text
    assert "Paulas door" not in text
    assert "unsaved" in text
    assert "Organisation:" in text
    assert "Elm" in text
    assert "unsaved" not in page(client)


def test_what_means_nothing_is_left_out_and_said(desk: Cast, sign_in: Any) -> None:
    text = page(sign_in(desk.tess), "?severity=purple&state=open&state=<b>&order=sideways&columns=moon&group=x")
    assert "Left out of the filters" in text
    assert "purple" in text
    assert "<b>" not in text.replace("<b ", "").split('id="rows"')[1]


def test_somebody_who_is_gone_is_named_as_such(desk: Cast, sign_in: Any) -> None:
    assert "(not there any more)" in page(sign_in(desk.tess), "?person=987654")


def test_a_page_costs_the_same_whatever_it_is_filtered_by(desk: Cast, now: datetime, sign_in: Any) -> None:
    tag = Tag.objects.create(name="lock")
    team = Team.objects.create(name="North")
    everything = (
        f"?organisation={desk.elm.pk}&person={desk.olaf.pk}&tag={tag.pk}&assignee=team-{team.pk}&assignee=nobody&over=any"
        "&waiting=15m&unread=yes&group=organisation&order=-changed&columns=who.tags.product.opened&country=gb"
    )
    shape = Shape({"organisation": (str(desk.elm.pk),), "over": ("any",)}, grouping="assignee", columns=("tags",))
    views = [add_view(name=f"v{n}", shape=shape, by=desk.tess, at=now) for n in range(3)]
    client = sign_in(desk.tess)
    queries = ["", "?view=all&order=-opened", everything, f"?view={views[0].pk}", f"?view={views[0].pk}&state=open"]
    assert max(cost(client, query) for query in queries) == BUDGET  # an empty list asks nobody's faces: one less
    for n in range(30):
        ticket = desk.writes(desk.olaf, now + timedelta(minutes=n))
        actions.tag_ticket(ticket, name="lock", by=desk.tess, at=now + timedelta(minutes=n))
    assert max(cost(client, query) for query in queries) == BUDGET


def test_a_view_is_saved_and_stands_in_rail_and_tabs_with_its_counter(desk: Cast, sign_in: Any) -> None:
    client = sign_in(desk.tess)
    answer = client.post(reverse("desk:views"), {"of": "view=open&severity=critical", "name": "Burning"}, follow=True)
    text = answer.content.decode()
    view = View.objects.get()
    assert (view.name, view.owner, view.terms) == ("Burning", desk.tess, {"severity": ["critical"]})
    rail, tabs = text.split('class="rail-parts')[1], text.split('class="tab is-saved"')[1]
    for place in (rail, tabs):
        assert f'href="/?view={view.pk}"' in place[:200]
        assert '<span class="count">1</span>' in place[:600]
    assert "unsaved" not in text
    assert "Olafs lock" not in text
    assert "Burning" not in page(sign_in(desk.tom))
    assert "Burning" in client.get(reverse("desk:palette_found"), {"q": "burn"}).content.decode()


def test_a_bad_name_loses_nothing(desk: Cast, sign_in: Any) -> None:
    answer = sign_in(desk.tess).post(reverse("desk:views"), {"of": "view=open&severity=critical", "name": "x" * 61})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Give the view a name" in text
    assert "x" * 61 in text
    assert "unsaved" in text


def test_only_who_keeps_shared_views_may_share(desk: Cast, sign_in: Any) -> None:
    sent = {"of": "view=all", "name": "Ours", "audience": "everybody"}
    assert sign_in(desk.tess).post(reverse("desk:views"), sent).status_code == 403
    assert "Share it with everybody" not in page(sign_in(desk.tess), "?severity=low")
    sign_in(desk.sue).post(reverse("desk:views"), sent)
    assert "Ours" in page(sign_in(desk.tess))
    view = View.objects.get()
    client = sign_in(desk.tess)
    for name in ("view", "view_removal", "view_shape"):
        answer = client.post(reverse(f"desk:{name}", args=[view.pk]), {"name": "Mine", "whom": "owner"})
        assert answer.status_code == 403, name


def test_a_colleague_s_view_is_not_there(desk: Cast, now: datetime, sign_in: Any) -> None:
    view = add_view(name="Private", shape=Shape({}), by=desk.tom, at=now)
    client = sign_in(desk.ada)
    assert client.get(reverse("desk:view", args=[view.pk])).status_code == 404
    assert "not there any more" in page(client, f"?view={view.pk}")
    assert "Private" not in page(client, url=reverse("desk:views"))


def test_a_view_that_is_removed_while_open_is_said_in_its_rows(desk: Cast, now: datetime, sign_in: Any) -> None:
    view = add_view(name="Ours", shape=Shape({}), sharing=Sharing("everybody"), by=desk.sue, at=now)
    client = sign_in(desk.tess)
    assert "not there any more" not in page(client, f"?view={view.pk}", reverse("desk:queue_rows"))
    remove_view(view, by=desk.sue, at=now)
    text = page(client, f"?view={view.pk}", reverse("desk:queue_rows"))
    assert "not there any more" in text
    assert f"view={view.pk}" in text  # it is said again as long as it is asked for


def test_who_saves_second_is_told_and_keeps_their_filters(desk: Cast, now: datetime, sign_in: Any) -> None:
    view = add_view(name="Ours", shape=Shape({}), sharing=Sharing("everybody"), by=desk.sue, at=now)
    client = sign_in(desk.ada)
    shown = page(client, f"?view={view.pk}&severity=low")
    seen = shown.split('name="seen" value="')[1].split('"')[0]
    reshape_view(view, shape=Shape({"state": ("open",)}), by=desk.sue, at=now)
    sent = {"of": f"view={view.pk}&severity=low", "seen": seen}
    answer = client.post(reverse("desk:view_shape", args=[view.pk]), sent)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Sue has changed this view meanwhile" in text
    again = text.split('name="seen" value="')[1].split('"')[0]
    client.post(reverse("desk:view_shape", args=[view.pk]), {**sent, "seen": again})
    view.refresh_from_db()
    assert view.terms == {"severity": ["low"]}


def test_a_view_that_is_gone_when_it_is_saved_can_be_saved_anew(desk: Cast, now: datetime, sign_in: Any) -> None:
    view = add_view(name="Ours", shape=Shape({}), by=desk.tess, at=now)
    remove_view(view, by=desk.tess, at=now)
    answer = sign_in(desk.tess).post(
        reverse("desk:view_shape", args=[view.pk]), {"of": f"view={view.pk}&severity=critical"}
    )
    text = answer.content.decode()
    assert answer.status_code == 404
    assert "Save as a new view" in text
    assert "Paulas door" in text
    assert "Olafs lock" not in text


def test_name_and_audience_are_changed_on_a_page_of_its_own(desk: Cast, now: datetime, sign_in: Any) -> None:
    view = add_view(name="Ours", shape=Shape({"state": ("new",)}), sharing=Sharing("everybody"), by=desk.sue, at=now)
    url, client = reverse("desk:view", args=[view.pk]), sign_in(desk.sue)
    text = page(client, url=url)
    seen = text.split('name="seen" value="')[1].split('"')[0]
    client.post(url, {"name": "For developers", "whom": "role:developer", "seen": seen})
    view.refresh_from_db()
    assert (view.name, view.audience, view.role) == ("For developers", "role", "developer")
    answer = client.post(url, {"name": "Late", "whom": "owner", "seen": seen})
    assert answer.status_code == 422
    assert "has changed this view meanwhile" in answer.content.decode()
    assert "For developers" in page(client, url=reverse("desk:views"))
    client.post(reverse("desk:view_removal", args=[view.pk]))
    assert not View.objects.exists()


def test_who_keeps_shared_views_finds_all_of_them_in_set_up(desk: Cast, now: datetime, sign_in: Any) -> None:
    client, url = sign_in(desk.sue), reverse("desk:shared_views")
    assert "No views are shared yet" in client.get(url).content.decode()
    add_view(name="Only mine", shape=Shape({}), sharing=Sharing("owner"), by=desk.sue, at=now)
    costs = []
    for number in (1, 30):
        while View.objects.filter(audience="role").count() < number:
            name = f"Locks {View.objects.count()}"
            add_view(name=name, shape=Shape({}), sharing=Sharing("role", role="developer"), by=desk.sue, at=now)
        with CaptureQueriesContext(connection) as asked:
            shown = client.get(url).content.decode()
        costs.append(len(asked))
        assert shown.count('<td dir="auto">Developer</td>') == number
        assert "Only mine" not in shown
    assert costs[0] == costs[1]
    assert sign_in(desk.tess).get(url).status_code == 403


def test_groups_have_heads_and_heads_of_columns_order(desk: Cast, sign_in: Any) -> None:
    text = page(sign_in(desk.tess), "?group=organisation&order=severity")
    assert text.index(">Elm</h2>") < text.index("Olafs lock") < text.index(">Larch</h2>") < text.index("Paulas door")
    assert "order=-severity" in text
    assert "ordered upwards" in text
    assert "Why this order?" not in text


def test_columns_come_and_go(desk: Cast, now: datetime, sign_in: Any) -> None:
    client = sign_in(desk.tess)
    assert "row-nature" in page(client, url="/queue/rows").split("<ol")[1]
    text = page(client, "?columns=who.opened", "/queue/rows").split("<ol")[1]
    assert "row-nature" not in text
    assert "opened" in text


@pytest.mark.parametrize(
    ("words", "offered", "missing"),
    [
        ("", "State: Resolved", "Country:"),
        ("crit", "Severity: Critical", "State: Open"),
        ("tom", "Assignee: Tom", "Assignee: Tess"),
        ("team north", "Assignee: team North", "Assignee: Tom"),
        ("elm", "Organisation: Elm", "Organisation: Larch"),
        ("olaf", "Person: Olaf", "Assignee: Tom"),
        ("dutch", "Language: Dutch", "Language: German"),
        ("country netherl", "Country: Netherlands", "Language:"),
        ("nothing is called so", "Nothing is called that", "State:"),
    ],
)
def test_filters_are_found_while_one_types(words: str, offered: str, missing: str, desk: Cast, sign_in: Any) -> None:
    Team.objects.create(name="North")
    client = sign_in(desk.tess)
    answer = client.get(
        reverse("desk:queue_filters"), {"of": "view=open", "q": words}, headers={"hx-request": "true"}
    ).content.decode()
    assert offered in answer
    assert missing not in answer
    assert offered in client.get(reverse("desk:queue_filters"), {"of": "view=open", "q": words}).content.decode()


def test_a_filter_is_added_to_what_the_view_shows(desk: Cast, sign_in: Any) -> None:
    answer = sign_in(desk.tess).get(
        reverse("desk:queue_filters"), {"of": "view=unassigned", "q": "critical"}, headers={"hx-request": "true"}
    )
    link = answer.content.decode().split('href="/?view=unassigned')[1].split('"')[0]
    assert "assignee=nobody" in link
    assert "severity=critical" in link


def test_a_customer_never_comes_in(desk: Cast, sign_in: Any) -> None:
    assert sign_in().get(reverse("desk:views")).status_code == 302


def test_custom_fields_are_offered_as_filters_and_stand_as_chips(cast: Cast, now: datetime, sign_in: Any) -> None:
    lock = actions.keep_field(
        None, actions.FieldGiven(name="Lock", kind="choice", choices=["NO", "NC"]), by=cast.ada, at=now
    )
    firmware = actions.keep_field(None, actions.FieldGiven(name="Firmware"), by=cast.ada, at=now)
    ticket, other = cast.writes(cast.paula, now, subject="With"), cast.writes(cast.paula, now, subject="Without")
    actions.fill_fields(ticket, {lock.pk: "NO", firmware.pk: "2.1 beta"}, by=cast.tess, at=now)
    client = sign_in(cast.tess)
    offered = client.get("/queue/filters", {"q": "lock"}).content.decode()
    assert all(words in offered for words in ("Field: Lock: NO", "Field: Lock: NC", "Field: Lock is filled in"))
    typed = client.get("/queue/filters", {"q": "firmware 2.1 beta"}).content.decode()
    assert "Field: Firmware: 2.1 beta" in typed
    page = client.get("/", {"field": f"{lock.pk}~NO", "view": "all"}).content.decode()
    assert "Lock: NO" in page
    assert (f"/tickets/{ticket.number}" in page, f"/tickets/{other.number}" in page) == (True, False)

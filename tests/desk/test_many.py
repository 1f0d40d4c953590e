"""Something done to many tickets from the list: at once, shown first, told after, undone."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from mainstay.tickets import actions
from mainstay.tickets.models import Ticket
from mainstay.worklists.models import Batch
from tests.cast import Cast

MANY = "/queue/many"


@pytest.fixture
def three(cast: Cast) -> list[Ticket]:
    at = timezone.now() - timedelta(hours=1)
    return [cast.writes(cast.olaf, at + timedelta(minutes=n), subject=f"t{n}") for n in range(3)]


def sent(tickets: list[Ticket], do: str, **more: str) -> dict[str, Any]:
    return {"ticket": [str(one.number) for one in tickets], "do": do, "of": "view=open", **more}


def test_a_plain_deed_is_done_told_and_undone(three: list[Ticket], cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.tess)
    answer = client.post(MANY, sent(three, "assign=me"))
    assert answer["Location"].startswith("/?view=open&batch=")
    text = client.get(answer["Location"]).content.decode()
    assert "3 done." in text
    batch = Batch.objects.get()
    assert set(Ticket.objects.values_list("assignee", flat=True)) == {cast.tess.pk}
    back = client.post(reverse("desk:batch_undoing", args=[batch.pk]), {"of": "view=open"})
    assert "3 undone." in client.get(back["Location"]).content.decode()
    assert set(Ticket.objects.values_list("assignee", flat=True)) == {None}


def test_what_cannot_be_done_is_shown_first_and_done_to_the_rest(three: list[Ticket], cast: Cast, sign_in: Any) -> None:
    actions.resolve_ticket(three[0], by=cast.tom, at=timezone.now())
    client = sign_in(cast.tess)
    answer = client.post(MANY, sent(three, "snooze=customer"))
    text = client.get(answer["Location"]).content.decode()
    assert "It can be done to 2 tickets." in text
    assert "Only an open ticket can be put to sleep" in text
    assert not Ticket.objects.filter(is_asleep=True).exists()
    done = client.post(reverse("desk:batch_start", args=[Batch.objects.get().pk]), {"of": "view=open"})
    text = client.get(done["Location"]).content.decode()
    assert "2 done." in text
    assert "1 not:" in text
    assert Ticket.objects.filter(is_asleep=True).count() == 2


def test_all_of_a_view_is_shown_first(three: list[Ticket], cast: Cast, sign_in: Any) -> None:
    cast.writes(cast.paula, timezone.now(), subject="other")
    client = sign_in(cast.tess)
    query = f"view=open&organisation={cast.elm.pk}"
    answer = client.post(MANY, {"all": "1", "do": "tag", "tag": "lock", "of": query})
    assert "It can be done to 3 tickets." in client.get(answer["Location"]).content.decode()


@pytest.mark.parametrize("do", ["spam", "merge"])
def test_what_is_hard_to_take_back_is_shown_first(do: str, three: list[Ticket], cast: Cast, sign_in: Any) -> None:
    answer = sign_in(cast.tess).post(MANY, sent(three, do, into=str(three[0].number)))
    assert answer["Location"].startswith("/batches/")
    assert Batch.objects.get().stage == "planned"


@pytest.mark.parametrize("do", ["assign=999999", "state=", "dance", "tag", "merge", "nature=x", "snooze=never"])
def test_nonsense_is_refused_kindly(do: str, three: list[Ticket], cast: Cast, sign_in: Any) -> None:
    answer = sign_in(cast.tess).post(MANY, sent(three, do), follow=True)
    assert answer.status_code == 200
    assert 'class="callout is-error"' in answer.content.decode()
    assert not Batch.objects.exists()


def test_without_scripts_the_deeds_stand_on_a_page(three: list[Ticket], cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.tess)
    text = client.post(MANY, sent(three, "")).content.decode()
    assert "3 tickets" in text
    assert 'value="assign=me"' in text
    assert text.count('name="ticket"') == 3
    assert "Choose at least one ticket" in client.post(MANY, {"of": "view=open"}, follow=True).content.decode()


def test_undone_too_late_or_twice_is_said(three: list[Ticket], cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.tess)
    client.post(MANY, sent(three, "assign=me"))
    url = reverse("desk:batch_undoing", args=[Batch.objects.get().pk])
    client.post(url, {"of": "view=open"})
    assert "too late to undo" in client.post(url, {"of": "view=open"}, follow=True).content.decode()


def test_a_running_one_says_how_far_it_is(
    three: list[Ticket], cast: Cast, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mainstay.worklists.actions.batches.DO_AT_ONCE", 2)
    client = sign_in(cast.tess)
    answer = client.post(MANY, sent(three, "tag", tag="lock"))
    batch = Batch.objects.get()
    assert answer["Location"] == f"/batches/{batch.pk}?of=view%3Dopen"
    text = client.get(answer["Location"]).content.decode()
    assert "0 of 3 are through" in text
    assert 'hx-trigger="every 1s"' in text


def test_a_colleague_s_batch_is_not_there(three: list[Ticket], cast: Cast, sign_in: Any) -> None:
    sign_in(cast.tess).post(MANY, sent(three, "assign=me"))
    pk = Batch.objects.get().pk
    client = sign_in(cast.tom)
    assert client.get(reverse("desk:batch", args=[pk])).status_code == 404
    assert client.post(reverse("desk:batch_undoing", args=[pk])).status_code == 404
    assert "3 done" not in client.get(f"/?batch={pk}").content.decode()


def test_numbers_that_are_none_choose_nothing(three: list[Ticket], cast: Cast, sign_in: Any) -> None:
    answer = sign_in(cast.tess).post(MANY, {"ticket": ["x", "9" * 30, "-1"], "do": "assign=me"}, follow=True)
    assert "Choose at least one ticket" in answer.content.decode()


def test_developers_see_no_boxes(three: list[Ticket], cast: Cast, now: datetime, sign_in: Any) -> None:
    assert 'form="many"' in sign_in(cast.tess).get("/").content.decode()
    assert 'form="many"' not in sign_in(cast.dev).get("/").content.decode()

"""Choosing quiet hours and a sound on the page of one's settings, and what the bell then says."""

from datetime import datetime, time
from typing import Any

import time_machine
from django.urls import reverse

from mainstay.notifications.actions import tell
from mainstay.notifications.kinds import ESCALATED
from mainstay.notifications.queries import choices_of
from mainstay.people.models import Person
from tests.cast import Cast


def choose(client: Any, **chosen: str) -> str:
    return client.post(reverse("desk:notice_choices"), chosen, follow=True).content.decode()


def test_they_are_chosen_and_shown_again(cast: Cast, sign_in: Any) -> None:
    page = choose(sign_in(cast.tess), quiet_from="22:00", quiet_until="07:30", by_sound="on")
    chosen = choices_of(cast.tess)
    assert (chosen.quiet_from, chosen.quiet_until) == (time(22), time(7, 30))
    assert chosen.by_sound and not chosen.urgent_when_quiet
    assert 'value="22:00"' in page and 'value="07:30"' in page


def test_one_end_alone_is_refused_with_a_sentence(cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.tess)
    choose(client, quiet_from="22:00", quiet_until="07:30")
    assert "Quiet hours need a beginning and an end." in choose(client, quiet_from="21:00")
    assert choices_of(cast.tess).quiet_from == time(22)


def test_the_bell_says_it_aloud_only_outside_of_them(cast: Cast, now: datetime, sign_in: Any) -> None:
    client = sign_in(cast.tess)
    choose(client, quiet_from="22:00", quiet_until="07:00", by_sound="on")
    with time_machine.travel(now, tick=False):
        tell([Person.objects.get(pk=cast.tess.pk)], ESCALATED, {"number": 1}, "ticket:1", now)
        bell = client.get(reverse("desk:bell")).content.decode()
        assert 'data-aloud="ticket:1"' in bell and "data-sound" in bell
    with time_machine.travel(now.replace(hour=23), tick=False):
        bell = client.get(reverse("desk:bell")).content.decode()
        assert "data-toast" in bell
        assert "data-aloud" not in bell and "data-sound" not in bell


def test_the_bell_costs_the_same_with_and_without_something_to_tell(
    cast: Cast, now: datetime, sign_in: Any, django_assert_num_queries: Any
) -> None:
    client = sign_in(cast.tess)
    client.get(reverse("desk:bell"))
    with django_assert_num_queries(3):
        client.get(reverse("desk:bell"))
    tell([cast.tess], ESCALATED, {"number": 1}, "ticket:1", now)
    with django_assert_num_queries(3):
        client.get(reverse("desk:bell"))

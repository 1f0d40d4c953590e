"""Every order shows every ticket once, whatever it is grouped by, and a foreign place is the beginning."""

from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from mainstay.tickets import actions
from mainstay.tickets.models import Ticket
from mainstay.worklists.fields import Looking
from mainstay.worklists.paging import Line
from mainstay.worklists.queries import keys_in, page_of
from mainstay.worklists.rules import Shape
from mainstay.worklists.states import Grouping, Order
from tests.cast import Cast

UTC = ZoneInfo("Etc/UTC")


@pytest.fixture
def many(cast: Cast, now: datetime) -> Looking:
    people = [cast.olaf, cast.paula, "sam@stranger.example"]
    for number in range(11):
        at = now + timedelta(minutes=number // 3)  # some at the very same moment
        severity = ("critical", "high", "low")[number % 3]
        ticket = cast.writes(
            people[number % 3], at, subject=f"t{number}", severity=severity, nature=("wiki", "setup")[number % 2]
        )
        if number % 4 == 1:
            actions.assign_ticket(ticket, to=cast.tom if number % 8 == 1 else cast.tess, by=cast.tess, at=at)
    return Looking(cast.tess, now + timedelta(hours=1), UTC)


@pytest.mark.parametrize("grouping", Grouping.values)
@pytest.mark.parametrize("order", Order.values)
def test_page_after_page_shows_every_ticket_once(order: str, grouping: str, many: Looking) -> None:
    shape = Shape({}, order, grouping)
    whole = keys_in(shape, many, 100)
    assert sorted(whole) == sorted(Ticket.objects.order_by("pk").values_list("pk", flat=True))
    seen: list[int] = []
    after = ""
    while True:
        page = page_of(shape, many, after, size=3)
        seen += [one.pk for one in page.tickets]
        if not (after := page.after):
            break
    assert seen == whole


@pytest.mark.parametrize("grouping", Grouping.values)
def test_tickets_of_a_group_stand_together(grouping: str, many: Looking) -> None:
    line = Line(Order.NEWEST.value, grouping)
    groups = [line.group_of(one) for one in page_of(Shape({}, Order.NEWEST.value, grouping), many).tickets]
    changes = sum(one != other for one, other in pairwise(groups))
    assert changes == len(set(groups)) - 1


def test_two_colleagues_of_one_name_are_two_groups(many: Looking, cast: Cast) -> None:
    cast.tom.name = "Tess"
    cast.tom.save()
    line = Line(Order.QUEUE.value, Grouping.ASSIGNEE.value)
    groups = [line.group_of(one) for one in page_of(Shape({}, grouping="assignee"), many).tickets]
    assert len(dict.fromkeys(groups)) == 3
    assert groups == sorted(groups)


AFTER = [
    "x", "~~", "1~2~3", "1~2026-11-17T10:00:00~5", "-1~2026-11-17T10:00:00+00:00~5", "9~9999-12-31T23:59:59-14:00~1",
    "1~2026-11-17T10:00:00+00:00~99999999999999999999", "a\x00b~1~1~2026-11-17T10:00:00+00:00~5", "%00~1~0~x~1",
]  # fmt: skip


@pytest.mark.parametrize("after", AFTER)
@pytest.mark.parametrize("grouping", ["", "assignee", "nature", "state"])
def test_a_foreign_place_is_the_beginning_and_never_an_error(after: str, grouping: str, many: Looking) -> None:
    shape = Shape({}, grouping=grouping)
    assert page_of(shape, many, after).tickets == page_of(shape, many).tickets


def test_a_name_with_signs_finds_its_next_page(many: Looking, cast: Cast) -> None:
    cast.tom.name = "T~o%m & Söhne\\"
    cast.tom.save()
    shape = Shape({}, grouping="assignee")
    whole, seen, after = keys_in(shape, many, 100), [], ""
    while True:
        page = page_of(shape, many, after, size=1)
        seen += [one.pk for one in page.tickets]
        if not (after := page.after):
            break
    assert seen == whole

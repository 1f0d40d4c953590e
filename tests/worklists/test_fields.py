"""Each filter keeps the tickets it names, and refuses values that mean nothing."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mainstay.catalogue.models import Product
from mainstay.notifications.models import Notification
from mainstay.people.models import Team
from mainstay.promises.queries import policies_looked_up_once, policy_in_force
from mainstay.tickets import actions
from mainstay.tickets.models import Tag, Ticket
from mainstay.tickets.queries import VIEWS
from mainstay.worklists.fields import FIELDS, Looking
from mainstay.worklists.queries import counts_and_names, tickets_in
from mainstay.worklists.rules import BUILT_IN, ordered_terms
from tests.cast import Cast

UTC = ZoneInfo("Etc/UTC")


@pytest.fixture
def desk(cast: Cast, now: datetime) -> dict[str, Ticket]:
    """A few tickets, each odd in its own way."""
    old = cast.writes(cast.olaf, now - timedelta(days=10), subject="old")
    severe = cast.writes(cast.paula, now - timedelta(hours=2), severity="critical", subject="severe")
    wiki = cast.writes(cast.piet, now - timedelta(minutes=30), nature="wiki", subject="wiki")
    done = cast.writes(cast.olaf, now - timedelta(days=3), subject="done")
    refused = cast.writes("sam@stranger.example", now - timedelta(minutes=5), subject="refused")
    actions.assign_ticket(severe, to=cast.tess, by=cast.tess, at=now - timedelta(hours=1))
    actions.resolve_ticket(done, by=cast.tom, at=now - timedelta(days=2))
    actions.tag_ticket(wiki, name="lock", by=cast.tess, at=now)
    actions.snooze_ticket(old, wakes_on="customer", by=cast.tess, at=now)
    product = Product.objects.create(model="AV-03D")
    actions.name_product(severe, product=product, by=cast.tess, at=now)
    found = {one.subject: one for one in Ticket.objects.order_by("pk")}
    assert set(found) == {"old", "severe", "wiki", "done", "refused"}, refused
    return found


def kept(cast: Cast, now: datetime, **terms: object) -> set[str]:
    asked = {key: (str(value),) if not isinstance(value, tuple) else value for key, value in terms.items()}
    return {one.subject for one in tickets_in(ordered_terms(asked), Looking(cast.tess, now, UTC)).order_by("pk")}


def test_state_severity_nature_and_channel(desk: dict[str, Ticket], cast: Cast, now: datetime) -> None:
    assert kept(cast, now, state="resolved") == {"done"}
    assert kept(cast, now, state=("resolved", "open")) == {"done", "severe"}
    assert kept(cast, now, severity="critical") == {"severe"}
    assert kept(cast, now, nature="wiki") == {"wiki"}
    assert len(kept(cast, now, channel="email")) == 5
    assert kept(cast, now, severity="critical", nature="wiki") == set()


def test_the_assignee_may_be_me_nobody_somebody_or_a_team(desk: dict[str, Ticket], cast: Cast, now: datetime) -> None:
    team = Team.objects.create(name="North")
    team.members.add(cast.tess)
    assert kept(cast, now, assignee="me") == {"severe"}
    assert kept(cast, now, assignee=cast.tess.pk) == {"severe"}
    assert kept(cast, now, assignee=f"team-{team.pk}") == {"severe"}
    assert kept(cast, now, assignee=cast.tom.pk) == set()
    assert kept(cast, now, assignee="nobody") == {"old", "wiki", "done", "refused"}
    assert len(kept(cast, now, assignee=("me", "nobody"))) == 5


def test_who_writes_and_from_where(desk: dict[str, Ticket], cast: Cast, now: datetime) -> None:
    assert kept(cast, now, organisation=cast.larch.pk) == {"severe", "wiki"}
    assert kept(cast, now, organisation="none") == {"refused"}
    assert kept(cast, now, person=cast.piet.pk) == {"wiki"}
    assert kept(cast, now, country="gb") == {"old", "done"}
    assert kept(cast, now, entitlement="refused") == {"refused"}
    assert kept(cast, now, language="xx") == set()


def test_tags_and_products_by_their_keys(desk: dict[str, Ticket], cast: Cast, now: datetime) -> None:
    assert kept(cast, now, tag=Tag.objects.get().pk) == {"wiki"}
    assert kept(cast, now, product=Product.objects.get().pk) == {"severe"}
    assert "severe" not in kept(cast, now, product="none")


def test_ages_and_days(desk: dict[str, Ticket], cast: Cast, now: datetime) -> None:
    assert kept(cast, now, age="7d") == {"old"}
    assert kept(cast, now, age="1h") == {"old", "severe"}
    assert kept(cast, now, idle="1d") == {"done"}
    assert kept(cast, now, opened="today") == {"severe", "wiki", "refused"}
    assert kept(cast, now, opened="7d") == {"severe", "wiki", "refused", "done"}
    day = (now - timedelta(days=3)).date().isoformat()
    assert kept(cast, now, opened_from=day, opened_to=day) == {"done"}
    assert kept(cast, now, changed_to=(now - timedelta(days=1)).date().isoformat()) == {"done"}


def test_a_day_begins_where_its_reader_is(cast: Cast, now: datetime) -> None:
    cast.writes(cast.olaf, now.replace(hour=2), subject="night")
    looking = Looking(cast.tess, now, ZoneInfo("America/New_York"))
    assert not tickets_in({"opened": ("today",)}, looking).exists()
    assert tickets_in({"opened": ("today",)}, Looking(cast.tess, now, UTC)).exists()


def test_asleep_or_awake(desk: dict[str, Ticket], cast: Cast, now: datetime) -> None:
    assert kept(cast, now, asleep="yes") == {"old"}
    assert "old" not in kept(cast, now, asleep="no")


def test_what_waits_for_us_is_counted_in_business_time(desk: dict[str, Ticket], cast: Cast, now: datetime) -> None:
    assert kept(cast, now, waiting="24h") == {"old"}
    assert kept(cast, now, waiting="15m") == {"old", "severe", "wiki"}
    actions.reply_to_ticket(desk["severe"], text="Try this.", by=cast.tess, at=now, then="open")
    assert "severe" not in kept(cast, now + timedelta(minutes=1), waiting="15m")


def test_over_the_average_aimed_for(desk: dict[str, Ticket], cast: Cast, now: datetime) -> None:
    assert kept(cast, now, over="first_response") == {"old", "severe", "wiki"}
    assert kept(cast, now, over="resolution") == {"old"}
    assert kept(cast, now, over="any") == {"old", "severe", "wiki"}


def test_unread_is_one_s_own(desk: dict[str, Ticket], cast: Cast, now: datetime) -> None:
    Notification.objects.all().delete()
    Notification.objects.create(person=cast.tess, kind="x", subject=desk["wiki"].topic, at=now)
    Notification.objects.create(person=cast.tom, kind="x", subject=desk["old"].topic, at=now)
    Notification.objects.create(person=cast.tess, kind="y", subject="problem:1", at=now)
    assert kept(cast, now, unread="yes") == {"wiki"}


@pytest.mark.parametrize("view", list(VIEWS))
def test_the_views_that_are_always_there_are_the_same_questions(
    view: str, desk: dict[str, Ticket], cast: Cast, now: datetime
) -> None:
    mine = {"assignee": cast.tess} if view == "mine" else {}
    expected = set(Ticket.objects.filter(VIEWS[view], **mine).order_by("pk").values_list("subject", flat=True))
    assert {
        one.subject for one in tickets_in(BUILT_IN[view].terms, Looking(cast.tess, now, UTC)).order_by("pk")
    } == expected


def test_custom_fields_by_what_stands_in_them(desk: dict[str, Ticket], cast: Cast, now: datetime) -> None:
    firmware, lock = (
        actions.keep_field(None, actions.FieldGiven(name=name), by=cast.ada, at=now) for name in ("Firmware", "Lock")
    )
    for name, values in {"wiki": {firmware.pk: "2.1", lock.pk: "NO"}, "severe": {firmware.pk: "3.0"}}.items():
        actions.fill_fields(desk[name], values, by=cast.tess, at=now)
    asked = {one: f"{firmware.pk}~{one}" for one in ("2.1", "3.0", "9", "")}
    assert kept(cast, now, field=asked["2.1"]) == {"wiki"}
    assert kept(cast, now, field=(asked["2.1"], asked["3.0"])) == {"wiki", "severe"}
    assert kept(cast, now, field=(asked["3.0"], f"{lock.pk}~NO")) == set()
    assert kept(cast, now, field=(asked[""], f"{lock.pk}~NO")) == {"wiki"}
    assert (kept(cast, now, field=asked[""]), kept(cast, now, field=asked["9"])) == ({"wiki", "severe"}, set())


def test_a_stranger_is_kept_out_whatever_they_ask(desk: dict[str, Ticket], cast: Cast, now: datetime) -> None:
    everything = tickets_in({}, Looking(cast.olaf, now, UTC))
    assert {one.subject for one in everything.order_by("pk")} == {"old", "done"}


GOOD = {
    "state": "open", "severity": "critical", "nature": "wiki", "assignee": "team-3", "over": "any", "waiting": "15m",
    "age": "3d", "idle": "1h", "unread": "yes", "asleep": "no", "organisation": "12", "person": "3", "country": "nl",
    "language": "pt-br", "product": "none", "tag": "7", "field": "3~2.1", "channel": "email", "entitlement": "refused", "opened": "today",
    "changed": "30d", "opened_from": "2026-11-01", "opened_to": "2026-11-30", "changed_from": "2026-02-28",
    "changed_to": "2026-03-01",
}  # fmt: skip
BAD = ("", "x", "-1", "9" * 30, "2026-02-30", "0001-01-01", "none?", "' or 1=1", "٣", "team-", "yes please")


def test_each_field_knows_its_values(cast: Cast, now: datetime) -> None:
    policy = policy_in_force(now)
    assert set(GOOD) == set(FIELDS)
    for key, field in FIELDS.items():
        assert field.accepts(GOOD[key], policy), key
        assert not [value for value in BAD if field.accepts(value, policy)], key
        assert tickets_in({key: (GOOD[key],)}, Looking(cast.tess, now, UTC)).count() == 0


def test_counters_and_names_are_one_query(
    desk: dict[str, Ticket], cast: Cast, now: datetime, django_assert_num_queries: object
) -> None:
    looking = Looking(cast.tess, now, UTC)
    named = {"organisation": (str(cast.larch.pk), "none", "987654"), "assignee": (str(cast.tom.pk), "me", "team-1")}
    shapes = {"open": BUILT_IN["open"].terms, "over": {"over": ("any",)}, "tag": {"tag": ("1", "2")}}
    with policies_looked_up_once(), django_assert_num_queries(1):  # type: ignore[operator]
        counted, names = counts_and_names(shapes, named, looking)
    assert counted["over"] == 3
    assert names == {("organisation", str(cast.larch.pk)): "Larch", ("assignee", str(cast.tom.pk)): "Tom"}

"""The desk's own fields: what may stand in them, what is needed to resolve, and who keeps them."""

from datetime import datetime
from typing import Any

import pytest

from mainstay.audit.models import SettingChange
from mainstay.lib.fingerprints import fingerprint
from mainstay.people.errors import NotAllowed
from mainstay.tickets import actions
from mainstay.tickets.actions import FieldGiven
from mainstay.tickets.errors import (
    BadValue,
    ChoicesMissing,
    FieldChanged,
    FieldNameTaken,
    FieldNeedsName,
    FieldsMissing,
)
from mainstay.tickets.models import CustomField, FieldValue, Ticket
from mainstay.tickets.queries import fields_for, values_on
from mainstay.tickets.values import spelled
from tests.cast import Cast


def a_field(cast: Cast, now: datetime, **given: Any) -> CustomField:
    return actions.keep_field(None, FieldGiven(**{"name": "Order", **given}), by=cast.ada, at=now)


def kinds(ticket: Ticket) -> list[str]:
    return [kind for kind in ticket.events.order_by("pk").values_list("kind", flat=True) if kind.startswith("field_")]


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("text", "  two   words\x00 ", "two words"),
        ("number", "1,50", "1.5"),
        ("number", "-0012", "-12"),
        ("number", "100", "100"),
        ("number", "0.000", "0"),
        ("date", "2026-11-30", "2026-11-30"),
        ("checkbox", "on", "yes"),
        ("checkbox", "no", ""),
        ("url", "https://example.org/x?y=1", "https://example.org/x?y=1"),
        ("choice", "Blue", "Blue"),
        ("number", "  ", ""),
    ],
)
def test_a_value_has_one_spelling(kind: str, typed: str, kept: str) -> None:
    assert spelled(kind, "Field", typed, ["Red", "Blue"]) == kept


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("number", "twelve"),
        ("number", "1e5"),
        ("number", "NaN"),
        ("number", "9" * 30),
        ("date", "30-11-2026"),
        ("date", "2026-02-30"),
        ("url", "javascript:alert(1)"),
        ("url", "example.org"),
        ("url", "https://[x"),
        ("choice", "Green"),
        ("text", "x" * 2001),
    ],
)
def test_what_does_not_fit_is_told_by_the_name_of_the_field(kind: str, typed: str) -> None:
    with pytest.raises(BadValue) as refused:
        spelled(kind, "Order", typed, ["Red", "Blue"])
    assert "Order" in str(refused.value)


def test_fields_are_filled_changed_and_emptied_with_events(cast: Cast, now: datetime) -> None:
    order, count = a_field(cast, now), a_field(cast, now, name="Count", kind="number")
    ticket = cast.writes(cast.paula, now)
    actions.fill_fields(ticket, {order.pk: "A-1", count.pk: "2,0"}, by=cast.tess, at=now)
    assert values_on(ticket) == {order.pk: "A-1", count.pk: "2"}
    actions.fill_fields(ticket, {order.pk: "A-1", count.pk: ""}, by=cast.tess, at=now)
    assert values_on(ticket) == {order.pk: "A-1"}
    assert kinds(ticket) == ["field_set", "field_set", "field_cleared"]


def test_all_or_nothing_is_filled_in(cast: Cast, now: datetime) -> None:
    order, count = a_field(cast, now), a_field(cast, now, name="Count", kind="number")
    ticket = cast.writes(cast.paula, now)
    with pytest.raises(BadValue):
        actions.fill_fields(ticket, {order.pk: "A-1", count.pk: "many"}, by=cast.tess, at=now)
    assert (values_on(ticket), kinds(ticket)) == ({}, [])


def test_fields_are_those_of_the_nature(cast: Cast, now: datetime) -> None:
    a_field(cast, now, natures=["warranty"])
    everywhere = a_field(cast, now, name="Site")
    retired = a_field(cast, now, name="Old", is_retired=True)
    ticket = cast.writes(cast.paula, now)
    assert fields_for("setup") == [everywhere]
    assert len(fields_for("warranty")) == 2
    actions.fill_fields(ticket, {retired.pk: "x"}, by=cast.tess, at=now)
    assert values_on(ticket) == {}


@pytest.mark.parametrize("how", ["resolve", "reply"])
def test_a_ticket_is_not_resolved_before_what_is_needed_stands_there(cast: Cast, now: datetime, how: str) -> None:
    order = a_field(cast, now, is_required=True)
    ticket = cast.writes(cast.paula, now)

    def resolve() -> None:
        if how == "resolve":
            actions.resolve_ticket(ticket, by=cast.tess, at=now)
        else:
            actions.reply_to_ticket(ticket, text="Done", by=cast.tess, at=now, then="resolve")

    with pytest.raises(FieldsMissing, match="Order"):
        resolve()
    assert ticket.messages.filter(kind="reply").count() == 0
    actions.fill_fields(ticket, {order.pk: "A-1"}, by=cast.tess, at=now)
    resolve()
    assert Ticket.objects.get(pk=ticket.pk).state == "resolved"


def test_a_renamed_field_and_a_choice_that_is_gone_keep_what_stands_there(cast: Cast, now: datetime) -> None:
    colour = a_field(cast, now, name="Colour", kind="choice", choices=["Red", "Blue"])
    ticket = cast.writes(cast.paula, now)
    actions.fill_fields(ticket, {colour.pk: "Blue"}, by=cast.tess, at=now)
    actions.keep_field(colour, FieldGiven(name="Paint", kind="text", choices=["Red"]), by=cast.ada, at=now)
    colour.refresh_from_db()
    assert (colour.name, colour.kind) == ("Paint", "choice")
    actions.fill_fields(ticket, {colour.pk: "Blue"}, by=cast.tess, at=now)
    assert values_on(ticket) == {colour.pk: "Blue"}
    with pytest.raises(BadValue):
        actions.fill_fields(cast.writes(cast.olaf, now), {colour.pk: "Blue"}, by=cast.tess, at=now)


@pytest.mark.parametrize(
    ("given", "problem"),
    [({"name": " "}, FieldNeedsName), ({"name": "ORDER"}, FieldNameTaken), ({"kind": "choice"}, ChoicesMissing)],
)
def test_a_field_that_is_none_is_refused(
    cast: Cast, now: datetime, given: dict[str, Any], problem: type[Exception]
) -> None:
    a_field(cast, now)
    with pytest.raises(problem):
        a_field(cast, now, **{"name": "Other", **given})
    assert CustomField.objects.count() == 1


def test_two_who_change_a_field_are_told_and_the_log_has_it_all(cast: Cast, now: datetime) -> None:
    field, other = a_field(cast, now), a_field(cast, now, name="Site")
    seen = fingerprint(actions.seen_of_field(field))
    actions.keep_field(field, FieldGiven(name="Order number"), seen=seen, by=cast.ada, at=now)
    with pytest.raises(FieldChanged):
        actions.keep_field(field, FieldGiven(name="Order no."), seen=seen, by=cast.ada, at=now)
    actions.move_field(other, up=True, by=cast.ada, at=now)
    assert [one.name for one in CustomField.objects.all()] == ["Site", "Order number"]
    assert SettingChange.objects.filter(noun="custom_field").count() == 4


def test_who_may_not_may_not(cast: Cast, now: datetime) -> None:
    field, ticket = a_field(cast, now), cast.writes(cast.paula, now)
    for somebody in (cast.tess, cast.sue, cast.paula):
        with pytest.raises(NotAllowed):
            actions.keep_field(field, FieldGiven(name="Mine"), by=somebody, at=now)
    for somebody in (cast.dev, cast.paula, cast.olaf):
        with pytest.raises(NotAllowed):
            actions.fill_fields(ticket, {field.pk: "x"}, by=somebody, at=now)
    assert not FieldValue.objects.exists()


def test_the_page_fills_in_and_keeps_what_was_refused(cast: Cast, now: datetime, sign_in: Any) -> None:
    count = a_field(cast, now, name="Count", kind="number")
    tick = a_field(cast, now, name="Sent", kind="checkbox")
    ticket = cast.writes(cast.paula, now)
    tess, url = sign_in(cast.tess), f"/tickets/{ticket.number}/fields"
    both = {f"has-{count.pk}": "1", f"has-{tick.pk}": "1"}
    refused = tess.post(url, {**both, f"field-{count.pk}": "many"})
    assert (refused.status_code, 'value="many"' in refused.content.decode()) == (422, True)
    tess.post(url, {**both, f"field-{count.pk}": "3", f"field-{tick.pk}": "yes"})
    assert values_on(ticket) == {count.pk: "3", tick.pk: "yes"}
    tess.post(url, {f"has-{tick.pk}": "1"})  # another window's form, without the first field
    assert values_on(ticket) == {count.pk: "3"}


def test_set_up_makes_changes_and_orders_fields(cast: Cast, now: datetime, sign_in: Any) -> None:
    ada = sign_in(cast.ada)
    refused = ada.post("/setup/fields/new", {"name": "Colour", "kind": "choice"})
    assert (refused.status_code, "one on each line" in refused.content.decode()) == (422, True)
    ada.post("/setup/fields/new", {"name": "Colour", "kind": "choice", "choices": "Red\nBlue", "natures": ["setup"]})
    field = CustomField.objects.get()
    assert (field.choices, field.natures) == (["Red", "Blue"], ["setup"])
    ada.post(f"/setup/fields/{field.pk}", {"name": "Paint", "choices": "Red", "is_required": "on"})
    field.refresh_from_db()
    assert (field.name, field.kind, field.is_required) == ("Paint", "choice", True)
    assert "Paint" in ada.get("/setup/fields/").content.decode()

"""The log of settings: what is written, what is left out, and that a row is never changed."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from mainstay.audit.actions import record_change
from mainstay.audit.models import SettingChange
from mainstay.audit.queries import Changer, changers, changes, nouns_changed
from tests.cast import Cast

AT = datetime(2026, 11, 17, 10, 0, tzinfo=UTC)


def test_only_what_differs_is_kept_with_who_and_when(cast: Cast) -> None:
    before = {"name": "Locks", "days": [1, 2], "colour": "green"}
    record_change(
        by=cast.ada,
        at=AT,
        noun="view",
        subject="Locks",
        key=7,
        before=before,
        after={**before, "name": "Doors", "days": (1, 2)},
    )
    row = SettingChange.objects.get(noun="view")
    assert (row.at, row.by_key, row.by_name) == (AT, cast.ada.pk, "Ada")
    assert (row.noun, row.subject, row.key) == ("view", "Locks", "7")
    assert (row.before, row.after) == ({"name": "Locks"}, {"name": "Doors"})


def test_what_is_made_has_no_before_and_what_is_removed_no_after(db: None) -> None:
    record_change(by=None, at=AT, noun="view", subject="Locks", key="a", before={}, after={"name": "Locks"})
    record_change(by=None, at=AT, noun="view", subject="Locks", key="a", before={"name": "Locks"}, after={})
    removed, made = changes(noun="view")
    assert (made.before, made.after, made.by_key, made.by_name) == ({}, {"name": "Locks"}, None, "")
    assert (removed.before, removed.after) == ({"name": "Locks"}, {})


def test_nothing_is_written_when_nothing_differs(db: None) -> None:
    same = {"at": AT, "days": (1, 2)}
    written = record_change(
        by=None,
        at=AT,
        noun="view",
        subject="Locks",
        key=1,
        before=same,
        after={"at": AT, "days": [1, 2]},
    )
    assert written is None
    assert not SettingChange.objects.exists()


def test_a_value_that_went_away_is_told_from_one_that_became_empty(db: None) -> None:
    record_change(by=None, at=AT, noun="view", subject="", key=1, before={"a": "x", "b": "y"}, after={"a": None})
    row = SettingChange.objects.get()
    assert (row.before, row.after) == ({"a": "x", "b": "y"}, {"a": None})


def test_of_a_secret_only_that_there_is_one_is_kept_however_deep(db: None) -> None:
    record_change(
        by=None,
        at=AT,
        noun="tracker",
        subject="",
        key=1,
        before={"api_token": "", "hook": {"Secret": "abc-1"}, "asks_password": True},
        after={
            "api_token": "abc-2",
            "hook": {"Secret": "abc-3"},
            "asks_password": False,
            "ways": [{"password": "abc-4"}],
        },
    )
    row = SettingChange.objects.get()
    assert "abc" not in str(row.before) + str(row.after)
    assert row.before == {"api_token": "", "hook": {"Secret": "secret"}, "asks_password": True}
    assert row.after == {
        "api_token": "secret",
        "hook": {"Secret": "secret"},
        "asks_password": False,
        "ways": [{"password": "secret"}],
    }


def test_another_secret_in_its_place_is_a_change(db: None) -> None:
    record_change(by=None, at=AT, noun="x", subject="", key=1, before={"token": "one"}, after={"token": "two"})
    assert SettingChange.objects.get().after == {"token": "secret"}


@pytest.mark.parametrize("verb", ["update", "delete"])
def test_a_row_of_the_log_is_never_changed_or_deleted(db: None, verb: str) -> None:
    record_change(by=None, at=AT, noun="x", subject="", key=1, before={}, after={"a": 1})
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        if verb == "update":
            SettingChange.objects.update(by_name="Nobody")
        else:
            SettingChange.objects.all().delete()
    assert SettingChange.objects.get().by_name == ""


@pytest.mark.django_db(transaction=True)
def test_a_change_outside_its_transaction_is_refused() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        record_change(by=None, at=AT, noun="x", subject="", key=1, before={}, after={"a": 1})


def test_the_log_is_read_by_noun_by_person_by_date_and_in_pages(cast: Cast) -> None:
    for day, (noun, by) in enumerate([("role", cast.ada), ("view", cast.sue), ("role", cast.sue), ("role", None)]):
        record_change(
            by=by, at=AT + timedelta(days=day), noun=noun, subject=str(day), key=day, before={}, after={"day": day}
        )
    assert [row.subject for row in changes(noun="role")] == ["3", "2", "0"]
    assert [row.subject for row in changes(by_key=cast.sue.pk)] == ["2", "1"]
    assert [row.subject for row in changes(since=AT + timedelta(days=1), until=AT + timedelta(days=3))] == ["2", "1"]
    assert [row.subject for row in changes(noun="role", key=2)] == ["2"]
    first = list(changes()[:2])
    assert [row.subject for row in changes(older_than=first[-1].pk)][:2] == ["1", "0"]
    assert nouns_changed() == ["person", "policy", "role", "view"]  # how the cast came to be stands there, too
    assert changers() == [Changer(cast.ada.pk, "Ada"), Changer(cast.sue.pk, "Sue")]

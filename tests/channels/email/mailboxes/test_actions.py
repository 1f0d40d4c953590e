"""The verbs of the set-up: what is true afterwards, and that secrets stay secret."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from mainstay.channels.email.mailboxes.actions import (
    add_mailbox,
    change_mailbox,
    keep_renewed_token,
    pause_mailbox,
    remove_mailbox,
    resume_mailbox,
)
from mainstay.channels.email.mailboxes.errors import KeyMissing, WrongSetUp
from mainstay.channels.email.mailboxes.queries import access_of, events_of
from mainstay.channels.email.mailboxes.sealing import KEYS_FILE
from mainstay.channels.email.models import FolderPosition, Mailbox, MailboxEvent
from mainstay.people.errors import NotAllowed
from tests.cast import Cast

FIELDS = {"address": "support@intercom.example", "host": "imap.example.com", "port": 993, "user": "support"}
SECRET = "pass-1234567"


def add(cast: Cast, now: datetime, **more: Any) -> Mailbox:
    return add_mailbox(**{"name": "Support", "secret": SECRET, "by": cast.ada, "at": now, **FIELDS, **more})


def test_a_new_mailbox_is_paused_and_its_secret_can_not_be_read_from_the_database(cast: Cast, now: datetime) -> None:
    """F9: nothing is read before it was started. Row 78."""
    made = add(cast, now)
    assert not made.is_active
    assert access_of(made).secret == SECRET
    with connection.cursor() as cursor:
        cursor.execute("select m::text from email_channel_mailbox m")
        assert SECRET not in cursor.fetchone()[0]


def test_only_administrators_set_mailboxes_up(cast: Cast, now: datetime) -> None:
    made = add(cast, now)
    for person in (cast.tess, cast.dev, cast.sue, cast.paula):
        for act in (
            lambda by: add(cast, now, name="Other", by=by),
            lambda by: change_mailbox(made, folder="x", by=by, at=now),
            lambda by: pause_mailbox(made, by=by, at=now),
            lambda by: resume_mailbox(made, by=by, at=now),
            lambda by: remove_mailbox(made, by=by, at=now),
        ):
            with pytest.raises(NotAllowed):
                act(person)
    assert Mailbox.objects.count() == 1


def test_a_name_is_there_once(cast: Cast, now: datetime) -> None:
    add(cast, now)
    with pytest.raises(WrongSetUp, match="there already"):
        add(cast, now)


def test_each_change_makes_a_new_version_and_is_written_down_without_secrets(cast: Cast, now: datetime) -> None:
    made = add(cast, now)
    resumed = resume_mailbox(made, by=cast.ada, at=now)
    assert resume_mailbox(made, by=cast.ada, at=now).version == resumed.version  # it was started already
    changed = change_mailbox(made, folder="Desk", secret="another-secret", by=None, at=now)
    paused = pause_mailbox(made, by=cast.ada, at=now)
    assert made.version < resumed.version < changed.version < paused.version
    remove_mailbox(made, by=cast.ada, at=now)
    told = [(event.kind, event.by_name, event.facts) for event in events_of(made)][::-1]
    assert told == [
        ("added", "Ada", {}),
        ("resumed", "Ada", {}),
        ("changed", "", {"fields": ["folder", "secret"]}),
        ("paused", "Ada", {}),
        ("removed", "Ada", {}),
    ]


def test_what_was_written_down_is_never_changed(cast: Cast, now: datetime) -> None:
    add(cast, now)
    for change in (lambda: MailboxEvent.objects.update(by_name="x"), lambda: MailboxEvent.objects.all().delete()):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            change()


@pytest.mark.parametrize(
    "change",
    [{"host": "imap.evil.example"}, {"port": 994}, {"user": "boss"}, {"security": "starttls"}, {"extra_ca": "x"}],
)
def test_a_secret_never_goes_to_another_server_unless_it_is_typed_again(
    cast: Cast, now: datetime, change: dict[str, Any]
) -> None:
    made = add(cast, now)
    with pytest.raises(WrongSetUp) as told, transaction.atomic():
        change_mailbox(made, by=cast.ada, at=now, **change)
    assert told.value.field == "secret"
    assert Mailbox.objects.get().version == made.version
    change_mailbox(made, by=cast.ada, at=now, secret="typed again", **change)
    assert access_of(Mailbox.objects.get()).secret == "typed again"


def test_an_empty_secret_stays_as_it_was(cast: Cast, now: datetime) -> None:
    made = add(cast, now)
    assert access_of(change_mailbox(made, folder="Desk", by=cast.ada, at=now)).secret == SECRET


@pytest.mark.parametrize(
    ("change", "is_kept"),
    [
        ({"address": "desk@intercom.example"}, True),
        ({"after_intake": "flag"}, True),
        ({"since": date(2020, 1, 1)}, False),
    ],
)
def test_more_of_a_mailbox_is_read_from_its_beginning(
    cast: Cast, now: datetime, change: dict[str, Any], is_kept: bool
) -> None:
    made = add(cast, now)
    FolderPosition.objects.create(mailbox=made, purpose="inbox", folder="INBOX", uidvalidity=1, last_uid=9)
    change_mailbox(made, by=cast.ada, at=now, **change)
    assert FolderPosition.objects.exists() is is_kept


def test_a_change_begins_with_a_clean_slate(cast: Cast, now: datetime) -> None:
    made = add(cast, now)
    Mailbox.objects.update(needs_person=True, last_problem="refused", last_problem_at=now)
    changed = change_mailbox(made, secret="right", by=cast.ada, at=now + timedelta(hours=1))
    assert (changed.needs_person, changed.problem, changed.watched_from) == (False, "", now + timedelta(hours=1))


def test_while_a_secret_is_stored_a_missing_key_is_not_replaced(cast: Cast, now: datetime, tmp_path: Any) -> None:
    made = add(cast, now)
    (tmp_path / KEYS_FILE).unlink()
    with pytest.raises(KeyMissing):
        add(cast, now, name="Other")
    with pytest.raises(KeyMissing):
        access_of(made)


def test_secrets_of_more_than_one_line_are_refused(cast: Cast, now: datetime) -> None:
    with pytest.raises(WrongSetUp):
        add(cast, now, secret="a\r\nA1 DELETE INBOX")


def test_a_renewed_token_is_kept_only_for_the_set_up_that_it_belongs_to(cast: Cast, now: datetime) -> None:
    made = add(cast, now)
    keep_renewed_token(made, "renewed")
    assert access_of(Mailbox.objects.get()).secret == "renewed"
    change_mailbox(made, secret="typed", by=cast.ada, at=now)
    keep_renewed_token(made, "of before")
    assert access_of(Mailbox.objects.get()).secret == "typed"


def test_unknown_fields_are_a_programmer_s_mistake(cast: Cast, now: datetime) -> None:
    with pytest.raises(TypeError, match="is_active"):
        add(cast, now, is_active=True)

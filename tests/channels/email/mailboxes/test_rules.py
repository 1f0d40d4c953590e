"""Pure questions about mailboxes, as tables."""

from datetime import UTC, datetime, timedelta

import pytest

from mainstay.channels.email.mailboxes.errors import WrongSetUp
from mainstay.channels.email.mailboxes.rules import SILENT_AFTER, check_set_up, is_silent, owed_pause, pause_seconds
from mainstay.channels.email.models import Mailbox

AT = datetime(2026, 11, 17, 10, 0, tzinfo=UTC)
LONG, SHORT = AT - SILENT_AFTER - timedelta(seconds=1), AT - SILENT_AFTER


def mailbox(**more: object) -> Mailbox:
    values = {
        "name": "Support",
        "address": "support@intercom.example",
        "host": "imap.example.com",
        "port": 993,
        "user": "support",
    }
    return Mailbox(**{**values, **more})


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"is_active": False, "watched_from": LONG, "needs_person": True}, False),
        ({"watched_from": SHORT}, False),
        ({"watched_from": LONG}, True),
        ({"watched_from": LONG, "last_success_at": SHORT}, False),
        ({"watched_from": LONG, "last_success_at": LONG}, True),
        ({"watched_from": SHORT, "last_success_at": LONG}, False),  # just started again
        ({"watched_from": AT, "last_success_at": AT, "needs_person": True}, True),
    ],
)
def test_when_a_mailbox_is_silent(values: dict[str, object], expected: bool) -> None:
    assert is_silent(mailbox(**{"is_active": True, **values}), AT) is expected


@pytest.mark.parametrize(
    ("failures", "needs_person", "expected"),
    [
        (1, False, 2),
        (2, False, 4),
        (8, False, 256),
        (9, False, 300),
        (1000, False, 300),
        (1, True, 60),
        (6, True, 1800),
    ],
)
def test_pauses_grow_to_a_limit(failures: int, needs_person: bool, expected: float) -> None:
    assert pause_seconds(failures, needs_person=needs_person, chance=0.5) == expected
    assert pause_seconds(failures, needs_person=needs_person, chance=0.0) == expected * 0.75
    assert pause_seconds(failures, needs_person=needs_person, chance=1.0) == expected * 1.25


def test_what_is_owed_waits_longer_each_time_and_a_day_at_most() -> None:
    waits = [owed_pause(tries) for tries in range(1, 40)]
    assert waits == sorted(waits)
    assert (waits[0], waits[3], waits[-1]) == (timedelta(minutes=10), timedelta(minutes=20), timedelta(days=1))


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("name", {"name": ""}),
        ("name", {"name": "a:b"}),
        ("name", {"name": "smtp"}),
        ("name", {"name": "x" * 61}),
        ("address", {"address": "nobody"}),
        ("host", {"host": "imap.example.com/mail"}),
        ("host", {"host": "user@imap.example.com"}),
        ("host", {"host": "a b"}),
        ("port", {"port": 0}),
        ("port", {"port": 65536}),
        ("security", {"security": "none"}),
        ("user", {"user": ""}),
        ("user", {"user": "a\r\nb"}),
        ("folder", {"folder": ""}),
        ("folder", {"folder": "a\x00"}),
        ("target_folder", {"after_intake": "move"}),
        ("target_folder", {"after_intake": "move", "target_folder": "INBOX"}),
        ("client_id", {"auth": "oauth2_google"}),
        ("token_url", {"auth": "oauth2_other", "client_id": "x"}),
        ("token_url", {"auth": "oauth2_other", "client_id": "x", "token_url": "http://provider.example"}),
    ],
)
def test_a_set_up_that_can_not_work_is_told_with_its_field(field: str, values: dict[str, object]) -> None:
    with pytest.raises(WrongSetUp) as told:
        check_set_up(mailbox(**values))
    assert told.value.field == field


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"security": "none", "host": "localhost"},
        {"name": "Verkoop België"},
        {"after_intake": "move", "target_folder": "Desk"},
        {"auth": "oauth2_google", "client_id": "x"},
        {"auth": "oauth2_other", "client_id": "x", "token_url": "https://provider.example/token"},
    ],
)
def test_a_sound_set_up_passes(values: dict[str, object]) -> None:
    check_set_up(mailbox(**values))

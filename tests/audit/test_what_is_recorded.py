"""Each verb that changes a setting writes it into the log, in its own transaction, and never a secret."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import transaction

from mainstay.audit.models import SettingChange
from mainstay.channels.email.mailboxes import actions as mailboxes
from mainstay.channels.email.models import Mailbox
from mainstay.duty import actions as duty
from mainstay.escalations.actions import trackers
from mainstay.people.actions import add_staff, give_new_password
from mainstay.policy.reading import PolicySource
from mainstay.reports.board import add_board_link, revoke_board_link
from mainstay.reports.revising import apply_policy, preview_policy
from mainstay.reports.subscribing import subscribe, unsubscribe
from tests.cast import POLICY, Cast

AT = datetime(2026, 11, 17, 10, 0, tzinfo=UTC)
MAILBOX: dict[str, Any] = {
    "address": "support@desk.example",
    "host": "imap.desk.example",
    "port": 993,
    "user": "support",
}
SHIFT: dict[str, Any] = {
    "weekdays": [0, 1],
    "starts": 540,
    "ends": 1440,
    "zone": "Etc/UTC",
    "valid_from": date(2026, 11, 18),
}


@pytest.fixture(autouse=True)
def keys_lie_elsewhere(settings: Any, tmp_path: Any) -> None:
    settings.DATA_DIR = tmp_path


def log(noun: str) -> list[tuple[str, str, dict[str, Any], dict[str, Any]]]:
    """The oldest first: by whom, about what, before, after."""
    rows = SettingChange.objects.filter(noun=noun).order_by("pk")
    return [(row.by_name, row.subject, row.before, row.after) for row in rows]


def test_a_mailbox(cast: Cast) -> None:
    made = mailboxes.add_mailbox(name="Support", secret="very-hush-1", by=cast.ada, at=AT, **MAILBOX)
    mailboxes.resume_mailbox(made, by=cast.ada, at=AT)
    mailboxes.change_mailbox(made, by=None, at=AT, secret="very-hush-2", **{**MAILBOX, "host": "other.desk.example"})
    mailboxes.remove_mailbox(Mailbox.objects.get(), by=cast.ada, at=AT)
    added, started, changed, removed = log("mailbox")
    assert added[:3] == ("Ada", "Support", {})
    assert (added[3]["host"], added[3]["secret"], added[3]["client_secret"]) == ("imap.desk.example", "secret", "")
    assert started[2:] == ({"is_fetched": False}, {"is_fetched": True})
    assert changed[0] == ""
    assert changed[2:] == (
        {"host": "imap.desk.example", "secret": "secret"},
        {"host": "other.desk.example", "secret": "secret"},
    )
    assert removed[3] == {}
    assert "very-hush" not in str(log("mailbox"))
    assert "gAAAA" not in str(log("mailbox"))  # nor as it is sealed


def test_a_tracker(cast: Cast) -> None:
    values = {"address": "https://git.example", "project": "a/b"}
    made = trackers.add_tracker(kind="gitlab", name="Firmware", token="hush-one", by=cast.ada, at=AT, **values)
    trackers.change_tracker(made, by=cast.ada, at=AT, **{**values, "project": "a/c"})
    trackers.remove_tracker(made, by=cast.ada, at=AT)
    added, changed, removed = log("tracker")
    assert (added[3]["kind"], added[3]["token"], added[3]["hook_secret"]) == ("gitlab", "secret", "secret")
    assert changed[2:] == ({"project": "a/b"}, {"project": "a/c"})
    assert (removed[2]["project"], removed[3]) == ("a/c", {})
    assert "hush" not in str(log("tracker"))


def test_a_revision_of_the_policy_with_each_key_that_differs(cast: Cast) -> None:
    text = POLICY.read_text(encoding="utf-8").replace("automatic = false", "automatic = true")
    source = PolicySource(text, {})
    preview_policy(source, holds_from=AT + timedelta(days=1), by=cast.ada, at=AT)
    assert len(log("policy")) == 1  # the cast's; a look changes nothing
    apply_policy(source, holds_from=AT + timedelta(days=1), by=cast.ada, at=AT)
    by, subject, before, after = log("policy")[-1]
    assert (by, subject) == ("Ada", "#2")
    assert before == {"assignment.automatic": "false"}
    assert after == {"assignment.automatic": "true", "holds_from": "2026-11-18T10:00:00Z"}


def test_duty_that_is_planned_for_others_and_not_ones_own(cast: Cast) -> None:
    shift = duty.add_shift(cast.tess, by=cast.sue, at=AT, **SHIFT)
    duty.change_shift(shift, by=cast.sue, at=AT, **{**SHIFT, "starts": 600})
    duty.remove_shift(shift, by=cast.sue, at=AT)
    added, changed, removed = log("shift")
    assert added == (
        "Sue",
        "Tess",
        {},
        {
            "weekdays": [0, 1],
            "starts": "09:00",
            "ends": "24:00",
            "zone": "Etc/UTC",
            "valid_from": "2026-11-18",
            "valid_until": None,
        },
    )
    assert changed[2:] == ({"starts": "09:00"}, {"starts": "10:00"})
    assert removed[3] == {}
    later = AT + timedelta(days=2)
    duty.add_absence(cast.tess, starts_at=later, ends_at=None, by=cast.tess, at=AT)
    absence = duty.add_absence(cast.tom, starts_at=later, ends_at=None, by=cast.sue, at=AT)
    duty.remove_absence(absence, by=cast.sue, at=AT)
    assert [(row[1], bool(row[2]), bool(row[3])) for row in log("absence")] == [
        ("Tom", False, True),
        ("Tom", True, False),
    ]
    duty.set_presence(cast.tess, "away", by=cast.tess, at=AT)
    duty.set_presence(cast.tess, "off", by=cast.sue, at=AT)
    duty.set_languages(cast.tess, ["nl"], by=cast.sue, at=AT)
    assert [row[2:] for row in log("presence")] == [
        ({"state": "away"}, {"state": "off"}),
        ({"languages": []}, {"languages": ["nl"]}),
    ]


def test_an_address_for_a_screen(cast: Cast) -> None:
    link = add_board_link(name="Hall", by=cast.sue, at=AT)
    revoke_board_link(link, by=cast.ada, at=AT)
    revoke_board_link(link, by=cast.ada, at=AT)
    assert log("wallboard") == [("Sue", "Hall", {}, {"is_shown": True}), ("Ada", "Hall", {"is_shown": True}, {})]


def test_a_report_by_mail(cast: Cast) -> None:
    chosen: dict[str, Any] = {"kind": "month", "day": 1, "language": "en"}
    subscribe(cast.sue, time_of_day=time(8), at=AT, **chosen)
    made = subscribe(cast.sue, time_of_day=time(9), at=AT, **chosen)
    unsubscribe(made, at=AT)
    added, changed, removed = log("report")
    assert added[3] == {"kind": "month", "day": 1, "time": "08:00", "language": "en"}
    assert changed[2:] == ({"time": "08:00"}, {"time": "09:00"})
    assert (removed[2]["time"], removed[3]) == ("09:00", {})


def test_an_account_that_was_made_by_a_command(cast: Cast) -> None:
    account, password = add_staff(name="Nina", email="nina@desk.example", role="technician", at=AT)
    newer = give_new_password(account, at=AT)
    assert log("person")[-2:] == [
        ("", "Nina", {}, {"email": "nina@desk.example", "role": "technician"}),
        ("", "Nina", {}, {"new_password": True}),
    ]
    assert password not in str(log("person"))
    assert newer not in str(log("person"))


def test_a_change_that_fails_leaves_no_trace(cast: Cast) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        add_board_link(name="Hall", by=cast.sue, at=AT)
        raise RuntimeError
    assert log("wallboard") == []

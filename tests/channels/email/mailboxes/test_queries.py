"""Who sees mailboxes, and which are silent: the query, the rule and the alarm on every page agree (R10)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from mainstay.channels.email.mailboxes.errors import NoSuchMailbox
from mainstay.channels.email.mailboxes.queries import mailbox_named, mailboxes_for, owed_by, silent_mailboxes
from mainstay.channels.email.mailboxes.rules import SILENT_AFTER, is_silent
from mainstay.channels.email.mailboxes.watching import watch_mailboxes
from mainstay.channels.email.models import FolderPosition, Mailbox, OwedMail
from mainstay.channels.email.troubles import alarms_of, troubles_of_mail
from tests.cast import Cast


def test_only_those_who_manage_the_desk_see_mailboxes(cast: Cast, make_mailbox: Any) -> None:
    make_mailbox("x", 1)
    assert [len(mailboxes_for(person)) for person in (cast.ada, cast.tess, cast.sue, cast.dev, cast.paula)] == [
        1,
        0,
        0,
        0,
        0,
    ]


def test_a_mailbox_is_found_by_its_exact_name(make_mailbox: Any) -> None:
    made = make_mailbox("x", 1)
    assert mailbox_named("Support") == made
    with pytest.raises(NoSuchMailbox, match="called support"):
        mailbox_named("support")


def test_the_query_the_rule_and_the_alarm_agree(make_mailbox: Any) -> None:
    at = timezone.now()
    old, new = at - SILENT_AFTER - timedelta(seconds=5), at - SILENT_AFTER + timedelta(minutes=1)
    fates = [
        {"watched_from": old},
        {"watched_from": new},
        {"watched_from": old, "last_success_at": new},
        {"watched_from": old, "last_success_at": old},
        {"watched_from": new, "needs_person": True},
        {"watched_from": old, "is_active": False},
    ]
    for number, fate in enumerate(fates):
        made = make_mailbox("x", 1, name=f"Box {number}")
        Mailbox.objects.filter(pk=made.pk).update(**fate)
    expected = ["Box 0", "Box 3", "Box 4"]
    assert list(silent_mailboxes(at).values_list("name", flat=True)) == expected
    assert [one.name for one in Mailbox.objects.all() if is_silent(one, at)] == expected
    troubles = troubles_of_mail()
    assert troubles.silent_mailboxes == expected
    assert "No mail is coming from: Box 0, Box 3, Box 4." in alarms_of(troubles, at)[0].sentence


def test_the_watch_tells_once_when_a_silence_begins_and_once_when_it_ends(make_mailbox: Any, now: datetime) -> None:
    make_mailbox("x", 1)
    later = now + SILENT_AFTER + timedelta(seconds=1)
    assert [watch_mailboxes(now), watch_mailboxes(later), watch_mailboxes(later)] == [[], ["Support"], []]
    Mailbox.objects.update(last_success_at=later)
    assert [watch_mailboxes(later), watch_mailboxes(later)] == [["Support"], []]


def test_what_is_owed_is_counted_for_each_mailbox(make_mailbox: Any, now: datetime) -> None:
    made = make_mailbox("x", 1)
    position = FolderPosition.objects.create(mailbox=made, purpose="inbox", folder="INBOX")
    for uid in (1, 2):
        OwedMail.objects.create(position=position, uid=uid, next_try_at=now)
    assert owed_by([made]) == {made.pk: 2}

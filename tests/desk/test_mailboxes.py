"""The set-up page of mailboxes: what it shows, what it never shows, and what its buttons do."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from mainstay.channels.email.mailboxes.actions import add_mailbox, resume_mailbox
from mainstay.channels.email.mailboxes.queries import access_of
from mainstay.channels.email.mailboxes.sealing import KEYS_FILE
from mainstay.channels.email.models import FolderPosition, Mailbox, OwedMail, RawMail
from tests.cast import Cast
from tests.channels.email.mailboxes.looking import letters
from tests.misbehaving_imap import MisbehavingImap

LIST = "/setup/mailboxes/"
SECRET = "never-shown-123"
TYPED = {
    "name": "Support",
    "address": "support@intercom.example",
    "host": "127.0.0.1",
    "port": "993",
    "security": "tls",
    "user": "support",
    "auth": "password",
    "secret": SECRET,
    "folder": "INBOX",
    "since": "2026-11-01",
    "after_intake": "leave",
}


@pytest.fixture(autouse=True)
def own_keys(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


@pytest.fixture
def ada(cast: Cast, sign_in: Any) -> Any:
    return sign_in(cast.ada)


def make(now: datetime, name: str = "Support", port: int = 1, **more: Any) -> Mailbox:
    fields = {"address": "support@intercom.example", "host": "127.0.0.1", "user": "x", "security": "none", **more}
    return add_mailbox(name=name, port=port, secret=SECRET, by=None, at=now, **fields)


def text(answer: Any) -> str:
    return str(answer.content.decode().replace("&#x27;", "'"))


def test_an_empty_page_says_what_to_do(ada: Any) -> None:
    page = text(ada.get(LIST))
    assert "No mailbox is fetched from yet" in page
    assert reverse("desk:mailbox_new") in page


def test_a_mailbox_is_added_paused_and_its_secret_is_never_shown(ada: Any) -> None:
    answer = ada.post(reverse("desk:mailbox_new"), TYPED)
    made = Mailbox.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, reverse("desk:mailbox", args=[made.pk]))
    assert (made.is_active, access_of(made).secret) == (False, SECRET)
    for url in (LIST, answer["Location"], reverse("desk:mailbox_removal", args=[made.pk])):
        assert SECRET not in text(ada.get(url))


def test_a_wrong_field_is_told_beside_it_and_what_was_typed_stays(ada: Any) -> None:
    answer = ada.post(reverse("desk:mailbox_new"), {**TYPED, "host": "imap.example.com/x", "user": "me-myself"})
    page = text(answer)
    assert answer.status_code == 422
    assert "Name the server" in page
    assert "me-myself" in page
    assert SECRET not in page
    assert not Mailbox.objects.exists()


def test_no_encryption_is_refused_for_another_machine(ada: Any) -> None:
    answer = ada.post(reverse("desk:mailbox_new"), {**TYPED, "host": "imap.example.com", "security": "none"})
    assert "Without encryption only a server on this machine" in text(answer)


def test_a_change_keeps_the_secret_unless_it_would_go_elsewhere(ada: Any, now: datetime) -> None:
    made = make(now)
    url = reverse("desk:mailbox", args=[made.pk])
    typed = {**TYPED, "port": "1", "security": "none", "user": "x", "secret": ""}
    assert ada.post(url, {**typed, "after_intake": "flag"}).status_code == 302
    assert Mailbox.objects.get().after_intake == "flag"
    assert access_of(Mailbox.objects.get()).secret == SECRET
    answer = ada.post(url, {**typed, "host": "localhost"})
    assert (answer.status_code, "Type the secret again" in text(answer)) == (422, True)
    assert Mailbox.objects.get().host == "127.0.0.1"


def test_a_missing_key_is_a_sentence(ada: Any, now: datetime, tmp_path: Path) -> None:
    made = make(now)
    (tmp_path / KEYS_FILE).unlink()
    assert "put" in text(ada.post(reverse("desk:mailbox_new"), {**TYPED, "name": "Other"}))
    assert "from the backup" in text(ada.post(reverse("desk:mailbox_test", args=[made.pk])))


def test_the_test_shows_each_step_and_touches_no_mail(ada: Any, now: datetime) -> None:
    with MisbehavingImap(letters(2)) as server:
        made = make(now, port=server.port)
        page = text(ada.post(reverse("desk:mailbox_test", args=[made.pk])))
        assert not server.sent("FETCH")
    assert "INBOX holds 2 mails." in page
    assert "All is well. No mail was touched." in page
    assert not RawMail.objects.exists()
    page = text(ada.post(reverse("desk:mailbox_test", args=[made.pk])))
    assert "Mail can't be fetched like that." in page
    assert "Not tried: an earlier step failed." in page


def test_start_pause_and_remove(ada: Any, now: datetime) -> None:
    made = make(now)
    ada.post(reverse("desk:mailbox_resumption", args=[made.pk]))
    assert Mailbox.objects.get().is_active
    assert "Pause" in text(ada.get(reverse("desk:mailbox", args=[made.pk])))
    ada.post(reverse("desk:mailbox_pause", args=[made.pk]))
    assert not Mailbox.objects.get().is_active
    removal = reverse("desk:mailbox_removal", args=[made.pk])
    assert "Remove Support?" in text(ada.get(removal))
    assert Mailbox.objects.exists()
    page = text(ada.post(removal, follow=True))
    assert "All its mail stays" in page
    assert not Mailbox.objects.exists()


def test_the_history_names_who_did_what(ada: Any, now: datetime) -> None:
    made = make(now)
    ada.post(reverse("desk:mailbox_resumption", args=[made.pk]))
    page = text(ada.get(reverse("desk:mailbox", args=[made.pk])))
    assert "by a command" in page
    assert "by Ada" in page


def test_the_list_tells_how_each_mailbox_fares(ada: Any, now: datetime) -> None:
    at = timezone.now()
    fates: dict[str, dict[str, Any]] = {
        "Paused": {"is_active": False},
        "Works": {"last_success_at": at},
        "Starting": {},
        "Trying again": {"last_problem": "it broke off", "last_problem_at": at},
        "Needs you": {"needs_person": True, "last_problem": "wrong password", "last_problem_at": at},
        "Silent": {"watched_from": at - timedelta(hours=1)},
        "Reading": {"last_success_at": at},
    }
    for number, (word, fate) in enumerate(fates.items()):
        made = make(now, name=f"Box {number}")
        Mailbox.objects.filter(pk=made.pk).update(**{"is_active": True, "watched_from": at, **fate})
        if word == "Reading":
            position = FolderPosition.objects.create(
                mailbox=made, purpose="inbox", folder="INBOX", done=3, total=10_000
            )
            OwedMail.objects.create(position=position, uid=1, next_try_at=at)
    page = text(ada.get(LIST))
    for word in (*fates, "it broke off", "wrong password", "INBOX: 3 of 10000", "1 mail could not be taken in"):
        assert word in page, word
    assert "mailbox-rows" not in page
    assert text(ada.get(reverse("desk:mailbox_rows"))).strip().startswith('<div id="mailboxes"')


def test_the_list_costs_the_same_with_one_mailbox_and_with_three(ada: Any, now: datetime) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert ada.get(LIST).status_code == 200
        return len(captured)

    make(now)
    cost()
    one = cost()
    make(now, name="Two")
    make(now, name="Three")
    assert cost() == one


def test_silence_is_told_on_every_page_and_leads_administrators_to_the_cause(
    cast: Cast, now: datetime, sign_in: Any, ada: Any
) -> None:
    """R10."""
    made = resume_mailbox(make(now), by=None, at=timezone.now())
    assert "No mail is coming from" not in text(sign_in(cast.tess).get("/"))
    Mailbox.objects.filter(pk=made.pk).update(watched_from=timezone.now() - timedelta(hours=1))
    for person in (cast.tess, cast.sue):
        page = text(sign_in(person).get("/"))
        assert "No mail is coming from: Support." in page
        assert LIST not in page
    page = text(ada.get("/"))
    assert "No mail is coming from: Support." in page
    assert LIST in page


def test_only_administrators_are_led_to_the_set_up(cast: Cast, sign_in: Any, ada: Any) -> None:
    assert LIST in text(ada.get("/setup/"))
    for person in (cast.tess, cast.dev, cast.sue):
        assert LIST not in text(sign_in(person).get("/"))
        assert LIST not in text(sign_in(person).get("/setup/"))


def test_what_a_server_says_is_shown_literally(ada: Any, now: datetime) -> None:
    made = resume_mailbox(make(now), by=None, at=now)
    words = "<script>alert(1)</script>{{ 7|add:7 }}"
    Mailbox.objects.filter(pk=made.pk).update(last_problem=words, last_problem_at=timezone.now())
    for url in (LIST, reverse("desk:mailbox", args=[made.pk])):
        assert "<script>alert" not in text(ada.get(url))
        assert "{{ 7|add:7 }}" in text(ada.get(url))


def test_a_fresh_live_address_keeps_the_topic_only_for_those_who_may_see_it(cast: Cast, sign_in: Any, ada: Any) -> None:
    from mainstay.live.topics import read_topics

    for client, is_told in ((ada, True), (sign_in(cast.tess), False)):
        url = client.get(reverse("desk:live_url") + "?topics=mailboxes").json()["url"]
        subscription = read_topics(url.removeprefix("/live?topics="))
        assert subscription is not None
        assert ("mailboxes" in subscription.topics) is is_told

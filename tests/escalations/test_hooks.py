"""What trackers tell: durable before it is thanked, once, only with our secret; and it never goes round in a circle."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client

from mainstay.escalations import actions
from mainstay.escalations.errors import NothingToRepeat
from mainstay.escalations.models import Issue, IssueComment, Tracker, TrackerCall, TrackerHook
from mainstay.tickets import actions as tickets
from mainstay.tickets.models import Message, Ticket, TicketEvent
from tests.cast import Cast
from tests.escalations.trackers import a_problem, set_up
from tests.trackers import payloads
from tests.trackers.fakes import FAKES, Fake
from tests.working import do_jobs, waiting_jobs

KINDS = list(FAKES)


class Told:
    """A desk with one tracker and one issue, and the door at which the tracker knocks."""

    def __init__(self, cast: Cast, kind: str, fake: Fake, now: datetime) -> None:
        self.kind, self.fake = kind, fake
        self.problem, self.ticket = a_problem(cast, now)
        self.tracker = set_up(cast, kind, fake, now)
        call = actions.open_issue(self.problem, tracker=self.tracker, title="T", text="x", by=cast.dev, at=now)
        actions.make_call(call.pk, at=now)
        self.issue = Issue.objects.get()

    def post(self, delivered: payloads.Delivered, tracker: Tracker | None = None) -> Any:
        headers, body = delivered
        url = f"/hooks/trackers/{(tracker or self.tracker).pk}"
        return Client(enforce_csrf_checks=True).post(url, body, "application/json", headers=headers)

    def comment(self, text: str, comment_id: int = 1241, **more: Any) -> Any:
        return self.post(payloads.comment_hook(self.kind, 1, text, comment_id, **more))

    def state(self, *, is_open: bool, **more: Any) -> Any:
        return self.post(payloads.issue_hook(self.kind, 1, is_open=is_open, **more))

    def notes(self) -> list[Message]:
        return list(self.ticket.messages.filter(kind="note", author=None).order_by("pk"))


@pytest.fixture(params=KINDS)
def told(request: Any, cast: Cast, now: datetime) -> Any:
    with FAKES[request.param]() as fake:
        yield Told(cast, request.param, fake, now)


def test_a_comment_comes_in_as_a_note_with_its_author(told: Told) -> None:
    answer = told.comment("It is the relay driver.")
    assert answer.status_code == 200
    assert not answer.cookies
    do_jobs()
    note = told.notes()[0]
    assert note.text == "It is the relay driver."
    assert ("ines" if told.kind == "github" else "Ines Developer") in note.sender_name
    assert told.tracker.name in note.sender_name
    assert note.delivery == "", "never sent to anybody"
    assert TrackerHook.objects.get().state == "sent"


def test_the_same_delivery_is_taken_in_once(told: Told) -> None:
    for _time in range(3):
        assert told.comment("Once.", delivery="d-1").status_code == 200
    do_jobs()
    assert told.comment("Once.", delivery="d-1").status_code == 200
    do_jobs()
    assert TrackerHook.objects.count() == 1
    assert len(told.notes()) == 1


def test_the_same_comment_in_another_delivery_is_told_once(told: Told) -> None:
    told.comment("Once.", delivery="d-1")
    told.comment("Once.", delivery="d-2")
    do_jobs()
    assert len(told.notes()) == 1
    assert TrackerHook.objects.count() == 2


def test_only_tickets_that_were_escalated_and_are_open_get_the_note(told: Told, cast: Cast, now: datetime) -> None:
    waits, done = cast.writes(cast.olaf, now), cast.writes(cast.piet, now)
    a_problem_ticket = a_problem(cast, now, done)[0]
    actions.join_problems(told.problem, a_problem_ticket, by=cast.dev, at=now)
    tickets.resolve_ticket(done, by=cast.tess, at=now)
    actions.link_ticket(told.problem, waits, by=cast.tess, at=now)
    told.comment("News.")
    do_jobs()
    assert len(told.notes()) == 1
    for other in (waits, done):
        assert not other.messages.filter(kind="note", author=None).exists()


def test_a_turn_of_the_issue_is_told_once(told: Told) -> None:
    for is_open in (True, False, False, True):
        assert told.state(is_open=is_open).status_code == 200
        do_jobs()
    kinds = told.ticket.events.filter(kind__startswith="issue_").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["issue_linked", "issue_closed", "issue_reopened"]
    told.issue.refresh_from_db()
    assert told.issue.is_open
    ticket = Ticket.objects.get(pk=told.ticket.pk)
    assert ticket.state == "developers", "what happens in a tracker moves no ticket"


def test_what_was_so_earlier_is_no_news_however_late_or_often_it_comes(told: Told) -> None:
    """Webhooks arrive in any order, and a captured one may be sent again under another name."""
    told.state(is_open=False, minute=5)
    told.state(is_open=True, minute=9)
    do_jobs()
    told.state(is_open=False, minute=5, delivery="captured")
    do_jobs()
    told.issue.refresh_from_db()
    assert told.issue.is_open
    kinds = told.ticket.events.filter(kind__startswith="issue_").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["issue_linked", "issue_closed", "issue_reopened"]


def test_our_own_comment_that_comes_back_is_not_doubled(told: Told, cast: Cast, now: datetime) -> None:
    call = actions.comment_on_issue(told.issue, text="From us.", by=cast.tess, at=now)
    actions.make_call(call.pk, at=now)
    theirs = told.fake.comments[0][1]
    told.comment(theirs["body"], int(theirs["id"]))
    do_jobs()
    assert told.notes() == []
    assert IssueComment.objects.count() == 1


def test_our_own_comment_is_known_even_before_its_answer_came(told: Told, cast: Cast, now: datetime) -> None:
    call = actions.comment_on_issue(told.issue, text="From us.", by=cast.tess, at=now)
    told.comment(call.text, 900)  # the webhook is faster than the answer to our call
    do_jobs()
    assert told.notes() == []
    call.refresh_from_db()
    assert call.state == "sent"
    assert IssueComment.objects.filter(is_ours=True).count() == IssueComment.objects.count() == 1


def test_somebody_who_quotes_or_copies_us_is_told_like_everybody(told: Told, cast: Cast, now: datetime) -> None:
    call = actions.comment_on_issue(told.issue, text="From us.", by=cast.tess, at=now)
    actions.make_call(call.pk, at=now)
    told.comment("> " + call.text.replace("\n", "\n> ") + "\n\nI do not think so.", 2001)
    told.comment(call.text, 2002)
    do_jobs()
    assert len(told.notes()) == 2


def test_nothing_that_comes_in_makes_a_call(told: Told) -> None:
    before = TrackerCall.objects.count(), len(told.fake.asked)
    told.comment("One.")
    told.state(is_open=False)
    told.state(is_open=True)
    do_jobs()
    assert (TrackerCall.objects.count(), len(told.fake.asked)) == before


def test_a_wrong_signature_leaves_nothing_but_a_count(told: Told) -> None:
    headers, body = payloads.comment_hook(told.kind, 1, "forged", secret="not-the-secret-at-all")
    for delivered in ((headers, body), ({}, body), (headers, b"{}")):
        assert told.post(delivered).status_code == 401
    assert not TrackerHook.objects.exists()
    told.tracker.refresh_from_db()
    assert told.tracker.refused_count == 3
    assert told.tracker.refused_at is not None
    assert waiting_jobs("escalations.take_in") == []


def test_the_door_knows_only_trackers_that_are_set_up(told: Told, cast: Cast, now: datetime) -> None:
    delivered = payloads.comment_hook(told.kind, 1, "x")
    client = Client()
    for path in ("999999", "x", "", f"{told.tracker.pk}/", f"0{10**17}", "1%00"):
        assert client.post(f"/hooks/trackers/{path}", delivered[1], "application/json").status_code == 404, path
    assert client.get(f"/hooks/trackers/{told.tracker.pk}").status_code == 405
    actions.remove_tracker(told.tracker, by=cast.ada, at=now)
    assert told.post(delivered).status_code == 404


def test_what_is_too_large_is_refused_unread_and_the_limit_itself_is_taken(told: Told) -> None:
    headers, body = payloads.comment_hook(told.kind, 1, "x")
    padded = json.dumps({**json.loads(body), "padding": ""}).encode()
    whole = json.dumps({**json.loads(body), "padding": "x" * (1024 * 1024 - len(padded))}).encode()
    assert len(whole) == 1024 * 1024
    for size, status in ((whole, 200), (whole + b" ", 413)):
        signed = {
            name: payloads.signature(size) if name.startswith("x-hub-signature") else value
            for name, value in headers.items()
        }
        assert told.post((signed, size)).status_code == status
    assert TrackerHook.objects.count() == 1


def test_a_session_neither_helps_nor_is_touched(told: Told, cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.ada)
    headers, body = payloads.comment_hook(told.kind, 1, "x", secret="wrong-wrong-wrong-wrong")
    answer = client.post(f"/hooks/trackers/{told.tracker.pk}", body, "application/json", headers=headers)
    assert answer.status_code == 401
    assert "Cookie" not in answer.get("Vary", "")


def test_no_secret_of_a_webhook_is_stored(told: Told) -> None:
    told.comment("x")
    hook = TrackerHook.objects.get()
    assert payloads.SECRET not in json.dumps(hook.headers) + bytes(hook.body).decode()
    for value in Tracker.objects.values_list("sealed_token", "sealed_hook_secret").get():
        assert payloads.SECRET not in value


def test_what_cannot_be_understood_is_visible_and_can_be_tried_again(told: Told, cast: Cast, now: datetime) -> None:
    headers, _body = payloads.comment_hook(told.kind, 1, "x")
    body = b'{"half": '
    signed = {
        name: payloads.signature(body) if name.startswith("x-hub-signature") else value
        for name, value in headers.items()
    }
    assert told.post((signed, body)).status_code == 200, "it is stored: that is all a tracker has to know"
    do_jobs()
    hook = TrackerHook.objects.get()
    assert (hook.state, bytes(hook.body)) == ("failed", body)
    assert "can't be understood" in hook.trouble
    hook.body = payloads.comment_hook(told.kind, 1, "x")[1]
    hook.save()
    actions.repeat_hook(hook, by=cast.ada, at=now)
    do_jobs()
    assert len(told.notes()) == 1
    with pytest.raises(NothingToRepeat):
        actions.repeat_hook(hook, by=cast.ada, at=now)


def test_issues_that_are_not_ours_are_passed_over_and_that_is_visible(told: Told) -> None:
    told.post(payloads.comment_hook(told.kind, 77, "x"))
    do_jobs()
    assert TrackerHook.objects.get().state == "kept"
    assert told.notes() == []


def test_foreign_words_stay_words(told: Told, cast: Cast, sign_in: Any) -> None:
    told.comment("<script>alert(1)</script> {{ 7|add:7 }}\x00\ud800")
    do_jobs()
    for url in (f"/tickets/{told.ticket.number}", f"/problems/{told.problem.pk}"):
        page = sign_in(cast.tess).get(url).content.decode()
        assert "<script>alert" not in page
        assert "{{ 7|add:7 }}" in page


def test_a_customer_sees_nothing_of_it(told: Told, cast: Cast) -> None:
    from mainstay.tickets.queries import history_of, messages_of

    told.comment("Internal.")
    told.state(is_open=False)
    do_jobs()
    assert all("Internal" not in message.text for message in messages_of(told.ticket, cast.paula))
    assert not any(event.kind.startswith(("issue_", "problem_")) for event in history_of(told.ticket, cast.paula))


def test_a_missing_key_makes_the_tracker_come_again(told: Told, tmp_path: Any) -> None:
    (tmp_path / "secret_keys").unlink()
    assert told.comment("x").status_code == 503
    assert not TrackerHook.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_five_of_the_same_at_once_are_one(cast: Cast, now: datetime) -> None:
    with FAKES["github"]() as fake:
        told = Told(cast, "github", fake, now)

        def knock(_time: int) -> int:
            try:
                return int(told.comment("Once.", delivery="d-1").status_code)
            finally:
                connections.close_all()

        with ThreadPoolExecutor(5) as pool:
            assert list(pool.map(knock, range(5))) == [200] * 5
        assert TrackerHook.objects.count() == 1
        do_jobs()
        assert len(told.notes()) == 1


@pytest.mark.django_db(transaction=True)
def test_it_is_committed_before_it_is_thanked(cast: Cast, now: datetime, monkeypatch: Any) -> None:
    """The answer is made after the commit: what another connection sees at that moment is the whole row with its job."""
    from mainstay.desk.trackers import hooks

    seen: list[tuple[int, int]] = []
    original = hooks._said

    def looking(status: int, sentence: str) -> Any:
        copy = connections["default"].copy()
        try:
            with copy.cursor() as cursor:
                cursor.execute("select count(*) from escalations_trackerhook")
                rows = cursor.fetchone()[0]
                cursor.execute("select count(*) from procrastinate_jobs where task_name = 'escalations.take_in'")
                seen.append((rows, cursor.fetchone()[0]))
        finally:
            copy.close()
        return original(status, sentence)

    with FAKES["github"]() as fake:
        told = Told(cast, "github", fake, now)
        monkeypatch.setattr(hooks, "_said", looking)
        assert told.comment("x").status_code == 200
    assert seen == [(1, 1)]
    assert not connection.in_atomic_block


@pytest.mark.django_db(transaction=True)
def test_events_of_a_webhook_that_broke_half_way_are_all_or_none(cast: Cast, now: datetime, monkeypatch: Any) -> None:
    from mainstay.escalations.actions import hooks

    with FAKES["github"]() as fake:
        told = Told(cast, "github", fake, now)
        told.comment("x")
        key = TrackerHook.objects.get().pk

        def broken(*_words: Any) -> None:
            raise RuntimeError("the worker died here")

        with monkeypatch.context() as broken_for_now:
            broken_for_now.setattr(hooks, "_take_in_state", broken)
            with pytest.raises(RuntimeError):
                actions.take_in_hook(key, at=now)
        assert told.notes() == []
        assert TrackerHook.objects.get().state == "queued"
        actions.take_in_hook(key, at=now)
        assert len(told.notes()) == 1
        assert TicketEvent.objects.filter(kind="noted", by=None).count() == 1


def test_old_bytes_are_forgotten_and_an_old_delivery_is_still_the_same_one(told: Told, now: datetime) -> None:
    from datetime import timedelta

    from django.utils import timezone

    told.comment("x", delivery="d-1")
    do_jobs()
    assert actions.forget_old_bodies(at=timezone.now() + timedelta(days=89)) == 0
    assert actions.forget_old_bodies(at=timezone.now() + timedelta(days=91)) == 1
    assert bytes(TrackerHook.objects.get().body) == b""
    assert told.comment("x", delivery="d-1").status_code == 200
    do_jobs()
    assert (TrackerHook.objects.count(), len(told.notes())) == (1, 1)


def test_what_always_breaks_the_worker_ends_where_a_person_sees_it(told: Told, now: datetime, monkeypatch: Any) -> None:
    from mainstay.escalations.actions import hooks

    def broken(*_words: Any) -> None:
        raise RuntimeError("a fault of ours")

    told.comment("x")
    key = TrackerHook.objects.get().pk
    monkeypatch.setattr(hooks, "_take_in", broken)
    for _try in range(hooks.TRIES_MAX):
        with pytest.raises(RuntimeError):
            actions.take_in_hook(key, at=now)
    actions.take_in_hook(key, at=now)
    assert TrackerHook.objects.get().state == "failed"

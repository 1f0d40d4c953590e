"""The second line on screen: the packet that loses nothing, the developers' queue, problems, and the set-up of trackers."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mainstay.escalations import actions
from mainstay.escalations.models import Escalation, Issue, Problem, Tracker, TrackerCall, TrackerHook
from mainstay.escalations.queries import draft_of
from mainstay.tickets.models import Ticket
from tests.cast import Cast
from tests.escalations.packets import WHOLE, escalated
from tests.escalations.trackers import a_problem, set_up
from tests.trackers import payloads
from tests.trackers.fakes import FAKES, TOKEN
from tests.working import do_jobs

QUEUE_QUERIES = 11
PROBLEM_QUERIES = 19
PROBLEMS_QUERIES = 10
TICKET_QUERIES = 13


@pytest.fixture(autouse=True)
def keys_of_its_own(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


def queries(client: Any, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def packet_url(ticket: Ticket) -> str:
    return reverse("desk:ticket_escalation", args=[ticket.number])


def text_of(answer: Any) -> str:
    return str(answer.content.decode()).replace("&#x27;", "'")


def an_issue(problem: Problem, tracker: Tracker, key: int, now: datetime) -> Issue:
    return Issue.objects.create(problem=problem, tracker=tracker, key=str(key), url="https://g.example/1", heard_at=now)


def test_the_developers_queue_costs_the_same_with_one_row_with_three_and_with_thirty(
    cast: Cast, now: datetime, sign_in: Any
) -> None:
    client, url, costs = sign_in(cast.dev), reverse("desk:developers"), []
    with FAKES["gitlab"]() as fake:
        tracker = set_up(cast, "gitlab", fake, now)
    for place in range(30):
        problem, ticket = a_problem(cast, now, cast.writes(cast.olaf, now + timedelta(minutes=place)))
        an_issue(problem, tracker, place, now)
        actions.take_escalation(ticket, by=cast.dev, at=now)
        if place in (0, 2, 29):
            client.get(url)
            costs.append(queries(client, url))
    assert costs == [QUEUE_QUERIES] * 3


def test_a_problem_and_the_list_of_problems_cost_the_same_however_many_wait(
    cast: Cast, now: datetime, sign_in: Any
) -> None:
    client, costs = sign_in(cast.dev), []
    with FAKES["gitlab"]() as fake:
        tracker = set_up(cast, "gitlab", fake, now)
    problem, _ticket = a_problem(cast, now)
    an_issue(problem, tracker, 1000, now)
    for place in range(30):
        actions.link_ticket(problem, cast.writes(cast.olaf, now + timedelta(minutes=place)), by=cast.tess, at=now)
        other, _ticket = a_problem(cast, now, cast.writes(cast.piet, now + timedelta(minutes=place)))
        an_issue(other, tracker, place, now)
        if place in (0, 2, 29):
            urls = [reverse("desk:problem", args=[problem.pk]), reverse("desk:problems")]
            for url in urls:
                client.get(url)
            costs.append([queries(client, url) for url in urls])
    assert costs == [[PROBLEM_QUERIES, PROBLEMS_QUERIES]] * 3


def test_the_page_of_one_ticket_costs_the_same_with_many_stays(cast: Cast, now: datetime, sign_in: Any) -> None:
    client, costs = sign_in(cast.dev), []
    ticket = cast.writes(cast.paula, now)
    for minute in range(6):
        escalated(cast, ticket, now + timedelta(minutes=minute))
        if minute in (1, 5):
            client.get(packet_url(ticket))
            costs.append(queries(client, packet_url(ticket)))
        actions.ask_back(ticket, text="?", by=cast.dev, at=now + timedelta(minutes=minute))
    assert costs == [TICKET_QUERIES] * 2


def test_a_half_empty_packet_stays_on_the_page_and_in_the_drafts(cast: Cast, now: datetime, sign_in: Any) -> None:
    ticket = cast.writes(cast.paula, now)
    client = sign_in(cast.tess)
    half = {**WHOLE, "tried": "", "logs": "", "no_logs": "on", "no_tried": "on", "do": "send"}
    answer = client.post(packet_url(ticket), half)
    assert answer.status_code == 422
    assert WHOLE["seen"] in text_of(answer)
    assert text_of(answer).count("Write something here") == 1, "only what was tried is missing: logs do not apply"
    assert not Escalation.objects.exists()
    draft = draft_of(ticket)
    assert draft is not None
    assert (draft.by, draft.seen, draft.absent) == (cast.tess, WHOLE["seen"], ["logs"])
    colleague = text_of(sign_in(cast.tom).get(packet_url(ticket)))
    assert WHOLE["network"] in colleague
    assert "Draft of Tess" in colleague
    done = client.post(packet_url(ticket), {**half, "tried": "All."})
    assert done.status_code == 302
    assert Ticket.objects.get(pk=ticket.pk).state == "developers"


def test_a_draft_is_kept_by_its_button_and_while_one_types(cast: Cast, now: datetime, sign_in: Any) -> None:
    ticket = cast.writes(cast.paula, now)
    client = sign_in(cast.tess)
    assert client.post(packet_url(ticket), {"seen": "By button", "do": "keep"}).status_code == 302
    assert draft_of(ticket).seen == "By button"
    url = reverse("desk:ticket_escalation_draft", args=[ticket.number])
    answer = client.post(url, {"seen": "While typing"}, headers={"HX-Request": "true"})
    assert "Draft kept at" in text_of(answer)
    assert draft_of(ticket).seen == "While typing"
    too_long = client.post(url, {"seen": "x" * 20_001})
    assert too_long.status_code == 422
    assert draft_of(ticket).seen == "While typing"


def test_a_packet_for_a_ticket_that_a_colleague_escalated_meanwhile_is_kept(
    cast: Cast, now: datetime, sign_in: Any
) -> None:
    ticket = cast.writes(cast.paula, now)
    escalated(cast, ticket, now)
    answer = sign_in(cast.tom).post(packet_url(ticket), {**WHOLE, "seen": "Mine", "do": "send"})
    assert answer.status_code == 422
    assert Escalation.objects.count() == 1
    assert draft_of(ticket).seen == "Mine"


def test_a_developer_may_not_write_a_packet(cast: Cast, now: datetime, sign_in: Any) -> None:
    ticket = cast.writes(cast.paula, now)
    assert sign_in(cast.dev).post(packet_url(ticket), {**WHOLE, "do": "send"}).status_code == 403
    assert draft_of(ticket) is None


def test_a_developer_takes_it_answers_and_the_technician_reads_it(cast: Cast, now: datetime, sign_in: Any) -> None:
    ticket = cast.writes(cast.paula, now)
    escalated(cast, ticket, now)
    client = sign_in(cast.dev)
    page = text_of(client.get(packet_url(ticket)))
    assert all(words in page for words in WHOLE.values())
    client.post(reverse("desk:ticket_taking", args=[ticket.number]), {"do": "take"})
    assert "Dev" in text_of(sign_in(cast.tess).get(reverse("desk:developers")))
    url = reverse("desk:ticket_return", args=[ticket.number])
    assert client.post(url, {"text": " ", "how": "answered"}).status_code == 422
    assert client.post(url, {"text": "x", "how": "nonsense"}).status_code == 422
    assert client.post(url, {"text": "x", "how": "taken_back"}).status_code == 403
    assert client.post(url, {"text": "Install 3.16.", "how": "answered"}).status_code == 302
    again = client.post(url, {"text": "And this.", "how": "answered"})
    assert again.status_code == 422
    assert "And this." in text_of(again), "what was typed is not lost"
    shown = text_of(sign_in(cast.tess).get(reverse("desk:ticket", args=[ticket.number])))
    assert "Install 3.16." in shown


def test_a_developer_sees_the_reply_only_where_the_policy_lets_them_write(
    cast: Cast, now: datetime, sign_in: Any
) -> None:
    from tests.escalations.test_packets import with_policy

    quiet = cast.writes(cast.paula, now)
    escalated(cast, quiet, now)
    with_policy(now, ("developers_may_write = false", "developers_may_write = true"))
    open_to_them = cast.writes(cast.olaf, now)
    client = sign_in(cast.dev)
    for ticket, stage, may in ((quiet, "before", False), (open_to_them, "before", False), (open_to_them, "with", True)):
        if stage == "with":
            escalated(cast, ticket, now)
        page = text_of(client.get(reverse("desk:ticket", args=[ticket.number])))
        assert ('value="reply"' in page) is may
        answer = client.post(
            reverse("desk:ticket_replies", args=[ticket.number]), {"text": "Hello", "then": "open", "seen": "999999"}
        )
        assert answer.status_code == (302 if may else 403)
    assert open_to_them.messages.filter(kind="reply", author=cast.dev).count() == 1
    assert not quiet.messages.filter(kind="reply").exists()


def test_problems_are_made_found_linked_joined_and_fixed_on_screen(cast: Cast, now: datetime, sign_in: Any) -> None:
    first, second, third = (cast.writes(cast.paula, now + timedelta(minutes=minute)) for minute in range(3))
    client = sign_in(cast.dev)
    made = client.post(reverse("desk:ticket_problem", args=[first.number]), {"title": "Relay"})
    problem = Problem.objects.get()
    assert made["Location"] == reverse("desk:problem", args=[problem.pk])
    url = reverse("desk:problem_tickets", args=[problem.pk])
    assert f"#{second.number}" in text_of(client.get(reverse("desk:problem", args=[problem.pk]), {"words": "Lock"}))
    client.post(url, {"number": f"#{second.number}"})
    assert problem.links.count() == 2
    client.post(url, {"number": "99999999"})
    client.post(url, {"number": "x"})
    assert problem.links.count() == 2
    assert "Relay" in text_of(client.get(packet_url(third), {"words": "rel"}))
    other = actions.make_problem(third, title="Relays", by=cast.tess, at=now)
    taken = client.post(url, {"number": third.number})
    assert taken.status_code == 409
    assert "waits for another problem" in text_of(taken)
    assert f'value="{other.pk}"' in text_of(taken), "joining is offered"
    client.post(reverse("desk:problem_joining", args=[problem.pk]), {"other": other.pk})
    assert problem.links.count() == 3
    fix = reverse("desk:problem_fix", args=[problem.pk])
    assert client.post(fix, {"version": ""}).status_code == 422
    assert sign_in(cast.tess).post(fix, {"version": "3.16"}).status_code == 403
    client.post(fix, {"version": "3.16"})
    page = text_of(client.get(reverse("desk:problem", args=[problem.pk])))
    assert "3 tickets wait" in page
    for ticket in (first, second, third):
        assert reverse("desk:ticket", args=[ticket.number]) in page
    assert "Relay" in text_of(client.get(reverse("desk:problems"), {"state": "fixed"}))
    client.post(fix, {"_method": "delete"})
    problem.refresh_from_db()
    assert problem.is_open


def test_an_issue_of_another_problem_offers_to_join(cast: Cast, now: datetime, sign_in: Any) -> None:
    with FAKES["gitlab"]() as fake:
        tracker = set_up(cast, "gitlab", fake, now)
    problem, _ticket = a_problem(cast, now)
    other, _ticket = a_problem(cast, now, cast.writes(cast.olaf, now))
    an_issue(other, tracker, 7, now)
    answer = sign_in(cast.tess).post(
        reverse("desk:problem_links", args=[problem.pk]), {"tracker": tracker.pk, "key": "#7"}
    )
    assert answer.status_code == 409
    assert "Join the two" in text_of(answer)


def test_an_administrator_connects_a_tracker_and_sees_no_secret_again(
    cast: Cast, now: datetime, sign_in: Any, monkeypatch: Any
) -> None:
    client = sign_in(cast.ada)
    with FAKES["gitlab"]() as fake:
        url = reverse("desk:tracker_new", args=["gitlab"])
        values = {"name": "Firmware", "address": fake.address, "project": fake.project, "token": TOKEN}
        wrong = client.post(url, {**values, "address": "http://gitlab.example"})
        assert wrong.status_code == 422
        assert "https://" in text_of(wrong)
        assert TOKEN not in text_of(wrong)
        made = client.post(url, {**values, "allows_private": "on"})
        secret = re.search(r"<code>([A-Za-z0-9_-]{40,})</code>", text_of(made))[1]
        tracker = Tracker.objects.get()
        page_url = reverse("desk:tracker", args=[tracker.pk])
        page = text_of(client.get(page_url))
        assert secret not in page
        assert TOKEN not in page
        assert f"/hooks/trackers/{tracker.pk}" in page
        tested = text_of(client.post(reverse("desk:tracker_test", args=[tracker.pk])))
        assert "All is well" in tested
        assert "mainstay-bot" in tested
        # Another address without the token: it would go elsewhere.
        changed = client.post(
            page_url, {**values, "token": "", "address": "https://evil.example", "allows_private": "on"}
        )
        assert changed.status_code == 422
        tracker.refresh_from_db()
        assert tracker.address == fake.address
        # A webhook with the secret that was shown is believed.
        headers, body = payloads.gitlab_note(1, "x", secret=secret)
        path = f"/hooks/trackers/{tracker.pk}"
        assert client.post(path, body, "application/json", headers=headers).status_code == 200
        client.post(reverse("desk:tracker_removal", args=[tracker.pk]))
        assert client.get(page_url).status_code == 404


def test_what_did_not_work_is_seen_and_tried_again(cast: Cast, now: datetime, sign_in: Any) -> None:
    client = sign_in(cast.ada)
    with FAKES["gitlab"]() as fake:
        tracker = set_up(cast, "gitlab", fake, now)
        problem, _ticket = a_problem(cast, now)
        fake.faults = ["422"]
        client.post(
            reverse("desk:problem_issues", args=[problem.pk]), {"tracker": tracker.pk, "title": "T", "text": "x"}
        )
        do_jobs()
        call = TrackerCall.objects.get()
        assert call.state == "failed"
        for url in (reverse("desk:problem", args=[problem.pk]), reverse("desk:tracker", args=[tracker.pk])):
            page = text_of(client.get(url))
            assert "as planned" in page
            assert "Try again" in page
        client.post(reverse("desk:call_retry", args=[call.pk]))
        do_jobs()
        assert Issue.objects.get().problem == problem
        TrackerHook.objects.create(
            tracker=tracker, delivery="d", received_at=now, state="failed", trouble="No JSON", body=b"{"
        )
        page = text_of(client.get(reverse("desk:tracker", args=[tracker.pk])))
        assert "No JSON" in page
        client.post(reverse("desk:hook_retry", args=[TrackerHook.objects.get().pk]))
        do_jobs()
        assert TrackerHook.objects.get().state == "failed"


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "{{ 7|add:7 }}", '"><img src=x onerror=alert(1)>'])
def test_foreign_words_are_shown_literally(cast: Cast, now: datetime, sign_in: Any, text: str) -> None:
    ticket = cast.writes(cast.paula, now, subject=text)
    escalated(cast, ticket, now, words=dict.fromkeys(WHOLE, text))
    problem = actions.make_problem(ticket, title=text, by=cast.dev, at=now)
    client = sign_in(cast.dev)
    for url in (
        packet_url(ticket),
        reverse("desk:developers"),
        reverse("desk:problems"),
        reverse("desk:problem", args=[problem.pk]) + "?words=" + text,
    ):
        page = client.get(url).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_a_strange_key_of_a_page_is_passed_over(cast: Cast, now: datetime, sign_in: Any) -> None:
    escalated(cast, cast.writes(cast.paula, now), now)
    client = sign_in(cast.dev)
    for after in ("x", "~~", "1~x~1", "'; drop table", "9" * 400, "\x00"):
        assert client.get(reverse("desk:developers"), {"after": after}).status_code == 200
        assert client.get(reverse("desk:problems"), {"after": after, "state": after}).status_code == 200


def test_what_is_no_number_or_no_word_is_no_fault_of_ours(cast: Cast, now: datetime, sign_in: Any) -> None:
    ticket = cast.writes(cast.paula, now)
    made = actions.make_problem(ticket, title="Relay", by=cast.tess, at=now)
    client, page = sign_in(cast.tess), reverse("desk:problem", args=[made.pk])
    for asked in ({"words": "\x00lock"}, {"problem": "\x00lock"}):
        assert client.get(page, asked).status_code == 200
    assert client.get(reverse("desk:ticket_escalation", args=[ticket.number]), {"words": "\x00"}).status_code == 200
    joined = client.post(reverse("desk:problem_joining", args=[made.pk]), {"other": "1" * 5000})
    assert joined["Location"] == page

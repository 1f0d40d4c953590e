"""Calls to trackers against fakes that are as strict as the products: made once, tried again, given up, repeated by a person."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.utils import timezone

from mainstay.escalations import actions
from mainstay.escalations.checking import check_tracker, is_good
from mainstay.escalations.errors import IssueElsewhere, NothingToRepeat, NotOpen, WrongSetUp
from mainstay.escalations.models import Issue, IssueComment, Tracker, TrackerCall
from mainstay.escalations.queries import failing_trackers
from mainstay.escalations.rules import GIVE_UP_AFTER, wait_seconds
from mainstay.escalations.tracking import marker_in
from mainstay.people.errors import NotAllowed
from tests.cast import Cast
from tests.escalations.trackers import a_problem, set_up
from tests.trackers.fakes import FAKES, FakeJira
from tests.working import waiting_jobs

KINDS = list(FAKES)
KEYS = {"gitlab": "1", "github": "1", "jira": "APP-1"}


def tried(call: TrackerCall, at: datetime) -> TrackerCall:
    actions.make_call(call.pk, at=at)
    call.refresh_from_db()
    return call


def an_issue(cast: Cast, kind: str, fake: Any, now: datetime) -> tuple[Issue, Any]:
    problem, ticket = a_problem(cast, now)
    tracker = set_up(cast, kind, fake, now)
    call = actions.open_issue(
        problem, tracker=tracker, title="The relay stays closed", text="See.", by=cast.dev, at=now
    )
    assert tried(call, now).state == "sent", call.trouble
    assert call.issue is not None
    return call.issue, ticket


@pytest.mark.parametrize("kind", KINDS)
def test_an_issue_is_opened_commented_and_read(cast: Cast, now: datetime, kind: str) -> None:
    with FAKES[kind]() as fake:
        issue, ticket = an_issue(cast, kind, fake, now)
        assert (issue.key, issue.is_open, issue.title) == (KEYS[kind], True, "The relay stays closed")
        assert issue.url.startswith("http")
        assert len(fake.issues) == 1
        assert ticket.events.filter(kind="issue_linked").count() == 1
        call = actions.comment_on_issue(issue, text="It happens in 3.15 too.", by=cast.tess, at=now)
        assert tried(call, now).state == "sent"
        said = fake.comments[0][1]["body"]
        assert said.startswith("Tess:\n\nIt happens in 3.15 too.")
        assert marker_in(said) == call.marker
        assert [(one.is_ours, one.author) for one in IssueComment.objects.all()] == [(True, "Tess")]
        assert not ticket.messages.exclude(kind__in=["inbound", "note", "acknowledgement"]).exists()


@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_that_never_came_makes_no_second_issue_or_comment(cast: Cast, now: datetime, kind: str) -> None:
    with FAKES[kind]() as fake:
        problem, _ticket = a_problem(cast, now)
        tracker = set_up(cast, kind, fake, now)
        call = actions.open_issue(problem, tracker=tracker, title="T", text="x", by=cast.dev, at=now)
        fake.faults = ["lost"]
        assert tried(call, now).state == "queued"
        assert len(fake.issues) == 1, "it had worked"
        assert tried(call, now + timedelta(minutes=1)).state == "sent"
        assert len(fake.issues) == 1
        assert call.issue is not None
        comment = actions.comment_on_issue(call.issue, text="Again?", by=cast.tess, at=now)
        fake.faults = ["slow"]
        assert tried(comment, now).state == "queued"
        assert tried(comment, now + timedelta(minutes=1)).state == "sent"
        assert len(fake.comments) == 1
        assert comment.remote_id == str(fake.comments[0][1]["id"])


def test_an_older_jira_is_asked_in_its_own_way(cast: Cast, now: datetime) -> None:
    with FakeJira(is_old=True) as fake:
        problem, _ticket = a_problem(cast, now)
        tracker = set_up(cast, "jira", fake, now, user="")
        call = actions.open_issue(problem, tracker=tracker, title="T", text="x", by=cast.dev, at=now)
        fake.faults = ["lost"]
        tried(call, now)
        assert tried(call, now).state == "sent"
        assert len(fake.issues) == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fault", ["500", "502", "429", "408", "slow", "lost", "huge"])
def test_what_passes_by_itself_is_tried_again(cast: Cast, now: datetime, kind: str, fault: str) -> None:
    with FAKES[kind]() as fake:
        problem, _ticket = a_problem(cast, now)
        tracker = set_up(cast, kind, fake, now)
        call = actions.open_issue(problem, tracker=tracker, title="T", text="x", by=cast.dev, at=now)
        fake.faults = [fault]
        assert tried(call, now).state == "queued"
        assert call.trouble
        assert call.next_at is not None
        assert call.next_at > now
        assert len(waiting_jobs("escalations.call")) == 2, "the first job, and the one for later"
        assert tried(call, call.next_at).state == "sent"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fault", ["401", "403", "404", "410", "422", "301", "html"])
def test_what_does_not_pass_waits_for_a_person(cast: Cast, now: datetime, kind: str, fault: str) -> None:
    with FAKES[kind]() as fake:
        problem, _ticket = a_problem(cast, now)
        tracker = set_up(cast, kind, fake, now)
        call = actions.open_issue(problem, tracker=tracker, title="T", text="x", by=cast.dev, at=now)
        fake.faults = [fault]
        asked = len(fake.asked)
        assert tried(call, now).state == "failed"
        assert call.trouble
        assert tried(call, now).state == "failed"
        assert len(fake.asked) == asked + 1, "nobody asked again"
        actions.repeat_call(call, by=cast.tess, at=now)
        assert tried(call, now).state == "sent"
        assert len(fake.issues) == 1
        with pytest.raises(NothingToRepeat):
            actions.repeat_call(call, by=cast.tess, at=now)


def test_a_tracker_that_asks_for_patience_gets_it(cast: Cast, now: datetime) -> None:
    with FAKES["github"]() as fake:
        problem, _ticket = a_problem(cast, now)
        call = actions.open_issue(
            problem, tracker=set_up(cast, "github", fake, now), title="T", text="x", by=cast.dev, at=now
        )
        for status, headers in (("429", {"Retry-After": "1800"}), ("403", {"Retry-After": "1800"})):
            fake.faults, fake.fault_headers = [status], headers
            assert tried(call, now).state == "queued"
            assert call.next_at == now + timedelta(seconds=1800)
        fake.faults, fake.fault_headers = ["503"], {"Retry-After": "99999999999999999999"}
        assert tried(call, now).state == "queued"


def test_after_three_days_a_person_must_look(cast: Cast, now: datetime) -> None:
    with FAKES["gitlab"]() as fake:
        problem, _ticket = a_problem(cast, now)
        tracker = set_up(cast, "gitlab", fake, now)
        call = actions.open_issue(problem, tracker=tracker, title="T", text="x", by=cast.dev, at=now)
        fake.faults = ["500"] * 1000
        at, tries = now, 0
        while tried(call, at).state == "queued":
            assert call.next_at is not None
            at, tries = call.next_at, tries + 1
            assert tries < 100
        assert timedelta(days=2, hours=12) < at - now <= GIVE_UP_AFTER
        assert 20 < tries < 40


def test_waits_grow_and_differ_between_calls() -> None:
    waits = [wait_seconds(attempt, "a") for attempt in range(1, 15)]
    assert all(later > earlier for earlier, later in pairwise(waits[:9]))
    assert max(waits) <= 4 * 3600 * 1.2
    assert wait_seconds(1, "a") != wait_seconds(1, "b")
    assert wait_seconds(10**9, "a") < 5 * 3600


def test_a_wrong_token_and_a_wrong_project_are_told_apart(cast: Cast, now: datetime) -> None:
    for kind in KINDS:
        with FAKES[kind]() as fake:
            assert is_good(check_tracker(set_up(cast, kind, fake, now)))
            steps = check_tracker(set_up(cast, kind, fake, now, name=f"{kind} 2", token="wrong"))
            assert [step.state for step in steps] == ["ok", "ok", "failed", "skipped"]
            assert "token" in steps[2].sentence
            steps = check_tracker(set_up(cast, kind, fake, now, name=f"{kind} 3", project="OTHER"))
            assert [step.state for step in steps] == ["ok", "ok", "ok", "failed"]
            assert fake.written == [], "nothing was written"


def test_an_issue_that_is_there_is_linked_once_its_tracker_has_told_of_it(cast: Cast, now: datetime) -> None:
    with FAKES["gitlab"]() as fake:
        fake.made("Known for long", "words")
        problem, _ticket = a_problem(cast, now)
        tracker = set_up(cast, "gitlab", fake, now)
        with pytest.raises(WrongSetUp, match="no issue of"):
            actions.link_issue(problem, tracker=tracker, key="nonsense", by=cast.tess, at=now)
        call = actions.link_issue(problem, tracker=tracker, key="#1", by=cast.tess, at=now)
        assert not problem.issues.exists()
        assert tried(call, now).state == "sent"
        assert problem.issues.get().title == "Known for long"
        missing = actions.link_issue(problem, tracker=tracker, key="77", by=cast.tess, at=now)
        assert tried(missing, now).state == "failed"


def test_an_issue_of_another_problem_offers_to_join_the_two(cast: Cast, now: datetime) -> None:
    with FAKES["gitlab"]() as fake:
        issue, _ticket = an_issue(cast, "gitlab", fake, now)
        other, ticket = a_problem(cast, now, cast.writes(cast.olaf, now))
        with pytest.raises(IssueElsewhere) as told:
            actions.link_issue(other, tracker=issue.tracker, key="1", by=cast.tess, at=now)
        assert told.value.problem == issue.problem_id
        joined = actions.join_problems(issue.problem, other, by=cast.tess, at=now)
        assert {link.ticket for link in joined.links.all()} >= {ticket}
        other.refresh_from_db()
        assert (other.state, other.joined_into) == ("joined", joined)
        with pytest.raises(NotOpen):
            actions.link_issue(other, tracker=issue.tracker, key="1", by=cast.tess, at=now)


def test_a_removed_tracker_is_asked_no_more(cast: Cast, now: datetime) -> None:
    with FAKES["gitlab"]() as fake:
        problem, _ticket = a_problem(cast, now)
        tracker = set_up(cast, "gitlab", fake, now)
        call = actions.open_issue(problem, tracker=tracker, title="T", text="x", by=cast.dev, at=now)
        actions.remove_tracker(tracker, by=cast.ada, at=now)
        assert tried(call, now).state == "failed"
        assert fake.asked == []
        with pytest.raises(NothingToRepeat):
            actions.repeat_call(call, by=cast.tess, at=now)
        tracker.refresh_from_db()
        assert (tracker.sealed_token, tracker.sealed_hook_secret) == ("", "")


def test_a_kind_that_was_taken_out_of_the_settings_is_told(cast: Cast, now: datetime, settings: Any) -> None:
    from mainstay.escalations.tracking import adapter_class

    with FAKES["gitlab"]() as fake:
        problem, _ticket = a_problem(cast, now)
        tracker = set_up(cast, "gitlab", fake, now)
        call = actions.open_issue(problem, tracker=tracker, title="T", text="x", by=cast.dev, at=now)
        settings.TRACKERS = {}
        adapter_class.cache_clear()
        assert tried(call, now).state == "failed"
        assert "not part of this desk" in call.trouble
    adapter_class.cache_clear()


def test_a_stranger_asks_nothing(cast: Cast, now: datetime) -> None:
    with FAKES["gitlab"]() as fake:
        issue, _ticket = an_issue(cast, "gitlab", fake, now)
        for verb in (
            lambda: actions.comment_on_issue(issue, text="x", by=cast.paula, at=now),
            lambda: actions.unlink_issue(issue, by=cast.paula, at=now),
            lambda: actions.open_issue(
                issue.problem, tracker=issue.tracker, title="T", text="x", by=cast.paula, at=now
            ),
        ):
            with pytest.raises(NotAllowed):
                verb()


def test_a_failure_is_loud_on_every_page_after_a_quarter_of_an_hour_for_a_week(
    cast: Cast, now: datetime, sign_in: Any
) -> None:
    with FAKES["gitlab"]() as fake:
        an_issue(cast, "gitlab", fake, now)
    TrackerCall.objects.update(state="failed", settled_at=now)
    name = Tracker.objects.get().name
    assert [failing_trackers(now + timedelta(minutes=after)) for after in (14, 15, 7 * 24 * 60)] == [[], [name], []]
    TrackerCall.objects.update(settled_at=timezone.now() - timedelta(hours=1))
    assert "waits for you: " + name in sign_in(cast.ada).get("/").content.decode()
    assert "waits for you" not in sign_in(cast.tess).get("/").content.decode()
    TrackerCall.objects.update(state="sent")
    assert "waits for you" not in sign_in(cast.ada).get("/").content.decode()


def test_nothing_that_we_write_is_a_command_to_gitlab(cast: Cast, now: datetime) -> None:
    with FAKES["gitlab"]() as fake:
        issue, _ticket = an_issue(cast, "gitlab", fake, now)
        call = actions.comment_on_issue(issue, text="As they say:\n/close", by=cast.dev, at=now)
        assert tried(call, now).state == "sent"
        assert "\n\\/close\n" in fake.comments[0][1]["body"]
        second = actions.open_issue(issue.problem, tracker=issue.tracker, title="T", text="/close", by=cast.dev, at=now)
        assert tried(second, now).state == "sent"
        assert fake.issues[-1]["description"].startswith("\\/close\n")

"""Set-up of rules in the browser: a preview before anything is saved, what was typed stays, and what rules did."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from mainstay.automation.actions import RuleGiven, add_rule, change_rule, run_rules, seen_of
from mainstay.automation.models import Rule, Run
from mainstay.automation.queries import forget_what_is_heard
from mainstay.lib.fingerprints import fingerprint
from tests.cast import Cast
from tests.working import do_jobs

NEW = "/setup/automation/new"
TYPED = {
    "name": "Smoke",
    "when": "opened",
    "match": "all",
    "condition_0": "subject:",
    "holds_0": "1",
    "words_0": "smoke",
    "deed_severity": "critical",
}


@pytest.fixture(autouse=True)
def heard_anew() -> None:
    forget_what_is_heard()


@pytest.fixture
def ada(cast: Cast, sign_in: Any) -> Any:
    return sign_in(cast.ada)


def words_of(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_a_preview_tells_what_it_would_have_met_and_saves_nothing(cast: Cast, ada: Any, now: datetime) -> None:
    met = cast.writes(cast.paula, now, subject="Smoke from the panel")
    other = cast.writes(cast.olaf, now, subject="Lock")
    answer = ada.post(NEW, {**TYPED, "do": "preview"})
    page = words_of(answer)
    assert (answer.status_code, Rule.objects.count(), Run.objects.count()) == (200, 0, 0)
    assert "It would have met this 1 ticket" in page
    assert f"#{met.number}" in page
    assert f"#{other.number}" not in page
    assert 'value="smoke"' in answer.content.decode()


def test_a_rule_is_made_switched_on_and_does_its_work(cast: Cast, ada: Any, now: datetime) -> None:
    made = ada.post(NEW, TYPED)
    rule = Rule.objects.get()
    assert made["Location"] == f"/setup/automation/{rule.pk}"
    assert not rule.is_on
    ada.post(f"/setup/automation/{rule.pk}/change", {"do": "on"})
    Rule.objects.update(since=now - timedelta(days=1))
    ticket = cast.writes(cast.paula, now, subject="Smoke!")
    do_jobs()
    page = words_of(ada.get("/setup/automation/runs"))
    assert f"#{ticket.number} Smoke!" in page
    assert "Set the severity to “Critical”" in page
    listed = words_of(ada.get("/setup/automation/"))
    assert "When a ticket is opened if Subject has “smoke” then Set the severity to “Critical”" in listed


def test_what_was_typed_stays_where_it_can_t_be_saved(ada: Any) -> None:
    answer = ada.post(NEW, {**TYPED, "name": "", "note": "Half a thought", "words_0": ""})
    page = answer.content.decode()
    assert (answer.status_code, "Half a thought" in page, "Which words?" in page) == (422, True, True)
    assert not Rule.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"when": "never"},
        {"condition_0": "colour:red"},
        {"condition_0": "assignee:1 or 1=1"},
        {"deed_severity": "loud"},
        {"minutes": "-1"},
        {"when": "silent"},
        {"tells": "99999999"},
        {"name": "a\x00b"},
        {"condition_500": "subject:"},
        {"deed_severity": ""},
    ],
)
def test_bad_input_is_told(ada: Any, wrong: dict[str, str]) -> None:
    assert ada.post(NEW, {**TYPED, **wrong}).status_code in (302, 422)
    assert Rule.objects.count() == (1 if "condition_500" in wrong else 0)


def test_a_colleague_who_was_quicker_is_told_of_and_nothing_is_lost(cast: Cast, ada: Any, now: datetime) -> None:
    rule = add_rule(RuleGiven(name="Urgent", when="opened", note="x"), by=cast.ada, at=now)
    seen = fingerprint(seen_of(rule))
    change_rule(rule, RuleGiven(name="Theirs", when="opened", note="y"), seen=seen, by=cast.ada, at=now)
    answer = ada.post(f"/setup/automation/{rule.pk}", {**TYPED, "name": "Mine", "seen": seen})
    page = answer.content.decode()
    assert (answer.status_code, "Theirs" in page, 'value="Mine"' in page) == (422, True, True)
    again = re.search(r'name="seen"\s+value="(\w+)"', page)
    assert again
    assert ada.post(f"/setup/automation/{rule.pk}", {**TYPED, "name": "Mine", "seen": again[1]}).status_code == 302
    assert Rule.objects.get().name == "Mine"


def test_rules_cost_the_same_with_one_and_with_thirty(
    cast: Cast, ada: Any, now: datetime, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counted = []
    for number in (1, 30):
        while Rule.objects.count() < number:
            add_rule(RuleGiven(name=f"Rule {Rule.objects.count()}", when="opened", note="x"), by=cast.ada, at=now)
        for url in ("/setup/automation/", "/setup/automation/runs"):
            ada.get(url)
            with CaptureQueriesContext(connection) as captured:
                ada.get(url)
            counted.append(len(captured))
    assert counted[:2] == counted[2:]


def test_the_log_has_pages(cast: Cast, ada: Any, now: datetime) -> None:
    rule = add_rule(RuleGiven(name="Urgent", when="opened", note="x"), by=cast.ada, at=now)
    Rule.objects.update(is_on=True, since=now - timedelta(days=1))
    for _time in range(45):
        ticket = cast.writes(cast.olaf, now)
        run_rules(ticket.events.get(kind="opened").pk, at=now)
    page = ada.get(f"/setup/automation/runs?rule={rule.pk}").content.decode()
    older = re.search(r'href="(\?[^"]*after=\d+)"', page)
    assert older
    rest = ada.get("/setup/automation/runs" + older[1].replace("&amp;", "&")).content.decode()
    assert (page.count("<tr data-item"), rest.count("<tr data-item")) == (40, 5)

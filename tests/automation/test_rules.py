"""Rules: what wakes them, what they ask, what they do, and the brake."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from mainstay.audit.models import SettingChange
from mainstay.automation import actions
from mainstay.automation.actions import RuleGiven
from mainstay.automation.errors import (
    ChangedMeanwhile,
    DoesNothing,
    NameTaken,
    NoMinutes,
    NoName,
    NotifiesNobody,
    UnknownCondition,
)
from mainstay.automation.models import Rule, Run
from mainstay.automation.queries import choices_of, forget_what_is_heard, preview, rule_for, rules_for, runs_for
from mainstay.automation.rules import Condition, holds
from mainstay.channels.email.models import OutgoingMail
from mainstay.lib.fingerprints import fingerprint
from mainstay.notifications.models import Notification
from mainstay.people.errors import NotAllowed
from mainstay.people.models import Account, Team
from mainstay.promises.queries import policy_in_force
from mainstay.tickets import actions as tickets
from mainstay.tickets.models import Ticket, TicketEvent
from mainstay.writing.actions import Naming, add_answer
from mainstay.writing.deeds import Planned
from mainstay.writing.errors import NoSuchDeed
from tests.cast import Cast
from tests.working import do_jobs, waiting_jobs


@pytest.fixture(autouse=True)
def heard_anew() -> Iterator[None]:
    """No test knows the rules of the one before."""
    forget_what_is_heard()
    yield
    forget_what_is_heard()


def a_rule(cast: Cast, now: datetime, *, is_on: bool = True, **given: Any) -> Rule:
    values: dict[str, Any] = {"name": "Urgent", "when": "opened", "deeds": [Planned("severity", "critical")], **given}
    rule = actions.add_rule(RuleGiven(**values), by=cast.ada, at=now)
    if is_on:
        actions.switch_rule(rule, is_on=True, by=cast.ada, at=now)
    forget_what_is_heard()
    return rule


def again(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def runs() -> list[tuple[str, str]]:
    return list(Run.objects.order_by("pk").values_list("name", "outcome"))


# --- what wakes a rule ------------------------------------------------------------------------------------------------


def test_a_rule_does_what_it_says_when_a_ticket_is_opened(cast: Cast, now: datetime) -> None:
    a_rule(cast, now, conditions=[Condition("subject", "smoke")])
    burns, other = cast.writes(cast.paula, now, subject="Smoke from the panel"), cast.writes(cast.olaf, now)
    do_jobs()
    assert (again(burns).severity, again(other).severity) == ("critical", "normal")
    assert runs() == [("Urgent", "done")]


def test_what_a_rule_did_is_told_as_its_doing_and_nobodys(cast: Cast, now: datetime, sign_in: Any) -> None:
    rule = a_rule(cast, now)
    ticket = cast.writes(cast.paula, now)
    do_jobs()
    event = ticket.events.get(kind="classified")
    assert (event.by, event.facts["rule"], event.facts["rules"]) == (None, "Urgent", str(rule.pk))
    page = sign_in(cast.tess).get(f"/tickets/{ticket.number}").content.decode()
    assert "The rule “Urgent” set nature and severity" in page


def test_without_rules_nothing_is_enqueued(cast: Cast, now: datetime) -> None:
    a_rule(cast, now, is_on=False)
    cast.writes(cast.paula, now)
    assert waiting_jobs("automation.run") == []


def test_a_rule_runs_once_for_an_event_however_often_its_job_does(cast: Cast, now: datetime) -> None:
    a_rule(cast, now, note="Look at the manual.", deeds=[])
    ticket = cast.writes(cast.paula, now)
    event = ticket.events.get(kind="opened")
    for _time in range(3):
        actions.run_rules(event.pk, at=now)
    do_jobs()
    assert ticket.messages.filter(kind="note").count() == 1


def test_what_happened_before_it_was_switched_on_is_none_of_its_business(cast: Cast, now: datetime) -> None:
    ticket = cast.writes(cast.paula, now)
    a_rule(cast, now + timedelta(minutes=1))
    actions.run_rules(ticket.events.get(kind="opened").pk, at=now + timedelta(minutes=2))
    assert runs() == []


def test_rules_run_in_their_order(cast: Cast, now: datetime) -> None:
    a_rule(cast, now, name="First", deeds=[Planned("severity", "low")])
    second = a_rule(cast, now, name="Second", deeds=[Planned("severity", "high")])
    ticket = cast.writes(cast.paula, now)
    do_jobs()
    assert again(ticket).severity == "high"
    actions.move_rule(second, up=True, by=cast.ada, at=now)
    ticket = cast.writes(cast.olaf, now)
    do_jobs()
    assert again(ticket).severity == "low"


@pytest.mark.parametrize("when", ["unanswered", "unresolved"])
def test_one_by_the_clock_runs_once_when_the_time_has_come(cast: Cast, now: datetime, when: str) -> None:
    a_rule(cast, now - timedelta(days=1), when=when, minutes=30)
    ticket = cast.writes(cast.paula, now)
    for minutes, expected in ((29, "normal"), (30, "critical"), (31, "critical")):
        actions.look_at_clock(at=now + timedelta(minutes=minutes))
        assert again(ticket).severity == expected
    assert runs() == [("Urgent", "done")]


def test_an_answered_ticket_does_not_wait_for_its_first_answer(cast: Cast, now: datetime) -> None:
    a_rule(cast, now - timedelta(days=1), when="unanswered", minutes=30)
    ticket = cast.writes(cast.paula, now)
    tickets.reply_to_ticket(ticket, text="x", by=cast.tess, at=now + timedelta(minutes=5), then="open")
    actions.look_at_clock(at=now + timedelta(minutes=40))
    assert again(ticket).severity == "normal"


def test_a_silent_customer_is_noticed_once_for_each_of_our_answers(cast: Cast, now: datetime) -> None:
    a_rule(cast, now - timedelta(days=1), when="silent", minutes=60, deeds=[], note="Ask again.")
    ticket = cast.writes(cast.paula, now)
    tickets.reply_to_ticket(ticket, text="x", by=cast.tess, at=now)
    for minutes in (59, 61, 62):
        actions.look_at_clock(at=now + timedelta(minutes=minutes))
    assert ticket.messages.filter(kind="note").count() == 1
    tickets.reply_to_ticket(ticket, text="y", by=cast.tess, at=now + timedelta(minutes=70))
    actions.look_at_clock(at=now + timedelta(minutes=131))
    assert ticket.messages.filter(kind="note").count() == 2


def test_the_clock_stands_while_the_desk_is_closed(cast: Cast, now: datetime) -> None:
    friday = datetime(2026, 11, 20, 21, 50, tzinfo=now.tzinfo)
    a_rule(cast, friday - timedelta(days=1), when="unanswered", minutes=30)
    ticket = cast.writes(cast.paula, friday)
    actions.look_at_clock(at=friday + timedelta(days=2))
    assert again(ticket).severity == "normal"
    actions.look_at_clock(at=datetime(2026, 11, 23, 6, 20, tzinfo=now.tzinfo))
    assert again(ticket).severity == "critical"


# --- what it asks -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "paula", "rita"),
    [
        (Condition("organisation", "LAR"), True, False),
        (Condition("organisation", "LAR", holds=False), False, True),
        (Condition("country", "nl"), True, True),
        (Condition("entitlement", "refused"), False, True),
        (Condition("channel", "email"), True, True),
        (Condition("assignee", "nobody"), True, True),
        (Condition("assignee", "nobody", holds=False), False, False),
        (Condition("text", "STAYS open"), True, True),
        (Condition("text", "fire"), False, False),
        (Condition("subject", "100%_"), False, False),
        (Condition("hours", "open"), True, True),
        (Condition("hours", "shut"), False, False),
        (Condition("state", "new"), True, False),
    ],
)
def test_conditions(cast: Cast, now: datetime, condition: Condition, paula: bool, rita: bool) -> None:
    rule = a_rule(cast, now, conditions=[condition])
    asked = [cast.writes(cast.paula, now), cast.writes(cast.rita, now)]
    do_jobs()
    assert [again(ticket).severity == "critical" for ticket in asked] == [paula, rita]
    found = preview(rule.when, rule.match, [condition], now)
    assert found.looked_at == 2


def test_conditions_on_custom_fields_and_on_the_assignees_team(cast: Cast, now: datetime) -> None:
    given = tickets.FieldGiven(name="Lock", kind="choice", choices=["NO", "NC"])
    lock = tickets.keep_field(None, given, by=cast.ada, at=now)
    tick = tickets.keep_field(None, tickets.FieldGiven(name="On site", kind="checkbox"), by=cast.ada, at=now)
    team = Team.objects.create(name="North")
    team.members.add(cast.tess)
    ticket, other = cast.writes(cast.paula, now), cast.writes(cast.paula, now)
    tickets.fill_fields(ticket, {lock.pk: "NO", tick.pk: "yes"}, by=cast.tess, at=now)
    tickets.assign_ticket(ticket, to=cast.tess, by=cast.tess, at=now)
    policy = policy_in_force(now)
    for field, value in (
        ("custom", f"{lock.pk}~NO"),
        ("custom", f"{lock.pk}~"),
        ("custom", f"{tick.pk}~yes"),
        ("team", str(team.pk)),
    ):
        assert value in dict(choices_of(field, policy)), (field, value)
        for one, expected in ((ticket, True), (other, False)):
            assert holds(one, [Condition(field, value)], "all", is_open=True) is expected, (field, value)
            assert holds(one, [Condition(field, value, holds=False)], "all", is_open=True) is not expected
    assert not holds(ticket, [Condition("custom", f"{lock.pk}~NC")], "all", is_open=True)
    a_rule(cast, now, conditions=[Condition("custom", f"{lock.pk}~NO"), Condition("team", str(team.pk))])


def test_all_or_one_of_them(cast: Cast, now: datetime) -> None:
    two = [Condition("subject", "smoke"), Condition("text", "flames")]
    a_rule(cast, now, name="All", conditions=two, deeds=[], note="all")
    a_rule(cast, now, name="One", conditions=two, match="any", deeds=[], note="one")
    cast.writes(cast.paula, now, subject="Smoke")
    cast.writes(cast.olaf, now, "Flames!", subject="Smoke")
    do_jobs()
    assert sorted(runs()) == [("All", "done"), ("One", "done"), ("One", "done")]


def test_an_assignee_who_is_another_is_not_me_and_nobody_is_not_either(cast: Cast, now: datetime) -> None:
    a_rule(cast, now, when="replied", conditions=[Condition("assignee", str(cast.tom.pk), holds=False)])
    ticket = cast.writes(cast.paula, now)
    tickets.reply_to_ticket(ticket, text="x", by=cast.tess, at=now)
    do_jobs()
    assert again(ticket).severity == "critical"


# --- what it does -----------------------------------------------------------------------------------------------------


def test_all_it_does_is_told_in_the_log(cast: Cast, now: datetime) -> None:
    a_rule(
        cast,
        now,
        deeds=[Planned("assign", str(cast.tom.pk)), Planned("severity", "critical")],
        note="Look at **this**.",
        tells=[cast.sue.pk],
        tells_assignee=True,
    )
    ticket = cast.writes(cast.paula, now)
    do_jobs()
    run = Run.objects.get()
    assert run.did == ["Assign it to Tom", "Set the severity to “Critical”", "Write a note", "Tell Sue, Tom"]
    assert (again(ticket).assignee, ticket.messages.get(kind="note").sender_name) == (cast.tom, "Urgent")
    told = Notification.objects.filter(kind="rule_tells").order_by("person_id")
    assert {one.person for one in told} == {cast.sue, cast.tom}


def test_nothing_to_do_is_said_so(cast: Cast, now: datetime) -> None:
    a_rule(cast, now, deeds=[Planned("severity", "normal")])
    cast.writes(cast.paula, now)
    do_jobs()
    assert runs() == [("Urgent", "nothing")]


def test_an_automatic_answer_says_so_goes_once_a_day_and_is_no_response(cast: Cast, now: datetime) -> None:
    answer = add_answer(
        Naming("Patience", "", ""), wordings={"en": "Hello {{ person.name }}"}, shared=True, by=cast.ada, at=now
    )
    a_rule(cast, now - timedelta(days=3), when="silent", minutes=60, deeds=[], answer=answer)
    ticket = cast.writes(cast.paula, now - timedelta(days=2))
    tickets.reply_to_ticket(ticket, text="x", by=cast.tess, at=now - timedelta(days=2))
    actions.look_at_clock(at=now)
    mail = OutgoingMail.objects.filter(is_automatic=True).order_by("-pk")[0]
    raw = bytes(mail.raw).decode()
    assert ("Auto-Submitted: auto" in raw, "Hello Paula" in raw) == (True, True)
    before = again(ticket).promise.first_response_seconds
    assert tickets.recount_promises()[1] == []
    assert before is not None
    tickets.reply_to_ticket(ticket, text="y", by=cast.tess, at=now + timedelta(minutes=1))
    actions.look_at_clock(at=now + timedelta(hours=2))
    assert runs() == [("Urgent", "done"), ("Urgent", "nothing")]


def test_what_can_t_be_done_is_told_and_nothing_of_it_is_done(cast: Cast, now: datetime) -> None:
    answer = add_answer(
        Naming("X", "", ""), wordings={"en": "About {{ ticket.product }}"}, shared=True, by=cast.ada, at=now
    )
    a_rule(cast, now, answer=answer)
    ticket = cast.writes(cast.paula, now)
    do_jobs()
    run = Run.objects.get()
    assert (run.outcome, run.did, again(ticket).severity) == ("failed", [], "normal")
    assert "the product" in run.problem


def test_it_never_does_what_its_author_may_not_any_more(cast: Cast, now: datetime) -> None:
    a_rule(cast, now)
    Account.objects.filter(person=cast.ada).update(role="developer")
    ticket = cast.writes(cast.paula, now)
    do_jobs()
    assert (Run.objects.get().outcome, again(ticket).severity) == ("failed", "normal")


def test_the_figures_of_what_rules_do_are_the_same_counted_anew(cast: Cast, now: datetime) -> None:
    a_rule(cast, now, when="replied", deeds=[Planned("state", "resolve")])
    ticket = cast.writes(cast.paula, now)
    tickets.reply_to_ticket(ticket, text="x", by=cast.tess, at=now + timedelta(minutes=2))
    do_jobs()
    assert again(ticket).state == "resolved"
    assert tickets.recount_promises()[1] == []


# --- the brake --------------------------------------------------------------------------------------------------------


def test_two_rules_that_undo_each_other_come_to_rest(cast: Cast, now: datetime) -> None:
    a_rule(cast, now, name="Up", when="classified", deeds=[Planned("severity", "critical")])
    a_rule(cast, now, name="Down", when="classified", deeds=[Planned("severity", "low")])
    ticket = cast.writes(cast.paula, now)
    tickets.classify_ticket(ticket, nature=ticket.nature, severity="high", by=cast.tess, at=now)
    do_jobs()
    assert TicketEvent.objects.filter(ticket=ticket, kind="classified").count() <= 5
    assert Run.objects.count() <= 4


def test_a_chain_of_rules_ends_after_three(cast: Cast, now: datetime) -> None:
    for place, severity in enumerate(["low", "high", "critical", "normal", "low"]):
        wakes = (
            Condition("subject", "x")
            if place == 0
            else Condition("severity", ["low", "high", "critical", "normal"][place - 1])
        )
        a_rule(
            cast,
            now,
            name=f"Rule {place}",
            when="classified",
            conditions=[wakes],
            deeds=[Planned("severity", severity)],
        )
    ticket = cast.writes(cast.paula, now, subject="x")
    tickets.classify_ticket(ticket, nature=ticket.nature, severity="high", by=cast.tess, at=now)
    do_jobs()
    assert "braked" in [outcome for _name, outcome in runs()] or Run.objects.count() <= 5
    depths = [
        len(str(event.facts.get("rules", "")).split(",")) for event in ticket.events.filter(kind="classified", by=None)
    ]
    assert max(depths) <= 3


def test_one_that_runs_too_often_on_a_ticket_is_paused_and_told(cast: Cast, now: datetime) -> None:
    a_rule(cast, now, when="message", deeds=[], note="Again!")
    ticket = cast.writes(cast.paula, now)
    for minute in range(1, 13):
        cast.writes(cast.paula, now + timedelta(minutes=minute), thread=ticket.pk)
        do_jobs()
    rule = Rule.objects.get()
    assert (rule.is_on, ticket.messages.filter(kind="note").count()) == (False, 10)
    assert "within an hour" in rule.paused_because
    assert Notification.objects.filter(kind="rule_paused", person=cast.ada).count() == 1


def test_one_that_fails_five_times_in_a_row_is_paused(cast: Cast, now: datetime) -> None:
    answer = add_answer(
        Naming("X", "", ""), wordings={"en": "About {{ ticket.product }}"}, shared=True, by=cast.ada, at=now
    )
    a_rule(cast, now, answer=answer)
    for _time in range(6):
        cast.writes(cast.olaf, now)
        do_jobs()
    assert (Rule.objects.get().is_on, Run.objects.count()) == (False, 5)


# --- keeping rules ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"name": "  "}, NoName),
        ({"name": "URGENT"}, NameTaken),
        ({"deeds": []}, DoesNothing),
        ({"when": "silent"}, NoMinutes),
        ({"when": "silent", "minutes": 100_001}, NoMinutes),
        ({"conditions": [Condition("nature", "gardening")]}, UnknownCondition),
        ({"conditions": [Condition("colour", "red")]}, UnknownCondition),
        ({"conditions": [Condition("assignee", "1 or 1=1")]}, UnknownCondition),
        ({"conditions": [Condition("subject", "a\x00b")]}, UnknownCondition),
        ({"deeds": [Planned("explode", "now")]}, NoSuchDeed),
        ({"deeds": [Planned("assign", "me")]}, UnknownCondition),
        ({"tells": [10**9]}, NotifiesNobody),
    ],
)
def test_a_rule_that_is_none_is_refused(
    cast: Cast, now: datetime, given: dict[str, Any], problem: type[Exception]
) -> None:
    a_rule(cast, now)
    with pytest.raises(problem):
        a_rule(cast, now, **{"name": "Other", **given})
    assert Rule.objects.count() == 1


def test_two_who_change_one_rule_lose_nothing(cast: Cast, now: datetime) -> None:
    rule = a_rule(cast, now)
    seen = fingerprint(actions.seen_of(Rule.objects.get()))
    first = RuleGiven(name="Mine", when="opened", note="x")
    actions.change_rule(rule, first, seen=seen, by=cast.ada, at=now)
    with pytest.raises(ChangedMeanwhile):
        actions.change_rule(rule, RuleGiven(name="Yours", when="opened", note="y"), seen=seen, by=cast.ada, at=now)
    assert Rule.objects.get().name == "Mine"


def test_each_change_stands_in_the_log_of_settings(cast: Cast, now: datetime) -> None:
    rule = a_rule(cast, now)
    copied = actions.copy_rule(rule, by=cast.ada, at=now)
    actions.move_rule(copied, up=True, by=cast.ada, at=now)
    actions.remove_rule(rule, by=cast.ada, at=now)
    assert (copied.name, copied.is_on) == ("Copy of Urgent", False)
    assert SettingChange.objects.filter(noun="rule").count() == 5


def test_only_who_administers_the_desk_has_to_do_with_rules(cast: Cast, now: datetime) -> None:
    rule = a_rule(cast, now)
    for somebody in (cast.tess, cast.sue, cast.dev, cast.paula):
        assert list(rules_for(somebody)) == list(runs_for(somebody)) == []
        assert rule_for(somebody, rule.pk) is None
        for verb in (
            lambda who: actions.add_rule(RuleGiven(name="x", when="opened", note="x"), by=who, at=now),
            lambda who: actions.switch_rule(rule, is_on=False, by=who, at=now),
            lambda who: actions.remove_rule(rule, by=who, at=now),
            lambda who: actions.move_rule(rule, up=True, by=who, at=now),
        ):
            with pytest.raises(NotAllowed):
                verb(somebody)


def test_the_preview_does_nothing_and_tells_what_it_looked_at(cast: Cast, now: datetime) -> None:
    for minute in range(20):
        cast.writes(cast.paula, now + timedelta(minutes=minute), subject="Smoke" if minute % 2 else "Lock")
    found = preview("opened", "all", [Condition("subject", "smoke")], now + timedelta(hours=1))
    assert (found.looked_at, found.matched, len(found.shown), found.is_partial) == (20, 10, 10, False)
    by_the_clock = preview("silent", "all", [Condition("subject", "smoke")], now + timedelta(hours=1))
    assert (by_the_clock.looked_at, by_the_clock.matched) == (20, 10)
    assert Run.objects.count() == 0


def test_old_runs_are_forgotten(cast: Cast, now: datetime) -> None:
    a_rule(cast, now)
    cast.writes(cast.paula, now)
    do_jobs()
    assert actions.forget_old_runs(at=now + timedelta(days=89)) == 0
    assert actions.forget_old_runs(at=now + timedelta(days=400)) == 1

"""A macro does all of it or nothing, and is undone as far as nothing happened since."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from mainstay.channels.email.models import OutgoingMail
from mainstay.people.errors import NotAllowed
from mainstay.tickets import actions as tickets
from mainstay.tickets.errors import AnsweredMeanwhile, MergedAway, MoveNotAllowed
from mainstay.tickets.models import Tag, Ticket
from mainstay.tickets.queries import ticket_for
from mainstay.writing import actions
from mainstay.writing.actions import Does, Naming, run_macro, undo_macro
from mainstay.writing.deeds import Planned, deeds
from mainstay.writing.errors import Gaps, NoSuchDeed, TooLateToUndo
from mainstay.writing.models import Macro, MacroRun
from mainstay.writing.queries import run_for, undoable_runs
from tests.cast import Cast


def state_of(ticket: Ticket, cast: Cast) -> tuple[Any, ...]:
    now = ticket_for(cast.tess, ticket.number)
    tags = sorted(tag.name for tag in now.tags.order_by("pk"))
    return now.state, now.assignee, now.nature, now.severity, tags


def made(cast: Cast, at: datetime, *deeds: tuple[str, str], **does: Any) -> Macro:
    wordings = {"en": "Words"} if does.get("writes") else {}
    planned = [Planned(*one) for one in deeds]
    return actions.add_macro(Naming("M"), Does(planned, **does), wordings=wordings, shared=True, by=cast.sue, at=at)


def test_it_does_its_deeds_replies_and_says_so_once(cast: Cast, ticket: Ticket, macro: Macro, now: datetime) -> None:
    run = run_macro(macro, ticket, text="Is the supply on?", by=cast.tess, at=now, undo_seconds=10)
    assert state_of(ticket, cast)[:2] == ("open", cast.tess)
    assert state_of(ticket, cast)[3] == "critical"
    reply = ticket.messages.get(kind="reply")
    assert (reply.text, reply.text_format, run.message) == ("Is the supply on?", "markdown", reply)
    assert [event.facts["macro"] for event in ticket.events.filter(kind="macro_run")] == ["Power"]
    macro.refresh_from_db()
    assert (macro.used_count, macro.used_at) == (1, now)


def test_undone_within_the_window_nothing_of_it_is_left(
    cast: Cast, ticket: Ticket, macro: Macro, now: datetime
) -> None:
    before = state_of(ticket, cast)
    run = run_macro(macro, ticket, text="Is the supply on?", by=cast.tess, at=now, undo_seconds=10)
    undone = undo_macro(run, by=cast.tess, at=now + timedelta(seconds=9))
    assert undone.kept == ()
    assert state_of(ticket, cast) == before
    assert OutgoingMail.objects.filter(message=run.message).get().state == "withdrawn"
    assert ticket_for(cast.tess, ticket.number).promise.first_responded_at is None
    assert tickets.recount_promises()[1] == []
    with pytest.raises(TooLateToUndo):
        undo_macro(run, by=cast.tess, at=now + timedelta(seconds=9))


@pytest.mark.parametrize(
    "deed",
    [
        ("assign", "me"),
        ("assign", "nobody"),
        ("nature", "setup"),
        ("severity", "critical"),
        ("state", "resolve"),
        ("state", "wait"),
        ("state", "open"),
    ],
)
@pytest.mark.parametrize("starts", ["new", "taken", "waiting", "resolved"])
def test_each_deed_is_undone_from_each_state(
    cast: Cast, ticket: Ticket, now: datetime, deed: tuple[str, str], starts: str
) -> None:
    if starts != "new":
        tickets.assign_ticket(ticket, to=cast.tom, by=cast.tom, at=now)
    if starts == "waiting":
        tickets.await_customer(ticket, by=cast.tom, at=now)
    if starts == "resolved":
        tickets.resolve_ticket(ticket, by=cast.tom, at=now)
    before = state_of(ticket, cast)
    macro, at = made(cast, now, deed), now + timedelta(seconds=1)
    if (starts, deed) == ("resolved", ("state", "wait")):
        with pytest.raises(MoveNotAllowed):
            run_macro(macro, ticket, by=cast.tess, at=at)
        return
    run = run_macro(macro, ticket, by=cast.tess, at=at)
    assert undo_macro(run, by=cast.tess, at=now + timedelta(seconds=5)).kept == ()
    assert state_of(ticket, cast) == before
    assert tickets.recount_promises()[1] == []


def test_a_tag_is_put_on_and_taken_off_again(cast: Cast, ticket: Ticket, now: datetime) -> None:
    power, old = Tag.objects.create(name="power"), Tag.objects.create(name="old")
    tickets.tag_ticket(ticket, name="old", by=cast.tom, at=now)
    macro = made(cast, now, ("tag", str(power.pk)))
    run = run_macro(macro, ticket, by=cast.tess, at=now)
    assert state_of(ticket, cast)[4] == ["old", "power"]
    undo_macro(run, by=cast.tess, at=now)
    assert state_of(ticket, cast)[4] == ["old"]
    again = run_macro(made_for(macro, cast, now, old), ticket, by=cast.tess, at=now)
    assert again.done == []  # it had it already, so that undoing takes nothing off
    undo_macro(again, by=cast.tess, at=now)
    assert state_of(ticket, cast)[4] == ["old"]


def made_for(macro: Macro, cast: Cast, at: datetime, tag: Tag) -> Macro:
    does = Does([Planned("tag", str(tag.pk))])
    return actions.change_macro(macro, Naming(macro.name), does, wordings={}, by=cast.sue, at=at)


def test_what_a_colleague_changed_since_stays_and_is_told(
    cast: Cast, ticket: Ticket, macro: Macro, now: datetime
) -> None:
    run = run_macro(macro, ticket, text="Is the supply on?", by=cast.tess, at=now, undo_seconds=10)
    tickets.assign_ticket(ticket, to=cast.tom, by=cast.sue, at=now)
    undone = undo_macro(run, by=cast.tess, at=now + timedelta(seconds=5))
    assert undone.kept == ("“Assign it to Tess” stays: somebody has changed it since.",)
    assert state_of(ticket, cast)[1:4:2] == (cast.tom, "normal")


def test_a_reply_that_is_gone_stays_and_the_rest_is_undone(
    cast: Cast, ticket: Ticket, macro: Macro, now: datetime, settings: Any, monkeypatch: Any
) -> None:
    settings.EMAIL_RELAY_URL = "smtp://127.0.0.1:1"
    monkeypatch.setattr("mainstay.channels.email.actions.sending.send_through", lambda *_: None)
    run = run_macro(macro, ticket, text="Is the supply on?", by=cast.tess, at=now)
    assert run.message is not None
    tickets.deliver_message(run.message.pk, at=now)
    undone = undo_macro(run, by=cast.tess, at=now + timedelta(seconds=5))
    assert len(undone.kept) == 1 and undone.kept[0].startswith("“The reply” stays: ")
    assert state_of(ticket, cast)[3] == "normal"


def test_a_note_stays_since_colleagues_may_have_read_it(cast: Cast, ticket: Ticket, now: datetime) -> None:
    run = run_macro(made(cast, now, ("assign", "me"), writes="note"), ticket, text="Look, @Tom", by=cast.tess, at=now)
    undone = undo_macro(run, by=cast.tess, at=now)
    assert undone.kept == ("The note stays: colleagues may have read it.",)
    assert state_of(ticket, cast)[1] is None
    assert ticket.messages.filter(kind="note").count() == 1


@pytest.mark.parametrize("seconds", [11, 3600])
def test_after_the_window_nothing_is_undone(
    cast: Cast, ticket: Ticket, macro: Macro, now: datetime, seconds: int
) -> None:
    run = run_macro(macro, ticket, text="x", by=cast.tess, at=now)
    with pytest.raises(TooLateToUndo, match="too late"):
        undo_macro(run, by=cast.tess, at=now + timedelta(seconds=seconds))
    assert undoable_runs(ticket, cast.tess, now + timedelta(seconds=1)) == []
    assert state_of(ticket, cast)[1] == cast.tess


def test_only_who_ran_it_undoes_it(cast: Cast, ticket: Ticket, macro: Macro, now: datetime) -> None:
    run = run_macro(macro, ticket, text="x", by=cast.tess, at=now)
    assert run_for(cast.tess, run.pk) == run
    assert run_for(cast.tom, run.pk) is None
    with pytest.raises(TooLateToUndo):
        undo_macro(run, by=cast.tom, at=now)


@pytest.mark.parametrize("text", ["", "Your ⟦the product⟧"])
def test_what_can_not_be_sent_leaves_nothing_done(
    cast: Cast, ticket: Ticket, macro: Macro, now: datetime, text: str
) -> None:
    before = state_of(ticket, cast)
    with pytest.raises(Exception, match=r"still missing|empty") as told:
        run_macro(macro, ticket, text=text, by=cast.tess, at=now)
    assert isinstance(told.value, Gaps) or not text
    assert state_of(ticket, cast) == before
    assert MacroRun.objects.count() == 0


def test_a_colleagues_answer_stops_it_whole(cast: Cast, ticket: Ticket, macro: Macro, now: datetime) -> None:
    seen = ticket.messages.get().pk
    actions.send_reply(ticket, text="Tom's", by=cast.tom, at=now, seen=seen)
    before = state_of(ticket, cast)
    with pytest.raises(AnsweredMeanwhile):
        run_macro(macro, ticket, text="Mine", by=cast.tess, at=now, seen=seen)
    assert state_of(ticket, cast) == before


def test_a_deed_that_is_not_possible_any_more_stops_it_whole(cast: Cast, ticket: Ticket, now: datetime) -> None:
    tag = Tag.objects.create(name="power")
    macro = made(cast, now, ("assign", "me"), ("tag", str(tag.pk)))
    tag.delete()
    with pytest.raises(NoSuchDeed, match="Tag it"):
        run_macro(macro, ticket, by=cast.tess, at=now)
    macro.deeds = [{"deed": "assign", "value": "me"}, {"deed": "of a room that is gone", "value": "x"}]
    macro.save()
    with pytest.raises(NoSuchDeed, match="a room that is gone"):
        run_macro(macro, ticket, by=cast.tess, at=now)
    assert state_of(ticket, cast)[1] is None


def test_who_may_not_work_on_tickets_runs_none_and_none_runs_on_a_merged_one(
    cast: Cast, ticket: Ticket, macro: Macro, now: datetime
) -> None:
    for by in (cast.dev, cast.paula):
        with pytest.raises(NotAllowed):
            run_macro(macro, ticket, text="x", by=by, at=now)
    other = cast.writes(cast.paula, now, subject="Other", may_auto_reply=False)
    tickets.merge_ticket(ticket, into=other, by=cast.sue, at=now)
    with pytest.raises(MergedAway):
        run_macro(macro, ticket, text="x", by=cast.tess, at=now)


def test_every_deed_says_in_words_what_it_will_do(cast: Cast, now: datetime) -> None:
    Tag.objects.create(name="power")
    for deed in deeds().values():
        for value, word in deed.choices():
            assert str(word) and len(deed.told(value, cast.tess)) > 3
    assert deeds()["assign"].told("me", cast.tess) == "Assign it to Tess"
    assert deeds()["severity"].told("critical", cast.tess) == "Set the severity to “Critical”"

"""The packet: half-empty it never leaves, a draft is never lost, and each stay with the developers is a row of its own."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from mainstay.escalations import actions
from mainstay.escalations.errors import HalfEmpty, NotWithDevelopers, TakenByAnother, WithDevelopersAlready
from mainstay.escalations.models import Escalation, EscalationEvent, PacketDraft
from mainstay.escalations.packet import KEYS, PARTS, Packet, missing_parts, packet_as_text, packet_of
from mainstay.escalations.queries import developers_queue, draft_of, escalations_of, line_seconds, prefilled
from mainstay.files.actions import store_file
from mainstay.notifications.models import Notification
from mainstay.people.errors import NotAllowed
from mainstay.promises.actions import put_policy_in_force
from mainstay.tickets import actions as tickets
from mainstay.tickets.errors import EmptyText
from mainstay.tickets.models import Attachment, Ticket
from tests.cast import POLICY, Cast
from tests.escalations.packets import WHOLE, escalated


@pytest.mark.parametrize("key", KEYS)
def test_each_part_needs_words(key: str) -> None:
    for empty in ("", "  \n\t", "\x00"):
        assert [part.key for part in missing_parts(packet_of({**WHOLE, key: empty}, ()))] == [key]


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.key)
def test_only_some_parts_may_be_said_not_to_apply(part: Any) -> None:
    packet = packet_of({**WHOLE, part.key: ""}, [part.key])
    assert bool(missing_parts(packet)) is not part.may_not_apply


def test_words_count_more_than_the_tick_beside_them() -> None:
    packet = packet_of(WHOLE, ["device"])
    assert "Does not apply" not in packet_as_text(packet)
    assert missing_parts(packet) == []


def test_the_packet_as_text_has_every_word_and_says_what_does_not_apply() -> None:
    text = packet_as_text(Packet(packet_of({**WHOLE, "logs": ""}, ["logs"]).words, frozenset({"logs"}), ("plan.pdf",)))
    for key in KEYS:
        assert (WHOLE[key] in text) is (key != "logs")
    assert "Logs:\nDoes not apply." in text
    assert "- plan.pdf" in text


def test_unknown_parts_are_left_out_and_ends_of_lines_are_one_kind() -> None:
    packet = packet_of({"seen": "a\r\nb\rc", "role": "administrator"}, ["role", "logs"])
    assert packet.text_of("seen") == "a\nb\nc"
    assert "role" not in packet.words
    assert packet.absent == {"logs"}


def test_a_half_empty_packet_is_refused_and_nothing_changes(cast: Cast, now: datetime) -> None:
    ticket = cast.writes(cast.paula, now)
    with pytest.raises(HalfEmpty, match=r"What was tried, Logs"):
        actions.escalate_ticket(ticket, packet=packet_of({**WHOLE, "tried": "", "logs": " "}, ()), by=cast.tess, at=now)
    ticket.refresh_from_db()
    assert ticket.state == "new"
    assert not Escalation.objects.exists()


def test_a_whole_packet_hands_the_ticket_over(cast: Cast, now: datetime) -> None:
    ticket = cast.writes(cast.paula, now)
    actions.save_draft(ticket, packet=packet_of({"seen": "x"}, ()), by=cast.tess, at=now)
    escalation = escalated(cast, ticket, now)
    ticket.refresh_from_db()
    assert ticket.state == "developers"
    assert escalation.round == 1
    note = ticket.messages.get(kind="note")
    assert WHOLE["tried"] in note.text
    assert ticket.events.filter(kind="handed_to_developers").count() == 1
    assert not PacketDraft.objects.exists()
    assert [told.kind for told in Notification.objects.filter(person=cast.dev)] == ["escalated"]
    assert not Notification.objects.filter(person=cast.tess).exists()


def test_a_second_click_changes_nothing(cast: Cast, now: datetime) -> None:
    ticket = cast.writes(cast.paula, now)
    escalated(cast, ticket, now)
    with pytest.raises(WithDevelopersAlready):
        escalated(cast, ticket, now)
    assert ticket.messages.filter(kind="note").count() == 1


def test_a_draft_is_kept_with_who_wrote_it_and_its_files(
    cast: Cast, now: datetime, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    ticket, other = cast.writes(cast.paula, now), cast.writes(cast.olaf, now)
    files = [
        Attachment.objects.create(message=one.messages.first(), file=store_file(b"x"), filename=f"{one.number}.txt")
        for one in (ticket, other)
    ]
    actions.save_draft(ticket, packet=packet_of({"seen": "half"}, ["logs"]), by=cast.tess, at=now)
    keys = [file.pk for file in files]
    actions.save_draft(ticket, packet=packet_of({"seen": "half a"}, ["logs"]), files=keys, by=cast.tom, at=now)
    draft = draft_of(ticket)
    assert draft is not None
    assert (draft.seen, draft.absent, draft.by) == ("half a", ["logs"], cast.tom)
    assert list(draft.files.all()) == [files[0]], "a file of another ticket is passed over"
    sent = actions.escalate_ticket(ticket, packet=packet_of(WHOLE, ()), files=keys, by=cast.tess, at=now)
    assert list(sent.files.all()) == [files[0]]
    assert files[0].filename in ticket.messages.get(kind="note").text


def test_the_next_packet_begins_with_the_last_one(cast: Cast, now: datetime) -> None:
    ticket = cast.writes(cast.paula, now)
    assert prefilled(ticket)["device"] == ""
    escalated(cast, ticket, now, words={**WHOLE, "network": ""}, absent=["network"])
    actions.ask_back(ticket, text="Which switch?", by=cast.dev, at=now + timedelta(minutes=5))
    begun = prefilled(ticket)
    assert (begun["tried"], begun["network"], begun["absent"]) == (WHOLE["tried"], "", ["network"])
    again = escalated(cast, ticket, now + timedelta(minutes=9))
    assert again.round == 2
    assert [(one.round, one.ended) for one in escalations_of(ticket)] == [(2, ""), (1, "asked_back")]


@pytest.mark.parametrize(
    ("verb", "ended", "note", "notice"),
    [
        (actions.answer_escalation, "answered", "The developers answer:\n\nIt is X.", "answered_by_developers"),
        (actions.ask_back, "asked_back", "The developers ask:\n\nIt is X.", "asked_by_developers"),
    ],
)
def test_what_comes_back_stands_as_a_note_and_is_told(
    cast: Cast, now: datetime, verb: Any, ended: str, note: str, notice: str
) -> None:
    ticket = tickets.assign_ticket(cast.writes(cast.paula, now), to=cast.tess, by=cast.tess, at=now)
    escalated(cast, ticket, now)
    done = verb(ticket, text="It is X.", by=cast.dev, at=now + timedelta(minutes=30))
    ticket.refresh_from_db()
    assert (ticket.state, ticket.assignee, done.ended, done.ended_by, done.answer) == (
        *("open", cast.tess, ended, cast.dev),
        "It is X.",
    )
    assert ticket.messages.order_by("pk").last().text == note
    assert [told.kind for told in Notification.objects.filter(person=cast.tess)] == [notice]
    with pytest.raises(NotWithDevelopers):
        verb(ticket, text="Again.", by=cast.dev, at=now)


def test_an_empty_answer_is_refused(cast: Cast, now: datetime) -> None:
    ticket = cast.writes(cast.paula, now)
    escalated(cast, ticket, now)
    with pytest.raises(EmptyText):
        actions.answer_escalation(ticket, text="  ", by=cast.dev, at=now)


def test_one_developer_takes_it_and_another_sees_that(cast: Cast, now: datetime) -> None:
    ticket = cast.writes(cast.paula, now)
    escalated(cast, ticket, now)
    assert actions.take_escalation(ticket, by=cast.dev, at=now).taken_by == cast.dev
    actions.take_escalation(ticket, by=cast.dev, at=now)
    with pytest.raises(TakenByAnother, match="Dev"):
        actions.take_escalation(ticket, by=cast.sue, at=now)
    actions.let_go_of_escalation(ticket, by=cast.sue, at=now)
    assert actions.take_escalation(ticket, by=cast.sue, at=now).taken_by == cast.sue
    kinds = list(EscalationEvent.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["sent", "taken", "let_go", "taken"]
    assert list(ticket.events.filter(kind__contains="by_developer").values_list("kind", flat=True)) == [
        "taken_by_developer",
        "let_go_by_developer",
        "taken_by_developer",
    ]


def test_each_role_may_do_its_part_only(cast: Cast, now: datetime) -> None:
    ticket = cast.writes(cast.paula, now)
    with pytest.raises(NotAllowed):
        actions.escalate_ticket(ticket, packet=packet_of(WHOLE, ()), by=cast.dev, at=now)
    with pytest.raises(NotAllowed):
        actions.save_draft(ticket, packet=packet_of(WHOLE, ()), by=cast.dev, at=now)
    escalated(cast, ticket, now)
    for verb, more in (
        (actions.take_escalation, {}),
        (actions.let_go_of_escalation, {}),
        (actions.answer_escalation, {"text": "x"}),
        (actions.ask_back, {"text": "x"}),
    ):
        with pytest.raises(NotAllowed):
            verb(ticket, by=cast.tess, at=now, **more)
    with pytest.raises(NotAllowed):
        actions.take_back(ticket, text="x", by=cast.dev, at=now)
    for verb in (actions.answer_escalation, actions.ask_back, actions.take_back):
        with pytest.raises(NotAllowed):
            verb(ticket, text="x", by=cast.paula, at=now)
    assert actions.take_back(ticket, text="It works now.", by=cast.tess, at=now).ended == "taken_back"


def test_a_ticket_that_came_without_a_packet_can_be_answered_too(cast: Cast, now: datetime) -> None:
    ticket = cast.writes(cast.paula, now)
    tickets.hand_to_developers(ticket, text="Please look.", by=cast.tess, at=now + timedelta(minutes=2))
    page = developers_queue(cast.dev, now + timedelta(minutes=5))
    assert [row.escalation for row in page.rows] == [None]
    taken = actions.take_escalation(ticket, by=cast.dev, at=now + timedelta(minutes=6))
    assert (taken.has_packet, taken.sent_at) == (False, now + timedelta(minutes=2))
    assert (
        actions.answer_escalation(ticket, text="Done.", by=cast.dev, at=now + timedelta(minutes=7)).ended == "answered"
    )


def test_a_ticket_that_was_resolved_meanwhile_leaves_the_queue_and_closes_its_stay(cast: Cast, now: datetime) -> None:
    ticket = cast.writes(cast.paula, now)
    first = escalated(cast, ticket, now)
    tickets.resolve_ticket(ticket, by=cast.tess, at=now + timedelta(minutes=5))
    assert developers_queue(cast.dev, now).rows == []
    with pytest.raises(NotWithDevelopers):
        actions.answer_escalation(ticket, text="x", by=cast.dev, at=now)
    tickets.reopen_ticket(ticket, by=cast.tess, at=now + timedelta(minutes=10))
    escalated(cast, ticket, now + timedelta(minutes=20))
    first.refresh_from_db()
    assert first.ended == "went_on"


def test_a_packet_for_a_ticket_that_moved_elsewhere_stays_a_draft(cast: Cast, now: datetime) -> None:
    ticket = tickets.resolve_ticket(cast.writes(cast.paula, now), by=cast.tess, at=now)
    actions.save_draft(ticket, packet=packet_of(WHOLE, ()), by=cast.tess, at=now)
    with pytest.raises(tickets_error()):
        escalated(cast, ticket, now)
    assert draft_of(ticket) is not None


def tickets_error() -> type[Exception]:
    from mainstay.tickets.errors import MoveNotAllowed

    return MoveNotAllowed


def test_the_history_can_only_grow(cast: Cast, now: datetime) -> None:
    escalated(cast, cast.writes(cast.paula, now), now)
    for change in (lambda rows: rows.update(kind="x"), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change(EscalationEvent.objects.all())


def with_policy(now: datetime, *pairs: tuple[str, str]) -> None:
    text = POLICY.read_text(encoding="utf-8")
    for was, becomes in pairs:
        assert was in text
        text = text.replace(was, becomes)
    put_policy_in_force(text, holds_from=now, at=now)


def test_the_customer_hears_of_it_only_where_the_policy_says_so(cast: Cast, now: datetime) -> None:
    quiet = cast.writes(cast.paula, now)
    escalated(cast, quiet, now)
    assert quiet.messages.filter(kind="acknowledgement").count() == 1, "the acknowledgement of the mail itself"
    with_policy(now, ("customer_is_told = false", "customer_is_told = true"))
    told = cast.writes(cast.olaf, now)
    escalated(cast, told, now)
    words = told.messages.filter(kind="acknowledgement").order_by("pk").last().text
    assert "developers" in words
    assert str(told.number) in words
    assert not any(word in words for word in ("hour", "minute", "tomorrow"))
    told.promise.refresh_from_db()
    assert told.promise.first_responded_at is None, "no response"
    # A second stay says nothing new.
    actions.ask_back(told, text="?", by=cast.dev, at=now)
    escalated(cast, told, now)
    assert told.messages.filter(kind="acknowledgement").count() == 2


def test_the_customers_words_are_in_their_language(cast: Cast, now: datetime) -> None:
    with_policy(now, ("customer_is_told = false", "customer_is_told = true"))
    ticket = cast.writes(cast.paula, now, "Het slot blijft open.", language="nl")
    escalated(cast, ticket, now)
    assert ticket.messages.filter(kind="acknowledgement").order_by("pk").last().text.startswith("Dag Paula,")


def test_nothing_automatic_goes_to_somebody_who_complained(cast: Cast, now: datetime) -> None:
    with_policy(now, ("customer_is_told = false", "customer_is_told = true"))
    ticket = cast.writes(cast.olaf, now)
    before = ticket.messages.filter(kind="acknowledgement").count()
    cast.olaf.identities.update(complained_at=now)
    escalated(cast, ticket, now)
    assert ticket.messages.filter(kind="acknowledgement").count() == before


def test_a_developer_writes_to_the_customer_only_where_the_policy_lets_them(cast: Cast, now: datetime) -> None:
    quiet = cast.writes(cast.paula, now)
    escalated(cast, quiet, now)
    with pytest.raises(NotAllowed):
        tickets.reply_to_ticket(quiet, text="Hello", by=cast.dev, at=now)
    with_policy(now, ("developers_may_write = false", "developers_may_write = true"))
    ticket = cast.writes(cast.olaf, now)
    with pytest.raises(NotAllowed):
        tickets.reply_to_ticket(ticket, text="Not with us.", by=cast.dev, at=now)
    escalated(cast, ticket, now)
    tickets.reply_to_ticket(ticket, text="Hello", by=cast.dev, at=now + timedelta(minutes=5))
    ticket.refresh_from_db()
    assert (ticket.state, ticket.assignee) == ("waiting", None), "a developer gets no ticket of the first line"


def test_the_queue_is_oldest_first_inside_urgency_and_pages_by_key(cast: Cast, now: datetime) -> None:
    made: list[Ticket] = []
    for place in range(7):
        ticket = cast.writes(cast.olaf, now + timedelta(minutes=place), severity=["low", "critical"][place % 2])
        escalated(cast, ticket, now + timedelta(minutes=60 - place))
        made.append(ticket)
    wanted = [made[place].number for place in (5, 3, 1, 6, 4, 2, 0)]
    seen: list[int] = []
    after = ""
    while True:
        page = developers_queue(cast.dev, now, after, size=2)
        seen += [row.ticket.number for row in page.rows]
        after = page.after
        if not after:
            break
    assert seen == wanted
    for nonsense in ("x", "1~2~3", f"99999999~{now.isoformat()}~1", f"1~{now.isoformat()}~{10**30}"):
        assert len(developers_queue(cast.dev, now, nonsense).rows) == 7


def test_time_per_line_adds_up_while_it_runs(cast: Cast, now: datetime) -> None:
    ticket = cast.writes(cast.paula, now)
    escalated(cast, ticket, now + timedelta(minutes=10))
    row = developers_queue(cast.dev, now + timedelta(minutes=40)).rows[0]
    assert (row.seconds, row.all_seconds) == (1800, 1800)
    actions.ask_back(ticket, text="?", by=cast.dev, at=now + timedelta(minutes=40))
    escalated(cast, ticket, now + timedelta(minutes=50))
    row = developers_queue(cast.dev, now + timedelta(minutes=55)).rows[0]
    assert (row.seconds, row.all_seconds) == (300, 2100)
    lines = line_seconds(row.ticket.promise, now + timedelta(minutes=55))
    assert lines == {"customer": 0, "technicians": 1200, "developers": 2100}

"""A supplier is asked beside a ticket: the answers come back there, and never to the customer."""

from datetime import datetime, timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
import time_machine

from mainstay.channels.email.models import OutgoingMail, ReplyToken
from mainstay.notifications.models import Notification
from mainstay.people.actions import register_person
from mainstay.people.errors import NotAllowed
from mainstay.people.merging import merge_persons, undo_merge
from mainstay.people.models import Person
from mainstay.tickets import actions
from mainstay.tickets.actions import Letter
from mainstay.tickets.errors import CustomersOwnAddress, NoThirdParty, SideClosed, TooLateToWithdraw, WrittenMeanwhile
from mainstay.tickets.models import Message, SideConversation, Suggestion, Ticket
from mainstay.tickets.queries import attachment_for, message_for, messages_of, side_for, sides_of, ticket_for
from tests.cast import Cast
from tests.letters import letter
from tests.post import RECEIVER, bounce_of, comes_in, in_answer, message_of, writes

PAULA, PIET = "Paula <paula@larch.example>", "Piet <piet@larch.example>"
YUN, BAO = "Yun <yun@locks.example>", "Bao <bao@locks.example>"


@pytest.fixture(autouse=True)
def clock(now: datetime) -> Any:
    with time_machine.travel(now, tick=False) as clock:
        yield clock


@pytest.fixture
def ticket(cast: Cast, now: datetime) -> Ticket:
    """Paula asked, Tess answered and waits for her."""
    ticket = message_of(writes(PAULA, "The lock stays open.")).ticket
    actions.reply_to_ticket(ticket, text="Which lock?", by=cast.tess, at=now)
    return ticket


@pytest.fixture
def asked(cast: Cast, ticket: Ticket, now: datetime) -> Message:
    """Tess asks the maker of the lock."""
    return ask(ticket, cast.tess, now)


def ask(ticket: Ticket, by: Person, at: datetime, **more: Any) -> Message:
    given = {"address": "Yun@Locks.example", "name": "Yun", "subject": "YLI lock", "letter": Letter("Which firmware?")}
    return actions.open_side_conversation(ticket, by=by, at=at, **{**given, **more})


def ours_to(address: str) -> Any:
    mail = OutgoingMail.objects.filter(recipient=address).order_by("-pk")[0]
    return message_from_bytes(bytes(mail.raw), policy=policy.default)


def beside(ticket: Ticket) -> list[tuple[str, str]]:
    found = ticket.messages.filter(side__isnull=False).order_by("pk")
    return list(found.values_list("kind", "text"))


# --- there and back ---------------------------------------------------------------------------------------------------


def test_the_third_party_gets_the_letter_and_nothing_of_the_ticket(cast: Cast, ticket: Ticket, asked: Message) -> None:
    mail = ours_to("yun@locks.example")
    whole = bytes(OutgoingMail.objects.get(message=asked).raw).decode()
    assert (mail["Subject"], mail["To"], mail["Cc"]) == ("YLI lock", "Yun <yun@locks.example>", None)
    assert (mail["In-Reply-To"], mail["References"]) == (None, None)
    for word in ("Which lock?", "stays open", "Paula", "larch"):
        assert word not in whole
    assert mail["Reply-To"] != last_of_ours_to_paula(ticket)["Reply-To"]


def last_of_ours_to_paula(ticket: Ticket) -> Any:
    return ours_to("paula@larch.example")


def test_it_is_no_answer_to_the_customer(cast: Cast, now: datetime, clock: Any) -> None:
    ticket = message_of(writes(PAULA)).ticket
    clock.shift(timedelta(minutes=3))
    ask(ticket, cast.tess, now + timedelta(minutes=3))
    ticket.refresh_from_db()
    assert (ticket.state, ticket.assignee, ticket.promise.first_response_seconds) == ("new", None, None)
    assert actions.recount_promises()[1] == []


@pytest.mark.parametrize("way", ["thread", "address"])
def test_the_answer_stands_beside_the_ticket_and_is_told(cast: Cast, ticket: Ticket, asked: Message, way: str) -> None:
    actions.follow_ticket(ticket, by=cast.tom, at=ticket.opened_at)
    ours = ours_to("yun@locks.example")
    headers = in_answer(ours) if way == "thread" else in_answer(ours, references=False)
    message = message_of(writes(YUN, "2.4 at least.", **headers))
    ticket.refresh_from_db()
    assert (message.ticket, message.kind, message.side) == (ticket, "side_in", asked.side)
    assert (ticket.state, ticket.has_side_news) == ("waiting", True)
    told = Notification.objects.filter(kind="side_answered").order_by("person_id")
    assert {one.person for one in told} == {cast.tess, cast.tom}
    assert not OutgoingMail.objects.filter(recipient="yun@locks.example", is_automatic=True).exists()


def test_the_customer_never_sees_any_of_it(cast: Cast, ticket: Ticket, asked: Message, now: datetime) -> None:
    mail = letter(YUN, "2.4 at least.", attachment=("manual.txt", b"secret"), **in_answer(ours_to("yun@locks.example")))
    answer = message_of(comes_in(mail, "yun@locks.example", to=ours_to("yun@locks.example")["Reply-To"]))
    file = answer.attachments.get()
    for customer in (cast.paula, cast.piet, cast.olaf):
        assert message_for(customer, asked.pk) is None
        assert message_for(customer, answer.pk) is None
        assert attachment_for(customer, file.pk) is None
        assert side_for(customer, asked.side.pk) is None
        assert sides_of(ticket, customer) == []
    assert [one.kind for one in messages_of(ticket, cast.paula)] == ["inbound", "acknowledgement", "reply"]
    actions.reply_to_ticket(ticket, text="Take 2.4.", by=cast.tess, at=now)
    whole = bytes(OutgoingMail.objects.filter(recipient="paula@larch.example").order_by("-pk")[0].raw).decode()
    assert "locks.example" not in whole
    assert OutgoingMail.objects.get(message=asked).mail_id not in whole


def test_the_next_letter_answers_the_third_partys(cast: Cast, ticket: Ticket, asked: Message, now: datetime) -> None:
    headers = in_answer(ours_to("yun@locks.example"))
    came = message_of(writes(YUN, "Which board?", Message_ID="<a@locks.example>", **headers))
    actions.write_beside(asked.side, letter=Letter("Board C."), by=cast.tess, at=now, seen=came.pk)
    mail = ours_to("yun@locks.example")
    ticket.refresh_from_db()
    assert (mail["Subject"], mail["In-Reply-To"]) == ("Re: YLI lock", "<a@locks.example>")
    assert mail["Reply-To"] == headers["to"]
    assert not ticket.has_side_news
    assert ReplyToken.objects.filter(side=asked.side).count() == 1


def test_who_writes_without_having_seen_the_answer_is_stopped(
    cast: Cast, ticket: Ticket, asked: Message, now: datetime
) -> None:
    writes(YUN, "Never mind.", **in_answer(ours_to("yun@locks.example")))
    with pytest.raises(WrittenMeanwhile):
        actions.write_beside(asked.side, letter=Letter("Hello?"), by=cast.tom, at=now, seen=asked.pk)
    assert len(beside(ticket)) == 2


def test_closed_it_opens_again_by_an_answer(cast: Cast, ticket: Ticket, asked: Message, now: datetime) -> None:
    actions.close_side(asked.side, by=cast.tess, at=now)
    with pytest.raises(SideClosed):
        actions.close_side(asked.side, by=cast.tom, at=now)
    writes(YUN, "Late, sorry.", **in_answer(ours_to("yun@locks.example")))
    side = SideConversation.objects.get()
    assert (side.closed_at, side.news_at is None) == (None, False)
    actions.see_to_side(side, by=cast.tom, at=now)
    ticket.refresh_from_db()
    assert not ticket.has_side_news


def test_an_answer_on_a_closed_ticket_changes_nothing_of_it(
    cast: Cast, ticket: Ticket, asked: Message, now: datetime
) -> None:
    actions.resolve_ticket(ticket, by=cast.tess, at=now)
    before = ticket.events.filter(kind="reopened").count()
    writes(YUN, "2.4.", **in_answer(ours_to("yun@locks.example")))
    ticket.refresh_from_db()
    assert (ticket.state, ticket.events.filter(kind="reopened").count()) == ("resolved", before)


def test_a_letter_that_was_not_sent_yet_is_taken_back_by_its_writer(
    cast: Cast, ticket: Ticket, now: datetime, settings: Any
) -> None:
    settings.EMAIL_RELAY_URL = "smtp://127.0.0.1:1"
    message = ask(ticket, cast.tess, now, undo_seconds=10)
    with pytest.raises(TooLateToWithdraw):
        actions.withdraw_beside(message, by=cast.tom, at=now)
    actions.withdraw_beside(message, by=cast.tess, at=now)
    message.refresh_from_db()
    ticket.refresh_from_db()
    assert (message.delivery, ticket.state) == ("withdrawn", "waiting")
    assert actions.recount_promises()[1] == []


# --- who must not get in ----------------------------------------------------------------------------------------------


def test_somebody_else_with_the_token_is_asked_about(cast: Cast, ticket: Ticket, asked: Message) -> None:
    new = message_of(writes(BAO, "Yun asked me: 2.4.", **in_answer(ours_to("yun@locks.example")))).ticket
    suggestion = Suggestion.objects.get(ticket=new)
    assert (new != ticket, suggestion.other, suggestion.side) == (True, ticket, asked.side)
    assert beside(ticket) == [("side_out", "Which firmware?")]


def test_a_colleagues_yes_puts_it_beside_the_ticket_and_undo_takes_it_back(
    cast: Cast, ticket: Ticket, asked: Message, now: datetime
) -> None:
    new = message_of(writes(BAO, "Yun asked me: 2.4.", **in_answer(ours_to("yun@locks.example")))).ticket
    actions.follow_suggestion(new, by=cast.tess, at=now)
    ticket.refresh_from_db()
    assert beside(ticket)[-1] == ("side_in", "Yun asked me: 2.4.")
    assert (ticket.state, ticket.has_side_news, list(ticket.participants.all())) == ("waiting", True, [])
    assert [one.kind for one in messages_of(ticket, cast.paula)] == ["inbound", "acknowledgement", "reply"]
    new = ticket_for(cast.tess, new.number)
    assert (new.state, new.merged_into, new.promise.excluded) == ("closed", ticket, "merged")
    actions.unmerge_ticket(new, by=cast.tess, at=now)
    new = ticket_for(cast.tess, new.number)
    assert (new.merged_into, [one.kind for one in new.messages.order_by("pk")]) == (None, ["inbound"])
    assert beside(ticket) == [("side_out", "Which firmware?")]
    assert actions.recount_promises()[1] == []


def test_a_forged_answer_is_asked_about(cast: Cast, ticket: Ticket, asked: Message, settings: Any) -> None:
    settings.EMAIL_TRUSTED_RECEIVERS = [RECEIVER]
    forged = f"{RECEIVER}; dmarc=fail header.from=locks.example"
    headers = in_answer(ours_to("yun@locks.example"))
    new = message_of(writes(YUN, "Wire it to mains.", Authentication_Results=forged, **headers)).ticket
    suggestion = Suggestion.objects.get(ticket=new)
    assert (new != ticket, suggestion.because, suggestion.side) == (True, "unproven", asked.side)


def test_the_third_party_at_the_tickets_own_address_is_a_stranger(cast: Cast, ticket: Ticket, asked: Message) -> None:
    """Row 1: the customer forwarded our mail to them."""
    theirs = in_answer(last_of_ours_to_paula(ticket))
    new = message_of(writes(YUN, "Let me in.", **theirs)).ticket
    suggestion = Suggestion.objects.get(ticket=new)
    assert (new != ticket, suggestion.because, suggestion.side) == (True, "other_sender", None)


def test_the_customer_whom_the_third_party_copied_is_still_the_customer(
    cast: Cast, ticket: Ticket, asked: Message
) -> None:
    headers = in_answer(ours_to("yun@locks.example"))
    came = message_of(writes(YUN, "2.4.", Cc="paula@larch.example, eve@evil.example", **headers))
    assert (came.kind, list(ticket.participants.all())) == ("side_in", [])
    answer = message_of(writes(PAULA, "I see! 2.4 then.", **headers))
    ticket.refresh_from_db()
    assert (answer.ticket, answer.kind, ticket.state) == (ticket, "inbound", "open")


def test_a_colleague_of_the_customer_may_be_the_third_party(cast: Cast, ticket: Ticket, now: datetime) -> None:
    ask(ticket, cast.tess, now, address="piet@larch.example")
    ours = ours_to("piet@larch.example")
    inside = message_of(writes(PIET, "Between us: she dropped it.", **in_answer(ours)))
    assert inside.kind == "side_in"
    assert message_for(cast.paula, inside.pk) is None
    openly = message_of(writes(PIET, "It is the YLI.", **in_answer(last_of_ours_to_paula(ticket))))
    assert (openly.ticket, openly.kind) == (ticket, "inbound")


def test_a_bounce_is_shown_at_the_letter_and_reopens_nothing(cast: Cast, ticket: Ticket, asked: Message) -> None:
    comes_in(bounce_of(ours_to("yun@locks.example")), "")
    asked.refresh_from_db()
    ticket.refresh_from_db()
    assert (asked.delivery, ticket.state) == ("failed", "waiting")


def test_an_automatic_answer_is_no_answer(cast: Cast, ticket: Ticket, asked: Message) -> None:
    headers = in_answer(ours_to("yun@locks.example"))
    writes(YUN, "I am away.", Auto_Submitted="auto-replied", **headers)
    ticket.refresh_from_db()
    assert (len(beside(ticket)), ticket.has_side_news) == (1, False)
    assert ticket.events.filter(kind="answered_by_machine").exists()


@pytest.mark.parametrize("address", ["", "nobody", "support@intercom.example", "a@b@c", "x\r\nBcc: y@z.example"])
def test_what_is_no_address_or_ours_is_refused(cast: Cast, ticket: Ticket, now: datetime, address: str) -> None:
    with pytest.raises(NoThirdParty):
        ask(ticket, cast.tess, now, address=address)


def test_the_customers_own_address_is_refused(cast: Cast, ticket: Ticket, now: datetime) -> None:
    with pytest.raises(CustomersOwnAddress):
        ask(ticket, cast.tess, now, address="paula@larch.example")
    assert not SideConversation.objects.exists()


def test_only_who_works_on_tickets_writes(cast: Cast, ticket: Ticket, asked: Message, now: datetime) -> None:
    for somebody in (cast.dev, cast.paula, cast.olaf):
        with pytest.raises(NotAllowed):
            ask(ticket, somebody, now)
        with pytest.raises(NotAllowed):
            actions.write_beside(asked.side, letter=Letter("x"), by=somebody, at=now)
        with pytest.raises(NotAllowed):
            actions.close_side(asked.side, by=somebody, at=now)


def test_it_goes_along_when_the_ticket_is_merged_and_comes_back(
    cast: Cast, ticket: Ticket, asked: Message, now: datetime
) -> None:
    writes(YUN, "2.4.", **in_answer(ours_to("yun@locks.example")))
    other = message_of(writes(PAULA, "Same lock.", subject="Again")).ticket
    later = now + timedelta(minutes=5)
    ticket.refresh_from_db()
    actions.merge_ticket(ticket, into=other, by=cast.tess, at=later)
    other.refresh_from_db()
    found = side_for(cast.tess, asked.side.pk)
    assert found is not None
    assert (found[0], other.has_side_news) == (other, True)
    came = message_of(writes(YUN, "No: 2.5.", **in_answer(ours_to("yun@locks.example"))))
    assert came.ticket == other
    actions.unmerge_ticket(ticket_for(cast.tess, ticket.number), by=cast.tess, at=later)
    found = side_for(cast.tess, asked.side.pk)
    assert found is not None
    assert found[0] == ticket


def test_a_third_party_who_is_found_to_be_two_records_still_answers_there(
    cast: Cast, ticket: Ticket, asked: Message, now: datetime
) -> None:
    other = register_person(name="Yun L.", channel="email", address="yun.l@locks.example")
    merge = merge_persons(asked.side.person, into=other, by=cast.tess, at=now)
    came = message_of(writes(YUN, "2.4.", **in_answer(ours_to("yun@locks.example"))))
    assert (came.kind, came.author) == ("side_in", other)
    undo_merge(merge, by=cast.tess, at=now)
    assert SideConversation.objects.get().person == asked.side.person


# --- at the desk ------------------------------------------------------------------------------------------------------


def test_the_page_writes_quotes_and_takes_back(cast: Cast, ticket: Ticket, sign_in: Any) -> None:
    tess = sign_in(cast.tess)
    first = ticket.messages.filter(kind="inbound").get()
    page = tess.get(f"/tickets/{ticket.number}/sides/new?quote={first.pk}").content.decode()
    assert "&gt; The lock stays open." in page
    refused = tess.post(f"/tickets/{ticket.number}/sides/new", {"address": "nobody", "subject": "x", "text": "Hello"})
    assert (refused.status_code, "Hello" in refused.content.decode()) == (422, True)
    given = {"address": "yun@locks.example", "subject": "YLI lock", "text": "Which **firmware**?"}
    answer = tess.post(f"/tickets/{ticket.number}/sides/new", given)
    message = Message.objects.get(kind="side_out")
    assert answer["Location"] == f"/sides/{message.side_id}"
    page = tess.get(f"/sides/{message.side_id}").content.decode()
    assert "<strong>firmware</strong>" in page
    assert "yun@locks.example" in tess.get(f"/tickets/{ticket.number}").content.decode()
    back = tess.post(f"/messages/{message.pk}/side-withdrawal")
    assert "Which **firmware**?" in back.content.decode()
    message.refresh_from_db()
    assert message.delivery == "withdrawn"


def test_files_go_along_one_by_one(cast: Cast, sign_in: Any) -> None:
    ticket = message_of(
        comes_in(letter(PAULA, "See.", attachment=("log.txt", b"boot\n")), "paula@larch.example")
    ).ticket
    file = ticket.messages.get(kind="inbound").attachments.get()
    tess = sign_in(cast.tess)
    given = {"address": "yun@locks.example", "subject": "x", "text": "y"}
    tess.post(f"/tickets/{ticket.number}/sides/new", given)
    assert list(ours_to("yun@locks.example").iter_attachments()) == []
    tess.post(f"/tickets/{ticket.number}/sides/new", {**given, "enclose": [str(file.pk)]})
    assert [one.get_filename() for one in ours_to("yun@locks.example").iter_attachments()] == ["log.txt"]
    refused = tess.post(f"/tickets/{ticket.number}/sides/new", {**given, "enclose": ["999999"]})
    assert refused.status_code == 422


def test_the_answers_markup_is_shown_as_harmless_as_any_mail(
    cast: Cast, ticket: Ticket, asked: Message, sign_in: Any
) -> None:
    writes(YUN, "<script>alert(1)</script>", **in_answer(ours_to("yun@locks.example")))
    page = sign_in(cast.tess).get(f"/sides/{asked.side_id}").content.decode()
    assert "<script>alert(1)" not in page

"""What is written leaves the composer: as it was meant, with its files, whole, and colleagues who are named are told."""

from datetime import datetime, timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest

from mainstay.channels.email.models import OutgoingMail
from mainstay.notifications.models import Notification
from mainstay.people.actions import add_staff
from mainstay.people.errors import NotAllowed
from mainstay.tickets.errors import AnsweredMeanwhile, TooLateToWithdraw
from mainstay.tickets.models import Ticket
from mainstay.writing import actions
from mainstay.writing.errors import Gaps
from mainstay.writing.models import Draft, Mention
from mainstay.writing.queries import colleagues_like, mentions_on, news_since
from tests.cast import Cast
from tests.writing.test_drafts import PNG

TEXT = "**Dear** Paula,\n\n- check the *fuse*\n- see https://x.example/a_b\n\n<script>alert(1)</script>"


def sent_mail(ticket: Ticket) -> Any:
    raw = OutgoingMail.objects.filter(message__ticket=ticket).order_by("pk").last()
    return message_from_bytes(bytes(raw.raw), policy=policy.default) if raw else None


def parts_of(mail: Any) -> dict[str, Any]:
    return {part.get_content_type(): part for part in mail.walk() if not part.is_multipart()}


def test_both_forms_of_a_mail_are_made_of_one_text(cast: Cast, ticket: Ticket, now: datetime) -> None:
    actions.send_reply(ticket, text=TEXT, by=cast.tess, at=now)
    parts = parts_of(sent_mail(ticket))
    plain = parts["text/plain"].get_content().replace("\r\n", "\n")
    html = parts["text/html"].get_content()
    assert plain.startswith(
        "*Dear* Paula,\n\n- check the fuse\n- see https://x.example/a_b\n\n<script>alert(1)</script>\n"
    )
    assert "<strong>Dear</strong> Paula" in html and "<li>check the <em>fuse</em></li>" in html
    assert '<a href="https://x.example/a_b"' in html
    assert "<script" not in html and "&lt;script&gt;" in html


def test_a_picture_in_the_text_goes_within_the_mail_and_a_file_beside_it(
    cast: Cast, ticket: Ticket, now: datetime
) -> None:
    shot = actions.add_file(ticket, filename="s.png", content=PNG, by=cast.tess, at=now, in_text=True)
    other = actions.add_file(ticket, filename="t.png", content=PNG, by=cast.tess, at=now, in_text=True)
    text = f"Here: ![the panel](cid:{shot.content_id})"
    actions.send_reply(ticket, text=text, by=cast.tess, at=now)
    mail = sent_mail(ticket)
    html = parts_of(mail)["text/html"].get_content()
    named = [part for part in mail.walk() if part["Content-ID"]]
    assert [part.get_filename() for part in named] == ["s.png"]
    assert f'src="cid:{named[0]["Content-ID"].strip("<>")}"' in html
    assert named[0].get_content() == PNG
    beside = [part for part in mail.walk() if part.get_content_disposition() == "attachment"]
    assert [part.get_filename() for part in beside] == ["t.png"]
    assert other.content_id not in html


@pytest.mark.parametrize(
    "text", ["Your ⟦the product⟧ is old.", "Dear {{ person.name }},", "A ⟦x⟧ and {{ticket.number}}"]
)
def test_what_is_not_filled_in_is_not_sent(cast: Cast, ticket: Ticket, now: datetime, text: str) -> None:
    later = now + timedelta(hours=2)
    with pytest.raises(Gaps, match="still missing"):
        actions.send_reply(ticket, text=text, by=cast.tess, at=now)
    with pytest.raises(Gaps):
        actions.plan_reply(ticket, text=text, due_at=later, by=cast.tess, at=now)
    assert ticket.messages.count() == 1


def test_words_in_braces_that_are_no_variable_are_words(cast: Cast, ticket: Ticket, now: datetime) -> None:
    sent = actions.send_reply(ticket, text="Use {{ color }} in the template.", by=cast.tess, at=now)
    assert sent.text == "Use {{ color }} in the template."


def test_a_colleagues_answer_stops_mine_and_is_what_i_am_shown(cast: Cast, ticket: Ticket, now: datetime) -> None:
    seen = ticket.messages.get().pk
    draft = actions.keep_draft(ticket, text="Mine", by=cast.tess, at=now)
    actions.write_note(ticket, text="Careful!", by=cast.tom, at=now)
    actions.send_reply(ticket, text="Tom's", by=cast.tom, at=now, seen=seen)
    with pytest.raises(AnsweredMeanwhile):
        actions.send_reply(ticket, text="Mine", by=cast.tess, at=now, seen=seen, base=draft.base if draft else "")
    assert [message.text for message in news_since(ticket, seen)] == ["Careful!", "Tom's"]
    assert Draft.objects.get().text == "Mine"  # nothing of it is lost


def test_it_can_be_taken_back_by_its_writer_within_the_window(cast: Cast, ticket: Ticket, now: datetime) -> None:
    sent = actions.send_reply(ticket, text="Wrong", by=cast.tess, at=now, then="resolve", undo_seconds=10)
    with pytest.raises(TooLateToWithdraw):
        actions.take_back_reply(sent, by=cast.tom, at=now)
    actions.take_back_reply(sent, by=cast.tess, at=now + timedelta(seconds=5))
    ticket.refresh_from_db()
    assert (ticket.state, Draft.objects.get().text) == ("new", "Wrong")
    with pytest.raises(TooLateToWithdraw):
        actions.take_back_reply(sent, by=cast.tess, at=now + timedelta(seconds=6))
    assert Draft.objects.get().text == "Wrong"


# --- mentions ---------------------------------------------------------------------------------------------------------


def told() -> list[tuple[str, Any]]:
    found = Notification.objects.filter(kind="mentioned").order_by("person__name").select_related("person")
    return [(one.person.name, one.facts["name"]) for one in found]


def test_who_is_mentioned_in_a_note_is_told_once_and_its_writer_never(
    cast: Cast, ticket: Ticket, now: datetime
) -> None:
    note = actions.write_note(ticket, text="@Tom and @dev, and @Tom again; not @Tess", by=cast.tess, at=now)
    assert told() == [("Dev", "Tess"), ("Tom", "Tess")]
    assert {key: sorted(names) for key, names in mentions_on(ticket).items()} == {note.pk: ["dev", "tess", "tom"]}


def test_a_name_that_two_people_have_or_nobody_means_nobody(cast: Cast, ticket: Ticket, now: datetime) -> None:
    for surname in ("Vos", "Vries"):
        add_staff(name=f"Nina {surname}", email=f"{surname}@desk.example", role="technician", at=now)
    actions.write_note(ticket, text="@Nina and @Nobody and tom@desk.example", by=cast.tess, at=now)
    assert told() == []
    actions.write_note(ticket, text="@Nina Vos it is", by=cast.tess, at=now)
    assert told() == [("Nina Vos", "Tess")]


def test_a_reply_to_a_customer_mentions_nobody(cast: Cast, ticket: Ticket, now: datetime) -> None:
    actions.send_reply(ticket, text="@Tom will call you.", by=cast.tess, at=now)
    assert (told(), Mention.objects.count()) == ([], 0)


def test_colleagues_are_found_by_the_beginning_of_any_of_their_names(cast: Cast, now: datetime) -> None:
    add_staff(name="Anna de Vries", email="anna@desk.example", role="developer", at=now)
    assert [one.name for one in colleagues_like("t", cast.tess)] == ["Tom"]
    assert [one.name for one in colleagues_like("vri", cast.tess)] == ["Anna de Vries"]
    assert {one.name for one in colleagues_like("", cast.tess)} == {"Ada", "Anna de Vries", "Dev", "Sue", "Tom"}
    assert colleagues_like("Paula", cast.tess) == []  # a customer


def test_strangers_write_nothing(cast: Cast, ticket: Ticket, now: datetime) -> None:
    for verb in (actions.send_reply, actions.write_note):
        with pytest.raises(NotAllowed):
            verb(ticket, text="x", by=cast.olaf, at=now)

"""What is being typed: kept on the desk, told to colleagues, and never lost between two windows."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from mainstay.people.errors import NotAllowed
from mainstay.tickets import actions as tickets
from mainstay.tickets.delivery import FilesLimit
from mainstay.tickets.models import Attachment, Ticket
from mainstay.writing import actions
from mainstay.writing.errors import DraftChanged, EmptyFile, FilesTooLarge, TooManyFiles
from mainstay.writing.models import Draft, DraftFile
from mainstay.writing.queries import draft_file_for, draft_of, drafts_on, files_of, writers_among
from tests.cast import Cast

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360f8cf00000301010018dd8db00000000049454e44ae426082"
)


def keep(ticket: Ticket, by: Any, at: datetime, text: str, base: str = "", **more: Any) -> Draft | None:
    return actions.keep_draft(ticket, text=text, by=by, at=at, base=base, **more)


def test_a_draft_goes_on_and_ends_with_its_last_letter(cast: Cast, ticket: Ticket, now: datetime) -> None:
    first = keep(ticket, cast.tess, now, "H")
    assert first is not None
    second = keep(ticket, cast.tess, now, "Hello\r\n", first.base, mode="note")
    assert second is not None and second.base != first.base
    assert (second.text, second.mode, Draft.objects.count()) == ("Hello\n", "note", 1)
    again = keep(ticket, cast.tess, now, "Hello\n", second.base, mode="note")
    assert again is not None and again.base == second.base  # nothing was changed
    assert keep(ticket, cast.tess, now, "  ", second.base) is None
    assert Draft.objects.count() == 0


def test_each_has_a_draft_of_their_own_and_only_of_what_they_may_write(
    cast: Cast, ticket: Ticket, now: datetime
) -> None:
    keep(ticket, cast.tess, now, "Tess's")
    keep(ticket, cast.dev, now, "Dev's", mode="note")
    assert {draft.text for draft in drafts_on(ticket)} == {"Tess's", "Dev's"}
    found = draft_of(cast.tess, ticket)
    assert found is not None and found.text == "Tess's"
    with pytest.raises(NotAllowed):
        keep(ticket, cast.paula, now, "No colleague")


def test_colleagues_see_who_is_writing_while_they_write(cast: Cast, ticket: Ticket, now: datetime) -> None:
    keep(ticket, cast.tess, now, "Hello")
    soon, later = now + timedelta(seconds=25), now + timedelta(seconds=35)
    assert [draft.person for draft in writers_among(drafts_on(ticket), cast.tom, soon)] == [cast.tess]
    assert writers_among(drafts_on(ticket), cast.tess, soon) == []
    assert writers_among(drafts_on(ticket), cast.tom, later) == []


# --- two windows ------------------------------------------------------------------------------------------------------


def test_a_window_that_does_not_know_the_newest_text_is_told_and_loses_nothing(
    cast: Cast, ticket: Ticket, now: datetime
) -> None:
    first = keep(ticket, cast.tess, now, "Begun")
    assert first is not None
    newer = keep(ticket, cast.tess, now, "Begun here", first.base)
    assert newer is not None
    with pytest.raises(DraftChanged) as told:
        keep(ticket, cast.tess, now, "Begun there", first.base)
    assert (told.value.text, told.value.base) == ("Begun here", newer.base)
    assert "another window" in str(told.value)
    assert keep(ticket, cast.tess, now, "Begun there", told.value.base)  # by choice
    with pytest.raises(DraftChanged):
        keep(ticket, cast.tess, now, "A third window that was opened before all of this")


def test_a_window_with_the_same_text_agrees(cast: Cast, ticket: Ticket, now: datetime) -> None:
    first = keep(ticket, cast.tess, now, "Same")
    other = keep(ticket, cast.tess, now, "Same")
    assert first is not None and other is not None and first.base == other.base


def test_a_window_whose_text_was_sent_elsewhere_is_told(cast: Cast, ticket: Ticket, now: datetime) -> None:
    seen = ticket.messages.get().pk
    draft = keep(ticket, cast.tess, now, "Hello", seen=seen)
    assert draft is not None
    actions.send_reply(ticket, text="Hello", by=cast.tess, at=now, base=draft.base)
    assert Draft.objects.count() == 0
    for base in (draft.base, ""):
        with pytest.raises(DraftChanged, match=r".*") as told:
            keep(ticket, cast.tess, now, "Hello you", base, seen=seen)
        assert told.value.text == "" and "sent or thrown away" in str(told.value)
    assert keep(ticket, cast.tess, now, "Something new")  # who was shown the reply begins anew


def test_what_was_written_in_another_window_is_not_thrown_away_by_sending(
    cast: Cast, ticket: Ticket, now: datetime
) -> None:
    old = keep(ticket, cast.tess, now, "Short")
    assert old is not None
    keep(ticket, cast.tess, now, "Short, and then much more", old.base)
    for verb in (actions.send_reply, actions.write_note):
        with pytest.raises(DraftChanged) as told:
            verb(ticket, text="Short", by=cast.tess, at=now, base=old.base)
        assert told.value.text == "Short, and then much more"
    with pytest.raises(DraftChanged):
        actions.plan_reply(ticket, text="Short", due_at=now + timedelta(hours=1), by=cast.tess, at=now, base=old.base)
    assert Draft.objects.get().text == "Short, and then much more"
    assert ticket.messages.count() == 1
    actions.send_reply(ticket, text="Short", by=cast.tess, at=now, base=told.value.base)
    assert Draft.objects.count() == 0


# --- files ------------------------------------------------------------------------------------------------------------


def add(
    ticket: Ticket, by: Any, at: datetime, filename: str = "a.txt", content: bytes = b"x", **more: Any
) -> DraftFile:
    return actions.add_file(ticket, filename=filename, content=content, by=by, at=at, **more)


def test_files_lie_beside_a_draft_and_go_with_its_message(cast: Cast, ticket: Ticket, now: datetime) -> None:
    add(ticket, cast.tess, now, "plan.pdf", b"%PDF-1.4")
    picture = add(ticket, cast.tess, now, "shot.png", PNG, in_text=True)
    assert picture.content_id
    assert [one.content_type for one in files_of(draft_of(cast.tess, ticket))] == ["application/pdf", "image/png"]
    message = actions.send_reply(ticket, text=f"See ![shot](cid:{picture.content_id})", by=cast.tess, at=now)
    attached = Attachment.objects.filter(message=message).order_by("pk")
    assert [(one.filename, one.is_inline, bool(one.content_id)) for one in attached] == [
        ("plan.pdf", False, False),
        ("shot.png", True, True),
    ]
    assert (Draft.objects.count(), DraftFile.objects.count()) == (0, 0)


def test_a_picture_is_one_by_its_bytes(cast: Cast, ticket: Ticket, now: datetime) -> None:
    page = add(ticket, cast.tess, now, "shot.png", b"<script>alert(1)</script>", in_text=True)
    assert (page.content_id, page.content_type) == ("", "application/octet-stream")
    assert add(ticket, cast.tess, now, "x.svg", b"<svg onload=alert(1)>").content_type == "application/octet-stream"
    assert add(ticket, cast.tess, now, "x.html", b"<html>").content_type == "application/octet-stream"


def test_what_one_message_can_not_carry_is_told(cast: Cast, ticket: Ticket, now: datetime, monkeypatch: Any) -> None:
    limit = FilesLimit(count=2, size=1024 * 1024)
    monkeypatch.setattr("mainstay.writing.actions.drafting.files_limit", lambda _ticket: limit)
    with pytest.raises(EmptyFile):
        add(ticket, cast.tess, now, content=b"")
    add(ticket, cast.tess, now, content=b"x" * 1024)
    with pytest.raises(FilesTooLarge, match=r"large\.bin.* 1 MB"):
        add(ticket, cast.tess, now, "large.bin", b"x" * 1024 * 1024)
    add(ticket, cast.tess, now, "b.txt")
    with pytest.raises(TooManyFiles, match="2"):
        add(ticket, cast.tess, now, "c.txt")
    assert DraftFile.objects.count() == 2


def test_a_file_is_ones_own_and_goes_when_it_is_taken_away(cast: Cast, ticket: Ticket, now: datetime) -> None:
    file = add(ticket, cast.tess, now)
    assert draft_file_for(cast.tess, file.pk) == file
    assert draft_file_for(cast.tom, file.pk) is None
    with pytest.raises(NotAllowed):
        actions.remove_file(file, by=cast.tom)
    actions.remove_file(file, by=cast.tess)
    assert DraftFile.objects.count() == 0
    kept = Draft.objects.get()
    assert keep(ticket, cast.tess, now, "Typed on", kept.base)  # a window that knows of it goes on


def test_an_empty_text_with_a_file_beside_it_is_still_a_draft(cast: Cast, ticket: Ticket, now: datetime) -> None:
    draft = keep(ticket, cast.tess, now, "Hello")
    assert draft is not None
    add(ticket, cast.tess, now)
    assert keep(ticket, cast.tess, now, "", draft.base)
    assert Draft.objects.get().text == ""


# --- coming back, moving, and being forgotten ----------------------------------------------------------------------------


def test_a_reply_that_is_taken_back_stands_in_the_composer_again_above_what_was_begun_since(
    cast: Cast, ticket: Ticket, now: datetime
) -> None:
    add(ticket, cast.tess, now, "plan.pdf", b"%PDF-1.4")
    sent = actions.send_reply(ticket, text="Sent too soon", by=cast.tess, at=now, undo_seconds=10)
    keep(ticket, cast.tess, now, "Next thought")
    draft = actions.take_back_reply(sent, by=cast.tess, at=now + timedelta(seconds=3))
    assert (draft.text, draft.mode) == ("Sent too soon\n\nNext thought", "reply")
    assert [one.filename for one in files_of(draft)] == ["plan.pdf"]


def test_drafts_go_with_the_messages_of_a_ticket_that_is_merged(cast: Cast, ticket: Ticket, now: datetime) -> None:
    other = cast.writes(cast.paula, now, subject="The same lock", may_auto_reply=False)
    moved = keep(ticket, cast.tess, now, "Only here")
    keep(ticket, cast.tom, now, "Tom here")
    keep(other, cast.tom, now, "Tom there")
    add(ticket, cast.tom, now, "plan.pdf", b"%PDF-1.4")
    tickets.merge_ticket(ticket, into=other, by=cast.sue, at=now)
    assert drafts_on(ticket) == []
    here = {draft.person: draft for draft in drafts_on(other)}
    assert moved is not None and here[cast.tess].base == moved.base  # an open window goes on with it
    assert here[cast.tom].text == "Tom here\n\nTom there"
    assert [one.filename for one in files_of(here[cast.tom])] == ["plan.pdf"]


def test_drafts_that_nobody_went_on_with_are_forgotten(cast: Cast, ticket: Ticket, now: datetime) -> None:
    keep(ticket, cast.tess, now - timedelta(days=91), "Old")
    keep(ticket, cast.tom, now - timedelta(days=89), "Not so old")
    assert actions.forget_old_drafts(at=now) == 1
    assert [draft.person for draft in drafts_on(ticket)] == [cast.tom]

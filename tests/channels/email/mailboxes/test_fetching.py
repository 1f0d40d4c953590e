"""Reading a folder: from a real Dovecot, and from a server that misbehaves (F4–F7, R3, R8, R16)."""

import threading
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from mainstay.channels.email import limits
from mainstay.channels.email.mailboxes.actions import change_mailbox
from mainstay.channels.email.mailboxes.connecting import connect, hang_up, sign_in
from mainstay.channels.email.mailboxes.errors import ConnectionLost, FolderMissing, MailboxTrouble, Unreachable
from mainstay.channels.email.mailboxes.fetching import FolderReader
from mainstay.channels.email.mailboxes.positions import SetUpChanged
from mainstay.channels.email.mailboxes.queries import access_of
from mainstay.channels.email.mailboxes.states import Purpose
from mainstay.channels.email.models import FolderPosition, OwedMail, RawMail
from tests.channels.email.mailboxes.looking import kept, letters, look
from tests.dovecot import Dovecot
from tests.misbehaving_imap import MisbehavingImap

# --- a real server ------------------------------------------------------------------------------------------------


def test_new_mail_is_stored_byte_for_byte_and_stays_untouched(dovecot: Dovecot, make_mailbox: Any) -> None:
    mails = letters(3)
    dovecot.put("plain", *mails.values())
    mailbox = make_mailbox("plain", dovecot.imap)
    look(mailbox)
    assert kept() == list(mails.values())
    first = RawMail.objects.order_by("pk").first()
    assert (first.envelope_from, first.envelope_to) == ("paula@larch.example", ["support@intercom.example"])
    assert (first.peer, first.state) == ("127.0.0.1", "waiting")
    assert dovecot.count("plain", what="UNSEEN") == 3


def test_a_second_look_takes_only_what_is_new(dovecot: Dovecot, make_mailbox: Any) -> None:
    mailbox = make_mailbox("again", dovecot.imap)
    dovecot.put("again", *letters(2).values())
    assert look(mailbox).found == 2
    assert look(mailbox).found == 0
    dovecot.put("again", *letters(1, start=3).values())
    assert look(mailbox).found == 1
    assert len(kept()) == 3


def test_mail_that_a_person_read_first_comes_all_the_same(dovecot: Dovecot, make_mailbox: Any) -> None:
    """F7: the position counts, not what is marked as read."""
    with dovecot.session("read") as client:
        client.append("INBOX", letters(1)[1], flags=[b"\\Seen"])
    look(make_mailbox("read", dovecot.imap))
    assert len(kept()) == 1


def test_mail_is_marked_or_moved_when_it_is_stored(dovecot: Dovecot, make_mailbox: Any) -> None:
    dovecot.put("mark", *letters(2).values())
    look(make_mailbox("mark", dovecot.imap, after_intake="flag"))
    assert dovecot.count("mark", what="SEEN") == 2
    dovecot.put("move", *letters(2).values())
    look(make_mailbox("move", dovecot.imap, name="Two", after_intake="move", target_folder="Done"))
    assert (dovecot.count("move"), dovecot.count("move", "Done")) == (0, 2)
    assert len(kept()) == len(kept("Two")) == 2


def test_numbers_that_begin_anew_bring_no_mail_twice_and_lose_none(dovecot: Dovecot, make_mailbox: Any) -> None:
    """F5, with a real server whose index was lost."""
    mailbox = make_mailbox("anew", dovecot.imap)
    dovecot.put("anew", *letters(3).values())
    look(mailbox)
    before = FolderPosition.objects.get().uidvalidity
    dovecot.change_uidvalidity("anew")
    dovecot.put("anew", *letters(1, start=4).values())
    assert look(mailbox).found == 4
    assert FolderPosition.objects.get().uidvalidity != before
    assert sorted(kept()) == sorted(letters(4).values())


def test_only_mail_from_the_chosen_date_on_is_taken_at_first(dovecot: Dovecot, make_mailbox: Any) -> None:
    with dovecot.session("since") as client:
        client.append("INBOX", letters(1)[1], msg_time=datetime(2020, 5, 1, 12))
        client.append("INBOX", letters(1, start=2)[2])
    mailbox = make_mailbox("since", dovecot.imap, since=date.today() - timedelta(days=2))
    assert look(mailbox).found == 1
    # Old mail that somebody puts there later was put there for us.
    with dovecot.session("since") as client:
        client.append("INBOX", letters(1, start=3)[3], msg_time=datetime(2020, 5, 1, 12))
    assert look(mailbox).found == 1
    assert kept() == [letters(1, start=2)[2], letters(1, start=3)[3]]


def test_the_sent_folder_is_found_by_its_mark_and_never_changed(dovecot: Dovecot, make_mailbox: Any) -> None:
    dovecot.put("sent", *letters(2).values(), folder="Sent things")
    mailbox = make_mailbox("sent", dovecot.imap, reads_sent=True, after_intake="flag")
    look(mailbox, Purpose.SENT)
    assert len(kept("sent:Support")) == 2
    assert kept() == []
    assert dovecot.count("sent", "Sent things", "UNSEEN") == 2


def test_two_copies_in_one_mailbox_are_one_mail(dovecot: Dovecot, make_mailbox: Any) -> None:
    """R3: the same bytes."""
    dovecot.put("twice", letters(1)[1], letters(1)[1])
    look(make_mailbox("twice", dovecot.imap))
    assert len(kept()) == 1


def test_the_same_message_id_with_other_bytes_is_another_mail(dovecot: Dovecot, make_mailbox: Any) -> None:
    """R4."""
    dovecot.put("same-id", letters(1)[1], letters(1)[1] + b"More.\r\n")
    look(make_mailbox("same-id", dovecot.imap))
    assert len(kept()) == 2


def test_a_folder_that_is_gone_is_told_and_what_is_stored_stays(dovecot: Dovecot, make_mailbox: Any) -> None:
    """F6."""
    with dovecot.session("gone") as client:
        client.create_folder("Desk")
    dovecot.put("gone", *letters(1).values(), folder="Desk")
    mailbox = make_mailbox("gone", dovecot.imap, folder="Desk")
    look(mailbox)
    with dovecot.session("gone") as client:
        client.rename_folder("Desk", "Elsewhere")
    with pytest.raises(FolderMissing, match="Desk"):
        look(mailbox)
    assert len(kept()) == 1


def test_another_folder_is_read_from_its_beginning(dovecot: Dovecot, make_mailbox: Any, now: datetime) -> None:
    dovecot.put("other", *letters(3).values())
    dovecot.put("other", *letters(1, start=4).values(), folder="Done")
    mailbox = make_mailbox("other", dovecot.imap)
    look(mailbox)
    look(change_mailbox(mailbox, folder="Done", by=None, at=now))
    assert len(kept()) == 4


def test_mail_at_the_limit_is_taken_and_mail_beyond_it_is_set_aside(
    dovecot: Dovecot, make_mailbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R16, R8: with a smaller limit, so that the test is quick; the good mails before and behind arrive."""
    monkeypatch.setattr(limits, "MAIL_MAX_BYTES", 1000)
    head = b"From: Paula <paula@larch.example>\r\nSubject: Big\r\n\r\n"
    mails = [head + b"x" * (size - len(head)) for size in (999, 1000, 1001)]
    dovecot.put("big", *letters(1).values(), *mails, *letters(1, start=9).values())
    look(make_mailbox("big", dovecot.imap, after_intake="move", target_folder="Done"))
    aside = RawMail.objects.get(state="set_aside")
    assert (aside.size, bytes(aside.raw), aside.subject, aside.sender) == (1001, head, "Big", "paula@larch.example")
    assert "larger than" in aside.problem
    assert RawMail.objects.filter(state="waiting").count() == 4
    assert dovecot.count("big", "Done") == 5


# --- a server that misbehaves -------------------------------------------------------------------------------------


def test_a_connection_that_drops_within_a_mail_leaves_no_half_mail(make_mailbox: Any) -> None:
    """F4: it is fetched again, whole."""
    with MisbehavingImap(letters(3)) as server:
        server.tricks.drops_in_literal[2] = 1
        mailbox = make_mailbox("x", server.port)
        with pytest.raises(ConnectionLost):
            look(mailbox)
        assert kept() == [letters(1)[1]]
        look(mailbox)
    assert kept() == list(letters(3).values())
    assert not OwedMail.objects.exists()


def test_a_mail_that_always_breaks_the_connection_lets_the_others_go_before_it(make_mailbox: Any) -> None:
    """R8: three times in a row, then it is owed, and tried again later."""
    with MisbehavingImap(letters(3)) as server:
        server.tricks.drops_in_literal[2] = 4
        mailbox = make_mailbox("x", server.port)
        for _attempt in range(3):
            with pytest.raises(ConnectionLost):
                look(mailbox)
        look(mailbox)
        assert kept() == [letters(1)[1], letters(3)[3]]
        owed = OwedMail.objects.get()
        assert (owed.uid, owed.tries) == (2, 3)
        OwedMail.objects.update(next_try_at=owed.next_try_at - timedelta(days=2))
        with pytest.raises(ConnectionLost):
            look(mailbox)
        assert OwedMail.objects.get().next_try_at > owed.next_try_at  # waits longer each time
        OwedMail.objects.update(next_try_at=owed.next_try_at - timedelta(days=2))
        look(mailbox)
    assert sorted(kept()) == sorted(letters(3).values())
    assert not OwedMail.objects.exists()


def test_half_a_literal_is_never_taken_for_a_mail(make_mailbox: Any) -> None:
    with MisbehavingImap(letters(2)) as server:
        server.tricks.half_literals[1] = 1
        mailbox = make_mailbox("x", server.port)
        with pytest.raises(MailboxTrouble):
            look(mailbox, answer_seconds=0.3)
        assert kept() == []
        look(mailbox)
    assert kept() == list(letters(2).values())


def test_a_server_that_stalls_is_left_after_a_while(make_mailbox: Any) -> None:
    with MisbehavingImap(letters(2)) as server:
        server.tricks.stalls[1] = 1
        mailbox = make_mailbox("x", server.port)
        with pytest.raises(Unreachable, match="in time"):
            look(mailbox, answer_seconds=0.3)
        look(mailbox)
    assert kept() == list(letters(2).values())


def test_a_mail_that_the_server_refuses_to_give_is_owed_and_the_next_comes_at_once(make_mailbox: Any) -> None:
    with MisbehavingImap(letters(3)) as server:
        server.tricks.refuses[1] = 1
        reader = look(make_mailbox("x", server.port))
    assert "not this one" in reader.note
    assert kept() == [letters(2)[2], letters(3)[3]]
    assert OwedMail.objects.get().uid == 1


def test_a_mail_that_was_removed_between_size_and_body_is_passed_over(make_mailbox: Any) -> None:
    """F6: EXPUNGE by a person at the same moment."""
    with MisbehavingImap(letters(3)) as server:
        server.tricks.expunges[2] = 1
        look(make_mailbox("x", server.port))
    assert kept() == [letters(1)[1], letters(3)[3]]
    assert not OwedMail.objects.exists()


@pytest.mark.parametrize("told", [0, 1, 10_000])
def test_a_wrong_size_changes_nothing(make_mailbox: Any, told: int) -> None:
    with MisbehavingImap(letters(2)) as server:
        server.tricks.lies[1] = told
        look(make_mailbox("x", server.port))
    assert kept() == list(letters(2).values())


def test_a_server_that_hands_out_small_pieces_is_asked_for_the_rest(make_mailbox: Any) -> None:
    with MisbehavingImap(letters(2)) as server:
        server.tricks.partial_at_most = 10
        look(make_mailbox("x", server.port))
    assert kept() == list(letters(2).values())


def test_a_server_that_tells_a_small_size_for_a_huge_mail_costs_no_memory(
    make_mailbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAIL_MAX_BYTES", 1000)
    with MisbehavingImap({1: letters(1)[1] + b"x" * 5000, **letters(1, start=2)}) as server:
        server.tricks.lies[1] = 10
        look(make_mailbox("x", server.port))
    assert RawMail.objects.get(state="set_aside").size == 1001  # no more was asked for
    assert RawMail.objects.filter(state="waiting").count() == 1


def test_a_literal_of_two_gigabytes_is_not_believed(make_mailbox: Any) -> None:
    with MisbehavingImap(letters(1)) as server:
        server.tricks.announces_huge[1] = 1
        mailbox = make_mailbox("x", server.port)
        with pytest.raises(ConnectionLost, match="announced"):
            look(mailbox)
        look(mailbox)
    assert len(kept()) == 1


def test_news_told_three_times_over_brings_nothing_twice(make_mailbox: Any) -> None:
    with MisbehavingImap(letters(3)) as server:
        server.tricks.repeats_exists = True
        mailbox = make_mailbox("x", server.port)
        look(mailbox)
        look(mailbox)
    assert kept() == list(letters(3).values())


def test_new_numbers_for_old_mail_are_recognised(make_mailbox: Any) -> None:
    """F5: other numbers, other order, one mail more."""
    with MisbehavingImap(letters(3)) as server:
        mailbox = make_mailbox("x", server.port)
        look(mailbox)
        server.uidvalidity = 2
        server.mails = {1: letters(3)[3], 2: letters(1)[1], 3: letters(4)[4], 4: letters(2)[2]}
        look(mailbox)
    assert sorted(kept()) == sorted(letters(4).values())


def test_a_server_that_was_set_back_without_saying_so_loses_no_mail(make_mailbox: Any) -> None:
    """The numbers fell below those that we know, so they can't be the same mails."""
    with MisbehavingImap(letters(5)) as server:
        mailbox = make_mailbox("x", server.port)
        look(mailbox)
        server.mails = {1: letters(1)[1], 2: letters(1, start=7)[7]}
        look(mailbox)
    assert letters(1, start=7)[7] in kept()
    assert len(kept()) == 6


def test_numbers_with_wide_gaps_take_few_questions(make_mailbox: Any) -> None:
    with MisbehavingImap(letters(1) | letters(1, start=900_000) | letters(1, start=2_000_000)) as server:
        look(make_mailbox("x", server.port))
        assert len(server.sent("SEARCH")) < 40
    assert len(kept()) == 3


def test_a_mailbox_that_can_not_be_marked_is_read_all_the_same(make_mailbox: Any) -> None:
    with MisbehavingImap(letters(2), capabilities="IMAP4rev1") as server:
        reader = look(make_mailbox("x", server.port, after_intake="move", target_folder="Done"))
        assert not server.moved
        assert not server.sent("EXPUNGE")  # it would remove what people deleted
    assert "moved" in reader.note
    assert len(kept()) == 2


def test_a_mail_that_can_not_be_stored_is_owed_and_the_next_comes(
    make_mailbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mainstay.channels.email.mailboxes import fetching

    original = fetching.keep_mail

    def stumbling(raw: bytes, **more: Any) -> Any:
        if b"Mail 1" in raw:
            raise ValueError("this one")
        return original(raw, **more)

    monkeypatch.setattr(fetching, "keep_mail", stumbling)
    with MisbehavingImap(letters(2)) as server:
        reader = look(make_mailbox("x", server.port))
    assert "this one" in reader.note
    assert kept() == [letters(2)[2]]
    assert OwedMail.objects.get().uid == 1


def test_a_mailbox_that_was_changed_meanwhile_is_read_no_further(make_mailbox: Any, now: datetime) -> None:
    with MisbehavingImap(letters(1)) as server:
        mailbox = make_mailbox("x", server.port)
        change_mailbox(mailbox, folder="INBOX", by=None, at=now)
        client = connect(access_of(mailbox))
        sign_in(client, access_of(mailbox), None)
        reader = FolderReader(client, mailbox, Purpose.INBOX, stopped=threading.Event(), beat=lambda: None)
        with pytest.raises(SetUpChanged):
            reader.read("INBOX")
        hang_up(client)
    assert kept() == []


def test_reading_stops_after_the_mail_in_hand(make_mailbox: Any) -> None:
    with MisbehavingImap(letters(5)) as server:
        mailbox = make_mailbox("x", server.port)
        client = connect(access_of(mailbox))
        sign_in(client, access_of(mailbox), None)
        stopped = threading.Event()
        FolderReader(client, mailbox, Purpose.INBOX, stopped=stopped, beat=stopped.set).read("INBOX")
        hang_up(client)
    assert kept() == [letters(1)[1]]
    assert FolderPosition.objects.get().last_uid == 1

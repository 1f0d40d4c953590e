"""What is found, by whom, and what is said of what was not understood."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mainstay.catalogue.models import Product
from mainstay.files.actions import store_file
from mainstay.notifications.models import Notification
from mainstay.people.models import Person
from mainstay.promises.queries import policy_in_force
from mainstay.search import queries
from mainstay.search.errors import TookTooLong
from mainstay.search.narrowing import Asked
from mainstay.search.queries import Findings, find
from mainstay.search.reading import read_question
from mainstay.search.states import Noun, Odd, Source
from mainstay.tickets import actions
from mainstay.tickets.models import Attachment, Message, Ticket
from tests.cast import Cast


@pytest.fixture
def ask(cast: Cast, now: datetime) -> Any:
    def asked(text: str, who: Person | None = None, **more: Any) -> Findings:
        at = now + timedelta(hours=1)
        return find(read_question(text), Asked(who or cast.tess, at, policy_in_force(now)), **more)

    return asked


@pytest.fixture
def tickets(ask: Any) -> Any:
    def found(text: str, who: Person | None = None) -> set[Ticket]:
        return {one.ticket for one in ask(text, who).tickets}

    return found


# --- what is found ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("The lock stays open.", "lock"),
        ("The lock stays open.", "LOCK stays"),
        ("The lock stays open.", "loc"),
        ("The lock stays open.", '"stays open"'),
        ("Der Türöffner brummt", "turoffner"),
        ("Der Türöffner brummt", "Türöff"),
        ("La gâche électrique", "gache electrique"),
        ("门锁坏了", "门锁"),
        ("门锁坏了", "锁坏"),
        ("门锁坏了", "锁"),
        ("门锁坏了", "门锁坏"),
        ("ドアが開かない", "ドア"),
        ("Замок не работает", "замок"),
        ("القفل لا يعمل", "القفل"),
        ("Serial SN-12 AB-3456-77", "AB345677"),
        ("Serial AB345677", "AB-3456-77"),
        ("Serial AB-3456-77", "AB-3456-77"),
        ("Serial AB-3456-77", "AB-3456-7"),
        ("Call me at +31 6 1234 5678", "0612345678"),
        ("Call me at 06-12345678", "+31 6 1234 5678"),
        ("Firmware 2.4.11 is in it", "2.4.11"),
        ("write to a.b@larch.example", "a.b@larch.example"),
        ("don't open", "don't"),
        ("path C:\\temp\\x", "C:\\temp"),
        ("100% of them", "100%"),
    ],
)
def test_words_are_found_as_people_write_them(
    cast: Cast, now: datetime, tickets: Any, written: str, asked: str
) -> None:
    ticket = cast.writes(cast.paula, now, written, subject="x")
    cast.writes(cast.olaf, now, "Something else", subject="y")
    assert tickets(asked) == {ticket}


@pytest.mark.parametrize(
    ("asked", "meant"), [("lokc", "lock"), ("lcok", "lock"), ("batery", "battery"), ("gatewey", "gateway")]
)
def test_slips_of_the_finger_are_forgiven_and_told(cast: Cast, now: datetime, ask: Any, asked: str, meant: str) -> None:
    ticket = cast.writes(cast.paula, now, "The lock of the gateway has no battery")
    found = ask(asked)
    assert {one.ticket for one in found.tickets} == {ticket}
    assert [(one.said, one.instead) for one in found.corrections] == [(asked, (meant,))]


def test_a_word_that_is_known_is_not_corrected(cast: Cast, now: datetime, ask: Any) -> None:
    cast.writes(cast.paula, now, "lock", subject="x")
    cast.writes(cast.olaf, now, "rock", subject="x")
    assert len(ask("lock").tickets) == 1
    assert ask("rock is:closed").corrections == ()


def test_what_stands_in_subject_names_notes_and_files_is_found(cast: Cast, now: datetime, tickets: Any) -> None:
    ticket = cast.writes(cast.paula, now, "x", subject="Relay chatters")
    actions.note_on_ticket(ticket, text="Ask the foundry", by=cast.tess, at=now)
    message = ticket.messages.get(kind="inbound")
    Attachment.objects.create(message=message, file=store_file(b"x"), filename="wiring-plan.pdf")
    for asked in ("relay", "larch", "paula", "foundry", "wiring", "has:file"):
        assert tickets(asked) == {ticket}, asked


def test_several_words_must_all_be_there_and_a_minus_none(cast: Cast, now: datetime, tickets: Any) -> None:
    both = cast.writes(cast.paula, now, "lock and bell", subject="x")
    lock = cast.writes(cast.olaf, now, "lock", subject="x")
    assert tickets("lock bell") == {both}
    assert tickets("lock -bell") == {lock}
    assert tickets("-bell") == {lock}
    assert tickets('"bell lock"') == set()


def test_the_index_follows_what_changes(cast: Cast, now: datetime, tickets: Any) -> None:
    ticket, other = cast.writes(cast.paula, now, "zebra"), cast.writes(cast.paula, now, "y")
    actions.merge_ticket(ticket, into=other, by=cast.tess, at=now)
    assert other in tickets("zebra")
    Message.objects.filter(text="zebra").update(text="giraffe")
    assert tickets("zebra") == set()
    cast.larch.name = "Sycamore"
    cast.larch.save()
    assert tickets("sycamore") == {ticket, other}


def test_a_number_leads_to_its_ticket(cast: Cast, now: datetime, ask: Any, tickets: Any) -> None:
    ticket = cast.writes(cast.paula, now)
    for asked in (f"#{ticket.number}", str(ticket.number), f"number:{ticket.number}"):
        assert tickets(asked) == {ticket}, asked
    speaks_of_it = cast.writes(cast.olaf, now, f"Like {ticket.number}")
    assert [one.ticket for one in ask(str(ticket.number)).tickets] == [ticket, speaks_of_it]
    assert ask("#999999999999999999").is_nothing


def test_people_and_organisations_are_found(cast: Cast, ask: Any) -> None:
    assert [one.person for one in ask("paul").people] == [cast.paula]
    assert [one.person for one in ask("larch.example").people] == [cast.paula, cast.piet]
    assert [one.organisation for one in ask("elm").organisations] == [cast.elm]
    assert ask("paul is:open").people == ()


def test_pages_go_on_without_a_gap(cast: Cast, now: datetime, ask: Any) -> None:
    written = [cast.writes(cast.olaf, now) for _time in range(7)]
    seen: list[Ticket] = []
    after = ""
    while True:
        found = ask("lock", nouns=(Noun.TICKETS,), after=after, size=3)
        seen += [one.ticket for one in found.tickets]
        after = found.goes_on(Noun.TICKETS)
        if not after:
            break
    assert seen == written[::-1]


def test_people_go_on_behind_the_last_name(cast: Cast, ask: Any) -> None:
    for name in ("Anna Berg", "Anna Berg", "Anna Cort"):
        Person.objects.create(name=name)
    first = ask("anna", nouns=(Noun.PEOPLE,), size=2)
    second = ask("anna", nouns=(Noun.PEOPLE,), size=2, after=first.goes_on(Noun.PEOPLE))
    assert [one.person.name for one in (*first.people, *second.people)] == ["Anna Berg", "Anna Berg", "Anna Cort"]
    assert second.goes_on(Noun.PEOPLE) == ""


@pytest.mark.parametrize("steps", [0, 2, 1000])
def test_both_ways_of_asking_find_the_same(
    cast: Cast, now: datetime, ask: Any, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    written = [cast.writes(cast.olaf, now, "lock" if place % 2 else "bell", subject="x") for place in range(10)]
    monkeypatch.setattr(queries, "_steps", lambda *_given, **_named: steps)
    assert [one.ticket for one in ask("lock", size=3).tickets] == [written[9], written[7], written[5]]
    assert len(ask("lock").tickets) == 5


def test_a_question_that_takes_too_long_is_refused_kindly(
    cast: Cast, now: datetime, ask: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast.writes(cast.paula, now)
    monkeypatch.setattr(queries, "PATIENCE_MS", 1)
    monkeypatch.setattr(queries, "lexed", lambda _terms: [_slow()])
    with pytest.raises(TookTooLong, match="after:30d"):
        ask("lock")
    monkeypatch.undo()
    assert len(ask("lock").tickets) == 1  # the patience was that question's alone


def _slow() -> Any:
    with connection.cursor() as cursor:
        cursor.execute("select pg_sleep(2)")


# --- operators ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def two(cast: Cast, now: datetime) -> tuple[Ticket, Ticket]:
    """Paula's of today, which Tess has answered, critical; Olaf's of last month, resolved."""
    old = cast.writes(cast.olaf, now - timedelta(days=40))
    actions.resolve_ticket(old, by=cast.tom, at=now - timedelta(days=39))
    new = cast.writes(cast.paula, now)
    actions.assign_ticket(new, to=cast.tess, by=cast.tess, at=now)
    actions.classify_ticket(new, nature="diagram", severity="critical", by=cast.tess, at=now)
    actions.tag_ticket(new, name="noisy", by=cast.tess, at=now)
    actions.reply_to_ticket(new, text="Turn it.", by=cast.tess, at=now)
    actions.note_on_ticket(new, text="Hm", by=cast.tess, at=now)
    actions.add_task(new, text="Call", by=cast.tess, at=now)
    Notification.objects.create(
        person=cast.tess, kind="assigned", subject=f"ticket:{new.number}", key="a", at=now, facts={}
    )
    Ticket.objects.filter(pk=new.pk).update(language="nl-BE", product=Product.objects.create(model="IP-A23"))
    return new, old


@pytest.mark.parametrize(
    "asked",
    [
        "is:open",
        "is:waiting",
        "is:unread",
        "-is:closed",
        "assignee:me",
        "assignee:tess",
        "-assignee:nobody",
        "from:paula",
        "from:paula@larch.example",
        "from:tess",
        "to:paula",
        "org:larch",
        'org:"Larch"',
        "severity:critical",
        "nature:diagram",
        "tag:noisy",
        "tag:noi",
        "product:a23",
        "lang:nl",
        "lang:dutch",
        "has:reply",
        "has:note",
        "has:tag",
        "has:task",
        "after:2026-11-01",
        "after:7d",
        "-before:today",
        "lock is:open channel:mail",
        "FROM:Paula",
    ],
)
def test_operators_narrow(two: tuple[Ticket, Ticket], tickets: Any, asked: str) -> None:
    assert tickets(asked) == {two[0]}


@pytest.mark.parametrize(
    "asked",
    [
        "is:closed",
        "is:resolved",
        "assignee:nobody",
        "before:2026-11",
        "-from:paula",
        "before:7d",
        "-tag:noisy",
        "to:olaf -has:note from:olaf",
    ],
)
def test_operators_narrow_to_the_other(two: tuple[Ticket, Ticket], tickets: Any, asked: str) -> None:
    expected = set() if asked.startswith("to:olaf") else {two[1]}
    assert tickets(asked) == expected


@pytest.mark.parametrize(
    ("asked", "odd"),
    [
        ("is:purple lock", Odd.NO_STATE),
        ("has:wings lock", Odd.NO_PART),
        ("before:someday lock", Odd.NO_DAY),
        ("before:2026-13-45 lock", Odd.NO_DAY),
        ("nature:gardening lock", Odd.NO_NATURE),
        ("severity:meh lock", Odd.NO_SEVERITY),
        ("channel:pigeon lock", Odd.NO_CHANNEL),
        ("lang:xx lock", Odd.NO_LANGUAGE),
        ("assignee:nobodyknows lock", Odd.NOBODY),
        ("from:nobodyknows lock", Odd.NOBODY),
        ("to:!!! lock", Odd.NOBODY),
        ("org:nowhere lock", Odd.NO_ORGANISATION),
        ("tag:never lock", Odd.NO_TAG),
        ("product:never lock", Odd.NO_PRODUCT),
        ("number:x lock", Odd.NO_NUMBER),
        ("number:9999999999999999999 lock", Odd.NO_NUMBER),
    ],
)
def test_what_is_not_understood_is_told_and_the_rest_is_searched(
    cast: Cast, now: datetime, ask: Any, asked: str, odd: Odd
) -> None:
    ticket = cast.writes(cast.paula, now)
    found = ask(asked)
    assert [note.odd for note in found.notes] == [odd]
    assert [one.ticket for one in found.tickets] == [ticket]


# --- who may ------------------------------------------------------------------------------------------------------------


def test_everybody_finds_what_they_may_see_and_no_more(cast: Cast, now: datetime, ask: Any, tickets: Any) -> None:
    ticket = cast.writes(cast.paula, now, "zebra")
    actions.note_on_ticket(ticket, text="giraffe", by=cast.tess, at=now)
    note = ticket.messages.get(kind="note")
    Attachment.objects.create(message=note, file=store_file(b"x"), filename="okapi.txt")
    actions.tag_ticket(ticket, name="lion", by=cast.tess, at=now)
    for staff in (cast.tess, cast.dev, cast.sue, cast.ada):
        assert tickets("zebra", staff) == tickets("giraffe", staff) == tickets("okapi", staff) == {ticket}
    for customer in (cast.paula, cast.piet):
        assert tickets("zebra", customer) == {ticket}
        for asked in (
            "giraffe",
            "giraf",
            '"giraffe"',
            "girafe",
            "okapi",
            "has:file zebra",
            "from:tess",
            "tag:lion giraffe",
        ):
            assert tickets(asked, customer) == set() or asked == "from:tess", asked
        assert ask("girafe", customer).corrections == ()
        assert [note.odd for note in ask("has:note tag:lion zebra", customer).notes] == [Odd.NO_PART, Odd.NO_TAG]
    for stranger in (cast.olaf, cast.rita):
        for asked in ("zebra", f"#{ticket.number}", str(ticket.number), "is:open", "paula", "larch"):
            assert ask(asked, stranger).is_nothing, asked


def test_nothing_of_a_note_stands_in_what_a_customer_is_shown(cast: Cast, now: datetime, ask: Any) -> None:
    ticket = cast.writes(cast.paula, now, "zebra")
    actions.note_on_ticket(ticket, text="zebra is a giraffe zebra", by=cast.tess, at=now)
    [found] = ask("zebra", cast.paula).tickets
    assert "giraffe" not in "".join(piece.text for piece in found.context.text)
    assert found.context.source == Source.MESSAGE


def test_a_kind_of_message_that_is_not_known_is_for_colleagues_only(cast: Cast, now: datetime, tickets: Any) -> None:
    """The index lets a customer find what is said to be theirs, rather than all that is not said to be ours."""
    ticket = cast.writes(cast.paula, now, "zebra")
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("alter table tickets_message drop constraint message_kind_known")
        cursor.execute(
            "update tickets_message set kind = 'whisper' where ticket_id = %s and kind = 'inbound'", [ticket.pk]
        )
    assert tickets("zebra", cast.tess) == {ticket}
    assert tickets("zebra", cast.paula) == set()


# --- in context ---------------------------------------------------------------------------------------------------------


def test_the_message_with_most_of_the_words_is_shown(cast: Cast, now: datetime, ask: Any) -> None:
    ticket = cast.writes(cast.paula, now, "lock")
    reply = actions.reply_to_ticket(ticket, text="The lock needs power.", by=cast.tess, at=now)
    [found] = ask("lock power").tickets
    assert (found.context.source, found.context.author) == (Source.REPLY, "Tess")
    assert found.context.message == ticket.messages.get(kind="reply").pk
    assert [piece.text for piece in found.context.text if piece.is_found] == ["lock", "power"]
    assert reply is not None


def test_the_message_is_found_on_a_long_ticket(cast: Cast, now: datetime, ask: Any) -> None:
    ticket = cast.writes(cast.paula, now, "The zebra")
    for minute in range(15):
        actions.note_on_ticket(ticket, text="Hm", by=cast.tess, at=now + timedelta(minutes=minute))
    [found] = ask("zebra").tickets
    assert found.context.message == ticket.messages.get(kind="inbound").pk


def test_a_file_is_named_where_its_name_was_found(cast: Cast, now: datetime, ask: Any) -> None:
    ticket = cast.writes(cast.paula, now, "x")
    message = ticket.messages.get(kind="inbound")
    Attachment.objects.create(message=message, file=store_file(b"x"), filename="wiring-plan.pdf")
    [found] = ask("wiring").tickets
    assert (found.context.source, found.context.message) == (Source.FILE, message.pk)


# --- whatever is typed, and what it costs -------------------------------------------------------------------------------


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=60) | st.text(alphabet="\"'\\:*&|!()<>-#%þ @ab\x00é门", max_size=30))
def test_nothing_that_is_typed_breaks_it(cast: Cast, now: datetime, ask: Any, text: str) -> None:
    for who in (cast.tess, cast.paula):
        ask(text, who)


def test_a_page_costs_the_same_with_one_and_with_twenty(cast: Cast, now: datetime, ask: Any) -> None:
    counted = []
    for number in (1, 20):
        while Ticket.objects.count() < number:
            cast.writes(cast.olaf, now)
        with CaptureQueriesContext(connection) as captured:
            ask("lock")
        counted.append(len(captured))
    assert counted[0] == counted[1] <= 12

"""What is found, by whom, and what is said of what was not understood."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mainstay.files.actions import store_file
from mainstay.people.models import Person
from mainstay.promises.queries import policy_in_force
from mainstay.search.asking import Narrowing, Term, read_question
from mainstay.search.queries import Found, search
from mainstay.search.snippets import snippet_of
from mainstay.search.states import Odd, Operator
from mainstay.tickets import actions
from mainstay.tickets.actions import Letter
from mainstay.tickets.models import Attachment, Message, Ticket
from tests.cast import Cast


@pytest.fixture
def ask(cast: Cast, now: datetime) -> Any:
    def asked(text: str, who: Person | None = None, **more: Any) -> Found:
        return search(who or cast.tess, text, policy_in_force(now), now + timedelta(hours=1), **more)

    return asked


@pytest.fixture
def numbers(ask: Any) -> Any:
    def found(text: str, who: Person | None = None) -> set[Ticket]:
        return {hit.ticket for hit in ask(text, who).hits}

    return found


# --- what is found ----------------------------------------------------------------------------------------------------


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
        ("ドアが開かない", "ドア"),
        ("Замок не работает", "замок"),
        ("القفل لا يعمل", "القفل"),
        ("Serial SN-12 AB-3456-77", "AB345677"),
        ("Serial AB345677", "AB-3456-77"),
        ("Call me at +31 6 1234 5678", "0612345678"),
        ("Firmware 2.4.11 is in it", "2.4.11"),
        ("write to a.b@larch.example", "a.b@larch.example"),
        ("don't open", "don't"),
        ("path C:\\temp\\x", "C:\\temp"),
        ("100% of them", "100%"),
    ],
)
def test_words_are_found_as_people_write_them(
    cast: Cast, now: datetime, numbers: Any, written: str, asked: str
) -> None:
    ticket = cast.writes(cast.paula, now, written, subject="x")
    cast.writes(cast.olaf, now, "Something else", subject="y")
    assert numbers(asked) == {ticket}


@pytest.mark.parametrize("asked", ["lokc", "lcok", "batery", "gatewey"])
def test_slips_of_the_finger_are_forgiven_and_told(cast: Cast, now: datetime, ask: Any, asked: str) -> None:
    ticket = cast.writes(cast.paula, now, "The lock of the gateway has no battery")
    found = ask(asked)
    assert {hit.ticket for hit in found.hits} == {ticket}
    assert found.instead[0][0] == asked


def test_what_stands_in_subject_names_notes_and_files_is_found(cast: Cast, now: datetime, numbers: Any) -> None:
    ticket = cast.writes(cast.paula, now, "x", subject="Relay chatters")
    actions.note_on_ticket(ticket, text="Ask the foundry", by=cast.tess, at=now)
    message = ticket.messages.get(kind="inbound")
    Attachment.objects.create(message=message, file=store_file(b"x"), filename="wiring-plan.pdf")
    for asked in ("relay", "larch", "paula", "foundry", "wiring", "has:file"):
        assert numbers(asked) == {ticket}, asked


def test_several_words_must_all_be_there_and_a_minus_none(cast: Cast, now: datetime, numbers: Any) -> None:
    both = cast.writes(cast.paula, now, "lock and bell")
    lock = cast.writes(cast.olaf, now, "lock")
    assert numbers("lock bell") == {both}
    assert numbers("lock -bell") == {lock}
    assert numbers('"bell lock"') == set()


def test_a_changed_subject_and_a_moved_message_are_found_where_they_are_now(
    cast: Cast, now: datetime, numbers: Any
) -> None:
    ticket, other = cast.writes(cast.paula, now, "zebra"), cast.writes(cast.paula, now, "y")
    actions.merge_ticket(ticket, into=other, by=cast.tess, at=now)
    assert other in numbers("zebra")
    Message.objects.filter(text="zebra").update(text="giraffe")
    assert other not in numbers("zebra")


def test_a_number_leads_to_its_ticket(cast: Cast, now: datetime, ask: Any) -> None:
    ticket = cast.writes(cast.paula, now)
    assert ask(f"#{ticket.number}").exact == ticket
    assert ask(str(ticket.number)).exact == ticket
    assert ask("#999999999999999999").exact is None


def test_people_and_organisations_are_found(cast: Cast, ask: Any) -> None:
    assert list(ask("paul").people) == [cast.paula]
    assert list(ask("larch.example").people) == [cast.paula, cast.piet]
    assert list(ask("elm").organisations) == [cast.elm]


def test_pages_go_on_without_a_gap(cast: Cast, now: datetime, ask: Any) -> None:
    tickets = [cast.writes(cast.olaf, now) for _time in range(7)]
    seen, after = [], ""
    while True:
        found = ask("lock", after=after, limit=3)
        seen += [hit.ticket for hit in found.hits]
        after = found.after
        if not after:
            break
    assert seen == tickets[::-1]


# --- operators --------------------------------------------------------------------------------------------------------


@pytest.fixture
def two(cast: Cast, now: datetime) -> tuple[Ticket, Ticket]:
    """Paula's of today, which Tess has, critical; Olaf's of last month, resolved."""
    old = cast.writes(cast.olaf, now - timedelta(days=40))
    actions.resolve_ticket(old, by=cast.tom, at=now - timedelta(days=39))
    new = cast.writes(cast.paula, now)
    actions.assign_ticket(new, to=cast.tess, by=cast.tess, at=now)
    actions.classify_ticket(new, nature="diagram", severity="critical", by=cast.tess, at=now)
    actions.tag_ticket(new, name="noisy", by=cast.tess, at=now)
    return new, old


@pytest.mark.parametrize(
    "asked",
    [
        "is:open",
        "is:mine",
        "-is:closed",
        "assignee:me",
        "assignee:tess",
        "from:paula",
        "from:paula@larch.example",
        "org:larch",
        'org:"Larch"',
        "severity:critical",
        "nature:diagram",
        "tag:noisy",
        "-tag:noisy is:open lock OR",
        "after:2026-11-01",
        "after:7d",
        "-before:today",
        "lock is:open",
        "FROM:Paula",
    ],
)
def test_operators_narrow(two: tuple[Ticket, Ticket], numbers: Any, asked: str) -> None:
    expected = set() if "OR" in asked else {two[0]}
    assert numbers(asked) == expected


@pytest.mark.parametrize(
    "asked", ["is:closed", "is:resolved", "assignee:nobody", "before:2026-11", "-from:paula", "before:7d"]
)
def test_operators_narrow_to_the_other(two: tuple[Ticket, Ticket], numbers: Any, asked: str) -> None:
    assert numbers(asked) == {two[1]}


@pytest.mark.parametrize(
    ("asked", "odd"),
    [
        ("is:purple lock", Odd.NO_STATE),
        ("has:wings lock", Odd.NO_PART),
        ("before:someday lock", Odd.NO_DAY),
        ("before:2026-13-45 lock", Odd.NO_DAY),
        ("after:99999y lock", Odd.NO_DAY),
        ("nature:gardening lock", Odd.NO_NATURE),
        ("severity:meh lock", Odd.NO_SEVERITY),
        ("channel:pigeon lock", Odd.NO_CHANNEL),
        ("assignee:nobodyknows lock", Odd.NOBODY),
        ("from:nobodyknows lock", Odd.NOBODY),
        ("org:nowhere lock", Odd.NO_ORGANISATION),
        ("tag:never lock", Odd.NO_TAG),
        ("product:never lock", Odd.NO_PRODUCT),
    ],
)
def test_what_is_not_understood_is_told_and_the_rest_is_searched(
    cast: Cast, now: datetime, ask: Any, asked: str, odd: Odd
) -> None:
    ticket = cast.writes(cast.paula, now)
    found = ask(asked)
    assert [one.odd for one in found.remarks] == [odd]
    assert str(found.remarks[0])
    assert [hit.ticket for hit in found.hits] == [ticket]


# --- who may ----------------------------------------------------------------------------------------------------------


def test_everybody_finds_what_they_may_see_and_no_more(cast: Cast, now: datetime, ask: Any, numbers: Any) -> None:
    ticket = cast.writes(cast.paula, now, "zebra")
    actions.note_on_ticket(ticket, text="giraffe", by=cast.tess, at=now)
    letter = {"address": "yun@locks.example", "subject": "x", "letter": Letter("okapi")}
    actions.open_side_conversation(ticket, by=cast.tess, at=now, **letter)
    for staff in (cast.tess, cast.dev, cast.sue, cast.ada):
        assert numbers("zebra", staff) == numbers("giraffe", staff) == numbers("okapi", staff) == {ticket}
    for customer in (cast.paula, cast.piet):
        assert numbers("zebra", customer) == {ticket}
        for word in ("giraffe", "okapi", "giraf", '"giraffe"', "tag:x giraffe", "yun"):
            assert numbers(word, customer) == set(), word
    for stranger in (cast.olaf, cast.rita):
        assert numbers("zebra", stranger) == set()
        assert ask(f"#{ticket.number}", stranger).exact is None
        assert list(ask("paula", stranger).people) == []
        assert list(ask("larch", stranger).organisations) == []


def test_nothing_of_a_note_stands_in_what_a_customer_is_shown(cast: Cast, now: datetime, ask: Any) -> None:
    ticket = cast.writes(cast.paula, now, "zebra")
    actions.note_on_ticket(ticket, text="zebra is a giraffe", by=cast.tess, at=now)
    [hit] = ask("zebra", cast.paula).hits
    assert "giraffe" not in "".join(text for text, _marked in hit.snippet.parts)


# --- reading a question -----------------------------------------------------------------------------------------------


def test_a_question_is_read() -> None:
    asked = read_question('lock "no power" -bell is:open -from:"paula p" http://x.example')
    assert asked.terms == (
        Term("lock"),
        Term("no power", is_whole=True),
        Term("bell", is_refused=True),
        Term("http://x.example"),
    )
    assert asked.narrowings == (Narrowing(Operator.IS, "open"), Narrowing(Operator.FROM, "paula p", is_refused=True))


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=60) | st.text(alphabet="\"'\\:*&|!()<>-#%þ @ab\x00é门", max_size=30))
def test_nothing_that_is_typed_breaks_it(cast: Cast, now: datetime, text: str) -> None:
    for who in (cast.tess, cast.paula):
        search(who, text, policy_in_force(now), now)


def test_a_very_long_question_is_cut_and_told(ask: Any) -> None:
    assert [one.odd for one in ask("lock " * 3000).remarks] == [Odd.TOO_LONG]
    assert Odd.TOO_LONG in [one.odd for one in ask("x" * 10_000).remarks]
    assert ask("\x00").asked.is_empty


# --- in context -------------------------------------------------------------------------------------------------------


def test_a_snippet_marks_the_words_and_keeps_the_text() -> None:
    text = "Well, " * 40 + "the Türöffner hums, and hums again" + " and so on" * 40
    found = snippet_of(text, ("turoffner", "hum"))
    assert found is not None
    shown = "".join(part for part, _marked in found.parts)
    assert [part for part, marked in found.parts if marked] == ["Türöffner", "hum", "hum"]
    assert shown.strip("… ") in text
    assert (len(shown) < 220, found.met) == (True, 2)
    assert snippet_of("nothing here", ("lock",)) is None
    assert snippet_of("门锁坏了", ("锁坏",)) is not None


def test_the_message_with_most_of_the_words_is_shown(cast: Cast, now: datetime, ask: Any) -> None:
    ticket = cast.writes(cast.paula, now, "lock")
    actions.reply_to_ticket(ticket, text="The lock needs power.", by=cast.tess, at=now)
    [hit] = ask("lock power").hits
    assert hit.source == "reply"


def test_queries_stay_the_same_for_one_and_thirty(
    cast: Cast, now: datetime, ask: Any, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counted = []
    for number in (1, 20):
        while Ticket.objects.count() < number:
            cast.writes(cast.olaf, now)
        ask("lock")
        with CaptureQueriesContext(connection) as captured:
            ask("lock")
        counted.append(len(captured))
    assert counted[0] == counted[1] <= 9

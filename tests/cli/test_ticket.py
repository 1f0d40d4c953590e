"""`mainstay ticket …`: the same verbs as the screens, with the figures a script needs."""

from datetime import datetime
from typing import Any

from mainstay.tickets.models import Ticket
from tests.cast import Cast


def test_a_ticket_from_the_list_to_its_end(cast: Cast, now: datetime, mainstay: Any) -> None:
    ticket = cast.writes(cast.paula, now)
    number = str(ticket.number)
    (row,) = mainstay("ticket", "list", "--json")
    assert (row["number"], row["organisation"], row["entitlement"], row["policy_revision"]) == (
        ticket.number,
        "Larch",
        "entitled",
        1,
    )
    by = ("--by", "tess@desk.example", "--json")
    assert mainstay("ticket", "assign", number, "--to", "tom@desk.example", *by)["assignee"] == "Tom"
    assert mainstay("ticket", "classify", number, "--severity", "critical", *by)["severity"] == "critical"
    assert mainstay("ticket", "note", number, "Looks like a short.", *by)["messages"][-1]["kind"] == "note"
    replied = mainstay("ticket", "reply", number, "NO or NC?", *by)
    assert (replied["state"], replied["messages"][-1]["text"]) == ("waiting", "NO or NC?")
    assert replied["first_response_seconds"] is not None
    resolved = mainstay("ticket", "resolve", number, *by)
    assert (resolved["state"], resolved["resolution_seconds"] is not None) == ("resolved", True)
    assert mainstay("ticket", "reopen", number, *by)["state"] == "open"
    shown = mainstay("ticket", "show", number, "--json")
    assert shown["entitlement_reason_text"] == "Their organisation bought directly from us."
    assert [message["kind"] for message in shown["messages"]] == ["inbound", "acknowledgement", "note", "reply"]


def test_a_text_may_come_from_standard_input(cast: Cast, now: datetime, mainstay: Any) -> None:
    number = str(cast.writes(cast.paula, now).number)
    mainstay("ticket", "reply", number, "--then", "resolve", "--by", "tess@desk.example", stdin="From a file.\n")
    assert Ticket.objects.get().messages.get(kind="reply").text == "From a file."


def test_what_cannot_be_done_is_one_sentence(cast: Cast, now: datetime, mainstay: Any) -> None:
    number = str(cast.writes(cast.paula, now).number)
    for words, sentence in (
        (("show", "99"), "There is no ticket 99"),
        (("reply", number, "", "--by", "tess@desk.example"), "Write something first"),
        (("reply", number, "x", "--by", "dev@desk.example"), "Your role does not allow this"),
        (("reply", number, "x", "--by", "nobody@desk.example"), "Nobody on the staff signs in as nobody@desk.example"),
        (("reopen", number, "--by", "tess@desk.example"), "it can't become"),
        (("list", "--view", "nonsense"), "choose one of"),
        (("list", "--view", "mine"), "--by"),
    ):
        done = mainstay("ticket", *words)
        assert done.exit_code != 0
        assert sentence in done.output
        assert "Traceback" not in done.output


def test_one_sees_what_one_may_see(cast: Cast, now: datetime, mainstay: Any) -> None:
    cast.writes(cast.paula, now)
    assert len(mainstay("ticket", "list", "--by", "dev@desk.example", "--json")) == 1
    assert mainstay("ticket", "list", "--by", "paula@larch.example").exit_code == 1

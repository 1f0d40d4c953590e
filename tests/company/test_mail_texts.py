"""What the desk writes by itself, in the company's own words."""

from datetime import datetime
from typing import Any

import pytest
from django.utils import translation

from mainstay.audit.models import SettingChange
from mainstay.company.errors import WrongText
from mainstay.company.mail_texts import filled, keep_text, own_text
from mainstay.company.states import REQUIRED, VARIABLES, MailKind
from mainstay.entitlement.rules import Decision
from mainstay.lib.fingerprints import fingerprint
from mainstay.people.errors import ChangedMeanwhile, NotAllowed
from mainstay.tickets.models import Ticket
from mainstay.tickets.notices import acknowledgement, kind_refusal, our_acknowledgement
from tests.cast import Cast

OWN = "Dear {name},\n\nYour number is {number}.\n\n{usual_wait}\n\n{closing}"


def test_words_are_filled_in_once_and_empty_paragraphs_go() -> None:
    values = {"name": "{number}", "number": "7", "usual_wait": ""}
    assert filled("Dear {name}\n\n{usual_wait}\n \nNo. {number}\n", values) == "Dear {number}\n\nNo. 7"


def test_the_acknowledgement_is_the_companys_where_there_is_one(cast: Cast, now: datetime) -> None:
    ticket = cast.writes(cast.paula, now)
    ours = acknowledgement(ticket, now)
    assert f"onder nummer {ticket.number}" in ours  # Paula writes Dutch
    keep_text("acknowledgement", "en", text=OWN, by=cast.ada, at=now)
    assert acknowledgement(ticket, now) == ours
    keep_text("acknowledgement", "nl", text=OWN, by=cast.ada, at=now)
    own = acknowledgement(ticket, now)
    assert own.startswith(f"Dear Paula,\n\nYour number is {ticket.number}.\n\n") and "{" not in own
    keep_text("acknowledgement", "nl", text="  ", by=cast.ada, at=now)
    assert acknowledgement(ticket, now) == ours
    changes = SettingChange.objects.filter(noun="mail_text", key="acknowledgement.nl").order_by("pk")
    assert [(bool(one.before), bool(one.after)) for one in changes] == [(False, True), (True, False)]


def test_a_refusal_in_own_words_says_who_helps(cast: Cast, now: datetime) -> None:
    ticket = cast.writes(cast.paula, now)
    decision = Decision(outcome="refused", reason="stranger")  # type: ignore[arg-type]
    keep_text("refusal", "nl", text="Sorry. {who_helps}", by=cast.ada, at=now)
    assert kind_refusal(ticket, decision, now).startswith("Sorry. Het bedrijf dat")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Hello {nmae}, {number}", "There is no {nmae} here"),
        ("Hello {name}", "It needs {number} somewhere"),
        ("{number} {", "There is no { } here"),
        ("{{number}}", "There is no { } here"),
        ("{number}" + "x" * 5_000, "too long"),
    ],
)
def test_what_can_not_be_sent_is_refused_and_nothing_is_kept(
    cast: Cast, now: datetime, text: str, sentence: str
) -> None:
    with pytest.raises(WrongText, match=sentence.replace("{", r"\{")):
        keep_text("acknowledgement", "en", text=text, by=cast.ada, at=now)
    assert own_text("acknowledgement", "en") == ""


def test_of_two_who_write_the_second_is_told(cast: Cast, now: datetime) -> None:
    seen = fingerprint({"text": ""})
    keep_text("acknowledgement", "en", text=OWN, seen=seen, by=cast.ada, at=now)
    with pytest.raises(ChangedMeanwhile):
        keep_text("acknowledgement", "en", text="No. {number}", seen=seen, by=cast.ada, at=now)
    assert own_text("acknowledgement", "en") == OWN
    with pytest.raises(NotAllowed):
        keep_text("acknowledgement", "en", text=OWN, by=cast.sue, at=now)


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("kind", MailKind)
def test_our_own_texts_could_be_kept_as_they_are(cast: Cast, now: datetime, kind: str, language: str) -> None:
    from mainstay.desk.setup.mail_texts import OURS

    assert set(REQUIRED[kind]) <= set(VARIABLES[kind])
    with translation.override(language):
        ours = OURS[kind]()
    assert keep_text(kind, language, text=ours, by=cast.ada, at=now) == ours


def test_a_ticket_without_a_name_is_greeted_all_the_same(cast: Cast, now: datetime) -> None:
    ticket: Any = cast.writes(cast.paula, now)
    type(ticket.person).objects.filter(pk=ticket.person_id).update(name="")
    assert acknowledgement(Ticket.objects.get(pk=ticket.pk), now).startswith("Dag,")
    assert our_acknowledgement().startswith("{greeting}")

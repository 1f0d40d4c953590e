"""What is answered, below the answer."""

from datetime import UTC, datetime

import pytest

from mainstay.channels.email.addresses import Address
from mainstay.channels.email.composing import OutgoingDraft, compose
from mainstay.channels.email.quoting import (
    QUOTED_CHARACTERS_MAX,
    QUOTED_LINES_MAX,
    Quotation,
    quoted_lines,
    with_quotation,
)
from mainstay.channels.email.reading import read_mail

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_the_words_that_are_answered_stand_below_with_who_wrote_them_when() -> None:
    text = with_quotation("Yes.\n", Quotation("Bob", AT, "Does it work?\n\n> Try it."), "en")
    assert text == "Yes.\n\nOn 2 January 2026 03:04 UTC Bob wrote:\n> Does it work?\n>\n>> Try it.\n"


def test_a_name_cannot_begin_a_line() -> None:
    text = with_quotation("Yes.", Quotation("Bob\nwrote nothing:\u2028x", AT, "No."), "en")
    assert "Bob wrote nothing: x wrote:\n> No." in text


@pytest.mark.parametrize("extra", [-1, 0, 1])
def test_quotations_are_cut_at_their_bounds_and_say_so(extra: int) -> None:
    lines = quoted_lines("\n".join(["x"] * (QUOTED_LINES_MAX + extra)))
    assert ("> […]" in lines) is (extra > 0)
    assert lines.count("> x") == QUOTED_LINES_MAX + min(extra, 0)
    letters = quoted_lines("x" * (QUOTED_CHARACTERS_MAX + extra))
    assert ("> […]" in letters) is (extra > 0)
    assert letters.count("x") == QUOTED_CHARACTERS_MAX + min(extra, 0)


def test_our_own_reader_folds_the_quotation_away() -> None:
    draft = OutgoingDraft(
        sender=Address("Support", "support@intercom.example"),
        to=(Address("Bob", "bob@partner.example"),),
        subject="Re: Lock",
        text="Yes.",
        message_id="<one@intercom.example>",
        date=AT,
        language="en",
        quoted=Quotation("Bob", AT, "Does it work?"),
    )
    parsed = read_mail(compose(draft))
    assert parsed.reply_text == "Yes."
    assert "> Does it work?" in parsed.body_text

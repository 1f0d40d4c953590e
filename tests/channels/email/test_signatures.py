"""Signatures: words are filled in once, and nothing that was filled in is read again."""

import pytest

from mainstay.channels.email.signatures import signature, signed

TEMPLATE = "{name}\n{company} support\nTicket {number}"


def with_signature(template: str = TEMPLATE, **values: str) -> str:
    given = {"name": "Ann", "company": "Anvil", "number": "42"} | values
    return signed("Hello.", signature(template, **given))


def test_the_signature_stands_below_the_mark_that_mail_programs_know() -> None:
    assert with_signature() == "Hello.\n\n-- \nAnn\nAnvil support\nTicket 42"


@pytest.mark.parametrize(
    "name",
    [
        "{company}",
        "{{7*7}}",
        "{% include 'x' %}",
        "{{ settings.SECRET_KEY }}",
        "{name.__class__}",
        r"\1 \g<1>",
        "%s",
        "<b>",
    ],
)
def test_a_value_stays_the_letters_that_it_is(name: str) -> None:
    assert with_signature("{name}!", name=name) == f"Hello.\n\n-- \n{name}!"


@pytest.mark.parametrize("template", ["{{7*7}}", "{name.__class__}", "{name!r}", "{0}", "{}", "{settings}"])
def test_what_is_no_word_of_ours_stays_as_it_is_written(template: str) -> None:
    assert with_signature(template) == f"Hello.\n\n-- \n{template}"


@pytest.mark.parametrize("name", ["Ann\nBcc: x", "Ann\r\nBcc: x", "Ann\u2028Bcc: x", "Ann\x00Bcc: x", "Ann\x85Bcc: x"])
def test_a_line_break_in_a_value_is_a_blank(name: str) -> None:
    assert with_signature("{name}\n{company}", name=name) == "Hello.\n\n-- \nAnn Bcc: x\nAnvil"


def test_a_line_of_which_nothing_is_left_is_left_out_and_empty_lines_stay() -> None:
    assert with_signature("{name}\n\n{company}\n{number}", name="") == "Hello.\n\n-- \nAnvil\n42"
    assert with_signature("{company}\n\n{name}", name="Ann") == "Hello.\n\n-- \nAnvil\n\nAnn"
    assert with_signature("{name}", name=" ") == "Hello."


def test_a_value_without_end_is_cut() -> None:
    assert len(with_signature("{name}", name="x" * 10_000)) < 300

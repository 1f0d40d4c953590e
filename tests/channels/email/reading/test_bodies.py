"""Which parts of a mail are its text."""

import pytest

from mainstay.channels.email.reading import ParsedMail, read_mail


def part(kind: str, content: str, extra: str = "") -> str:
    return f"Content-Type: {kind}; charset=utf-8\r\n{extra}\r\n{content}"


def multipart(subtype: str, *parts: str, mark: str = "b") -> str:
    inner = "".join(f"--{mark}\r\n{one}\r\n" for one in parts)
    return f"Content-Type: multipart/{subtype}; boundary={mark}\r\n\r\n{inner}--{mark}--\r\n"


def read(structure: str) -> ParsedMail:
    return read_mail(f"From: a@b.example\r\n{structure}".encode())


TEXT, HTML = part("text/plain", "plain words"), part("text/html", "<p>html <b>words</b></p>")


@pytest.mark.parametrize(
    ("structure", "text"),
    [
        (TEXT, "plain words"),
        (HTML, "html words"),
        (multipart("alternative", TEXT, HTML), "plain words"),
        (multipart("alternative", part("text/plain", " \r\n"), HTML), "html words"),
        (multipart("mixed", TEXT, HTML), "plain words\n\nhtml words"),
        (multipart("mixed", TEXT, part("text/plain", "more")), "plain words\n\nmore"),
        (multipart("alternative", TEXT, multipart("related", HTML, part("image/png", "x"), mark="c")), "plain words"),
        (
            multipart("mixed", multipart("alternative", TEXT, HTML, mark="c"), part("text/html", "<p>footer</p>")),
            "plain words\n\nfooter",
        ),
        (
            multipart(
                "mixed", multipart("alternative", TEXT, HTML, mark="c"), multipart("alternative", HTML, mark="d")
            ),
            "plain words\n\nhtml words",
        ),
        (multipart("mixed", part("text/plain", "in a file", "Content-Disposition: attachment\r\n")), ""),
        ("Content-Type: nonsense\r\n\r\nplain words", "plain words"),
        ("Content-Type: multipart/mixed\r\n\r\nplain words", "plain words"),
    ],
)
def test_the_visible_text_is_whole(structure: str, text: str) -> None:
    assert read(structure).body_text == text


def test_when_text_and_html_differ_the_text_speaks_and_the_html_is_at_hand() -> None:
    parsed = read(multipart("alternative", part("text/plain", "pay A"), part("text/html", "<p>pay B</p>")))
    assert (parsed.body_text, parsed.body_html) == ("pay A", "<p>pay B</p>")


def test_flowed_lines_are_joined() -> None:
    structure = "Content-Type: text/plain; format=flowed\r\n\r\nThe relay \r\nstays \r\nclosed.\r\n> which \r\n> one\r\n-- \r\nBob"
    assert read(structure).body_text == "The relay stays closed.\n> which one\n-- \nBob"


def test_flowed_lines_without_their_blanks_are_joined_closely() -> None:
    assert read("Content-Type: text/plain; format=flowed; delsp=yes\r\n\r\nre \r\nlay").body_text == "relay"


def test_html_beyond_the_limit_is_a_file_of_the_mail() -> None:
    parsed = read(part("text/html", "<br>x" * 300_001))
    assert (parsed.body_text, parsed.body_html) == ("", "")
    assert [(file.filename, file.content_type) for file in parsed.attachments] == [("part-1.html", "text/html")]

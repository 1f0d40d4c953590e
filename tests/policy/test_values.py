"""The kinds of value, one by one: what is taken; what is refused stands in test_reading."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from mainstay.policy import values


@pytest.mark.parametrize(
    ("kind", "taken", "refused"),
    [
        (values.Email, ["a@b.example", "first.last_1@sub.b.example"], ["a", "@b.example", "a@b", "a@B.example", "a+b@b.example", "a@b.example\n", "a b@b.example", "a@b..example"]),
        (values.Domain, ["b.example", "a-b.c.example", "1.example"], ["b", "B.example", "-b.example", "b.example.", "b_c.example", "b example", "é.example"]),
        (values.Telephone, ["+12025550142", "+44 20 7946 0318", "+1 202 555 0142", "+31 20 1234567"], ["12025550142", "+0 1234567", "+1 202", "+1  202 555 0142", "+1-202-555-0142", "+1 202 555 0142 ", "+1234567890123456", "+٤٤ 20 7946 0318"]),
        (values.Country, ["US", "CA", "GB", "NL"], ["us", "USA", "UK", "XX", "", "U"]),
        (values.CountryCalendar, ["NL", "US", "US/CA", "DE/BY"], ["nl", "NLD", "XX", "US/XX", "US/", "/CA"]),
        (values.Language, ["en", "nl", "pt-BR", "fil"], ["", "EN", "english", "en_GB", "e", "pt-"]),
        (values.Key, ["a", "warranty", "a_1", "a" * 40], ["", "1a", "A", "a-b", "any", "a" * 41, "é", "_a"]),
        (values.Website, ["https://a.example", "http://a.example/b?c"], ["a.example", "ftp://a.example", "https://", "https://a b", "javascript:alert(1)"]),
        (values.WhatsAppLink, ["https://wa.me/message/EXAMPLE", "https://wa.me/12025550142"], ["https://wa.me/", "http://wa.me/1", "https://wa.me.example/1", "https://t.me/x"]),
        (values.TelegramLink, ["https://t.me/example_support_bot"], ["https://t.me/", "https://telegram.org/x", "@example_support_bot"]),
        (values.Line, ["a", " a "], ["", " ", "a\nb", "a\tb", "a\x00", "a\x7f", "a" * 201]),
        (values.Paragraph, ["a", "a\nb", "a" * 2000], ["", "\n", "a\tb", "a\x00", "a" * 2001]),
        (values.SignatureText, ["a", "{name}\n{company} #{number}", "{name}{name}", "7*7 %x"], ["", "{", "}", "{}", "{{name}}", "{ name }", "{Name}", "{name.__class__}", "{name!r}", "{0}", "{{7*7}}", "{% include 'x' %}", "{{ settings.SECRET_KEY }}", "{email}", "a\x00", "a" * 1001]),
        (values.Zone, ["Etc/UTC", "Europe/Amsterdam"], ["", "Mars", "/etc/passwd", "Europe", "Europe/"]),
    ],
)  # fmt: skip
def test_each_kind_takes_what_it_means_and_nothing_else(kind: Any, taken: list[str], refused: list[str]) -> None:
    adapter = TypeAdapter(kind)
    for text in taken:
        assert adapter.validate_python(text) == text.strip()
    for text in [*refused, 1, None, True, ["a"], {"a": "b"}]:
        with pytest.raises(ValidationError):
            adapter.validate_python(text)


@pytest.mark.parametrize(
    ("kind", "text", "seconds"),
    [
        (values.TargetSeconds, "1s", 1),
        (values.TargetSeconds, "5m", 300),
        (values.TargetSeconds, "1h30m", 5400),
        (values.TargetSeconds, "8760h", 31_536_000),
        (values.WindowSeconds, "14d", 1_209_600),
        (values.WindowSeconds, "36h", 129_600),
        (values.WindowSeconds, "3650d", 315_360_000),
    ],
)
def test_lengths_of_time_become_seconds(kind: Any, text: str, seconds: int) -> None:
    assert TypeAdapter(kind).validate_python(text) == seconds


@pytest.mark.parametrize("kind", [values.TargetSeconds, values.WindowSeconds])
@pytest.mark.parametrize(
    "odd", [0, 5, 5.0, True, None, "", "0m", "-5m", "5", " 5 ", "5 m", "soon", "999999999h", [], "8760h1s0d"]
)
def test_other_lengths_are_refused(kind: Any, odd: Any) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(odd)

"""The company's looks: what is taken, what is refused and why, and what the desk looks like then."""

import struct
import zlib
from datetime import UTC, datetime
from typing import Any

import pytest

from mainstay.audit.models import SettingChange
from mainstay.company import looks as looks_module
from mainstay.company.errors import WrongLooks
from mainstay.company.looks import LOGO_BYTES_MAX, change_looks, seen_of
from mainstay.company.models import Looks
from mainstay.company.queries import ShownLooks, company_looks, logo_with, shown_looks, signature_in
from mainstay.lib.fingerprints import fingerprint
from mainstay.people.errors import ChangedMeanwhile, NotAllowed
from mainstay.tickets import actions
from mainstay.ui.accents import readings_of
from tests.cast import Cast

AT = datetime(2026, 11, 17, 10, 0, tzinfo=UTC)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture(autouse=True)
def files_lie_elsewhere(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def png(width: int = 2, height: int = 2) -> bytes:
    """A whole small picture."""
    rows = zlib.compress(b"".join(b"\x00" + b"\x7f" * width for _row in range(height)))
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)), (b"IDAT", rows), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def change(cast: Cast, **given: Any) -> Looks:
    values: dict[str, Any] = {"name": "", "accent": "", "signatures": {}, "by": cast.ada, "at": AT}
    return change_looks(**{**values, **given})


def test_a_desk_that_nobody_dressed_looks_like_mainstay(cast: Cast, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert shown_looks() == ShownLooks("", "", "", is_sample=False)
    assert signature_in("en") == ""


def test_name_accent_logo_and_signatures_are_shown(cast: Cast, django_assert_num_queries: Any) -> None:
    made = change(
        cast,
        name=" Portier  Intercom ",
        accent=" #AA3300",
        logo=png(),
        signatures={"en": "{name}\r\n{company}\n", "nl": " "},
    )
    assert made.logo is not None
    with django_assert_num_queries(1):
        assert shown_looks() == ShownLooks("Portier Intercom", "#aa3300", made.logo.sha256, is_sample=False)
    assert (signature_in("en"), signature_in("en-GB"), signature_in("nl")) == (
        "{name}\n{company}",
        "{name}\n{company}",
        "",
    )
    assert made.logo.content_type == "image/png"
    assert logo_with(made.logo.sha256) == made.logo


def test_each_change_stands_in_the_log_and_what_stays_does_not(cast: Cast) -> None:
    change(cast, name="Portier", accent="#aa3300", logo=png(), signatures={"en": "Bye"})
    change(cast, name="Portier", signatures={"en": "Goodbye"}, removes_logo=True)
    first, second = SettingChange.objects.filter(noun="looks").order_by("pk")
    assert first.by_name == "Ada"
    assert (first.after["accent"], first.after["signature.en"]) == ("#aa3300", "Bye")
    assert len(first.after["logo"]) == 12
    assert second.before == {"accent": "#aa3300", "logo": first.after["logo"], "signature.en": "Bye"}
    assert second.after == {"accent": "", "logo": "", "signature.en": "Goodbye"}


def test_a_new_logo_takes_the_place_of_the_old_which_is_not_served_any_more(cast: Cast) -> None:
    old = change(cast, logo=png()).logo
    new = change(cast, logo=png(4, 4)).logo
    assert old is not None and new is not None
    assert (logo_with(old.sha256), logo_with(new.sha256)) == (None, new)
    assert change(cast).logo == new  # none given: it stays
    assert change(cast, removes_logo=True).logo is None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (SVG, "PNG, JPEG or WebP"),
        (b"\x89PNG\r\n\x1a\n", "PNG, JPEG or WebP"),
        (b"GIF89a\x02\x00\x02\x00", "PNG, JPEG or WebP"),
        (b"%PDF-1.4", "PNG, JPEG or WebP"),
        (b"", "PNG, JPEG or WebP"),
        (png(2001, 1), "at most 2000 pixels"),
        (png() + b"\x00" * LOGO_BYTES_MAX, "at most 256 kB"),
    ],
)
def test_what_is_no_proper_logo_is_refused_by_its_bytes(cast: Cast, content: bytes, said: str) -> None:
    with pytest.raises(WrongLooks, match=said) as refused:
        change(cast, logo=content)
    assert refused.value.field == "logo"
    assert not Looks.objects.filter(logo__isnull=False).exists()


@pytest.mark.parametrize("accent", ["red", "#fff", "#12345g", "#1234567", "url(x)", "#aabbcc; } body { display: none"])
def test_what_is_no_colour_is_refused(cast: Cast, accent: str) -> None:
    with pytest.raises(WrongLooks, match="Write the colour like") as refused:
        change(cast, accent=accent)
    assert refused.value.field == "accent"


@pytest.mark.parametrize(("needed", "theme"), [(7.5, "light pages: 6."), (12.0, "light pages")])
def test_a_colour_that_cannot_be_read_is_refused_with_the_theme_and_by_how_much(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, needed: float, theme: str
) -> None:
    """Today's tones leave no such colour (tests/ui/test_accents.py), so here more contrast is asked for."""
    monkeypatch.setattr(looks_module, "readings_of", lambda colour: readings_of(colour, needed))
    with pytest.raises(WrongLooks, match=theme):
        change(cast, accent="#ffff00")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{name} {phone}", "Only these words can be filled in: {name}, {company}, {number}."),
        ("{{ settings.SECRET_KEY }}", "Only these words"),
        ("{% include 'x' %}", "Only these words"),
        ("}", "Only these words"),
        ("a\tb", "without tabs"),
        ("x" * 1001, "at most 1000"),
    ],
)
def test_a_signature_that_is_more_than_words_is_refused(cast: Cast, text: str, said: str) -> None:
    with pytest.raises(WrongLooks) as refused:
        change(cast, signatures={"nl": text})
    assert said in str(refused.value)
    assert refused.value.field == "signature_nl"


def test_an_answer_is_signed_with_the_companys_signature_in_its_language(cast: Cast) -> None:
    change(cast, signatures={"nl": "Groeten, {name}"})
    ticket = cast.writes(cast.paula, AT, text="Het slot blijft open na een gesprek, wat nu?")
    assert ticket.language == "nl"
    reply = actions.reply_to_ticket(ticket, text="Probeer dit.", by=cast.tess, at=AT)
    raw = bytes(reply.outgoing_mail.raw).decode()
    assert "Groeten, Tess" in raw


def test_of_two_who_change_it_at_once_the_second_is_told(cast: Cast) -> None:
    seen = fingerprint(seen_of(company_looks()))
    change(cast, name="One", seen=seen)
    with pytest.raises(ChangedMeanwhile):
        change(cast, name="Two", seen=seen)
    assert company_looks().name == "One"


@pytest.mark.parametrize("who", ["tess", "dev", "sue", "paula"])
def test_others_do_not_change_it(cast: Cast, who: str) -> None:
    with pytest.raises(NotAllowed):
        change(cast, by=getattr(cast, who), name="Mine")

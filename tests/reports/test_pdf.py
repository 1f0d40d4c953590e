"""The PDF: the same figures as the report in both languages, everybody's words as they are, nothing read and nothing fetched."""

import io
from typing import Any

import pypdf
import pytest
import typst

from mainstay.lib.pictures import picture_of
from mainstay.people.models import Organisation
from mainstay.reports.charts import days_chart, standalone
from mainstay.reports.exporting import divided_by
from mainstay.reports.pdf import period_pdf
from mainstay.reports.periods import month_of, period_named
from mainstay.reports.queries import month_report
from mainstay.reports.typesetting import pdf_of, png_of
from mainstay.reports.wording import figures_of
from mainstay.tickets.models import Ticket
from mainstay.ui.durations import exact_duration_text
from tests.cast import Cast
from tests.reports.mixed import after, mixed_history

NOVEMBER = month_of("2026-11")
EVIL = '*bold* #read("/etc/passwd") $x$ #import "@preview/a:1.0.0" <b> @ref \\ `x` = _y_'


@pytest.fixture
def tickets(cast: Cast) -> list[Ticket]:
    return mixed_history(cast)


def text_of(made: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(made)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_every_figure_of_the_report_stands_in_it(tickets: list[Ticket]) -> None:
    text = text_of(period_pdf(NOVEMBER, at=after(210), language="en"))
    for measured in month_report(NOVEMBER, at=after(210)).measures:
        for figure in figures_of(measured):
            assert f"{figure.name} {figure.text}" in text
    assert "Support averages, November 2026" in text and "Portier Intercom" in text
    assert "over the promise" in text and "This period still runs." in text
    assert "Left out: Spam 1" in text
    for stratum, parts in divided_by(("nature", "technician"), NOVEMBER, at=after(210)).items():
        for part in parts["first_response"]:
            row = f"{part.label} {part.average.n} {exact_duration_text(part.average.mean)}"
            assert part.average.n == 0 or row in text, stratum


def test_it_speaks_dutch_and_the_desks_own_language_where_none_is_known(tickets: list[Ticket]) -> None:
    dutch = text_of(period_pdf(NOVEMBER, at=after(210), language="nl"))
    assert "november 2026" in dutch and "Eerste reactie" in dutch
    assert "First response" in text_of(period_pdf(NOVEMBER, at=after(210), language="xx"))


def test_the_charts_are_in_it_and_have_words(tickets: list[Ticket]) -> None:
    text = text_of(period_pdf(NOVEMBER, at=after(210), language="en"))
    assert text.count("the line is the promise") == 2


def test_words_of_people_are_never_read_as_markup(tickets: list[Ticket], cast: Cast) -> None:
    Organisation.objects.filter(pk=cast.larch.pk).update(name=EVIL)
    text = text_of(period_pdf(NOVEMBER, at=after(210), language="en"))
    assert EVIL in text
    assert "root:" not in text


def test_an_empty_period_is_a_report_too(cast: Cast) -> None:
    text = text_of(period_pdf(period_named("2026-W02"), at=after(0), language="en"))
    assert "2026-W02" in text and "Counted 0" in text


def test_the_same_gives_the_same_bytes(tickets: list[Ticket]) -> None:
    first, second = (period_pdf(NOVEMBER, at=after(210), language="en") for _time in range(2))
    assert first == second


@pytest.mark.parametrize(
    "source", ['#read("/etc/passwd")', '#image("../../../../etc/hostname")', '#import "@preview/cetz:0.3.4"']
)
def test_a_document_can_reach_no_file_and_no_network(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    document = tmp_path / "evil.typ"
    document.write_text(source)
    for name in ("http_proxy", "https_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with pytest.raises(typst.TypstError):
        pdf_of(document, {})


def test_a_drawing_becomes_a_picture_on_white(tickets: list[Ticket]) -> None:
    drawn = standalone(days_chart(month_report(NOVEMBER, at=after(210)).first_response))
    picture = picture_of(png_of(drawn))
    assert picture is not None
    assert (picture.content_type, picture.width) == ("image/png", 1140)


@pytest.mark.parametrize("link", ["http://127.0.0.1:9/x.png", "/etc/hostname", "../../etc/hostname"])
def test_a_drawing_with_a_link_to_elsewhere_is_refused(link: str) -> None:
    drawn = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="%s" width="9" height="9"/></svg>'
    with pytest.raises(typst.TypstError, match="failed to load linked image"):
        png_of(drawn % link)

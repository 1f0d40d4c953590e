"""Charts: shapes and words only, each told in words too, empty where there is nothing, and complete where they stand alone."""

from datetime import UTC, date, datetime

import pytest
from lxml import etree

from mainstay.reports.charts import bank_chart, heat_chart, histogram_chart, standalone, volumes_chart
from mainstay.reports.figures import Bin, Day, Forecast, HourOfWeek, Range, Volume
from mainstay.reports.periods import month_of

NOVEMBER = month_of("2026-11")
NOW = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)
DAYS = [Day(date(2026, 11, 3), 4, 240.0, 240), Day(date(2026, 11, 4), 2, 500.0, -160)]
FORECAST = Forecast(
    "first_response", NOVEMBER.end, 30, 10, arrivals=Range(1, 2, 3), bank=Range(-900, 100, 1200), mean=Range(1, 2, 3)
)
DRAWN = {
    "bank": bank_chart(DAYS, NOVEMBER, now=NOW, bank=-200, forecast=FORECAST),
    "volumes": volumes_chart([Volume(date(2026, 11, 3), 7, 6, 5, 1), Volume(date(2026, 11, 4), 1, 1, 2, 0)]),
    "heat": heat_chart([HourOfWeek(0, 9, 8, 240.0), HourOfWeek(4, 23, 1, None)], frozenset({(0, 9)})),
    "histogram": histogram_chart([Bin(0, 300, 9), Bin(300, 600, 0), Bin(600, None, 2)], 300, "First response"),
}


def tree(svg: str) -> etree._Element:
    return etree.fromstring(svg)


def words_of(svg: str, name: str) -> list[str]:
    return [element.text or "" for element in tree(svg).iter(f"{{*}}{name}")]


@pytest.mark.parametrize("name", DRAWN)
def test_a_chart_obeys_the_strict_policy_and_can_be_heard(name: str) -> None:
    root = tree(DRAWN[name])
    assert (root.get("role"), root.get("class")) == ("img", "chart")
    for element in root.iter():
        assert not {"style", "fill", "stroke", "onclick", "href"} & set(element.attrib)
        assert etree.QName(element).localname in {
            "svg", "g", "rect", "line", "path", "text", "title", "desc", "circle", "tspan",
        }  # fmt: skip
    assert words_of(DRAWN[name], "title")[0] and words_of(DRAWN[name], "desc")[0]


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("name", DRAWN)
def test_standing_alone_it_has_its_size_and_its_colours(name: str, dark: bool) -> None:
    alone = tree(standalone(DRAWN[name], dark=dark))
    assert float(alone.get("width")) > 0 and float(alone.get("height")) > 0
    assert "%(" not in words_of(standalone(DRAWN[name]), "style")[0]


def test_nothing_is_drawn_of_nothing() -> None:
    assert bank_chart([], NOVEMBER, now=NOW, bank=0) == ""
    assert (volumes_chart([]), heat_chart([], frozenset()), histogram_chart([Bin(0, None, 0)], 300, "x")) == (
        "",
        "",
        "",
    )
    assert standalone("") == ""


def test_the_bank_is_told_day_by_day_with_what_is_expected() -> None:
    told = words_of(DRAWN["bank"], "desc")[0]
    assert told.startswith("3 November: 4 min; 4 November: −2 min; expected at the end: 1 min")
    assert "between −15 min and 20 min" in told
    assert 'class="band"' in DRAWN["bank"]
    assert 'class="band"' not in bank_chart(DAYS, NOVEMBER, now=NOW, bank=-200)


def test_what_is_beyond_the_promise_is_marked_by_a_line_too() -> None:
    assert DRAWN["histogram"].count('class="over"') == 2
    assert DRAWN["histogram"].count('class="promise"') == 1
    assert words_of(DRAWN["histogram"], "desc") == ["0 to 5 min: 9; 5 min to 10 min: 0; 10 min and more: 2"]


def test_the_busiest_hour_is_the_strongest() -> None:
    assert (DRAWN["heat"].count('class="heat-4"'), DRAWN["heat"].count('class="heat-1"')) == (1, 1)
    assert "Monday 09:00 to 10:00: 8 opened" in words_of(DRAWN["heat"], "desc")[0]
    assert DRAWN["heat"].count('class="open-hours"') == 1


@pytest.mark.parametrize("bank", [0, 1, 59, 60, 3599, 10**6, 10**9, -(10**9)])
def test_any_bank_fits_on_the_drawing(bank: int) -> None:
    svg = bank_chart([Day(date(2026, 11, 3), 1, 1.0, bank)], NOVEMBER, now=NOW, bank=bank)
    for element in tree(svg).iter("{*}text", "{*}line"):
        for name in ("x", "y", "x1", "x2", "y1", "y2"):
            assert -1 <= float(element.get(name, 0)) <= 761
    assert len(words_of(svg, "text")) < 30

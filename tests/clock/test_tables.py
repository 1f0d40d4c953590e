"""The precomputed years: computed once, in any order, by many threads at the same time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from random import Random
from threading import Barrier

import pytest

from mainstay.clock.calendar import Calendar
from mainstay.clock.errors import NeverOpens, OutOfCalendar
from mainstay.clock.openings import Year
from mainstay.clock.tables import PATIENCE, Tables, new_year
from tests.clock.calendars import office, utc

DAY = 86_400


class Recorder:
    """Years with one opening each, on their second of January 00:00–01:00; remembers which were computed."""

    def __init__(self, empty: range = range(0)) -> None:
        self.computed: list[int] = []
        self.empty = empty

    def year(self, year: int) -> Year:
        self.computed.append(year)
        opens = new_year(year) + DAY
        return Year([] if year in self.empty else [(opens, opens + 3600)], [year], [])


def test_each_year_is_computed_once_and_only_when_it_is_needed() -> None:
    recorder = Recorder()
    tables = Tables(recorder.year, frozenset())
    assert recorder.computed == []
    tables.holding(new_year(2026), new_year(2026) + 5)
    assert recorder.computed == [2025, 2026, 2027]
    tables.holding(new_year(2027) - 1, new_year(2027) - 1)
    assert recorder.computed == [2025, 2026, 2027]
    tables.holding(new_year(2027), new_year(2027))
    tables.holding(new_year(2024) - 1, new_year(2024) - 1)
    assert sorted(recorder.computed) == list(range(2022, 2029))
    assert len(recorder.computed) == len(set(recorder.computed))


def test_a_table_can_be_asked_for_all_but_its_outer_years() -> None:
    table = Tables(Recorder().year, frozenset()).covering(2025, 2027)
    assert (table.first_year, table.last_year) == (2025, 2027)
    assert (table.since, table.until) == (new_year(2026), new_year(2027))


def test_a_table_in_use_is_not_changed_by_a_longer_one() -> None:
    tables = Tables(Recorder().year, frozenset())
    short = tables.covering(2025, 2027)
    edges = list(short.edges)
    longer = tables.covering(2020, 2030)
    assert short.edges == edges
    assert (longer.first_year, longer.last_year) == (2020, 2030)
    assert tables.covering(2026, 2026) is longer
    assert tables.covering(2019, 2019).last_year == 2030


def test_a_table_grows_twofold_in_the_direction_asked_for() -> None:
    tables = Tables(Recorder().year, frozenset())
    table = tables.covering(2025, 2027)
    table = tables.later(table)
    assert (table.first_year, table.last_year) == (2025, 2029)
    table = tables.earlier(table)
    assert (table.first_year, table.last_year) == (2021, 2029)
    single = Tables(Recorder().year, frozenset())
    assert single.later(single.covering(2026, 2026)).last_year == 2027


def test_growing_ends_where_nothing_has_opened_for_years() -> None:
    tables = Tables(Recorder(empty=range(2028, 9999)).year, frozenset())
    table = tables.covering(2025, 2027)
    with pytest.raises(NeverOpens):
        while True:
            table = tables.later(table)
    assert 2028 + PATIENCE <= table.last_year <= 2028 + 3 * PATIENCE
    tables = Tables(Recorder(empty=range(2025)).year, frozenset())
    table = tables.covering(2025, 2027)
    with pytest.raises(NeverOpens):
        while True:
            table = tables.earlier(table)
    assert 2025 - 3 * PATIENCE <= table.first_year <= 2025 - PATIENCE


def test_growing_goes_on_to_the_years_that_are_named() -> None:
    gap = range(1950, 2080)
    tables = Tables(Recorder(empty=gap).year, frozenset({1949, 2080}))
    table = tables.covering(2025, 2027)
    while len(table.edges) < 2:
        table = tables.later(table)
    assert table.last_year >= 2080
    table = tables.covering(2025, 2027)
    while table.first_year > 1949:
        table = tables.earlier(table)
    assert table.edges[0] < new_year(1950)


@pytest.mark.parametrize(
    ("waited", "named", "goes_on"), [(0, (), True), (1, (), False), (1, (2020, 2040), False), (1, (2019, 2041), True)]
)
def test_patience_ends_to_the_second_and_not_before_the_years_that_are_named(
    waited: int, named: tuple[int, ...], goes_on: bool
) -> None:
    patience = PATIENCE * 366 * DAY + waited
    closed, opened = new_year(2040) - patience, new_year(2020) + patience
    for span, grow in (((closed - 3600, closed), Tables.later), ((opened, opened + 3600), Tables.earlier)):
        only = Year([span], [], [])
        tables = Tables(lambda year, only=only: only if year == 2030 else Year([], [], []), frozenset(named))
        table = tables.covering(2020, 2040)
        if goes_on:
            assert len(grow(tables, table).edges) == 2
        else:
            with pytest.raises(NeverOpens):
                grow(tables, table)


def test_the_rim_of_the_calendar_is_reached_and_not_crossed() -> None:
    tables = Tables(Recorder().year, frozenset())
    table = tables.later(tables.covering(9990, 9996))
    assert table.last_year == 9998
    with pytest.raises(OutOfCalendar):
        tables.later(table)
    tables = Tables(Recorder().year, frozenset())
    table = tables.earlier(tables.covering(3, 8))
    assert table.first_year == 1
    with pytest.raises(OutOfCalendar):
        tables.earlier(table)
    for years in ((0, 5), (9990, 9999)):
        with pytest.raises(OutOfCalendar):
            Tables(Recorder().year, frozenset()).covering(*years)


def test_threads_may_share_a_calendar_while_it_grows() -> None:
    random = Random(7)
    fresh = office("06:00-22:00", zone="Europe/Amsterdam")
    asked = [(start := utc("1995-01-01 00:00") + timedelta(days=random.randrange(12_000)), start + timedelta(days=random.randrange(900))) for _ in range(200)]  # fmt: skip
    expected = [fresh.elapsed(start, end) for start, end in asked]
    shared, together = Calendar(fresh.zone, fresh.weekly), Barrier(8)

    def ask(number: int) -> list[int]:
        together.wait(10)
        return [shared.elapsed(*asked[(place + number * 25) % 200]) for place in range(200)]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(8)))
    for number, answer in enumerate(answers):
        assert answer == expected[number * 25 :] + expected[: number * 25]


def test_one_calendar_can_be_asked_for_years_far_apart_in_any_order() -> None:
    desk = office("06:00-22:00")
    days: list[datetime] = [utc(f"{year}-06-15 12:00") for year in (2026, 1970, 2099, 1900, 2050)]
    assert [desk.elapsed(day, day + timedelta(days=7)) for day in days] == [80 * 3600] * 5

import pytest

from mainstay.clock.openings import MICRO, Table, Year, joined, table_of, without_repeats


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], []),
        ([(5, 9), (1, 3)], [(1, 3), (5, 9)]),
        ([(1, 3), (3, 9)], [(1, 9)]),
        ([(1, 5), (3, 9)], [(1, 9)]),
        ([(1, 9), (3, 5)], [(1, 9)]),
        ([(1, 9), (3, 5), (9, 10), (12, 13)], [(1, 10), (12, 13)]),
    ],
)
def test_spans_that_touch_or_overlap_are_joined(spans: list[tuple[int, int]], expected: list[tuple[int, int]]) -> None:
    assert joined(spans) == expected


@pytest.mark.parametrize(
    ("edges", "repeated", "expected"),
    [
        ([], [(1, 2)], []),
        ([0, 10], [], [0, 10]),
        ([0, 10], [(3, 5)], [0, 3, 5, 10]),
        ([0, 10], [(3, 5), (7, 8)], [0, 3, 5, 7, 8, 10]),
        ([0, 10, 20, 30], [(12, 15), (22, 25)], [0, 10, 20, 22, 25, 30]),
        ([0, 10], [(10, 12)], [0, 10]),
    ],
)
def test_repeated_hours_are_cut_out_of_openings(
    edges: list[int], repeated: list[tuple[int, int]], expected: list[int]
) -> None:
    before = list(edges)
    assert without_repeats(edges, repeated) == expected
    assert edges == before


@pytest.fixture
def table() -> Table:
    """Open 100–110, 120–150 (of which 130–135 is shown twice), 200–201."""
    years = [Year([(100, 110)], [1, 2], [(130, 135)]), Year([(120, 150), (200, 201)], [4], [])]
    return table_of(years, 2026, since=50, until=300)


def test_a_table_knows_its_years_edges_and_working_days(table: Table) -> None:
    assert (table.first_year, table.last_year, table.since, table.until) == (2026, 2027, 50, 300)
    assert table.edges == [100, 110, 120, 150, 200, 201]
    assert table.counted == [100, 110, 120, 130, 135, 150, 200, 201]
    assert table.workdays == [1, 2, 4]
    assert table.totals == [10, 20, 35, 36]
    assert table.end_position == 36 * MICRO


@pytest.mark.parametrize(
    ("instant", "seconds"),
    [
        *[(0, 0), (100, 0), (101, 1), (109, 9), (110, 10), (119, 10), (120, 10), (130, 20)],
        *[(134, 20), (135, 20), (150, 35), (199, 35), (200, 35), (201, 36), (999, 36)],
    ],
)
def test_a_position_is_the_business_time_so_far(table: Table, instant: int, seconds: int) -> None:
    assert table.position(instant, 0) == seconds * MICRO


def test_parts_of_a_second_count_inside_an_opening_only(table: Table) -> None:
    assert table.position(105, 250_000) == 5_250_000
    assert table.position(110, 250_000) == 10_000_000
    assert table.position(132, 250_000) == 20_000_000


@pytest.mark.parametrize(
    ("position", "earliest", "latest"),
    [
        (0.5, 100.5, 100.5),
        (1, 101, 101),
        (9.999999, 109.999999, 109.999999),
        (10, 110, 120),
        (10.000001, 120.000001, 120.000001),
        (20, 130, 135),
        (35, 150, 200),
        (35.5, 200.5, 200.5),
    ],
)
def test_the_earliest_and_the_latest_instant_of_a_position(
    table: Table, position: float, earliest: float, latest: float
) -> None:
    wanted = round(position * MICRO)
    assert table.earliest_at(wanted) == round(earliest * MICRO)
    assert table.latest_at(wanted) == round(latest * MICRO)


def test_a_microsecond_counts_after_a_thousand_years_too() -> None:
    """Positions stay whole numbers: as floats, these would be the next opening's."""
    long = 3 * 10**10
    table = table_of([Year([(0, long), (2 * long, 3 * long)], [], [])], 1970, since=0, until=4 * long)
    assert table.earliest_at(long * MICRO + 1) == 2 * long * MICRO + 1
    assert table.latest_at(long * MICRO - 1) == long * MICRO - 1


def test_the_first_and_the_last_position_have_one_instant_in_the_table(table: Table) -> None:
    assert table.latest_at(0) == 100 * MICRO
    assert table.earliest_at(36 * MICRO) == 201 * MICRO


@pytest.mark.parametrize(
    ("instant", "edge", "is_open"),
    [
        *[(0, 100, False), (99, 100, False), (100, 110, True), (110, 120, False)],
        *[(132, 150, True), (200, 201, True), (201, None, False)],
    ],
)
def test_the_next_edge_and_whether_it_is_open_until_then(
    table: Table, instant: int, edge: int | None, is_open: bool
) -> None:
    assert table.edge_after(instant) == (edge, is_open)


def test_an_empty_table_has_no_business_time() -> None:
    empty = table_of([Year([], [], [])], 2026, 0, 10)
    assert (empty.position(5, 1), empty.end_position, empty.edge_after(5)) == (0, 0, (None, False))

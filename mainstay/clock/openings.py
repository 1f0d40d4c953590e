"""The precomputed openings of a calendar: sorted edges with the business seconds up to each, for binary search."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain

MICRO = 1_000_000
Span = tuple[int, int]


@dataclass(frozen=True)
class Year:
    """What one year brings: openings that start on its days, its working days, hours that the clock shows twice."""

    openings: Sequence[Span]
    workdays: Sequence[int]
    repeated: Sequence[Span]


@dataclass(frozen=True)
class Table:
    """Openings over a run of years. Instants are whole seconds since 1970 in UTC, positions are microseconds.

    The position of an instant is the business time from the table's beginning to it. `edges` holds starts and ends of
    the joined openings in turn, `counted` the same without the hours that the clock shows for the second time, and
    `bases[i]` makes a position from an instant that has `i` edges of `counted` behind it.
    """

    first_year: int
    last_year: int
    since: int  # the instants from `since` up to, not including, `until` can be asked for
    until: int
    edges: list[int]
    counted: list[int]
    workdays: list[int]
    bases: list[int] = field(init=False, repr=False)
    totals: list[int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        bases, totals, total = [0], [], 0
        for start, end in zip(self.counted[::2], self.counted[1::2], strict=True):
            bases.append(total - start)
            total += end - start
            bases.append(total)
            totals.append(total)
        object.__setattr__(self, "bases", bases)
        object.__setattr__(self, "totals", totals)

    def position(self, instant: int, micro: int) -> int:
        """Business microseconds from the table's beginning to this instant."""
        behind = bisect_right(self.counted, instant)
        if behind & 1:
            return (self.bases[behind] + instant) * MICRO + micro
        return self.bases[behind] * MICRO

    @property
    def end_position(self) -> int:
        return self.bases[-1] * MICRO

    def earliest_at(self, position: int) -> int:
        """The first instant, in microseconds, with this position: an opening's end, not the next one's start."""
        index = bisect_left(self.totals, -(-position // MICRO))
        return self.counted[2 * index + 1] * MICRO - (self.totals[index] * MICRO - position)

    def latest_at(self, position: int) -> int:
        """The last instant, in microseconds, with this position: an opening's start, not the end of the one before."""
        index = bisect_right(self.totals, position // MICRO)
        return (self.counted[2 * index] - self.bases[2 * index]) * MICRO + position

    def edge_after(self, instant: int) -> tuple[int | None, bool]:
        """The first edge after this instant, None when the table ends before it; and whether the instant is open."""
        behind = bisect_right(self.edges, instant)
        return (self.edges[behind] if behind < len(self.edges) else None), bool(behind & 1)


def table_of(years: Sequence[Year], first_year: int, since: int, until: int) -> Table:
    """One table from consecutive years, the first of which is `first_year`."""
    edges = list(chain.from_iterable(joined(chain.from_iterable(year.openings for year in years))))
    counted = without_repeats(edges, chain.from_iterable(year.repeated for year in years))
    workdays = list(chain.from_iterable(year.workdays for year in years))
    return Table(first_year, first_year + len(years) - 1, since, until, edges, counted, workdays)


def joined(spans: Iterable[Span]) -> list[Span]:
    """The spans in order, those that touch or overlap made one."""
    result: list[Span] = []
    for start, end in sorted(spans):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


def without_repeats(edges: list[int], repeated: Iterable[Span]) -> list[int]:
    """The edges with the repeated hours cut out of the openings that run through them.

    An opening starts and ends when the clock first shows its times, so it runs through repeated hours wholly or not.
    """
    counted = list(edges)
    for start, end in repeated:
        behind = bisect_right(counted, start)
        if behind & 1:
            counted[behind:behind] = [start, end]
    return counted

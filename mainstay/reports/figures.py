"""The shapes of a report: every figure with what it is counted from."""

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True)
class Period:
    """From `start` up to, not including, `end`; both aware, in UTC."""

    start: datetime
    end: datetime
    key: str  # "2026-11"


@dataclass(frozen=True)
class Average:
    """One promise over one period. All times in business seconds; None where nothing was counted.

    `n` finished tickets are counted; `zeros` of them took no business time (answered before opening). `bank` is
    Σ(target − time) over them. `target` is the mean of their targets, so that `mean ≤ target` exactly when `bank ≥ 0`.
    """

    n: int
    mean: float | None
    target: float | None
    median: float | None
    p90: float | None
    worst: int | None
    zeros: int
    bank: int

    @property
    def is_kept(self) -> bool | None:
        return None if self.n == 0 else self.bank >= 0


@dataclass(frozen=True)
class OpenLoad:
    """Tickets still open in this measure, at their present age: how many, and how far they are over target in sum."""

    n: int
    over_seconds: int
    over_n: int


@dataclass(frozen=True)
class Day:
    """One day's average and bank at its end, for the chart."""

    on: date
    n: int
    mean: float | None
    bank: int


@dataclass(frozen=True)
class Measured:
    """One promise of a month: its average, its days, what is still open (only in the running month), the bank with it."""

    name: str  # "first_response" or "resolution"
    average: Average
    days: list[Day]
    open: OpenLoad | None

    @property
    def bank(self) -> int:
        """Minutes in the bank, in seconds: what was saved, less what open tickets are over their target already."""
        return self.average.bank - (self.open.over_seconds if self.open else 0)


@dataclass(frozen=True)
class MonthReport:
    """A month's promises, what was left out of them and why, and the policy revisions that held."""

    period: Period
    first_response: Measured
    resolution: Measured
    excluded: dict[str, int] = field(default_factory=dict)
    revisions: tuple[int, ...] = ()
    answered_out_of_hours: int = 0
    reopened: int = 0


@dataclass(frozen=True)
class Brief:
    """An average in one glance: how many, the mean and the mean target in business seconds, and Σ(target − time)."""

    n: int
    mean: float | None
    target: float | None
    bank: int

    @property
    def is_kept(self) -> bool | None:
        return None if self.n == 0 else self.bank >= 0


@dataclass(frozen=True)
class Standing:
    """How the promise stands now; keys are the measures. `bank` in seconds, with what open tickets are over already."""

    today: dict[str, Brief]
    month: dict[str, Brief]
    bank: dict[str, int]
    is_open: bool
    changes_at: datetime | None  # when the desk closes (if open) or opens; None when it never closes

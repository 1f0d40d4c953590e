"""The shapes of a report: every figure with what it is counted from."""

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True)
class Period:
    """From `start` up to, not including, `end`; both aware, in UTC. `key` is how it is written: see `periods`."""

    start: datetime
    end: datetime
    key: str


@dataclass(frozen=True)
class Average:
    """One measure over one period. All times in business seconds; None where nothing was counted.

    `n` finished ones are counted; `zeros` of them took no business time (answered before opening). `bank` is
    Σ(target − time) over them. `target` is the mean of their targets, so that `mean ≤ target` exactly when `bank ≥ 0`;
    None for a measure that nothing was promised for. `all_day` is the mean if working days had 24 hours. Of resolutions
    also the mean times with customer, technicians and developers, whose sum is the mean.
    """

    n: int
    mean: float | None
    target: float | None
    median: float | None
    p90: float | None
    worst: int | None
    zeros: int
    bank: int
    all_day: float | None = None
    with_customer: float | None = None
    with_technicians: float | None = None
    with_developers: float | None = None

    @property
    def is_kept(self) -> bool | None:
        return None if self.n == 0 or self.target is None else self.bank >= 0

    @property
    def without_waiting(self) -> float | None:
        """The mean without the time in which the customer had the next word."""
        return None if self.mean is None or self.with_customer is None else self.mean - self.with_customer

    @property
    def seconds(self) -> float:
        """The sum of all times."""
        return (self.mean or 0) * self.n


@dataclass(frozen=True)
class OpenLoad:
    """What is still open in this measure, at its present age: how many, and how far they are over target in sum.

    `age_seconds` and `target_seconds` are sums over all of them.
    """

    n: int
    over_seconds: int
    over_n: int
    age_seconds: int = 0
    target_seconds: int = 0


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

    name: str  # a key of `measures.MEASURES`
    average: Average
    days: list[Day]
    open: OpenLoad | None

    @property
    def bank(self) -> int:
        """Minutes in the bank, in seconds: what was saved, less what open tickets are over their target already."""
        return self.average.bank - (self.open.over_seconds if self.open else 0)

    @property
    def if_finished_now(self) -> float | None:
        """The mean if everything that is open were answered, or resolved, this second."""
        return if_finished_now(self.average, self.open)


def if_finished_now(average: Average, load: OpenLoad | None) -> float | None:
    number = average.n + (load.n if load else 0)
    return (average.seconds + (load.age_seconds if load else 0)) / number if number else None


@dataclass(frozen=True)
class Stratum:
    """One part of the figures, such as one nature: `key` is what is stored, empty for those that have none."""

    key: str
    label: str
    average: Average
    open: OpenLoad | None
    excluded: dict[str, int] = field(default_factory=dict)

    @property
    def if_finished_now(self) -> float | None:
        return if_finished_now(self.average, self.open)


@dataclass(frozen=True)
class MonthReport:
    """A period's promises, what was left out of them and why, and the policy revisions that held.

    `frozen_at` is when these figures were published; None while they are counted afresh.
    """

    period: Period
    first_response: Measured
    further_response: Measured
    resolution: Measured
    excluded: dict[str, int] = field(default_factory=dict)
    revisions: tuple[int, ...] = ()
    answered_out_of_hours: int = 0
    reopened: int = 0
    frozen_at: datetime | None = None

    @property
    def measures(self) -> tuple[Measured, Measured, Measured]:
        return self.first_response, self.further_response, self.resolution


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


@dataclass(frozen=True)
class Volume:
    """What came and went on one day (UTC): tickets opened, answered for the first time, resolved, re-opened."""

    on: date
    opened: int
    answered: int
    resolved: int
    left_out: int


@dataclass(frozen=True)
class HourOfWeek:
    """What came in during one hour of the week (Monday 0, in UTC) and how it was answered, over a period."""

    weekday: int
    hour: int
    opened: int
    mean_first_response: float | None


@dataclass(frozen=True)
class Bin:
    """How many took at least `since` and less than `until` business seconds; the last one has no end."""

    since: int
    until: int | None
    n: int


@dataclass(frozen=True)
class Range:
    """What is expected, and between which two values it lies in four of five cases."""

    low: float
    middle: float
    high: float


@dataclass(frozen=True)
class Saving:
    """So many answers, each within so many seconds, would bring the bank back to zero."""

    within_seconds: int
    answers: int


@dataclass(frozen=True)
class Forecast:
    """Where a measure of the running month is heading. Seconds are business seconds.

    `arrivals` are the tickets still expected, `bank` the bank at the month's end and `mean` the month's mean; None where
    too little is known for an honest word (`known_days` of `needed_days` working days with figures). `savings` are what
    would bring a bank that is expected below zero back to it.
    """

    measure: str
    until: datetime
    known_days: int
    needed_days: int
    arrivals: Range | None = None
    bank: Range | None = None
    mean: Range | None = None
    is_kept: bool | None = None  # None: it can go either way
    savings: tuple[Saving, ...] = ()

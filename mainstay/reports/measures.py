"""The measures and the ways to divide them, as SQL: the one place that knows columns. Names are never a visitor's words."""

from dataclasses import dataclass

from mainstay.promises.states import Exclusion

from .errors import BadStratum


@dataclass(frozen=True)
class Source:
    """Where a measure lies: rows, when each was finished, how long it took, what was promised (empty: nothing was)."""

    rows: str
    finished: str
    seconds: str
    target: str
    all_day: str
    turns: tuple[str, str, str] | None = None  # with customer, technicians, developers


_PROMISE = "promises_promise p"

MEASURES = {
    "first_response": Source(
        _PROMISE,
        "p.first_responded_at",
        "p.first_response_seconds",
        "p.first_response_target_seconds",
        "p.first_response_all_day_seconds",
    ),
    "further_response": Source(
        "promises_furtherresponse f join promises_promise p on p.id = f.promise_id",
        "f.answered_at",
        "f.seconds",
        "",
        "f.all_day_seconds",
    ),
    "resolution": Source(
        _PROMISE,
        "p.resolved_at",
        "p.resolution_seconds",
        "p.resolution_target_seconds",
        "p.resolution_all_day_seconds",
        ("p.customer_seconds", "p.technician_seconds", "p.developer_seconds"),
    ),
}
# What is promised on average; the others are measured beside them.
PROMISED = ("first_response", "resolution")

# What a ticket of the measure is while it is not finished, and what its present age is counted from.
OPEN = {
    "first_response": (
        "p.first_responded_at is null",
        "p.opened_stamp + p.paused_seconds",
        "p.first_response_target_seconds",
    ),
    "further_response": ("p.asked_at is not null", "p.asked_stamp", ""),
    "resolution": ("true", "p.opened_stamp + p.paused_seconds", "p.resolution_target_seconds"),
}

WITH_TICKET = "join tickets_ticket t on t.promise_id = p.id left join people_organisation o on o.id = t.organisation_id"
# Each stratum as a text: what is stored, empty where there is none.
STRATA = {
    "nature": "t.nature",
    "severity": "t.severity",
    "channel": "t.channel",
    "organisation": "coalesce(t.organisation_id::text, '')",
    "country": "coalesce(o.country, '')",
    "language": "t.language",
    "technician": "coalesce(t.assignee_id::text, '')",
    "product": "coalesce(t.product_id::text, '')",
}


def stratum_named(key: str) -> str:
    """The key, when it is one; raises BadStratum."""
    if key not in STRATA:
        raise BadStratum(key, STRATA)
    return key


def is_measure(key: str) -> bool:
    return key in MEASURES


def is_exclusion(key: str) -> bool:
    return key in Exclusion.values


# The columns of an `Average`, in its order; median and p90 as one pair.
AVERAGE = (
    "n",
    "mean",
    "promised",
    "percentiles",
    "worst",
    "zeros",
    "bank",
    "all_day",
    "with_customer",
    "with_technicians",
    "with_developers",
)


def percentiles_of(seconds: str) -> str:
    return f"percentile_cont(array[0.5, 0.9]) within group (order by {seconds})"


def averaged(source: Source, percentiles: str = "") -> str:
    """The columns of `AVERAGE` over rows named as in `source`; something else may stand for the percentiles."""
    target = source.target or "null::int"
    turns = source.turns or ("null::int",) * 3
    return f"""
        count(*), avg({source.seconds}), avg({target}), {percentiles or percentiles_of(source.seconds)},
        max({source.seconds}), count(*) filter (where {source.seconds} = 0),
        coalesce(sum({target} - {source.seconds}), 0),
        avg({source.all_day}), {", ".join(f"avg({turn})" for turn in turns)}
    """


def loaded(measure: str) -> str:
    """The columns of an `OpenLoad`, over open promises joined with `present(revision, stamp)`."""
    is_open, since, target = OPEN[measure]
    age = f"greatest(present.stamp - ({since}), 0)"
    over = f"{is_open} and {age} > {target}" if target else "false"
    goal = target or "0"
    return f"""
        count(*) filter (where {is_open}),
        coalesce(sum({age} - {goal}) filter (where {over}), 0),
        count(*) filter (where {over}),
        coalesce(sum({age}) filter (where {is_open}), 0),
        coalesce(sum({goal}) filter (where {is_open}), 0)
    """

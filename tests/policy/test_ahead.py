from datetime import date

import pytest

from mainstay.clock.hours import written
from mainstay.policy.ahead import Reason, ahead, odd_day
from mainstay.policy.reading import read_policy
from tests.policy.calendar_texts import CHRISTMAS
from tests.policy.test_sample import ROOT

SAMPLE = (ROOT / "policy.toml").read_text(encoding="utf-8")
FULL = (
    SAMPLE.replace('countries = []', 'countries = ["NL"]')
    .replace("calendar_files = []", 'calendar_files = ["closed.ics"]', 1)
    .replace("dates = []", 'dates = [2026-12-28, 2026-12-27, { on = 2027-01-04, name = { en = "Stock", nl = "Telling" } }]')
    .replace("special_days = []", 'special_days = [{ on = 2026-12-24, open = ["06:00-14:00"], name = { en = "Eve" } }, { on = 2026-12-26, open = ["10:00-12:00"] }, { on = 2026-12-23, open = ["06:00-22:00"] }]', 1)
)  # fmt: skip
POLICY = read_policy(FULL, {"closed.ics": CHRISTMAS})


def test_every_day_that_is_not_as_the_week_has_it_is_listed_with_its_reason() -> None:
    found = ahead(POLICY, date(2026, 12, 1), 2).days
    told = [(f"{one.on:%m-%d}", one.reason, one.source, dict(one.names), list(map(written, one.open))) for one in found]
    assert told == [
        ("12-24", Reason.SPECIAL, "", {"en": "Eve"}, ["06:00-14:00"]),
        ("12-25", Reason.CALENDAR, "closed.ics", {"": "Christmas"}, []),
        ("12-26", Reason.SPECIAL, "", {}, ["10:00-12:00"]),  # a Saturday that is open
        ("12-28", Reason.DATE, "", {}, []),  # the 27th is a Sunday, closed anyway
        ("01-01", Reason.COUNTRY, "NL", {"": "New Year's Day"}, []),
        ("01-04", Reason.DATE, "", {"en": "Stock", "nl": "Telling"}, []),
    ]
    assert [written(opening) for opening in found[1].usual] == ["06:00-22:00"]


def test_a_special_day_with_the_hours_of_the_week_is_none() -> None:
    assert odd_day(POLICY, date(2026, 12, 23)) is None


def test_months_are_whole_and_their_hours_those_of_the_calendar() -> None:
    told = ahead(POLICY, date(2026, 12, 15), 3)
    assert (told.start, told.end) == (date(2026, 12, 15), date(2027, 3, 1))
    hours = [(month.key, month.seconds / 3600) for month in told.months]
    # December 2026 has 23 weekdays: two are closed, one has half its hours, and a Saturday has two.
    assert hours == [("2026-12", 21 * 16 - 8 + 2), ("2027-01", 19 * 16), ("2027-02", 20 * 16)]


@pytest.mark.parametrize("start, end", [(date(2026, 11, 10), date(2027, 11, 1)), (date(2027, 1, 31), date(2028, 1, 1))])
def test_twelve_months_end_with_a_month(start: date, end: date) -> None:
    told = ahead(read_policy(SAMPLE), start)
    assert (told.end, len(told.months), told.days) == (end, 12, ())

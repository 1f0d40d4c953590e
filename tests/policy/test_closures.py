import warnings
from datetime import date

import pytest

from mainstay.policy.closures import CountryDays, UnknownCountry, checked_code, is_country


def test_the_holidays_of_several_countries_are_closed_together() -> None:
    days = CountryDays(("NL", "US/CA")).dates_in(2026)
    assert date(2026, 4, 27) in days  # King's Day
    assert date(2026, 3, 31) in days  # Cesar Chavez Day, in California only
    assert date(2026, 3, 31) not in CountryDays(("NL", "US")).dates_in(2026)
    assert all(day.year == 2026 for day in days)


def test_a_country_calendar_is_a_frozen_value() -> None:
    assert CountryDays(("NL",)) == CountryDays(("NL",))
    assert hash(CountryDays(("NL",))) == hash(CountryDays(("NL",)))


def test_years_that_a_country_lacks_are_quietly_without_moving_feasts() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert date(2100, 1, 26) in CountryDays(("IN",)).dates_in(2100)


@pytest.mark.parametrize("code", ["NL", "US/CA", "DE/BY"])
def test_known_codes_are_themselves(code: str) -> None:
    assert checked_code(code) == code


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("XX", "two capital letters"),
        ("NLD", "two capital letters"),
        ("US/XX", "Known are: AK"),
        ("MC/X", "Known are: none"),
    ],
)
def test_unknown_codes_are_refused_with_what_is_known(code: str, said: str) -> None:
    with pytest.raises(UnknownCountry, match=said):
        checked_code(code)


@pytest.mark.parametrize(
    ("code", "known"), [("US", True), ("GB", True), ("UK", False), ("USA", False), ("us", False), ("", False)]
)
def test_countries_are_known_by_two_capital_letters(code: str, known: bool) -> None:
    assert is_country(code) is known

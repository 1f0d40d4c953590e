"""The public holidays of countries as closed dates, from the `holidays` library."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import MappingProxyType

from mainstay.lib.errors import MainstayError

EXAMPLES = "such as NL, US or US/CA"


class UnknownCountry(MainstayError, ValueError):
    """There is no such country calendar."""


@dataclass(frozen=True)
class CountryDays:
    """The public holidays of all these countries or subdivisions, codes like `NL` and `US/CA`."""

    codes: tuple[str, ...]

    def dates_in(self, year: int) -> frozenset[date]:
        return _dates(self.codes, year)


@lru_cache(maxsize=4096)
def _dates(codes: tuple[str, ...], year: int) -> frozenset[date]:
    return frozenset(day for code in codes for day in holiday_names(code, year))


@lru_cache(maxsize=1024)
def holiday_names(code: str, year: int) -> Mapping[date, str]:
    """The public holidays of one country or part of it, with what they are called there."""
    import holidays

    country, _, subdivision = code.partition("/")
    with warnings.catch_warnings():
        # The library warns about years for which it lacks moving feasts; it still gives the dates it knows.
        warnings.simplefilter("ignore", UserWarning)
        return MappingProxyType(dict(holidays.country_holidays(country, subdiv=subdivision or None, years=year)))


def checked_code(code: str) -> str:
    """The code itself; raises UnknownCountry with what is allowed."""
    country, slash, subdivision = code.partition("/")
    subdivisions = _supported().get(country)
    if subdivisions is None or len(country) != 2:
        raise UnknownCountry(
            f"“{code}” is not a country we have a calendar for: write its two capital letters, {EXAMPLES}."
        )
    if slash and subdivision not in subdivisions:
        known = ", ".join(subdivisions) or "none"
        raise UnknownCountry(f"“{code}”: {country} has no such part. Known are: {known}.")
    return code


def is_country(code: str) -> bool:
    """Whether these two capital letters name a country (ISO 3166-1)."""
    return len(code) == 2 and code in _supported()


@lru_cache(maxsize=1)
def _supported() -> dict[str, list[str]]:
    import holidays

    return holidays.list_supported_countries(include_aliases=False)

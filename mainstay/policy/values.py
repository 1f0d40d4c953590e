"""The kinds of value a policy file is made of; each refuses anything else with a sentence that says what is allowed."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from itertools import pairwise
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, ValidationInfo

from mainstay.clock.calendar import zone_named
from mainstay.clock.durations import read_duration
from mainstay.clock.errors import BadDuration
from mainstay.clock.hours import Interval, read_interval

from .calendar_files import CalendarFile, read_calendar
from .closures import checked_code, is_country

DAY = 86_400
LONGEST_TARGET = 8760 * 3600  # a year; also keeps every figure inside the database's integers
LONGEST_WINDOW = 3650 * DAY
LONGEST_AWAY = DAY
LONGEST_BEFORE_FREEZING = 60 * DAY
MOST_CALENDARS = 10
MOST_STEPS = 10  # of alarms for one measure of one ticket
ANY = "any"
SIGNATURE_WORDS = ("name", "company", "number")  # what a signature may have filled in, in braces

_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})?", re.ASCII)
_DOMAIN = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,62})?(\.[a-z0-9]([a-z0-9-]{0,62})?)+", re.ASCII)
_LOCAL_PART = re.compile(r"[A-Za-z0-9.!#$%&'*/=?^_`{|}~-]{1,64}", re.ASCII)
_TELEPHONE = re.compile(r"\+[1-9](?: ?\d){6,14}", re.ASCII)
_LINK = re.compile(r"https?://[^\s/]+(?:/\S*)?")
_BRACES = re.compile(r"\{(?:" + "|".join(SIGNATURE_WORDS) + r")\}")
_CALENDAR_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._ -]{0,95}\.ics", re.ASCII | re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


def _plain(text: str) -> str:
    if _CONTROL.search(text):
        raise ValueError("may not hold control characters, such as NUL or a tab")
    if not text.strip():
        raise ValueError("may not be empty")
    return text.strip()


def _no_line_break(text: str) -> str:
    if "\n" in text:
        raise ValueError("must be one line")
    return text


def _known_words(text: str) -> str:
    """A fixed list to fill in and nothing else in braces: what looks like a template language is a slip or worse."""
    if re.search(r"[{}]", _BRACES.sub("", text)):
        words = ", ".join(f"{{{word}}}" for word in SIGNATURE_WORDS)
        raise ValueError(f"may hold only these words in braces, and no other brace: {words}")
    return text


def _key(text: str) -> str:
    if _KEY.fullmatch(text) is None:
        raise ValueError(f"“{text}” can't be a key: use small letters, digits and _, a letter first, at most 40")
    if text == ANY:
        raise ValueError("“any” can't be a key: in the table of targets it stands for all of them")
    return text


def _known(kind: str) -> Any:
    """A key that the policy itself defines; which ones it does is told by the validation's context."""

    def check(text: str, info: ValidationInfo) -> str:
        known = (info.context or {}).get(kind, ())
        if text not in known:
            raise ValueError(f"“{text}” is no {kind} of this policy; there are: {', '.join(known) or 'none'}")
        return text

    return AfterValidator(check)


def _known_or_any(kind: str) -> Any:
    def check(text: str, info: ValidationInfo) -> str:
        known = (info.context or {}).get(kind, ())
        if text not in known and text != ANY:
            raise ValueError(
                f"“{text}” is no {kind} of this policy; there are: {', '.join(dict.fromkeys((*known, ANY)))}"
            )
        return text

    return AfterValidator(check)


def _language(text: str) -> str:
    if _LANGUAGE.fullmatch(text) is None:
        raise ValueError(f"“{text}” is not a language code: write it like en, nl or pt-BR")
    return text


def _in_languages(words: Mapping[str, str], info: ValidationInfo) -> Mapping[str, str]:
    """In the default language at least, and in none that is not offered."""
    context = info.context or {}
    offered, default = context.get("language", ()), context.get("default_language")
    strange = [language for language in words if language not in offered]
    if strange and offered:
        raise ValueError(f"{', '.join(strange)}: not among languages.offered ({', '.join(offered)})")
    if default and default not in words:
        raise ValueError(f'needs a text in the default language: {default} = "…"')
    return MappingProxyType(dict(words))


def _zone(name: str) -> str:
    zone_named(name)
    return name


def _opening(value: Any) -> Interval:
    if isinstance(value, Interval):
        return value
    if not isinstance(value, str):
        raise ValueError('must be an opening in quotes, such as "06:00-22:00"')
    return read_interval(value)


def _day(value: Any) -> date:
    if isinstance(value, datetime) or not isinstance(value, date):
        raise ValueError("must be a date without quotes and without a time, such as 2026-12-25")
    return value


def _country(code: str) -> str:
    if not is_country(code):
        raise ValueError(f"“{code}” is not a country code: write two capital letters, such as US, CA or GB")
    return code


def _telephone(number: str) -> str:
    if _TELEPHONE.fullmatch(number) is None:
        raise ValueError(f"“{number}” is not a telephone number: write it like +1 202 555 0142")
    return number


def _domain(name: str) -> str:
    if _DOMAIN.fullmatch(name) is None:
        raise ValueError(f"“{name}” is not a domain: write it in small letters, like intercom.example")
    return name


def _email(address: str) -> str:
    local, _, domain = address.partition("@")
    if _LOCAL_PART.fullmatch(local) is None or _DOMAIN.fullmatch(domain) is None:
        raise ValueError(
            f"“{address}” is not an address for this desk: write it like support@intercom.example, its domain in small"
            " letters and without + (which the desk uses for replies)"
        )
    return address


def _link(start: str, example: str) -> Any:
    def check(text: str) -> str:
        if _LINK.fullmatch(text) is None or not text.startswith(start) or text == start:
            raise ValueError(f"“{text}” is not such a link: write it like {example}")
        return text

    return AfterValidator(check)


def _seconds(longest: int, days: bool) -> Any:
    example = '"14d"' if days else '"5m", "5h" or "1h30m"'

    def check(value: Any) -> int:
        said = f"must be a length of time in quotes, such as {example}"
        if not isinstance(value, str) or value.strip().isdigit() or ("d" in value and not days):
            raise ValueError(said)
        try:
            seconds = read_duration(value)
        except BadDuration:
            raise ValueError(f"“{value}” {said}") from None
        if not 0 < seconds <= longest:
            raise ValueError(f"“{value}” must be more than nothing and at most {longest // 3600}h")
        return seconds

    return BeforeValidator(check)


def _whole_number(least: int, most: int) -> Any:
    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise ValueError(f"must be a whole number from {least} to {most}, without quotes")
        return value

    return BeforeValidator(check)


def _ascending(steps: tuple[int, ...]) -> tuple[int, ...]:
    """Each higher than the one before; what can't be read is a fault of its own."""
    if any(later <= earlier for earlier, later in pairwise(steps)):
        raise ValueError("must go up: write the smallest first, and each once")
    return steps


def is_calendar_name(name: object) -> bool:
    """Whether a file beside the policy may be called so."""
    return isinstance(name, str) and _CALENDAR_FILE.fullmatch(name) is not None


def _calendar_file(name: Any, info: ValidationInfo) -> CalendarFile:
    """The file with this name beside the policy; what it holds, or why it can't be read, is told by the context."""
    context = info.context or {}
    if not is_calendar_name(name):
        raise ValueError('must be the name of a file beside the policy, without a folder, such as "closed.ics"')
    if name in context.get("unread", {}):
        raise ValueError(f"“{name}” {context['unread'][name]}")
    if name not in context.get("calendars", {}):
        raise ValueError(f"“{name}” is not there: give the file along with the policy")
    return read_calendar(name, context["calendars"][name])


Line = Annotated[str, StringConstraints(max_length=200), AfterValidator(_plain), AfterValidator(_no_line_break)]
Paragraph = Annotated[str, StringConstraints(max_length=2000), AfterValidator(_plain)]
Language = Annotated[str, AfterValidator(_language)]
Words = Annotated[Mapping[Language, Paragraph], AfterValidator(_in_languages)]
SignatureText = Annotated[str, StringConstraints(max_length=1000), AfterValidator(_plain), AfterValidator(_known_words)]
Signatures = Annotated[Mapping[Language, SignatureText], AfterValidator(_in_languages)]
Key = Annotated[str, AfterValidator(_key)]
KnownLanguage = Annotated[str, _known("language")]
KnownNature = Annotated[str, _known("nature")]
KnownSeverity = Annotated[str, _known("severity")]
NatureOrAny = Annotated[str, _known_or_any("nature")]
SeverityOrAny = Annotated[str, _known_or_any("severity")]
Zone = Annotated[str, AfterValidator(_zone)]
Opening = Annotated[Interval, BeforeValidator(_opening)]
Day = Annotated[date, BeforeValidator(_day)]
Country = Annotated[str, AfterValidator(_country)]
CountryCalendar = Annotated[str, AfterValidator(checked_code)]
Telephone = Annotated[str, AfterValidator(_telephone)]
Domain = Annotated[str, AfterValidator(_domain)]
Email = Annotated[str, AfterValidator(_email)]
Website = Annotated[str, _link("http", "https://intercom.example")]
WhatsAppLink = Annotated[str, _link("https://wa.me/", "https://wa.me/message/EXAMPLE")]
TelegramLink = Annotated[str, _link("https://t.me/", "https://t.me/example_support_bot")]
TargetSeconds = Annotated[int, _seconds(LONGEST_TARGET, days=False)]
WindowSeconds = Annotated[int, _seconds(LONGEST_WINDOW, days=True)]
AwaySeconds = Annotated[int, _seconds(LONGEST_AWAY, days=False)]
FreezingSeconds = Annotated[int, _seconds(LONGEST_BEFORE_FREEZING, days=True)]
CapTimes = Annotated[int, _whole_number(1, 100)]
StepsLength = Field(max_length=MOST_STEPS)
LengthSteps = Annotated[tuple[TargetSeconds, ...], StepsLength, AfterValidator(_ascending)]
PercentSteps = Annotated[tuple[Annotated[int, _whole_number(1, 1000)], ...], StepsLength, AfterValidator(_ascending)]
CalendarName = Annotated[CalendarFile, BeforeValidator(_calendar_file)]

from datetime import date

import pytest
from pydantic import ValidationError

from mainstay.clock.calendar import Calendar
from mainstay.policy.errors import NotInPolicy
from mainstay.policy.reading import read_policy
from mainstay.policy.shape import Target
from tests.clock.calendars import hours, utc
from tests.policy.policies import SMALL, small


def test_the_calendar_has_the_hours_of_the_policy() -> None:
    names = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    week = "\n".join(f'{name} = ["0{number}:00-1{number}:00"]' for number, name in enumerate(names))
    calendar = read_policy(small(('monday = ["09:00-12:30", "13:00-17:00"]', week))).calendar
    assert calendar.zone == "Europe/Amsterdam"
    assert calendar.weekly == tuple(hours(f"0{number}:00-1{number}:00") for number in range(7))
    assert calendar.closures is None


def test_the_calendar_knows_closed_dates_and_special_days() -> None:
    days = """
    [non_working_days]
    dates = [2026-11-23, { on = 2026-11-30, name = { en = "Stocktaking" } }]
    """
    special = 'zone = "Europe/Amsterdam"\nspecial_days = [{ on = 2026-11-24, open = ["10:00-11:00"] }]'
    calendar = read_policy(small(('zone = "Europe/Amsterdam"', special), more=days)).calendar
    assert calendar.closed == {date(2026, 11, 23), date(2026, 11, 30)}
    assert dict(calendar.special) == {date(2026, 11, 24): hours("10:00-11:00")}
    assert calendar.next_open(utc("2026-11-22 12:00")) == utc("2026-11-24 09:00")


def test_the_holidays_of_countries_are_closed_year_after_year_unless_they_are_special_days() -> None:
    week = 'thursday = ["09:00-17:00"]\nfriday = ["09:00-17:00"]'
    special = f'{week}\nspecial_days = [{{ on = 2026-12-25, open = ["10:00-12:00"] }}]'
    countries = '[non_working_days]\ncountries = ["NL", "US/CA"]\n'
    calendar = read_policy(small(('monday = ["09:00-12:30", "13:00-17:00"]', week), more=countries)).calendar
    assert not calendar.is_workday(date(2026, 12, 25))
    assert not calendar.is_workday(date(2031, 12, 25))
    assert not calendar.is_workday(date(2026, 5, 14))  # Ascension Day, in the Netherlands only
    assert not calendar.is_workday(date(2026, 11, 26))  # Thanksgiving, in the United States only
    assert calendar.is_workday(date(2026, 11, 20))
    opened = read_policy(small(('monday = ["09:00-12:30", "13:00-17:00"]', special), more=countries)).calendar
    assert opened.hours_on(date(2026, 12, 25)) == hours("10:00-12:00")


def test_the_calendar_is_made_once_and_has_a_whole_day_variant() -> None:
    policy = read_policy(SMALL)
    assert policy.calendar is policy.calendar
    assert policy.calendar_all_day is policy.calendar_all_day
    assert isinstance(policy.calendar, Calendar)
    assert policy.calendar_all_day == policy.calendar.all_day()


TABLE = """
[targets.table.parts]
now = { first_response = "1m" }
any = { first_response = "2m", resolution = "2h" }

[targets.table.any]
now = { resolution = "3h" }
any = { resolution = "4h" }
"""


@pytest.mark.parametrize(
    ("more", "nature", "severity", "first_response", "resolution"),
    [
        ("", "parts", "now", 600, 8 * 3600),
        ("", "use", "soon", 600, 8 * 3600),
        (TABLE, "parts", "now", 60, 2 * 3600),
        (TABLE, "parts", "soon", 120, 2 * 3600),
        (TABLE, "use", "now", 600, 3 * 3600),
        (TABLE, "use", "soon", 600, 4 * 3600),
    ],
)
def test_the_nearest_target_holds_for_each_of_the_two(
    more: str, nature: str, severity: str, first_response: int, resolution: int
) -> None:
    assert read_policy(small(more=more)).target(nature, severity) == Target(first_response, resolution)


def test_natures_and_severities_are_found_by_their_keys() -> None:
    policy = read_policy(SMALL)
    assert policy.nature_keys == ("parts", "use")
    assert policy.severity_keys == ("now", "soon")
    assert (policy.default_nature, policy.default_severity) == ("parts", "soon")
    assert policy.nature("use").sentence["en"] == "Use of it."
    assert policy.severity("now").meaning["en"] == "It burns."
    assert [policy.urgency(key) for key in policy.severity_keys] == [0, 1]
    assert policy.has_nature("use")
    assert not policy.has_nature("soon")
    assert policy.has_severity("soon")
    assert not policy.has_severity("use")


def test_what_is_not_in_the_policy_is_named() -> None:
    policy = read_policy(SMALL)
    with pytest.raises(NotInPolicy) as nature:
        policy.target("repair", "now")
    assert str(nature.value) == "“repair” is no nature of this policy; there are: parts, use."
    with pytest.raises(NotInPolicy) as severity:
        policy.urgency("later")
    assert str(severity.value) == "“later” is no severity of this policy; there are: now, soon."
    with pytest.raises(NotInPolicy):
        policy.target("parts", "any")


@pytest.mark.parametrize(
    ("language", "text"),
    [("nl", "Delen"), ("nl-BE", "Delen"), ("nl-Latn-BE", "Delen"), ("en", "Parts"), ("fr", "Parts"), ("", "Parts")],
)
def test_names_are_told_in_the_language_or_else_in_the_default_one(language: str, text: str) -> None:
    assert read_policy(SMALL).name_of_nature("parts", language) == text


def test_names_of_severities_and_unknown_keys() -> None:
    policy = read_policy(SMALL)
    assert policy.name_of_severity("now", "nl") == "Nu"
    assert policy.name_of_severity("soon", "nl") == "Soon"
    assert policy.name_of_nature("repair", "nl") == "repair"
    assert policy.name_of_severity("later", "nl") == "later"


def test_a_text_in_neither_language_is_told_in_the_one_there_is() -> None:
    policy = read_policy(SMALL)
    assert policy.text({"pt-BR": "Olá", "pt": "Oi"}, "pt-BR") == "Olá"
    assert policy.text({"de": "Hallo"}, "nl") == "Hallo"
    assert policy.text({}, "nl") == ""
    assert policy.text(policy.no_guarantee, "nl") == "h"


def test_windows_are_in_seconds() -> None:
    policy = read_policy(small(more='[call_back]\nwithin = "10m"\n'))
    assert policy.reopen_window_seconds == 7 * 86_400
    assert policy.call_back_seconds == 600
    assert read_policy(SMALL).call_back_seconds is None


def test_a_policy_is_frozen_to_the_bottom() -> None:
    policy = read_policy(small(more=TABLE))
    with pytest.raises(ValidationError):
        policy.company.name = "Hammer"  # type: ignore[misc]
    with pytest.raises(TypeError):
        policy.nature("parts").name["en"] = "Hammers"  # type: ignore[index]
    with pytest.raises(TypeError):
        policy.targets.table["use"] = {}  # type: ignore[index]
    with pytest.raises(TypeError):
        policy.targets.table["parts"]["soon"] = None  # type: ignore[index]
    assert isinstance(policy.languages.offered, tuple)


def test_what_may_be_left_out_has_the_defaults_of_the_docs() -> None:
    policy = read_policy(SMALL)
    assert policy.hours.tuesday == ()
    assert policy.non_working_days.dates == policy.non_working_days.countries == ()
    assert (policy.channels.telephone, policy.channels.whatsapp, policy.channels.telegram) == (None, None, None)
    assert policy.entitlement.verified_identity is True
    assert dict(policy.targets.table) == {}
    assert policy.clock.out_of_hours == "starts_at_next_opening"
    assert policy.clock.waiting_for_customer == "runs_on"
    assert policy.reopening.afterwards == "new_linked_ticket"
    assert (policy.averages.period, policy.averages.period_zone) == ("calendar_month", "Etc/UTC")
    assert (policy.averages.first_responses_by, policy.averages.resolutions_by) == ("answered", "resolved")
    assert policy.averages.open_tickets == "at_present_age"
    assert policy.revisions.tickets_keep == "revision_when_opened"


SIGNED = """address = "help@anvil.example"
sender_name = "Anvil help"
signature = { en = "{name}, {company}", nl = "{name} van {company}" }"""


@pytest.mark.parametrize(("language", "text"), [("en", "{name}, {company}"), ("nl-BE", "{name} van {company}"), ("fr", "{name}, {company}"), ("", "{name}, {company}")])  # fmt: skip
def test_mail_is_signed_in_its_language_or_the_default_one(language: str, text: str) -> None:
    assert read_policy(small(('address = "help@anvil.example"', SIGNED))).signature(language) == text


def test_a_policy_that_says_nothing_of_signatures_has_a_plain_one() -> None:
    policy = read_policy(SMALL)
    assert policy.signature("en") == "{name}\n{company}"
    assert policy.sender_name == "Anvil"
    assert read_policy(small(('address = "help@anvil.example"', SIGNED))).sender_name == "Anvil help"

import pytest

from mainstay.policy.differences import Change, differences
from mainstay.policy.reading import read_policy
from tests.policy.calendar_texts import CHRISTMAS
from tests.policy.test_sample import ROOT

SAMPLE = (ROOT / "policy.toml").read_text(encoding="utf-8")


def told(*changes: tuple[str, str], calendars: dict[str, str] | None = None) -> list[str]:
    text = SAMPLE
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    return [str(change) for change in differences(read_policy(SAMPLE), read_policy(text, calendars or {}))]


@pytest.mark.parametrize(
    "before, after, wanted",
    [
        ('first_response = "5m"', 'first_response = "4m"', ["targets.first_response: 5m → 4m"]),
        ('friday = ["06:00-22:00"]', 'friday = ["06:00-12:00", "13:00-22:00"]', ["hours.friday: 06:00-22:00 → 06:00-12:00, 13:00-22:00"]),
        ('friday = ["06:00-22:00"]', "friday = []", ["hours.friday: removed 06:00-22:00"]),
        ("countries = []", 'countries = ["NL"]', ["non_working_days.countries: added NL"]),
        ("dates = []", "dates = [2026-12-25]", ["non_working_days.dates[2026-12-25].on: added 2026-12-25"]),
        ("dates = []", 'dates = [{ on = 2026-12-25, name = { en = "X" } }]', ["non_working_days.dates[2026-12-25].name.en: added X"]),
        ('number = "+1 613 555 0164"', 'number = "+1 613 555 0165"', ["channels.telephone.numbers[CA].number: +1 613 555 0164 → +1 613 555 0165"]),
        ('name = { en = "Training", nl', 'name = { en = "Lessons", nl', ["scope.natures[training].name.en: Training → Lessons"]),
        ("publishes = false", "publishes = true", ["publication.publishes: false → true"]),
        ('freezes_after = "3d"', 'freezes_after = "36h"', ["publication.freezes_after: 3d → 1d12h"]),
        ("cap = 3", "cap = 4", ["alarms.cap: 3 → 4"]),
        ('leaves_out = ["spam", ', "leaves_out = [", ["averages.leaves_out: spam, refused, merged, opened_by_staff → refused, merged, opened_by_staff"]),
        ('first_response = ["1m", "3m", "4m"]', 'first_response = ["90s"]', ["alarms.first_response: 1m, 3m, 4m → 1m30s"]),
    ],
)  # fmt: skip
def test_a_change_is_told_by_its_key(before: str, after: str, wanted: list[str]) -> None:
    assert told((before, after)) == wanted


def test_the_order_of_severities_is_a_difference_of_its_own() -> None:
    swapped = told(('key = "low"', 'key = "x"'), ('key = "normal"', 'key = "low"'), ('key = "x"', 'key = "normal"'))
    assert "severities.levels: critical, high, normal, low → critical, high, low, normal" in swapped


def test_a_table_of_targets_and_a_calendar_file_are_told_one_by_one() -> None:
    table = ('strata_apart = ["warranty_transit", "booked_training"]', 'strata_apart = ["warranty_transit", "booked_training"]\ntable = { diagram = { any = { resolution = "16h" } } }')  # fmt: skip
    named = ("calendar_files = []", 'calendar_files = ["closed.ics"]')
    assert told(table, named, calendars={"closed.ics": CHRISTMAS}) == [
        "non_working_days.calendar_files[closed.ics]: added 2 days",
        "non_working_days.calendar_files[closed.ics][2026-12-25]: added Christmas",
        "non_working_days.calendar_files[closed.ics][2026-12-26]: added Christmas",
        "targets.table.diagram.any.resolution: added 16h",
    ]


def test_what_is_only_written_otherwise_is_no_difference() -> None:
    assert (
        told(('first_response = "5m"', 'first_response = "300s" # five minutes'), ('window = "14d"', 'window = "336h"'))
        == []
    )
    assert told(("cap = 3\n", "")) == []


def test_a_change_back_is_the_same_the_other_way_round() -> None:
    there, back = SAMPLE, SAMPLE.replace("dates = []", "dates = [2026-12-25]", 1)
    assert differences(read_policy(back), read_policy(there)) == (
        Change("non_working_days.dates[2026-12-25].on", "2026-12-25", None),
    )

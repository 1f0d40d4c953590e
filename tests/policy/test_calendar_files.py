from datetime import date
from pathlib import Path

import pytest

from mainstay.policy import calendar_files
from mainstay.policy.calendar_files import BadCalendar, read_calendar
from mainstay.policy.errors import PolicyFaults
from mainstay.policy.reading import PolicySource, calendar_names, digest, read_policy, source_in
from tests.clock.calendars import utc
from tests.policy.calendar_texts import CHRISTMAS, calendar
from tests.policy.policies import SMALL, small

NAMED = small(more='[non_working_days]\ncalendar_files = ["closed.ics"]\n')


def days(*events: str, more: str = "") -> list[str]:
    return [day.isoformat() for day in read_calendar("a.ics", calendar(*events, more=more)).days]


@pytest.mark.parametrize(
    "event, wanted",
    [
        ("DTSTART;VALUE=DATE:20261225", ["2026-12-25"]),
        ("DTSTART;VALUE=DATE:20261225\nDTEND;VALUE=DATE:20261225", ["2026-12-25"]),
        ("DTSTART;VALUE=DATE:20261225\nDTEND;VALUE=DATE:20261227", ["2026-12-25", "2026-12-26"]),
        ("DTSTART;VALUE=DATE:20261230\nDURATION:P3D", ["2026-12-30", "2026-12-31", "2027-01-01"]),
        ("DTSTART;TZID=Europe/Amsterdam:20261225T000000\nDTEND;TZID=Europe/Amsterdam:20261226T000000", ["2026-12-25"]),
        ("DTSTART;TZID=W. Europe Standard Time:20261225T000000\nDURATION:P1D", ["2026-12-25"]),
        ("DTSTART;VALUE=DATE:20261225\nRRULE:FREQ=YEARLY;COUNT=2", ["2026-12-25", "2027-12-25"]),
        ("DTSTART;VALUE=DATE:20261225\nRRULE:FREQ=YEARLY;UNTIL=20271225T000000Z", ["2026-12-25", "2027-12-25"]),
        ("DTSTART;VALUE=DATE:20261225\nRRULE:FREQ=YEARLY;COUNT=3\nEXDATE;VALUE=DATE:20271225", ["2026-12-25", "2028-12-25"]),
        ("DTSTART;VALUE=DATE:20240229\nRRULE:FREQ=YEARLY;COUNT=2", ["2024-02-29", "2028-02-29"]),
        ("DTSTART;VALUE=DATE:20261126\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH;COUNT=2", ["2026-11-26", "2027-11-25"]),
        ("DTSTART;VALUE=DATE:20261225\nRDATE;VALUE=DATE:20270102", ["2026-12-25", "2027-01-02"]),
        ("DTSTART;VALUE=DATE:19991231\nDTEND;VALUE=DATE:20000102", ["2000-01-01"]),
    ],
)  # fmt: skip
def test_whole_days_are_closed(event: str, wanted: list[str]) -> None:
    assert days(event) == wanted


def test_a_yearly_day_comes_until_the_last_year_we_know() -> None:
    found = days("DTSTART;VALUE=DATE:18000101\nRRULE:FREQ=YEARLY")
    assert (len(found), found[0], found[-1]) == (200, "2000-01-01", "2199-01-01")


def test_an_event_that_was_called_off_or_moved_closes_nothing_there() -> None:
    off = "DTSTART;VALUE=DATE:20261224\nSTATUS:CANCELLED"
    assert days(off, "DTSTART;VALUE=DATE:20261225") == ["2026-12-25"]
    moved = calendar("DTSTART;VALUE=DATE:20261225\nRRULE:FREQ=YEARLY;COUNT=2") .replace(
        "END:VCALENDAR", "BEGIN:VEVENT\nUID:0\nRECURRENCE-ID;VALUE=DATE:20271225\nDTSTART;VALUE=DATE:20271227\nEND:VEVENT\nEND:VCALENDAR"
    )  # fmt: skip
    assert [str(day) for day in read_calendar("a.ics", moved).days] == ["2026-12-25", "2027-12-27"]


def test_a_zone_that_the_file_defines_itself_is_known() -> None:
    zone = (
        "BEGIN:VTIMEZONE\nTZID:Ours\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0100\n"
        "END:STANDARD\nEND:VTIMEZONE\n"
    )
    assert days("DTSTART;TZID=Ours:20261225T000000\nDURATION:P1D", more=zone) == ["2026-12-25"]


def test_a_day_is_called_what_the_first_event_calls_it() -> None:
    found = read_calendar(
        "a.ics", calendar("DTSTART;VALUE=DATE:20261225\nSUMMARY:A\\n  b", "DTSTART;VALUE=DATE:20261225")
    )
    assert dict(found.days) == {date(2026, 12, 25): "A b"}


@pytest.mark.parametrize(
    "event, said",
    [
        ("DTSTART:20261225T090000Z\nDURATION:PT1H\nSUMMARY:Talk", "“Talk” has a time of day; only whole days close"),
        ("DTSTART;VALUE=DATE:20261225\nDURATION:PT36H", "has a time of day"),
        ("DTSTART;TZID=Mars/Base:20261225T000000\nDURATION:P1D", "time zone “Mars/Base”, which doesn't exist"),
        ("DTSTART;VALUE=DATE:20261225\nDTEND;VALUE=DATE:20261201", "ends before it starts"),
        ("SUMMARY:x", "“x” has no start"),
        ("DTSTART;VALUE=DATE:banana", "is not a calendar file"),
        ("DTSTART;VALUE=DATE:20261225\nRRULE:FREQ=HOURLY", "repeats in a way that whole days can't"),
        ("DTSTART;VALUE=DATE:20261225\nRRULE:FREQ=YEARLY;BYSETPOS=1", "repeats in a way that whole days can't"),
        ("DTSTART;VALUE=DATE:20261225\nRRULE:FREQ=YEARLY;INTERVAL=0", "repeats in a way that whole days can't"),
        ("DTSTART;VALUE=DATE:20261225\nRRULE:FREQ=DAILY", "repeats too often"),
        ("DTSTART;VALUE=DATE:20261225\nDTEND;VALUE=DATE:20461225", "names more than 5000 days"),
        ("DTSTART;VALUE=DATE:20260130\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "names no day"),
        ("DTSTART;VALUE=DATE:18801225", "names no day between 2000 and 2199"),
    ],
)
def test_what_cannot_close_a_desk_is_refused(event: str, said: str) -> None:
    with pytest.raises(BadCalendar, match=r"^“a\.ics”:? ") as caught:
        days(event)
    assert said in str(caught.value)


def test_rules_that_never_come_true_end_all_the_same() -> None:
    never = "DTSTART;VALUE=DATE:20260130\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"
    with pytest.raises(BadCalendar, match="repeats too often"):
        days(*[never] * 300)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "BEGIN:VCALENDAR",
        "BEGIN:VEVENT\nEND:VEVENT\n",
        "\x00",
        CHRISTMAS + CHRISTMAS,
        CHRISTMAS[:80],
        CHRISTMAS.replace("mas", "\x00mas"),
    ],
)
def test_what_is_no_calendar_is_refused(text: str) -> None:
    with pytest.raises(BadCalendar, match="is not a calendar file"):
        read_calendar("a.ics", text)


def test_a_calendar_without_events_is_refused() -> None:
    with pytest.raises(BadCalendar, match="names no day"):
        days()


# --- as part of a policy ---


def test_the_desk_is_closed_on_the_days_of_a_calendar_file() -> None:
    policy = read_policy(NAMED, {"closed.ics": CHRISTMAS})
    assert not policy.calendar.is_workday(date(2026, 12, 25))
    assert policy.calendar.elapsed(utc("2026-12-25 00:00"), utc("2026-12-26 00:00")) == 0
    assert read_policy(NAMED, {"closed.ics": CHRISTMAS}) == policy
    assert read_policy(NAMED, {"closed.ics": CHRISTMAS.replace("1225", "1222")}) != policy


def test_a_special_day_wins_over_a_calendar_file() -> None:
    special = small(
        ('monday = ["09:00-12:30", "13:00-17:00"]', 'special_days = [{ on = 2026-12-25, open = ["09:00-12:00"] }]'),
        more='[non_working_days]\ncalendar_files = ["closed.ics"]\n',
    )
    assert read_policy(special, {"closed.ics": CHRISTMAS}).calendar.is_workday(date(2026, 12, 25))


def test_files_beside_the_policy_are_read_with_it(tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_text(NAMED)
    (tmp_path / "closed.ics").write_text("\ufeff" + CHRISTMAS, encoding="utf-8")
    source = source_in(tmp_path / "policy.toml")
    assert (dict(source.calendars), dict(source.unread)) == ({"closed.ics": CHRISTMAS}, {})
    assert not source.policy().calendar.is_workday(date(2026, 12, 25))


@pytest.mark.parametrize(
    "data, said",
    [
        (None, "“closed.ics” is not there: put the file beside the policy"),
        (b"BEGIN:VCALENDAR\xff", "“closed.ics” is not UTF-8: save it with that encoding"),
        (b"x" * 1_000_001, "“closed.ics” is too large: a calendar file has at most 1000000 bytes"),
        (b"a\x00b", "“closed.ics” is not a calendar file (iCalendar)"),
        (b"hello", "“closed.ics” is not a calendar file (iCalendar), or not a whole one"),
    ],
)
def test_each_fault_of_a_file_is_told_at_its_line(tmp_path: Path, data: bytes | None, said: str) -> None:
    (tmp_path / "policy.toml").write_text(NAMED)
    if data is not None:
        (tmp_path / "closed.ics").write_bytes(data)
    with pytest.raises(PolicyFaults) as caught:
        source_in(tmp_path / "policy.toml").policy()
    [fault] = caught.value.faults
    line = NAMED.splitlines().index('calendar_files = ["closed.ics"]') + 1
    assert (fault.key, fault.line, fault.message) == ("non_working_days.calendar_files[0]", line, said)


@pytest.mark.parametrize("name", ["../closed.ics", "/etc/passwd", "a/b.ics", "closed.toml", ".ics", "x\\ny.ics", ""])
def test_only_names_beside_the_policy_are_read(name: str) -> None:
    text = small(more=f'[non_working_days]\ncalendar_files = ["{name}"]\n')
    assert calendar_names(text) == ()
    with pytest.raises(PolicyFaults, match="without a folder"):
        read_policy(text, {name: CHRISTMAS})


def test_a_file_that_was_not_given_and_one_that_is_named_twice_are_faults() -> None:
    with pytest.raises(PolicyFaults, match=r"“closed\.ics” is not there: give the file along with the policy"):
        read_policy(NAMED)
    with pytest.raises(PolicyFaults, match=r"“closed\.ics” is there already"):
        read_policy(NAMED.replace('["closed.ics"]', '["closed.ics", "closed.ics"]'), {"closed.ics": CHRISTMAS})


def test_the_digest_covers_the_calendar_files() -> None:
    source = PolicySource(NAMED, {"closed.ics": CHRISTMAS})
    assert source.digest != digest(NAMED) != digest(SMALL)
    assert source.digest == digest(NAMED, {"closed.ics": CHRISTMAS.replace("\n", "\r\n")})
    assert source.digest != digest(NAMED, {"closed.ics": CHRISTMAS.replace("1225", "1224")})
    assert source.digest != digest(NAMED, {"other.ics": CHRISTMAS})


def test_the_last_day_that_we_know_can_be_closed() -> None:
    assert days("DTSTART;VALUE=DATE:21991230\nDTEND;VALUE=DATE:22000102") == ["2199-12-30", "2199-12-31"]


def test_days_may_be_left_out_on_several_lines() -> None:
    left_out = "EXDATE;VALUE=DATE:20271225\nEXDATE;VALUE=DATE:20281225"
    found = days(f"DTSTART;VALUE=DATE:20261225\nRRULE:FREQ=YEARLY;COUNT=4\n{left_out}")
    assert found == ["2026-12-25", "2029-12-25"]


@pytest.mark.parametrize("uid", ["UID:0\n", ""], ids=["named", "without a name"])
@pytest.mark.parametrize(("day", "wanted"), [("20271225", "2027-12-25"), ("20271227", "2027-12-27")])
def test_one_time_of_many_is_closed_where_it_was_put(uid: str, day: str, wanted: str) -> None:
    """Also where only something else of it was changed, such as its name."""
    put = f"BEGIN:VEVENT\n{uid}RECURRENCE-ID;VALUE=DATE:20271225\nDTSTART;VALUE=DATE:{day}\nSUMMARY:Moved\nEND:VEVENT\n"
    text = calendar("DTSTART;VALUE=DATE:20261225\nRRULE:FREQ=YEARLY;COUNT=2").replace("UID:0\n", uid)
    found = read_calendar("a.ics", text.replace("END:VCALENDAR", put + "END:VCALENDAR")).days
    assert [day.isoformat() for day in found] == ["2026-12-25", wanted]
    assert found[date.fromisoformat(wanted)] == "Moved"


def test_the_days_of_all_events_are_counted_together() -> None:
    half = "DTSTART;VALUE=DATE:20260101\nDURATION:P2500D"
    assert len(days(half, half)) == 2500
    with pytest.raises(BadCalendar, match="names more than 5000 days"):
        days(half, half, "DTSTART;VALUE=DATE:20260101")


@pytest.mark.parametrize(("repeated", "looked_at", "is_read"), [(53, 365, True), (52, 365, False), (53, 364, False)])
def test_what_a_rule_may_cost_is_counted_in_days_taken_and_in_days_looked_at(
    monkeypatch: pytest.MonkeyPatch, repeated: int, looked_at: int, is_read: bool
) -> None:
    # 2026 begins and ends with a Thursday: 53 of them, and 365 days to look at.
    every_thursday = calendar("DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=WEEKLY;UNTIL=20261231")
    monkeypatch.setattr(calendar_files, "MOST_REPEATED", repeated)
    monkeypatch.setattr(calendar_files, "MOST_LOOKED_AT", looked_at)
    name = f"{repeated} of {looked_at}.ics"  # what was read once is remembered
    if is_read:
        assert len(read_calendar(name, every_thursday).days) == 53
        return
    with pytest.raises(BadCalendar, match="repeats too often"):
        read_calendar(name, every_thursday)


@pytest.mark.parametrize("spare", [0, -1])
def test_a_file_may_be_as_large_as_is_said(monkeypatch: pytest.MonkeyPatch, spare: int) -> None:
    largest = len(CHRISTMAS) + spare
    monkeypatch.setattr(calendar_files, "LARGEST", largest)
    if spare == 0:
        assert len(read_calendar("just.ics", CHRISTMAS).days) == 2
        return
    with pytest.raises(BadCalendar, match=f"“over.ics” is too large: a calendar file has at most {largest} bytes"):
        read_calendar("over.ics", CHRISTMAS)

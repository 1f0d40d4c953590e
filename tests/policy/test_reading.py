import hashlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mainstay.policy.errors import Fault, PolicyFaults, PolicyUnreadable
from mainstay.policy.reading import digest, policy_text, read_policy, read_policy_file
from tests.policy.policies import SMALL, faults_of, line_of, one_fault, small


def test_a_policy_in_order_is_read() -> None:
    assert faults_of(SMALL) == ()
    assert read_policy(SMALL).company.name == "Anvil"


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm() -> None:
    assert read_policy("\ufeff" + SMALL.replace("\n", "\r\n")) == read_policy(SMALL)


# Each row: what is changed, into what; the key and a part of the sentence that must be told. The line is that of the change.
FAULTS = [
    ('name = "Anvil"', "name = 5", "company.name", "must be text in quotes (the company's name)"),
    ('name = "Anvil"', 'name = " "', "company.name", "may not be empty"),
    ('name = "Anvil"', 'name = "An\\u0000vil"', "company.name", "control characters, such as NUL"),
    ('name = "Anvil"', 'name = "An\\nvil"', "company.name", "must be one line"),
    ('name = "Anvil"', f'name = "{"x" * 201}"', "company.name", "may have 200 characters at most"),
    ('website = "https://anvil.example"', 'website = "anvil.example"', "company.website", "write it like https://"),
    ('website = "https://anvil.example"', 'website = "https://a b"', "company.website", "is not such a link"),
    ('mail_domain = "anvil.example"', 'mail_domain = "Anvil"', "company.mail_domain", "like intercom.example"),
    ('default = "en"', 'default = "de"', "languages.default", "“de” is no language of this policy; there are: en, nl"),
    ('zone = "Europe/Amsterdam"', 'zone = "Europe/Atlantis"', "hours.zone", "“Europe/Atlantis” is not a zone"),
    ('zone = "Europe/Amsterdam"', 'zone = "../../etc/passwd"', "hours.zone", "is not a zone"),
    ('["09:00-12:30", "13:00-17:00"]', '["09:00-12:30", "12:00-17:00"]', "hours.monday", "09:00-12:30 and 12:00-17:00 overlap"),
    ('["09:00-12:30", "13:00-17:00"]', '["09:00-09:00"]', "hours.monday[0]", "has no length"),
    ('["09:00-12:30", "13:00-17:00"]', '["09:00-26:00"]', "hours.monday[0]", "ends past 24:00"),
    ('["09:00-12:30", "13:00-17:00"]', '["9-17"]', "hours.monday[0]", "write it like 06:00-22:00"),
    ('["09:00-12:30", "13:00-17:00"]', "[9]", "hours.monday[0]", 'must be an opening in quotes, such as "06:00-22:00"'),
    ('["09:00-12:30", "13:00-17:00"]', '"09:00-17:00"', "hours.monday", "must be a list in square brackets"),
    ('address = "help@anvil.example"', 'address = "help"', "channels.email.address", "like support@intercom.example"),
    ('address = "help@anvil.example"', 'address = "a+b@anvil.example"', "channels.email.address", "without +"),
    ('default_nature = "parts"', 'default_nature = "part"', "scope.default_nature", "no nature of this policy; there are: parts, use"),
    ('not_covered = { en = "No." }', 'not_covered = "No."', "scope.not_covered", "must be a table"),
    ('not_covered = { en = "No." }', 'not_covered = { nl = "Nee." }', "scope.not_covered", 'in the default language: en = "…"'),
    ('not_covered = { en = "No." }', 'not_covered = { en = "No.", fr = "Non." }', "scope.not_covered", "fr: not among languages.offered (en, nl)"),
    ('not_covered = { en = "No." }', 'not_covered = { en = "" }', "scope.not_covered.en", "may not be empty"),
    ('key = "use"', 'key = "Use it"', "scope.natures[1].key", "small letters, digits and _"),
    ('key = "use"', 'key = "any"', "scope.natures[1].key", "“any” can't be a key"),
    ('organisation_kinds = ["partner"]', "organisation_kinds = []", "entitlement.organisation_kinds", "may not be empty"),
    ('["partner"]', '["friend"]', "entitlement.organisation_kinds[0]", "must be one of: distributor, partner, other"),
    ('["partner"]', '["partner", "partner"]', "entitlement.organisation_kinds[1]", "is there already"),
    ("bought_directly = false", 'bought_directly = "no"', "entitlement.bought_directly", "must be true or false"),
    ("bought_directly = false", "bought_directly = 0", "entitlement.bought_directly", "must be true or false"),
    ('first_response = "10m"', 'first_response = "0m"', "targets.first_response", "must be more than nothing"),
    ('first_response = "10m"', 'first_response = "-5m"', "targets.first_response", 'such as "5m"'),
    ('first_response = "10m"', "first_response = 600", "targets.first_response", 'in quotes, such as "5m"'),
    ('first_response = "10m"', "first_response = -600", "targets.first_response", 'in quotes, such as "5m"'),
    ('first_response = "10m"', 'first_response = "600"', "targets.first_response", 'in quotes, such as "5m"'),
    ('first_response = "10m"', 'first_response = "8760h1s"', "targets.first_response", "at most 8760h"),
    ('resolution = "8h"', 'resolution = "1d"', "targets.resolution", 'such as "5m", "5h" or "1h30m"'),
    ('resolution = "8h"', 'resolution = "soon"', "targets.resolution", "“soon” must be a length of time"),
    ('window = "7d"', 'window = "3651d"', "reopening.window", "at most 87600h"),
    ('window = "7d"', "window = 7", "reopening.window", 'such as "14d"'),
    ('counts = ["reply_accepted"]', 'counts = ["acknowledgement"]', "first_response.counts[0]", "must be one of: reply_accepted, answered_call, connected_call_back"),
    ('leaves_out = ["spam"]', 'leaves_out = ["spam", "hard"]', "averages.leaves_out[1]", "must be one of: spam, refused, merged, opened_by_staff"),
    ('leaves_out = ["spam"]', 'leaves_out = ["spam"]\nperiod = "year"', "averages.period", "must be one of: calendar_month"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "key", "said"), FAULTS, ids=[f"{row[2]}: {row[3]}" for row in FAULTS])
def test_a_fault_is_told_by_key_and_line_with_what_is_allowed(old: str, new: str, key: str, said: str) -> None:
    text = small((old, new))
    fault = one_fault(text)
    assert (fault.key, said in fault.message) == (key, True), fault
    assert fault.line == line_of(text, new.rpartition("\n")[2])


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('"use"', '"parts"', Fault("scope.natures[1].key", 28, "“parts” is there already, as scope.natures[0].key")),
        (
            '"now"',
            '"soon"',
            Fault("severities.levels[1].key", 45, "“soon” is there already, as severities.levels[0].key"),
        ),
    ],
)
def test_of_two_equal_keys_the_second_is_told(old: str, new: str, fault: Fault) -> None:
    assert one_fault(small((f"key = {old}", f"key = {new}"))) == fault


# Additions to the small policy; the line is that of the marked line.
MORE_FAULTS = [
    ('[hours.extra]\na = 1\n', "hours.extra", "unknown key; allowed here: zone, monday,"),
    ('[targetz]\n', "targetz", "unknown key; did you mean targets? allowed here: company, languages,"),
    ('[non_working_days]\ndates = [\n  2026-12-25,\n  "2026-12-26", # here\n]\n', "non_working_days.dates[1]", "must be a date without quotes"),
    ('[non_working_days]\ndates = [\n  2026-12-25,\n  { on = 2026-12-25 }, # here\n]\n', "non_working_days.dates[1].on", "“2026-12-25” is there already, as non_working_days.dates[0]"),
    ('[non_working_days]\ndates = [2026-12-25T00:00:00]\n', "non_working_days.dates[0].on", "without a time, such as 2026-12-25"),
    ('[non_working_days]\ndates = [{ on = 2026-12-25, nam = { en = "x" } }]\n', "non_working_days.dates[0].nam", "did you mean name?"),
    ('[non_working_days]\ncountries = ["ZZ"]\n', "non_working_days.countries[0]", "“ZZ” is not a country we have a calendar for"),
    ('[non_working_days]\ncountries = ["NLD"]\n', "non_working_days.countries[0]", "two capital letters, such as NL"),
    ('[non_working_days]\ncountries = ["US/ZZ"]\n', "non_working_days.countries[0]", "US has no such part. Known are: AK, AL"),
    ('[non_working_days]\ncountries = ["NL/"]\n', "non_working_days.countries[0]", "NL has no such part"),
    ('[non_working_days]\ncountries = ["NL", "NL"]\n', "non_working_days.countries[1]", "“NL” is there already, as non_working_days.countries[0]"),
    ('[channels.whatsapp]\nlink = "https://t.me/x"\n', "channels.whatsapp.link", "https://wa.me/message/EXAMPLE"),
    ('[channels.telegram]\nlink = "https://t.me/"\n', "channels.telegram.link", "https://t.me/example_support_bot"),
    ('[targets.table.partz]\nnow = { resolution = "1h" }\n', "targets.table.partz", "no nature of this policy; there are: parts, use, any"),
    ('[targets.table.parts]\nnever = { resolution = "1h" }\n', "targets.table.parts.never", "no severity of this policy; there are: now, soon, any"),
    ('[targets.table.parts]\nnow = {}\n', "targets.table.parts.now", "needs first_response, resolution or both"),
    ('[targets.table.parts]\nnow = { resolutions = "1h", resolution = "1h" }\n', "targets.table.parts.now.resolutions", "did you mean resolution? allowed here: first_response, resolution"),
    ('[targets.table.parts]\nnow = "1h"\n', "targets.table.parts.now", "must be a table"),
    ('[call_back]\nwithin = "0s"\n', "call_back.within", "more than nothing"),
    ('[clock]\nwaiting_for_customer = "stops"\n', "clock.waiting_for_customer", "must be one of: runs_on"),
]  # fmt: skip


@pytest.mark.parametrize(("more", "key", "said"), MORE_FAULTS, ids=[f"{row[1]}: {row[2]}" for row in MORE_FAULTS])
def test_a_fault_in_what_may_be_left_out_is_told_by_key_and_line(more: str, key: str, said: str) -> None:
    text = small(more=more)
    fault = one_fault(text)
    assert (fault.key, said in fault.message) == (key, True), fault
    marked = [number for number, line in enumerate(text.split("\n"), 1) if "# here" in line]
    expected = (
        marked[0]
        if marked
        else SMALL.count("\n") + (1 if "." not in key or key == "hours.extra" or "partz" in key else 2)
    )
    assert fault.line == expected


@pytest.mark.parametrize(
    ("added", "key", "said"),
    [
        ('sender_name = "Anvil\\nBcc: x"', "channels.email.sender_name", "one line"),
        ('sender_nam = "Anvil"', "channels.email.sender_nam", "did you mean sender_name?"),
        ('signature = "Anvil"', "channels.email.signature", "must be a table"),
        ('signature = { nl = "Anvil" }', "channels.email.signature", "default language"),
        ('signature = { en = "a", fr = "b" }', "channels.email.signature", "languages.offered"),
        ('signature.en = "{{7*7}}"', "channels.email.signature.en", "{name}, {company}, {number}"),
        ('signature.en = "{name.__class__}"', "channels.email.signature.en", "only these words in braces"),
        ('signature.en = "{% include %}"', "channels.email.signature.en", "only these words in braces"),
    ],
)
def test_a_fault_in_what_mail_says_of_itself_is_told_by_key_and_line(added: str, key: str, said: str) -> None:
    text = small(('address = "help@anvil.example"', f'address = "help@anvil.example"\n{added}'))
    fault = one_fault(text)
    assert (fault.key, fault.line) == (key, line_of(text, added))
    assert said in fault.message


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('name = "Anvil"', "company.name"),
        ('zone = "Europe/Amsterdam"', "hours.zone"),
        ('address = "help@anvil.example"', "channels.email.address"),
        ("bought_directly = false", "entitlement.bought_directly"),
        ('resolution = "8h"', "targets.resolution"),
        ('window = "7d"', "reopening.window"),
        ('no_guarantee = { en = "g", nl = "h" }', "wording.no_guarantee"),
    ],
)
def test_a_missing_key_is_told_with_the_line_of_its_table(line: str, key: str) -> None:
    text = small((line + "\n", ""))
    fault = one_fault(text)
    table = f"[{key.rsplit('.', 1)[0]}]"
    assert (fault.key, fault.line) == (key, line_of(text, table))
    assert fault.message.startswith("is missing: ")


def test_every_missing_table_of_an_empty_file_is_told() -> None:
    faults = faults_of("")
    assert {fault.key for fault in faults} == {
        *("company", "languages", "hours", "channels", "scope", "entitlement", "severities", "targets"),
        *("first_response", "reopening", "averages", "wording"),
    }
    assert all(fault.line is None for fault in faults)
    assert faults[0] == Fault("averages", None, "is missing: write a table [averages]")


def test_all_faults_are_told_at_once_in_the_order_of_the_lines() -> None:
    text = small(
        ('name = "Anvil"', "nam = 1"),
        ('["09:00-12:30", "13:00-17:00"]', '["09:00-12:30", "12:00-13:00", "25:00-26:00"]'),
        ('key = "use"', 'key = "parts"'),
        ('resolution = "8h"', 'resolution = "0h"'),
        more='[non_working_days]\ncountries = ["ZZ", "YY"]\n',
    )
    faults = faults_of(text)
    assert [fault.key for fault in faults] == [
        "company.name",
        "company.nam",
        "hours.monday",
        "hours.monday[2]",
        "scope.natures[1].key",
        "targets.resolution",
        "non_working_days.countries[0]",
        "non_working_days.countries[1]",
    ]
    lines = [fault.line or 0 for fault in faults]
    assert lines == sorted(lines)
    with pytest.raises(PolicyFaults) as told:
        read_policy(text)
    line = line_of(text, "monday = ")
    assert f"\n  line {line}: hours.monday: 09:00-12:30 and 12:00-13:00 overlap\n" in str(told.value)


def test_the_elements_of_a_list_that_are_wrong_do_not_make_it_empty() -> None:
    assert [fault.key for fault in faults_of(small(('counts = ["reply_accepted"]', "counts = [1, 2]")))] == [
        "first_response.counts[0]",
        "first_response.counts[1]",
    ]


def test_a_default_language_that_is_not_offered_is_one_fault_not_one_for_each_text() -> None:
    assert one_fault(small(('default = "en"', 'default = "fr"'))).key == "languages.default"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a = 1\nb = \n", Fault("b", 2, "is not TOML: invalid value")),
        ("= 3", Fault("", 1, "is not TOML: invalid statement")),
        ("\n\nx = [1,\n", Fault("x", 3, "is not TOML: invalid value")),
        ('a = "x\n', Fault("a", 1, "is not TOML: illegal character '\\n'")),
        ("a = 1\x00\n", Fault("", 1, "a NUL byte can't be part of a policy: delete it")),
        ("a = 1\nb = '\x00'\n", Fault("", 2, "a NUL byte can't be part of a policy: delete it")),
        ("a = " + "[" * 5000, Fault("", None, "lists or tables are nested too deeply")),
        ("a = " + "9" * 5000, Fault("", None, "is not TOML: a number is too long")),
        ("#" * 1_000_001, Fault("", None, "a policy file has at most 1000000 characters")),
    ],
)
def test_what_is_not_toml_is_told_by_its_line(text: str, fault: Fault) -> None:
    assert one_fault(text) == fault


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a = 1\na = 2\na = 3\n", [("a", 2, 1), ("a", 3, 1)]),
        ("[a]\nb = 1\n[a]\n", [("a", 3, 1)]),
        ("[a]\nb = 1\n'b' = 2\n", [("a.b", 3, 2)]),
        ("a.b = 1\na.c = 2\nd = 1\nd = 2\n", [("d", 4, 3)]),
        ("[[a]]\nb = 1\n[[a]]\nb = 1\nb = 2\n", [("a[1].b", 5, 4)]),
    ],
)
def test_every_repeated_key_is_told_with_the_line_of_the_first(text: str, told: list[tuple[str, int, int]]) -> None:
    expected = [Fault(key, line, f"is there already, on line {first}: write it once") for key, line, first in told]
    assert list(faults_of(text)) == expected


def test_faults_read_as_sentences() -> None:
    assert str(Fault("a.b", 3, "is missing")) == "line 3: a.b: is missing"
    assert str(Fault("", None, "is missing")) == "is missing"


# --- files ---


def test_a_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    file.write_bytes(SMALL.encode())
    assert read_policy_file(file) == read_policy(SMALL)


@pytest.mark.parametrize(("data", "line", "byte"), [(b"a = 1\n# caf\xe9\n", 2, "0xe9"), (b"\xff\xfea\x00", 1, "0xff")])
def test_a_file_that_is_not_utf_8_is_told_by_its_line(tmp_path: Path, data: bytes, line: int, byte: str) -> None:
    file = tmp_path / "policy.toml"
    file.write_bytes(data)
    with pytest.raises(PolicyFaults) as told:
        policy_text(file)
    assert told.value.faults == (Fault("", line, f"byte {byte} is not UTF-8: save the file with the encoding UTF-8"),)


def test_a_file_that_is_too_large_is_not_read_whole(tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    file.write_bytes(b"#" * 1_000_001)
    with pytest.raises(PolicyFaults, match="at most 1000000 bytes"):
        policy_text(file)
    file.write_bytes(b"#" * 1_000_000)
    assert len(policy_text(file)) == 1_000_000


def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(PolicyUnreadable, match=r"can't be read: no such file or directory\.$"):
        policy_text(tmp_path / "nothing.toml")
    with pytest.raises(PolicyUnreadable, match=r"can't be read: is a directory\.$"):
        policy_text(tmp_path)
    with pytest.raises(PolicyUnreadable, match="can't be read: embedded null byte"):
        policy_text(Path("a\x00b"))


# --- digest ---


def test_the_digest_is_of_the_text_whatever_its_line_ends() -> None:
    assert digest("a = 1\n") == hashlib.sha256(b"a = 1\n").hexdigest()
    assert digest("\ufeffa = 1\r\nb = 2\r\n\r\n") == digest("a = 1\nb = 2")
    assert digest("a = 1\n") != digest("a = 2\n")
    assert digest("a = 1 # why\n") != digest("a = 1\n")
    assert digest("a = 1\n\nb = 2\n") != digest("a = 1\nb = 2\n")


# --- anything at all ---

pieces = st.sampled_from(
    [
        *SMALL.splitlines(keepends=True),
        "[",
        "]",
        "{",
        "}",
        "=",
        '"',
        "'",
        '"""',
        ",",
        ".",
        "\n",
        "#",
        "\\",
        "\r",
        "🙂",
        "any",
        "[[",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(pieces, max_size=12), st.integers(0, len(SMALL)), st.integers(0, 40))
def test_any_text_is_a_policy_or_has_faults(added: list[str], place: int, cut: int) -> None:
    text = SMALL[:place] + "".join(added) + SMALL[place + cut :]
    for fault in faults_of(text):
        assert fault.message
        assert fault.line is None or 1 <= fault.line <= text.count("\n") + 1


wild = st.recursive(
    st.integers() | st.text(max_size=5) | st.booleans() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_value_under_any_key_is_taken_or_told(data: st.DataObject) -> None:
    lines = SMALL.splitlines()
    keys = [number for number, line in enumerate(lines) if " = " in line]
    number = data.draw(st.sampled_from(keys))
    lines[number] = lines[number].split(" = ")[0] + " = " + as_toml(data.draw(wild))
    for fault in faults_of("\n".join(lines)):
        assert fault.line is not None
        assert fault.key


def as_toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "[" + ", ".join(as_toml(it) for it in value) + "]"
    if isinstance(value, str):
        return '"' + "".join(f"\\U{ord(letter):08x}" for letter in value if not "\ud800" <= letter <= "\udfff") + '"'
    return repr(value) if isinstance(value, float) else str(value)

import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mainstay.policy.lines import Path, dotted, line_at, lines_of, written_in
from tests.policy.policies import SMALL

EVERYTHING = '''\
# a comment with [brackets] and "quotes"
plain = 1
"quoted key" = 2
'literal key' = 3
"esc\\"aped" = 4
dotted.key.path = 5
dotted . "spaced" = 6
string = "a # no comment [ ] { } = , \\" \\\\"
literal = 'C:\\temp\\'
many = """
first = 1
\\"""not the end
"""
raw = \'\'\'
[no.table]
'\'\'\'\'
after = true
list = [1, [2, 3], "x, y", {in = 1},
  4, # five
  [
    6,
  ],
]
empty = []
inline = { a = 1, b.c = [1, 2], "d e" = { f = 2 } }
date = 2026-12-25
moment = 2026-12-25T10:00:00Z
float = -1.5e3

[table]
key = 1
[table.sub."quoted part"]
key = 1

[[things]]
name = "one"
  [things.more]
  key = 1
  [[things.parts]]
  name = "a"
  [[things.parts]]
  name = "b"
[[things]]
name = "two"
[[things.parts]]
name = "c"
[things.parts.deep]
key = 1
[ spaced . header ]
key=1
'''


def paths_in(value: Any, path: Path = ()) -> list[Path]:
    """The path of everything in parsed TOML."""
    inside: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        inside = list(value.items())
    elif isinstance(value, list):
        inside = list(enumerate(value))
    return ([path] if path else []) + [it for key, inner in inside for it in paths_in(inner, (*path, key))]


@pytest.mark.parametrize("text", [EVERYTHING, SMALL, EVERYTHING.replace("\n", "\r\n")])
def test_everything_that_the_parser_finds_has_a_line(text: str) -> None:
    lines = lines_of(text)
    for path in paths_in(tomllib.loads(text)):
        assert path in lines, path


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("plain",), "plain = 1"),
        (("quoted key",), '"quoted key" = 2'),
        (("literal key",), "'literal key' = 3"),
        (('esc"aped',), '"esc\\"aped" = 4'),
        (("dotted",), "dotted.key.path = 5"),
        (("dotted", "key", "path"), "dotted.key.path = 5"),
        (("dotted", "spaced"), 'dotted . "spaced" = 6'),
        (("after",), "after = true"),
        (("list", 1, 1), 'list = [1, [2, 3], "x, y", {in = 1},'),
        (("list", 3, "in"), 'list = [1, [2, 3], "x, y", {in = 1},'),
        (("list", 4), "  4, # five"),
        (("list", 5), "  ["),
        (("list", 5, 0), "    6,"),
        (("inline", "b", "c", 1), 'inline = { a = 1, b.c = [1, 2], "d e" = { f = 2 } }'),
        (("inline", "d e", "f"), 'inline = { a = 1, b.c = [1, 2], "d e" = { f = 2 } }'),
        (("float",), "float = -1.5e3"),
        (("table",), "[table]"),
        (("table", "sub", "quoted part"), '[table.sub."quoted part"]'),
        (("things", 0, "name"), 'name = "one"'),
        (("things", 0, "more"), "  [things.more]"),
        (("things", 0, "parts", 1, "name"), '  name = "b"'),
        (("things", 1, "name"), 'name = "two"'),
        (("things", 1, "parts", 0), "[[things.parts]]"),
        (("things", 1, "parts", 0, "name"), 'name = "c"'),
        (("things", 1, "parts", 0, "deep"), "[things.parts.deep]"),
        (("spaced", "header"), "[ spaced . header ]"),
        (("spaced", "header", "key"), "key=1"),
    ],
)
def test_a_path_has_the_line_on_which_it_stands(path: Path, line: str) -> None:
    assert EVERYTHING.split("\n")[lines_of(EVERYTHING)[path] - 1] == line


def test_the_line_of_what_is_not_there_is_that_of_the_table_around_it() -> None:
    lines = lines_of("\n[a]\nb = 1\n")
    assert line_at(lines, ("a", "missing", "deeper")) == 2
    assert line_at(lines, ("a", "b")) == 3
    assert line_at(lines, ("c",)) is None
    assert line_at(lines, ()) is None


def test_only_the_whole_of_a_dotted_key_is_written_once() -> None:
    assert [(it.path, it.line, it.is_whole) for it in written_in("a.b = 1\n[a.c]\n")] == [
        (("a",), 1, False),
        (("a", "b"), 1, True),
        (("a",), 2, False),
        (("a", "c"), 2, True),
    ]


@pytest.mark.parametrize(
    "text", ["a = [1, ", "a = { b", "[a", "= 1", 'a = "x', '"\\q" = 1', "a = 1\n]\n", "a = " + "[" * 5000]
)
def test_text_that_is_no_toml_ends_the_search_quietly(text: str) -> None:
    assert len(written_in(text)) < 5001


def test_a_tables_own_header_is_its_line_rather_than_an_earlier_longer_one() -> None:
    assert lines_of("[a.b]\n[a]\nc = 1\n")[("a",)] == 2
    assert lines_of("\n[a.b]\n")[("a",)] == 2


def test_a_path_is_told_with_dots_and_brackets() -> None:
    assert dotted(("channels", "telephone", "numbers", 0, "country")) == "channels.telephone.numbers[0].country"
    assert dotted(("a",)) == "a"
    assert dotted(()) == ""


keys = st.text("ab-_1", min_size=1, max_size=3)
values = st.recursive(
    st.integers(0, 9).map(str) | st.sampled_from(['"x]"', "'}'", '"""\n"""', "true"]),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda them: "[\n" + ",\n".join(them) + "]")
        | st.dictionaries(keys, inner, max_size=2).map(
            lambda them: "{" + ", ".join(f"{k} = {v}" for k, v in them.items()) + "}"
        )
    ),
    max_leaves=5,
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(keys, values, max_size=4), st.lists(st.dictionaries(keys, values, max_size=2), max_size=3))
def test_every_path_of_any_toml_is_found(pairs: dict[str, str], elements: list[dict[str, str]]) -> None:
    text = "".join(f"{key} = {value}\n" for key, value in pairs.items())
    text += "".join("[[zz]]\n" + "".join(f"{k} = {v}\n" for k, v in element.items()) for element in elements)
    lines = lines_of(text)
    for path in paths_in(tomllib.loads(text)):
        assert path in lines, (path, text)

"""Names under which files are saved."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstay.files.names import LENGTH_MAX, download_name


@pytest.mark.parametrize(
    ("given_name", "name"),
    [
        ("plan.pdf", "plan.pdf"),
        ("Türplan 2.pdf", "Türplan 2.pdf"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("C:\\x\\y.exe", "C__x_y.exe"),
        ('a";x=b\r\n.bat', "a__x=b.bat"),
        ("gpj.\u202eexe", "gpj.exe"),
        ("\u200b.htaccess", "htaccess"),
        ("report.pdf. . .", "report.pdf"),
        ("a\x00b.txt", "ab.txt"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("COM¹", "_COM¹"),
        ("console.txt", "console.txt"),
        ("", "file"),
        (" . ", "file"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_a_name_is_data_and_never_an_instruction(given_name: str, name: str) -> None:
    assert download_name(given_name) == name


@given(st.text(max_size=400))
def test_any_text_becomes_a_harmless_name(text: str) -> None:
    name = download_name(text)
    assert 0 < len(name) <= LENGTH_MAX + 1
    assert not set(name) & set('/\\:*?"<>|;%\r\n\0')
    assert name.strip(" .") == name
    assert download_name(name) == name or name.startswith("_")

"""The language of a short text, among the few we write in."""

import pytest

from mainstay.lib.languages import likely_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The panel does not ring and we can not open the door for you.", "en"),
        ("De deur gaat niet open en we hebben geen idee hoe dat kan.", "nl"),
        ("Die Tür öffnet sich nicht, was können wir tun?", ""),
        ("", ""),
        ("OK", ""),
        ("панель не звонит", ""),
    ],
)
def test_the_likely_language(text: str, language: str) -> None:
    assert likely_language(text, ("en", "nl")) == language


def test_only_offered_languages_are_guessed() -> None:
    assert likely_language("De deur gaat niet open en we hebben geen idee.", ("en",)) == ""

"""What a subject is about, without what mail programs and we put around it."""

import re

# Reply and forward marks of many languages: up to six letters and a colon, perhaps counted: `Re:`, `AW[2]:`, `Antw.:`.
MARKS = re.compile(r"(?:\s*[^\W\d_]{1,6}\.?(?:\s?[\[(]\d{1,3}[\])])?\s?[:\uFF1A])+")
NUMBER = re.compile(r"\[#\d{1,18}\]")
BLANKS = re.compile(r"\s+")


def bare_words(subject: str) -> str:
    """The subject without the marks before it and without ticket numbers, with one kind of blank."""
    text = NUMBER.sub(" ", subject)
    if marks := MARKS.match(text):
        text = text[marks.end() :]
    return BLANKS.sub(" ", text).strip()


def is_new_subject(subject: str, known: list[str]) -> bool:
    """Whether a subject is none of the known ones, nor a part of one, nor one with something added. Empty is never new."""
    bare = bare_words(subject).casefold()
    others = [bare_words(other).casefold() for other in known]
    return bool(bare) and not any(other and (bare in other or other in bare) for other in others)

"""Puts the company's signature below an answer: a template of the policy with a fixed list of words to fill in."""

import re

from mainstay.policy.values import SIGNATURE_WORDS

from .header_lines import NAME_MAX, one_line

SIGNATURE_MARK = "-- "  # with its blank: mail programs fold what is below it
WORD = re.compile(r"\{(" + "|".join(SIGNATURE_WORDS) + r")\}")


def signed(text: str, signature: str) -> str:
    """The text with the signature below it, if there is any."""
    return f"{text.rstrip()}\n\n{signature}" if signature else text


def signature(template: str, *, name: str, company: str, number: str) -> str:
    """The signature with its mark above it. A value is put in as it is and never read again: `{company}` as somebody's
    name stays these letters. A line of which nothing is left is left out; empty when no line is left."""
    values = {"name": name, "company": company, "number": number}
    lines = [(line, _filled(line, values)) for line in template.splitlines()]
    kept = [filled for line, filled in lines if filled or not line.strip()]
    written = "\n".join(kept).strip()
    return f"{SIGNATURE_MARK}\n{written}" if written else ""


def _filled(line: str, values: dict[str, str]) -> str:
    return WORD.sub(lambda found: one_line(values[found[1]])[:NAME_MAX], line).rstrip()

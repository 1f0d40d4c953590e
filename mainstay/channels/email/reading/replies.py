"""Folds the history and the signature of a mail away from its new words: cautious, linear, and losing nothing.

Every line of the text goes to exactly one of three places. Where the rules are in doubt, or nothing new would be left, the
line stays with the new words.
"""

from dataclasses import dataclass

from mainstay.channels.email import limits

from .reply_marks import (
    FORWARD_MARK,
    HISTORY_MARK,
    LINE_READ,
    LIST_ITEM,
    PROGRAM_MARK,
    REPLY_ABOVE,
    RULE,
    is_signature_end,
    is_signature_start,
    opens_header_block,
    opens_quote,
)


@dataclass(frozen=True, slots=True)
class Folded:
    """The three parts of a text; together they hold each of its words."""

    reply: str
    quoted: str
    signature: str


def fold_reply(text: str, *, is_forward: bool = False) -> Folded:
    """Part a plain text into new words, history and signature. A forwarded mail's history is its message, so it stays."""
    if len(text) > limits.FOLDED_TEXT_MAX_CHARACTERS:
        return Folded(text, "", "")
    lines = text.split("\n")
    is_history = _history(lines, is_forward=is_forward)
    is_signature = _signatures(lines, is_history)
    reply = [line for line, old, sign in zip(lines, is_history, is_signature, strict=True) if not (old or sign)]
    if not any(map(_has_words, reply)):
        return Folded(text, "", "")
    quoted = [line for line, old in zip(lines, is_history, strict=True) if old]
    signature = [line for line, sign in zip(lines, is_signature, strict=True) if sign]
    return Folded(*("\n".join(part).strip("\n") for part in (reply, quoted, signature)))


def _history(lines: list[str], *, is_forward: bool) -> list[bool]:
    """For each line whether it repeats an older mail."""
    old = [False] * len(lines)
    has_new_words = False
    number = 0
    while number < len(lines):
        line = lines[number]
        if not line or line.isspace():
            pass
        elif line.startswith(">"):
            old[number] = True
        elif FORWARD_MARK.match(line):
            break
        elif not is_forward and has_new_words and _opens_history(lines, number):
            return _all_from(old, _with_rule(lines, number))
        elif intro := opens_quote(lines, number):
            following = _next_filled(lines, number + intro)
            is_quote = following < len(lines) and lines[following].startswith(">")
            if (is_quote or following == len(lines)) and LIST_ITEM.match(line):
                pass  # a dash before it: it may be an item of the writer's own list, and nothing is gained by hiding one line
            elif is_quote:
                old[number:following] = [True] * (following - number)
                number = following
                continue
            elif not is_forward and has_new_words and opens_quote(lines, number, surely=True):
                return _all_from(old, number)
            has_new_words = True
        elif _has_words(line):
            has_new_words = True
        number += 1
    return old


def _opens_history(lines: list[str], number: int) -> bool:
    line = lines[number]
    if len(line) <= LINE_READ and (HISTORY_MARK.match(line) or PROGRAM_MARK.match(line) or REPLY_ABOVE.match(line)):
        return True
    return opens_header_block(lines, number)


def _signatures(lines: list[str], is_history: list[bool]) -> list[bool]:
    """For each line whether it signs: only at the end of a stretch of new words."""
    signs = [False] * len(lines)
    end = len(lines)
    while end > 0:
        if is_history[end - 1]:
            end -= 1
            continue
        start = end
        while start > 0 and not is_history[start - 1]:
            start -= 1
        first = _signature_in(lines, start, end)
        signs[first:end] = [True] * (end - first)
        end = start
    return signs


def _signature_in(lines: list[str], start: int, end: int) -> int:
    """Where the signature of `lines[start:end]` begins; `end` when it has none."""
    found = end
    for number in range(max(start, end - 40), end):
        if is_signature_start(lines[number], lines[number + 1 : end]):
            found = number
            break
    last = found - 1
    while last > start and not lines[last].strip():
        last -= 1
    if last > start and is_signature_end(lines[last], lines[last - 1]):
        return last
    return found


def _all_from(old: list[bool], number: int) -> list[bool]:
    return old[:number] + [True] * (len(old) - number)


def _with_rule(lines: list[str], number: int) -> int:
    """Take the line drawn above a header block with it, blank lines between included."""
    above = number - 1
    while above > 0 and not lines[above].strip():
        above -= 1
    return above if above > 0 and RULE.match(lines[above]) else number


def _next_filled(lines: list[str], number: int) -> int:
    while number < len(lines) and not lines[number].strip():
        number += 1
    return number


def _has_words(line: str) -> bool:
    return any(map(str.isalnum, line)) or (bool(line.strip()) and not RULE.match(line))

"""From the text of a policy file to a frozen policy, or to all of its faults at once."""

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from .checks import findings
from .errors import Fault, PolicyFaults, PolicyUnreadable
from .lines import Path, dotted, line_at, lines_of, written_in
from .sentences import told
from .shape import Policy
from .values import MOST_CALENDARS, is_calendar_name

LARGEST = 1_000_000  # bytes; a policy has a few thousand
_NONE: Mapping[str, str] = MappingProxyType({})
BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"


@dataclass(frozen=True)
class PolicySource:
    """A policy as it was written: its text, and the calendar files that it names.

    `unread` are those that couldn't be read, with what is wrong, as the end of a sentence.
    """

    text: str
    calendars: Mapping[str, str] = field(default_factory=dict)
    unread: Mapping[str, str] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        return digest(self.text, self.calendars)

    def policy(self) -> Policy:
        """Raises PolicyFaults."""
        return read_policy(self.text, self.calendars, self.unread)


def read_policy(text: str, calendars: Mapping[str, str] = _NONE, unread: Mapping[str, str] = _NONE) -> Policy:
    """The policy that this text describes; raises PolicyFaults with every fault, by key and line.

    `calendars` are the texts of the calendar files that it may name, by their names; `unread` as in `PolicySource`.
    """
    text = text.removeprefix(BYTE_ORDER_MARK)
    raw = _tables(text)
    lines = lines_of(text)
    found: list[tuple[Path, str]] = list(findings(raw))
    policy: Policy | None = None
    try:
        policy = Policy.model_validate(raw, context={**_context(raw), "calendars": calendars, "unread": unread})
    except ValidationError as error:
        found.extend(told(error))
    if found or policy is None:
        raise PolicyFaults(_in_order(found, lines))
    return policy


def read_policy_file(path: FilePath) -> Policy:
    """The policy in this file; raises PolicyUnreadable or PolicyFaults."""
    return source_in(path).policy()


def source_in(path: FilePath) -> PolicySource:
    """The policy of this file with the calendar files beside it; raises PolicyUnreadable or PolicyFaults.

    A calendar file that can't be read is a fault of the policy and told with the others.
    """
    text = policy_text(path)
    calendars, unread = {}, {}
    for name in calendar_names(text):
        try:
            calendars[name] = _calendar_in(path.parent / name)
        except (OSError, ValueError) as problem:
            unread[name] = _why_unread(problem)
    return PolicySource(text, calendars, unread)


def calendar_names(text: str) -> tuple[str, ...]:
    """The calendar files that a policy's text names, as far as names are allowed; none for a text that is no TOML."""
    try:
        table = _tables(text.removeprefix(BYTE_ORDER_MARK)).get("non_working_days")
    except PolicyFaults:
        return ()
    names = table.get("calendar_files") if isinstance(table, dict) else None
    allowed = [name for name in names if is_calendar_name(name)] if isinstance(names, list) else []
    return tuple(dict.fromkeys(allowed))[:MOST_CALENDARS]


def calendar_text(data: bytes) -> str:
    """The text of a calendar file; raises ValueError with the end of a sentence."""
    if len(data) > LARGEST:
        raise ValueError(f"is too large: a calendar file has at most {LARGEST} bytes")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError("is not UTF-8: save it with that encoding") from None
    if "\x00" in text:
        raise ValueError("is not a calendar file (iCalendar)")
    return text


def _calendar_in(path: FilePath) -> str:
    if not path.is_file():
        raise FileNotFoundError
    with path.open("rb") as file:
        return calendar_text(file.read(LARGEST + 1))


def _why_unread(problem: Exception) -> str:
    if isinstance(problem, FileNotFoundError):
        return "is not there: put the file beside the policy"
    if isinstance(problem, OSError):
        return f"can't be read: {(problem.strerror or str(problem)).lower()}"
    return str(problem)


def policy_text(path: FilePath) -> str:
    """The text of a policy file; raises PolicyUnreadable, or PolicyFaults when it is not UTF-8."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise PolicyUnreadable(f"The policy file {path} can't be read: {reason}.") from error
    return policy_text_in(data)


def policy_text_in(data: bytes) -> str:
    """The text of these bytes; raises PolicyFaults when they are too many, or not UTF-8."""
    if len(data) > LARGEST:
        raise PolicyFaults([Fault("", None, f"a policy file has at most {LARGEST} bytes")])
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        said = f"byte 0x{data[error.start]:02x} is not UTF-8: save the file with the encoding UTF-8"
        raise PolicyFaults([Fault("", line, said)]) from error


def digest(text: str, calendars: Mapping[str, str] = _NONE) -> str:
    """SHA-256, in hexadecimal, of the canonical text: no byte order mark, line feeds only, one at the end.

    Calendar files follow in the order of their names, each as its name and its text after NUL bytes.
    """
    parts = [_canonical(text), *(f"\0{name}\0{_canonical(calendars[name])}" for name in sorted(calendars))]
    return hashlib.sha256("".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _canonical(text: str) -> str:
    return text.removeprefix(BYTE_ORDER_MARK).replace("\r\n", "\n").rstrip("\n") + "\n"


# --- TOML ---


def _tables(text: str) -> dict[str, Any]:
    if len(text) > LARGEST:
        raise PolicyFaults([Fault("", None, f"a policy file has at most {LARGEST} characters")])
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise PolicyFaults([Fault("", line, "a NUL byte can't be part of a policy: delete it")])
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyFaults(_syntax_faults(text, str(error))) from error
    except RecursionError as error:
        raise PolicyFaults([Fault("", None, "lists or tables are nested too deeply")]) from error
    except ValueError as error:  # Python reads no number of thousands of digits
        raise PolicyFaults([Fault("", None, "is not TOML: a number is too long")]) from error


def _syntax_faults(text: str, said: str) -> list[Fault]:
    """The parser stops at its first fault; only of repeated keys all are told."""
    place = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", said)
    what = said[: place.start()] if place else said
    line = int(place.group(1)) if place and place.group(1) else text.rstrip().count("\n") + 1
    repeated = _repeated_keys(text)
    if repeated and re.search(r"overwrite|twice|declare|namespace|mutate", what):
        return repeated
    keys = [it.path for it in written_in(text) if it.line == line and isinstance(it.path[-1], str)]
    key = dotted(keys[-1]) if keys else ""
    return [Fault(key, line, f"is not TOML: {what[:1].lower()}{what[1:]}")]


def _repeated_keys(text: str) -> list[Fault]:
    first: dict[Path, int] = {}
    faults = []
    for path, line, is_whole in written_in(text):
        if is_whole and first.setdefault(path, line) != line and not isinstance(path[-1], int):
            faults.append(Fault(dotted(path), line, f"is there already, on line {first[path]}: write it once"))
    return faults


def _in_order(found: list[tuple[Path, str]], lines: dict[Path, int]) -> list[Fault]:
    """As faults in the order of the lines, each once; what has no line comes first."""
    faults = {Fault(dotted(path), line_at(lines, path), message): None for path, message in found}
    return sorted(faults, key=lambda fault: (fault.line or 0, fault.key))


def _context(raw: dict[str, Any]) -> dict[str, Any]:
    """What the policy itself defines, for checks of single values; whatever has another shape is left out."""

    def table(key: str) -> dict[str, Any]:
        found = raw.get(key)
        return found if isinstance(found, dict) else {}

    def keys(elements: Any) -> tuple[str, ...]:
        rows = elements if isinstance(elements, list) else []
        return texts([row.get("key") for row in rows if isinstance(row, dict)])

    def texts(elements: Any) -> tuple[str, ...]:
        found = elements if isinstance(elements, list) else []
        return tuple(dict.fromkeys(it for it in found if isinstance(it, str)))

    offered, default = texts(table("languages").get("offered")), table("languages").get("default")
    return {
        "language": offered,
        "default_language": default if default in offered else None,
        "nature": keys(table("scope").get("natures")),
        "severity": keys(table("severities").get("levels")),
    }

"""From the text of a policy file to a frozen policy, or to all of its faults at once."""

import hashlib
import re
import tomllib
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError

from .checks import findings
from .errors import Fault, PolicyFaults, PolicyUnreadable
from .lines import Path, dotted, line_at, lines_of, written_in
from .sentences import told
from .shape import Policy

LARGEST = 1_000_000  # bytes; a policy has a few thousand
BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"


def read_policy(text: str) -> Policy:
    """The policy that this text describes; raises PolicyFaults with every fault, by key and line."""
    text = text.removeprefix(BYTE_ORDER_MARK)
    raw = _tables(text)
    lines = lines_of(text)
    found: list[tuple[Path, str]] = list(findings(raw))
    policy: Policy | None = None
    try:
        policy = Policy.model_validate(raw, context=_context(raw))
    except ValidationError as error:
        found.extend(told(error))
    if found or policy is None:
        raise PolicyFaults(_in_order(found, lines))
    return policy


def read_policy_file(path: FilePath) -> Policy:
    """The policy in this file; raises PolicyUnreadable or PolicyFaults."""
    return read_policy(policy_text(path))


def policy_text(path: FilePath) -> str:
    """The text of a policy file; raises PolicyUnreadable, or PolicyFaults when it is not UTF-8."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise PolicyUnreadable(f"The policy file {path} can't be read: {reason}.") from error
    if len(data) > LARGEST:
        raise PolicyFaults([Fault("", None, f"a policy file has at most {LARGEST} bytes")])
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        said = f"byte 0x{data[error.start]:02x} is not UTF-8: save the file with the encoding UTF-8"
        raise PolicyFaults([Fault("", line, said)]) from error


def digest(text: str) -> str:
    """SHA-256, in hexadecimal, of the canonical text: no byte order mark, line feeds only, one at the end."""
    lines = text.removeprefix(BYTE_ORDER_MARK).replace("\r\n", "\n").rstrip("\n") + "\n"
    return hashlib.sha256(lines.encode("utf-8", "surrogatepass")).hexdigest()


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

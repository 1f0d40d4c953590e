"""What is wrong with a policy file: every fault at once, each with its key, its line and what is allowed."""

from collections.abc import Sequence
from dataclasses import dataclass

from mainstay.lib.errors import MainstayError


@dataclass(frozen=True)
class Fault:
    """One thing to mend. `key` is dotted (empty when the whole file is meant), `line` counts from 1."""

    key: str
    line: int | None
    message: str

    def __str__(self) -> str:
        place = f"line {self.line}" if self.line else ""
        return ": ".join(part for part in (place, self.key, self.message) if part)


class PolicyFaults(MainstayError, ValueError):
    """The policy has faults."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("The policy has faults:\n" + "\n".join(f"  {fault}" for fault in self.faults))


class PolicyUnreadable(MainstayError):
    """The policy file can't be read."""

    exit_code = 2


class NotInPolicy(MainstayError, LookupError):
    """This nature or severity is not in the policy."""

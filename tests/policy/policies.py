"""A small policy in order, and ways to change it, for the tests of the policy room."""

from collections.abc import Iterable

from mainstay.policy.errors import Fault, PolicyFaults
from mainstay.policy.reading import read_policy

SMALL = """\
[company]
name = "Anvil"
website = "https://anvil.example"
mail_domain = "anvil.example"

[languages]
offered = ["en", "nl"]
default = "en"

[hours]
zone = "Europe/Amsterdam"
monday = ["09:00-12:30", "13:00-17:00"]

[channels.email]
address = "help@anvil.example"

[scope]
default_nature = "parts"
not_covered = { en = "No." }
guidance = { en = "How." }

[[scope.natures]]
key = "parts"
name = { en = "Parts", nl = "Delen" }
sentence = { en = "Parts of it." }

[[scope.natures]]
key = "use"
name = { en = "Use" }
sentence = { en = "Use of it." }

[entitlement]
organisation_kinds = ["partner"]
bought_directly = false

[severities]
default = "soon"

[[severities.levels]]
key = "now"
name = { en = "Now", nl = "Nu" }
meaning = { en = "It burns." }

[[severities.levels]]
key = "soon"
name = { en = "Soon" }
meaning = { en = "It smokes." }

[targets]
first_response = "10m"
resolution = "8h"

[first_response]
counts = ["reply_accepted"]

[reopening]
window = "7d"

[averages]
leaves_out = ["spam"]

[wording]
purpose = { en = "a" }
entitlement = { en = "b" }
path = { en = "c" }
averages = { en = "d" }
resolution = { en = "e" }
targets_vary = { en = "f" }
no_guarantee = { en = "g", nl = "h" }
"""


def small(*changes: tuple[str, str], more: str = "") -> str:
    """The small policy with each first text, which must be there once, changed into the second; `more` at its end."""
    text = SMALL
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
        text = text.replace(old, new)
    return text + more


def faults_of(text: str) -> tuple[Fault, ...]:
    """All faults of a text; none for a policy in order."""
    try:
        read_policy(text)
    except PolicyFaults as faults:
        return faults.faults
    return ()


def one_fault(text: str) -> Fault:
    faults = faults_of(text)
    assert len(faults) == 1, "\n".join(str(fault) for fault in faults) or "in order"
    return faults[0]


def line_of(text: str, part: str) -> int:
    """The number of the only line that holds this part."""
    lines: Iterable[tuple[int, str]] = enumerate(text.split("\n"), start=1)
    (number,) = [number for number, line in lines if part in line]
    return number

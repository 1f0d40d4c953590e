"""Who acts when it is no person: a rule, whose name its events bear, and by which rules it was woken."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

_rule: ContextVar[dict[str, str] | None] = ContextVar("rule", default=None)


@contextmanager
def by_rule(name: str, chain: Sequence[int]) -> Iterator[None]:
    """Within this block everything that is recorded is the rule's doing; `chain` are the rules up to it, the first one first."""
    token = _rule.set({"rule": name, "rules": ",".join(map(str, chain))})
    try:
        yield
    finally:
        _rule.reset(token)


def acting_rule() -> dict[str, str] | None:
    """What events bear now; None when people act."""
    return _rule.get()

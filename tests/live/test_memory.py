"""The row of announcements: every process counts it alike, and what is behind a position is found or said to be unknown."""

from hypothesis import given
from hypothesis import strategies as st

from mainstay.live.memory import Memory

ALL = frozenset({"queue", "ticket:1", "ticket:2"})


def remembering(*heard: tuple[str, set[str]], epoch: str = "7", size: int = 100) -> Memory:
    memory = Memory(epoch, size)
    for transaction, topics in heard:
        memory.hear(transaction, frozenset(topics))
    return memory


def test_what_was_announced_behind_a_position_is_found() -> None:
    memory = remembering(("10", set()))
    stood = memory.position
    memory.hear("11", frozenset({"queue", "ticket:1"}))
    memory.hear("12", frozenset({"ticket:2", "averages"}))
    assert memory.since(stood, ALL) == {"queue", "ticket:1", "ticket:2"}
    assert memory.since(stood, frozenset({"ticket:2"})) == {"ticket:2"}
    assert memory.since(memory.position, ALL) == set()


def test_several_announcements_of_one_transaction_have_places_of_their_own() -> None:
    memory = remembering(("10", {"queue"}))
    between = memory.position
    memory.hear("10", frozenset({"ticket:1"}))
    assert memory.since(between, ALL) == {"ticket:1"}


def test_a_position_of_another_process_is_understood() -> None:
    early = remembering(("10", set()), ("11", {"queue"}), ("12", {"ticket:1"}), ("12", {"ticket:2"}), ("9", {"queue"}))
    late = remembering(("11", {"queue"}), ("12", {"ticket:1"}))
    stood = late.position
    assert early.since(stood, ALL) == {"ticket:2", "queue"}


def test_what_is_older_than_the_memory_or_of_another_run_of_the_database_is_unknown() -> None:
    memory = remembering(("10", {"queue"}), ("11", {"queue"}), ("12", {"queue"}), size=2)
    assert memory.since("7-10.0", ALL) is None
    assert memory.since("7-11.0", ALL) == {"queue"}
    assert memory.since("6-11.0", ALL) is None
    assert memory.since("", ALL) is None
    assert memory.since("7-99.0", ALL) is None


@given(
    st.lists(st.tuples(st.integers(1, 6), st.sets(st.sampled_from(sorted(ALL)))), min_size=1, max_size=60),
    st.integers(1, 20),
    st.integers(0, 59),
    st.integers(0, 59),
)
def test_nothing_is_ever_missed(rows: list[tuple[int, set[str]]], size: int, begins: int, leaves: int) -> None:
    """Wherever a browser left one process and whenever another began to listen: all that came since, or unknown."""
    rows = sorted(rows)  # transactions come one after the other, whatever their numbers
    leaves = min(leaves, len(rows) - 1)
    first = remembering(*[(str(number), topics) for number, topics in rows[: leaves + 1]], size=size)
    # A process begins to hear with the first announcement of a transaction, never in the middle of one.
    begins = min(begins, len(rows) - 1)
    while begins > 0 and rows[begins - 1][0] == rows[begins][0]:
        begins -= 1
    second = remembering(*[(str(number), topics) for number, topics in rows[begins:]], size=size)
    missed = set().union(*[topics for _number, topics in rows[leaves + 1 :]])
    known = second.since(first.position, ALL)
    assert known is None or known == missed
    if begins <= leaves and len(rows) - leaves <= size:
        assert known == missed

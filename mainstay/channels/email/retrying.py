"""How long to wait before a mail is tried again."""

import hashlib

FIRST_WAIT_SECONDS = 60
LONGEST_WAIT_SECONDS = 4 * 3600
JITTER = 0.2


def wait_seconds(attempt: int, seed: str) -> int:
    """Seconds from this attempt (1 is the first) to the next: doubled each time up to four hours, a fifth more or less.

    The deviation keeps mails that failed together from all coming back together. It follows from `seed`, the mail's own
    id, and from the attempt, so that it is always the same for the same mail.
    """
    doublings = min(max(attempt, 1) - 1, 20)
    wait = min(FIRST_WAIT_SECONDS * 2**doublings, LONGEST_WAIT_SECONDS)
    drawn = int.from_bytes(hashlib.sha256(f"{seed}\n{attempt}".encode()).digest()[:8]) / 2**64
    return round(wait * (1 - JITTER + 2 * JITTER * drawn))

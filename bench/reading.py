"""How fast mail is read: the whole parse with sanitised HTML and folded quotes, without a database; `python -m bench.reading`."""

import os
import time

from mainstay.channels.email.html_clean import clean_html
from mainstay.channels.email.reading import read_mail

from .figures import Figure, percentile, table
from .mail_corpus import heavy_letter, letters

ABOUT = "Reading mail, one core, no database"
MAILS, ROUNDS, HEAVY_READS = 1_000, 3, 9


def reading() -> list[Figure]:
    """Mails a second over the seeded corpus (the best of three rounds), the slowest mail in it, and one of 1.4 MB."""
    mails = list(letters(MAILS))
    for raw in mails[:50]:
        read_whole(raw)
    rounds = [[_seconds(raw) for raw in mails] for _ in range(ROUNDS)]
    heavy = heavy_letter()
    return [
        Figure(
            ABOUT, f"{MAILS:,} mails, {sum(map(len, mails)) / 2**20:.0f} MiB", MAILS / min(map(sum, rounds)), "mails/s"
        ),
        Figure(ABOUT, "slowest mail of them", min(map(max, rounds)) * 1000, "ms"),
        Figure(ABOUT, f"a mail of {len(heavy) / 1e6:.1f} MB, p50", percentile(_heavy(heavy), 0.5) * 1000, "ms"),
    ]


def read_whole(raw: bytes) -> tuple[str, str]:
    """All that the desk and the ticket page need of a mail."""
    parsed = read_mail(raw)
    return parsed.reply_text, clean_html(parsed.body_html)


def _seconds(raw: bytes) -> float:
    began = time.perf_counter()
    read_whole(raw)
    return time.perf_counter() - began


def _heavy(raw: bytes) -> list[float]:
    return [_seconds(raw) for _ in range(HEAVY_READS)]


if __name__ == "__main__":
    print(f"load at the start: {os.getloadavg()[0]:.1f}")
    print(table(reading()))

"""Writes docs/keys.md from the registry of deeds; `--check` only says whether it is what it would write."""

import os
import sys
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
PAGE = ROOT / "docs" / "keys.md"
HEAD = """# Keys

Everything one can do at the desk, and its key. This page is written by `tools/write_keys.py` from
`mainstay/desk/deeds/registry.py`, of which the palette (`Ctrl` `K`), the keys and the help (`?`) are made, too.

Single keys act while nobody types; two in a row are pressed one after the other within a second and a half. Each person can turn
them off in the help, for their browser. What has no key is found by its name in the palette.
"""


def written() -> str:
    """The whole page, in English."""
    from django.utils import translation

    from mainstay.desk.deeds.registry import DEEDS

    with translation.override("en"):
        parts = [HEAD]
        for place, deeds in groupby(DEEDS, key=lambda deed: deed.place):
            rows = [f"| {deed.words} | {_drawn(deed.caps)} |" for deed in deeds]
            parts.append("\n".join([f"## {place.label}", "", "| | |", "|---|---|", *rows, ""]))
        return "\n".join(parts)


def _drawn(caps: list[list[str]]) -> str:
    return " or ".join(" ".join(f"`{cap}`" for cap in row) for row in caps)


def main() -> None:
    from mainstay.cli.desk import set_up_django

    os.environ.setdefault("DATABASE_URL", "postgresql://nobody@localhost/nothing")  # nothing is asked of it
    set_up_django()
    if "--check" not in sys.argv:
        PAGE.write_text(written(), encoding="utf-8")
    elif PAGE.read_text(encoding="utf-8") != written():
        sys.exit("docs/keys.md is old: run tools/write_keys.py")


if __name__ == "__main__":
    main()

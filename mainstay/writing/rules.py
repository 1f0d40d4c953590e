"""Pure questions about what is written: who is meant by an `@`, what fits into one message."""

import mimetypes
import re
from collections.abc import Iterator, Sequence

from mainstay.lib.pictures import HEAD_BYTES, picture_of

UNKNOWN = "application/octet-stream"


def mentions_in(text: str, names: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Each `@` with one of these names behind it, as the place of the `@` and the name as it was written.

    Of several names the longest; `tess@example.com` means nobody, nor does `@Tessa` mean Tess.
    """
    if not names or "@" not in text:
        return
    longest_first = sorted({name for name in names if name}, key=len, reverse=True)
    pattern = re.compile(r"(?<![\w@.])@(" + "|".join(map(re.escape, longest_first)) + r")(?!\w)", re.IGNORECASE)
    for found in pattern.finditer(text):
        yield found.start(), found[1]


def content_type_of(content: bytes, filename: str) -> str:
    """What a file is: a picture by its bytes, anything else by the ending of its name, as far as we know it."""
    picture = picture_of(content[:HEAD_BYTES])
    if picture is not None:
        return picture.content_type
    guessed = mimetypes.guess_type(filename)[0] or UNKNOWN
    return UNKNOWN if guessed.startswith(("image/", "text/html", "multipart/", "message/")) else guessed

"""A file that goes with a message of ours, or stands in it."""

from dataclasses import dataclass

from mainstay.files.models import StoredFile


@dataclass(frozen=True)
class Enclosure:
    """`content_id` is the name by which the text refers to a picture (`![…](cid:name)`); empty for a file beside it."""

    file: StoredFile
    filename: str
    content_id: str = ""

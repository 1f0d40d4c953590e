"""The two forms of a message of ours in a mail, its text and its HTML, with the files that go with it."""

import re

from mainstay.files.queries import open_file
from mainstay.tickets.models import Attachment, Message
from mainstay.tickets.states import TextFormat
from mainstay.writing.markdown import html_of, pictures_in, with_pictures
from mainstay.writing.plain import plain_of

from .composing import OutgoingFile
from .html_compose import html_page, html_pieces
from .signatures import signed

PICTURES = "pictures.mainstay"  # the domain of a picture's name within its mail
# What mail programs don't do by themselves; most of them know no style sheets, so that it stands at each element.
DRAWN = {
    "table": 'border="1" cellpadding="6" cellspacing="0" style="border-collapse:collapse"',
    "blockquote": 'style="margin:0 0 0 8px;padding-left:12px;border-left:2px solid #bbb"',
    "pre": 'style="padding:8px 12px;background:#f3f3f3;white-space:pre-wrap"',
    "img": 'style="max-width:100%"',
}
OPENING = re.compile(r"<(" + "|".join(DRAWN) + r")(?=[ >])")


def forms_of(message: Message, signature: str, language: str) -> tuple[str, str]:
    """The text of a mail and its HTML, both signed; the HTML is empty where one is to be made from the text."""
    if message.text_format != TextFormat.MARKDOWN:
        return signed(message.text, signature), ""
    names = {key: f"cid:{_content_id(key)}" for key in pictures_in(message.text)}
    inner = OPENING.sub(lambda found: f"<{found[1]} {DRAWN[found[1]]}", with_pictures(html_of(message.text), names))
    html = f"{inner}\n{html_pieces(signature)}" if signature else inner
    return signed(plain_of(message.text), signature), html_page(html, language)


def files_of(message: Message) -> tuple[OutgoingFile, ...]:
    """The files of a message; a picture that stands in its text bears the name by which the HTML refers to it."""
    shown = pictures_in(message.text) if message.text_format == TextFormat.MARKDOWN else frozenset()
    return tuple(
        OutgoingFile(
            filename=one.filename,
            content_type=one.content_type,
            content=_content(one),
            content_id=_content_id(one.content_id) if one.content_id in shown else "",
        )
        for one in message.attachments.select_related("file").order_by("pk")
    )


def _content(attachment: Attachment) -> bytes:
    with open_file(attachment.file) as stored:
        return stored.read()


def _content_id(key: str) -> str:
    return f"{key}@{PICTURES}"

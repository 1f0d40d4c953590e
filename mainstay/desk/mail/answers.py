"""Answers with foreign bytes: whatever is in them, a browser does nothing with them but save or paint them."""

from typing import Protocol

from django.http import FileResponse, HttpResponse
from django.utils.http import content_disposition_header

from mainstay.channels.email.models import RawMail
from mainstay.files.models import StoredFile
from mainstay.files.names import download_name
from mainstay.files.queries import open_file
from mainstay.lib.pictures import HEAD_BYTES, picture_of

SHUT = {
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# A mail's own document has no origin, so its pictures are another origin's; the signed address is what guards them.
PAINTED = {**SHUT, "Cross-Origin-Resource-Policy": "cross-origin"}
KEPT = "private, max-age=600"
NAMED_TYPES = {"application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp"}


class Named(Protocol):
    """A stored file with the name somebody gave it: an attachment, or a file of a draft."""

    @property
    def file(self) -> StoredFile: ...
    @property
    def filename(self) -> str: ...
    @property
    def content_type(self) -> str: ...


def download(attachment: Named) -> FileResponse | None:
    """The file to be saved under its own name; None when the storage lost it."""
    try:
        content = open_file(attachment.file)
    except FileNotFoundError:
        return None
    known = attachment.content_type if attachment.content_type in NAMED_TYPES else "application/octet-stream"
    answer = FileResponse(content, content_type=known, headers={**SHUT, "Cache-Control": "private, no-store"})
    answer["Content-Disposition"] = _saved_as(attachment.filename)
    return answer


def painted_file(attachment: Named) -> FileResponse | None:
    """The file to be seen in a page; None for all that is no picture by its bytes, whatever was written down of it."""
    try:
        content = open_file(attachment.file)
    except FileNotFoundError:
        return None
    picture = picture_of(content.read(HEAD_BYTES))
    if picture is None:
        content.close()
        return None
    content.seek(0)
    answer = FileResponse(content, content_type=picture.content_type, headers={**PAINTED, "Cache-Control": KEPT})
    answer["Content-Disposition"] = "inline"
    return answer


def painted_bytes(content: bytes, content_type: str) -> HttpResponse:
    return HttpResponse(content, content_type=content_type, headers={**PAINTED, "Cache-Control": KEPT})


def raw_mail(mail: RawMail) -> HttpResponse:
    """A mail byte for byte as it came, to be saved under a name of ours."""
    answer = HttpResponse(bytes(mail.raw), content_type="message/rfc822", headers=SHUT)
    answer["Content-Disposition"] = _saved_as(f"mail-{mail.pk}.eml")
    answer["Cache-Control"] = "private, no-store"
    return answer


def _saved_as(name: str) -> str:
    return content_disposition_header(as_attachment=True, filename=download_name(name)) or "attachment"

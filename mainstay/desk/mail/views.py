"""A mail as it was sent, in a document of its own; the mail itself; and the ways to the files of a message."""

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from mainstay.channels.email.models import RawMail
from mainstay.channels.email.showing import original_for, shown_html
from mainstay.files.links import STEP_SECONDS, Purpose
from mainstay.people.states import Permission
from mainstay.tickets.models import Message
from mainstay.tickets.queries import attachment_for, message_for

from ..doorway import DeskRequest, staff_only
from .answers import raw_mail
from .links import file_url

FRAMED = "allow-popups allow-popups-to-escape-sandbox"  # links open beside, as pages of their own
OUTSIDE_MAX = 100
VERSION = 1  # of what is made of a mail; a new one makes browsers ask again


@require_safe
@staff_only(Permission.SEE_TICKETS)
def message_as_sent(request: DeskRequest, pk: int) -> HttpResponseBase:
    """The mail's HTML, made harmless, to stand in a frame; `?images=1` with its pictures from elsewhere, fetched by us.

    Browsers keep it, and ask each time whether they still may and whether it is still the same.
    """
    message, mail = message_for(request.person, pk), original_for(request.person, pk)
    if message is None or mail is None:
        raise Http404
    with_outside = request.GET.get("images") == "1"
    etag = _etag(request, mail, with_outside)
    answer = get_conditional_response(request, etag)
    if answer is None:
        html = _html(request, message, mail, with_outside)
        context = {"html": html, "theme": request.user.theme, "message": message}
        answer = render(request, "desk/mail/as_sent.html", context)
    answer["ETag"] = etag
    answer["Cache-Control"] = "private, no-cache"
    answer["Content-Security-Policy"] = frame_policy()
    answer["X-Frame-Options"] = "SAMEORIGIN"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Referrer-Policy"] = "no-referrer"
    return answer


def frame_policy() -> str:
    """Nothing runs, nothing is sent, nothing is loaded but our own style sheet and pictures that go through us."""
    pictures = f"'self' {settings.FILES_URL}".strip()
    return (
        f"default-src 'none'; img-src {pictures}; style-src 'self'; base-uri 'none';"
        f" form-action 'none'; frame-ancestors 'self'; sandbox {FRAMED}"
    )


@require_safe
@staff_only(Permission.SEE_TICKETS)
def message_raw(request: DeskRequest, pk: int) -> HttpResponse:
    """The mail that a message was made of, byte for byte, as a download."""
    mail = original_for(request.person, pk)
    if mail is None:
        raise Http404
    return raw_mail(mail)


@require_safe
@staff_only(Permission.SEE_TICKETS)
def attachment(request: DeskRequest, pk: int) -> HttpResponse:
    """Leads to the file, which comes from where no cookie is known."""
    return _to_file(request, "download", pk)


@require_safe
@staff_only(Permission.SEE_TICKETS)
def attachment_preview(request: DeskRequest, pk: int) -> HttpResponse:
    """Leads to the file as a picture to be seen in the page."""
    return _to_file(request, "picture", pk)


def _to_file(request: DeskRequest, purpose: Purpose, pk: int) -> HttpResponse:
    if attachment_for(request.person, pk) is None:
        raise Http404
    answer = HttpResponseRedirect(file_url(purpose, request.person, pk))
    answer["Cache-Control"] = "private, no-store"
    return answer


def _html(request: DeskRequest, message: Message, mail: RawMail, with_outside: bool) -> str:
    files = message.attachments.exclude(content_id="").order_by("-pk").values_list("content_id", "pk")
    keys = dict(files)
    outside: dict[str, str] = {}

    def enclosed(content_id: str) -> str:
        return file_url("picture", request.person, keys[content_id]) if content_id in keys else ""

    def from_outside(address: str) -> str:
        if not with_outside or (len(outside) >= OUTSIDE_MAX and address not in outside):
            return ""
        return outside.setdefault(address, file_url("outside", request.person, message.pk, address))

    return shown_html(bytes(mail.raw), enclosed=enclosed, outside=from_outside)


def _etag(request: DeskRequest, mail: RawMail, with_outside: bool) -> str:
    """Changes with what is shown and, since the links in it are short-lived, every ten minutes."""
    window = int(timezone.now().timestamp()) // STEP_SECONDS
    parts = (VERSION, mail.pk, request.person.pk, int(with_outside), get_language(), request.user.theme, window)
    return f'"{"-".join(map(str, parts))}"'

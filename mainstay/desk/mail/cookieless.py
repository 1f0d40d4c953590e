"""Serves foreign files where no cookie is read or set: what they do there, they do as nobody."""

import logging
import re
from collections.abc import Callable
from threading import BoundedSemaphore
from typing import cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.utils import timezone

from mainstay.files.links import FileLink, Purpose, read_link
from mainstay.lib.fetching import NotFetched, fetch_image
from mainstay.people.models import Person
from mainstay.people.queries import staff_members
from mainstay.tickets.queries import attachment_for, message_for

from .answers import SHUT, download, painted_bytes, painted_file
from .links import PREFIX, files_host

Answer = Callable[[HttpRequest], HttpResponseBase]

ADDRESS = re.compile(rf"{PREFIX}(download|picture|outside)/([0-9]{{1,18}})/([A-Za-z0-9_.:-]{{1,8000}})")
FETCHED_AT_ONCE = 4  # of this process's pages, so that slow servers elsewhere can't hold them all
PATIENCE_SECONDS = 1
log = logging.getLogger(__name__)
_places = BoundedSemaphore(FETCHED_AT_ONCE)


class CookielessFiles:
    """Stands before sessions, sign-in and messages. A link names its reader and dies with their access.

    With `FILES_URL` files come from that host only, and nothing else does.
    """

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        is_file = request.path_info.startswith(PREFIX)
        if host := files_host():
            is_there = request.get_host().lower() == host
            if is_file != is_there:
                return _nothing()
        elif is_file:
            request.get_host()  # refuses a host that is not ours, as everywhere
        return _file(request) if is_file else self.answer(request)


def _file(request: HttpRequest) -> HttpResponseBase:
    request.COOKIES = {}
    request.META.pop("HTTP_COOKIE", None)
    if request.method not in {"GET", "HEAD"}:
        return HttpResponseNotAllowed(["GET", "HEAD"], headers=SHUT)
    asked = ADDRESS.fullmatch(request.path_info)
    if asked is None:
        return _nothing()
    purpose = cast(Purpose, asked[1])
    link = read_link(purpose, asked[3], timezone.now())
    reader = staff_members().filter(pk=link.person).first() if link and link.what == int(asked[2]) else None
    if link is None or reader is None:
        return _nothing()
    return _outside(link, reader) if purpose == "outside" else _attachment(link, reader, purpose)


def _attachment(link: FileLink, reader: Person, purpose: Purpose) -> HttpResponseBase:
    found = attachment_for(reader, link.what)
    answer = (download if purpose == "download" else painted_file)(found) if found else None
    return answer or _nothing()


def _outside(link: FileLink, reader: Person) -> HttpResponseBase:
    """A picture from elsewhere, fetched by us: its owner sees neither who reads nor where."""
    if message_for(reader, link.what) is None:
        return _nothing()
    if not _places.acquire(timeout=PATIENCE_SECONDS):
        return HttpResponse(status=503, headers={**SHUT, "Retry-After": "5"})
    try:
        found = fetch_image(link.address)
    except NotFetched as problem:
        log.info("a picture of message %s was not fetched: %s", link.what, problem.because)
        return _nothing()
    finally:
        _places.release()
    return painted_bytes(found.content, found.content_type)


def _nothing() -> HttpResponse:
    """The same for what is not there, what is over and what is not for this reader."""
    return HttpResponse("Not found.\n", status=404, content_type="text/plain", headers=SHUT)

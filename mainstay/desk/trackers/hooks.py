"""Where trackers tell us what happened: no session, no cookie, no token of a form; only a signature over the bytes."""

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.utils import timezone

from mainstay.escalations.actions import store_hook
from mainstay.escalations.errors import TrackerTrouble
from mainstay.escalations.models import Tracker
from mainstay.escalations.queries import trackers
from mainstay.escalations.rules import HOOK_MAX_BYTES

Answer = Callable[[HttpRequest], HttpResponseBase]

PREFIX = "/hooks/trackers/"
ADDRESS = re.compile(rf"{PREFIX}([0-9]{{1,18}})")


class TrackerHooks:
    """Stands before sessions and sign-in, so that neither is asked for and no form's token is missed: only here.

    200 when it is stored (or was before), 401 when it is not signed by our secret, 404 for a tracker we do not know, 411
    and 413 when it is of no known size or too large, 503 when our own secret can't be opened: then the tracker repeats it.
    """

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(PREFIX):
            return self.answer(request)
        found = ADDRESS.fullmatch(request.path_info)
        tracker = trackers().filter(pk=int(found[1])).first() if found else None
        if tracker is None:
            return _said(404, "There is no such tracker.")
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        return _taken(tracker, request)


def _taken(tracker: Tracker, request: HttpRequest) -> HttpResponse:
    size = request.META.get("CONTENT_LENGTH", "")
    if not size.isascii() or not size.isdigit():
        return _said(411, "Say how long it is.")
    if int(size) > HOOK_MAX_BYTES:
        return _said(413, "At most 1 MB.")
    body = request.read(HOOK_MAX_BYTES + 1)
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        is_genuine = store_hook(tracker, headers, body, at=timezone.now())
    except TrackerTrouble:
        return _said(503, "Not now.")
    return _said(200, "Thank you.") if is_genuine else _said(401, "The signature is not ours.")


def _said(status: int, sentence: str) -> HttpResponse:
    answer = HttpResponse(sentence + "\n", status=status, content_type="text/plain; charset=utf-8")
    answer["Cache-Control"] = "no-store"
    return answer

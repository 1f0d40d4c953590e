"""Sends text compressed to browsers that take it: pages each time anew, style sheets and behaviours once for each version."""

import gzip
from typing import Any

from django.conf import settings
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers

TEXT = ("text/", "application/json", "image/svg+xml")


class CompressedText(GZipMiddleware):
    """Django pads what it compresses, so that its length tells nothing of a page's tokens (BREACH).

    Pictures and attachments stay as they are, and so does what is streamed (exports). A style sheet or behaviour is the same for
    all: it is compressed as tightly as it goes and kept, by its name and the moment it was changed.
    """

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._kept: dict[tuple[str, str], bytes] = {}

    def process_response(self, request: Any, response: Any) -> Any:
        if not response.get("Content-Type", "").startswith(TEXT):
            return response
        if not response.streaming:
            return super().process_response(request, response)
        if request.path_info.startswith(settings.STATIC_URL):
            return self._static(request, response)
        return response

    def _static(self, request: Any, response: Any) -> Any:
        patch_vary_headers(response, ["Accept-Encoding"])
        wants_it_all = response.status_code == 200 and request.method == "GET"
        if (
            not wants_it_all
            or "gzip" not in request.headers.get("Accept-Encoding", "")
            or "Content-Encoding" in response
        ):
            return response
        which = (request.path_info, response.get("Last-Modified", ""))
        if which not in self._kept:
            self._kept[which] = gzip.compress(b"".join(response), 9, mtime=0)
        response.streaming_content = [self._kept[which]]
        # Its own moment still tells a browser that nothing changed; the tag is that of the bytes before.
        del response["ETag"]
        response["Content-Encoding"] = "gzip"
        response["Content-Length"] = str(len(self._kept[which]))
        return response

"""Style sheets, behaviours and icons, answered by servestatic; pages pass by it.

Its own middleware is an asynchronous one: in the chain it would lead each page through an event loop and another thread.
"""

from collections.abc import Callable

from asgiref.sync import async_to_sync, sync_to_async
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from servestatic.middleware import ServeStaticMiddleware


class StaticFiles:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

        async def beyond(request: HttpRequest) -> HttpResponseBase:
            return await sync_to_async(get_response)(request)

        self._files = async_to_sync(ServeStaticMiddleware(beyond).__call__)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        is_file = request.path_info.startswith(settings.STATIC_URL)
        return self._files(request) if is_file else self._get_response(request)

"""A fresh address of the live stream, for a browser whose first one is too old or which has another page open now."""

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from mainstay.live.topics import sign_topics

from ..doorway import DeskRequest, for_staff
from .topics import topics_for


@require_safe
@for_staff
def live_url(request: DeskRequest) -> HttpResponse:
    """Signed for all the topics that its tabs want (`?topics=ticket:42+duty`), of those that one may hear."""
    topics = topics_for(request.person, request.GET.get("topics", "").split())
    return JsonResponse({"url": "/live?topics=" + sign_topics(topics, request.live_position)})

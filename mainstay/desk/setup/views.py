"""The first page of set-up: every part with what it is for."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from ..doorway import DeskRequest, desk_page, staff_only
from .parts import PARTS, groups_for


@require_safe
@staff_only(*{part.permission for part in PARTS})
def setup(request: DeskRequest) -> HttpResponse:
    """For whoever may go to any of the parts; shows those."""
    return desk_page(request, "desk/setup/page.html", {"groups": groups_for(request.person)})

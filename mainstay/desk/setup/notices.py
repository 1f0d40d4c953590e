"""How those of each role are told of notices, until they choose themselves."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mainstay.notifications.actions import default_notices
from mainstay.notifications.models import NoticeDefaults
from mainstay.notifications.queries import DEFAULTED, shown_defaults
from mainstay.people.queries import known_roles
from mainstay.people.states import Permission

from ..doorway import DeskRequest, desk_page, staff_only


@dataclass(frozen=True)
class ShownWay:
    """One way of being told: its field in the form, its words, whether it is on."""

    name: str
    label: str
    is_on: bool


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.MANAGE_DESK)
def setup_notices(request: DeskRequest) -> HttpResponse:
    roles = {role.key: role for role in known_roles()}
    kept = shown_defaults({key: role.permissions for key, role in roles.items()})
    if request.method == "POST":
        for key, found in kept.items():
            wanted = {name: f"{key}:{name}" in request.POST for name in DEFAULTED}
            if f"{key}:seen" in request.POST and wanted != _of(found):
                default_notices(key, by=request.person, at=timezone.now(), **wanted)
        messages.success(request, _("Saved. Who has chosen for themselves is told as before."))
        return redirect("desk:setup_notices")
    words = _words()
    shown = [
        (roles[key], [ShownWay(f"{key}:{name}", words[name], is_on) for name, is_on in _of(found).items()])
        for key, found in kept.items()
    ]
    return desk_page(request, "desk/setup/notices.html", {"roles": shown})


def _of(found: NoticeDefaults) -> dict[str, bool]:
    return {name: getattr(found, name) for name in DEFAULTED}


def _words() -> dict[str, str]:
    return {
        "by_mail": _("by e-mail"),
        "by_push": _("in their browsers"),
        "by_sound": _("with a sound"),
        "quiet_off_duty": _("on screen only while they are not on duty"),
    }

"""Mail that was set aside: why, its bytes, another try."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mainstay.channels.email.actions import dismiss_mail, make_ticket_of, try_again
from mainstay.channels.email.models import RawMail
from mainstay.channels.email.queries import raw_mail_for, set_aside_for
from mainstay.channels.email.states import KEPT_BECAUSE, RawState
from mainstay.lib.errors import MainstayError
from mainstay.people.states import Permission

from ..doorway import DeskRequest, desk_page, staff_only
from ..mail.answers import raw_mail
from ..paging import newest_first

PAGE = 50
SHOWN = (RawState.SET_ASIDE, RawState.NOT_FOR_PEOPLE, RawState.DISMISSED)


@require_safe
@staff_only(Permission.SEE_MAIL)
def aside(request: DeskRequest) -> HttpResponse:
    state = request.GET.get("state", RawState.SET_ASIDE)
    state = state if state in SHOWN else RawState.SET_ASIDE
    mails, after = newest_first(set_aside_for(request.person, state), request.GET.get("after", ""), PAGE)
    context = {
        "mails": mails,
        "state": state,
        "tabs": [(value.label, f"?state={value}", value == state) for value in SHOWN],
        "reasons": KEPT_BECAUSE,
        "older_url": f"?state={state}&after={after}" if after else "",
    }
    return desk_page(request, "desk/aside/page.html", context)


@require_safe
@staff_only(Permission.SEE_MAIL)
def aside_raw(request: DeskRequest, pk: int) -> HttpResponse:
    """The bytes as they came, as a download."""
    return raw_mail(_mail(request, pk))


@require_POST
@staff_only(Permission.SEE_MAIL)
def aside_retry(request: DeskRequest, pk: int) -> HttpResponse:
    try_again(_mail(request, pk), by=request.person)
    messages.success(request, _("The mail will be read once more."))
    return redirect("desk:aside")


@require_POST
@staff_only(Permission.SEE_MAIL)
def aside_dismissal(request: DeskRequest, pk: int) -> HttpResponse:
    """Put a mail away, with a reason."""
    mail = _mail(request, pk)
    try:
        dismiss_mail(mail, because=request.POST.get("because", ""), by=request.person, at=timezone.now())
    except MainstayError as problem:
        messages.error(request, str(problem))
    return redirect("desk:aside")


@require_POST
@staff_only(Permission.WORK_TICKETS)
def aside_ticket(request: DeskRequest, pk: int) -> HttpResponse:
    """Make a ticket of a mail, whatever could be read of it."""
    mail = _mail(request, pk)
    try:
        message = make_ticket_of(mail, by=request.person, at=timezone.now())
    except MainstayError as problem:
        messages.error(request, str(problem))
        return redirect("desk:aside")
    return redirect("desk:ticket", number=message.ticket.number)


def _mail(request: DeskRequest, pk: int) -> RawMail:
    mail = raw_mail_for(request.person, pk)
    if mail is None:
        raise Http404
    return mail

"""Sent mail: the list, one mail, its source."""

from email import message_from_bytes, policy

from django.conf import settings
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from mainstay.channels.email.models import OutgoingMail
from mainstay.channels.email.queries import sent_mail_for
from mainstay.people.states import Permission

from ..doorway import DeskRequest, desk_page, staff_only
from ..paging import newest_first

PAGE = 50
SHOWN_HEADERS = (
    "Date",
    "From",
    "To",
    "Cc",
    "Reply-To",
    "Subject",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Auto-Submitted",
)


@require_safe
@staff_only(Permission.SEE_MAIL)
def sent(request: DeskRequest) -> HttpResponse:
    mails, after = newest_first(sent_mail_for(request.person), request.GET.get("after", ""), PAGE)
    context = {
        "mails": mails,
        "has_relay": bool(settings.EMAIL_RELAY_URL),
        "older_url": f"?after={after}" if after else "",
    }
    return desk_page(request, "desk/sent/page.html", context)


@require_safe
@staff_only(Permission.SEE_MAIL)
def sent_mail(request: DeskRequest, pk: int) -> HttpResponse:
    mail = _mail(request, pk)
    parsed = message_from_bytes(bytes(mail.raw), policy=policy.default)
    context = {
        "mail": mail,
        "headers": [(name, str(parsed[name])) for name in SHOWN_HEADERS if parsed[name]],
        "text": mail.of_message.text,
    }
    return desk_page(request, "desk/sent/mail.html", context, topics=(mail.ticket.topic,))


@require_safe
@staff_only(Permission.SEE_MAIL)
def sent_mail_source(request: DeskRequest, pk: int) -> HttpResponse:
    mail = _mail(request, pk)
    answer = HttpResponse(bytes(mail.raw), content_type="text/plain; charset=utf-8")
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


def _mail(request: DeskRequest, pk: int) -> OutgoingMail:
    mail = sent_mail_for(request.person).defer(None).filter(pk=pk).first()
    if mail is None:
        raise Http404
    return mail

"""One's own reports by mail: which come and when, what went out, and a failed one once more."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from mainstay.notifications.queries import address_of
from mainstay.notifications.states import MailState
from mainstay.people.rules import zone_of
from mainstay.people.states import Permission
from mainstay.reports.mailing import send_again
from mainstay.reports.models import ReportMail, ReportSubscription
from mainstay.reports.states import ReportKind
from mainstay.reports.subscribing import (
    mail_for,
    mails_of,
    next_due,
    subscribe,
    subscription_for,
    subscriptions_of,
    unsubscribe,
)

from ..doorway import DeskRequest, desk_page, staff_only

LAST_DAY = 28
TRIED_AGAIN = (MailState.FAILED, MailState.KEPT)


class SubscriptionForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("Report"), choices=ReportKind.choices)
    month_day = forms.IntegerField(
        label=gettext_lazy("Day of the next month"), min_value=1, max_value=LAST_DAY, required=False, initial=1
    )
    week_day = forms.TypedChoiceField(
        label=gettext_lazy("Day of the next week"),
        coerce=int,
        choices=[(str(number + 1), name) for number, name in WEEKDAYS.items()],
        required=False,
    )
    time = forms.TimeField(
        label=gettext_lazy("Time"), initial="08:00", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)

    @property
    def day(self) -> int:
        """The day that goes with the kind."""
        chosen = "month_day" if self.cleaned_data["kind"] == ReportKind.MONTH else "week_day"
        return int(self.cleaned_data[chosen] or 1)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.SEE_REPORTS)
def report_mails(request: DeskRequest) -> HttpResponse:
    now = timezone.now()
    form = SubscriptionForm(request.POST or None, initial={"language": request.person.language})
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        subscribe(
            request.person,
            kind=chosen["kind"],
            day=form.day,
            time_of_day=chosen["time"],
            language=chosen["language"],
            at=now,
        )
        messages.success(request, _("Saved."))
        return redirect("desk:report_mails")
    context = {
        "form": form,
        "address": address_of(request.person),
        "zone": zone_of(request.person).key,
        "subscriptions": [_subscription(one, now) for one in subscriptions_of(request.person)],
        "mails": [_mail(mail) for mail in mails_of(request.person)],
    }
    return desk_page(request, "desk/exports/mails.html", context, status=422 if form.errors else 200)


@require_POST
@staff_only(Permission.SEE_REPORTS)
def report_subscription_removal(request: DeskRequest, pk: int) -> HttpResponse:
    subscription = subscription_for(request.person, pk)
    if subscription is None:
        raise Http404
    unsubscribe(subscription, at=timezone.now())
    messages.success(request, _("This report comes no more."))
    return redirect("desk:report_mails")


@require_POST
@staff_only(Permission.SEE_REPORTS)
def report_mail_retry(request: DeskRequest, pk: int) -> HttpResponse:
    mail = mail_for(request.person, pk)
    if mail is None:
        raise Http404
    if send_again(mail, at=timezone.now()):
        messages.success(request, _("It is on its way again."))
    return redirect("desk:report_mails")


def _subscription(subscription: ReportSubscription, now: Any) -> dict[str, Any]:
    return {
        "pk": subscription.pk,
        "kind": subscription.get_kind_display(),
        "next_at": next_due(subscription, now),
        "language": dict(settings.LANGUAGES).get(subscription.language, ""),
    }


def _mail(mail: ReportMail) -> dict[str, Any]:
    return {
        "pk": mail.pk,
        "period": mail.period,
        "state": mail.state,
        "word": mail.get_state_display(),
        "at": mail.settled_at or mail.queued_at,
        "attempts": mail.attempts,
        "problem": mail.problem,
        "may_be_tried": mail.state in TRIED_AGAIN,
    }

"""What the desk writes by itself, in the company's own words: each mail in each language, with a preview."""

from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from mainstay.company.errors import WrongText
from mainstay.company.mail_texts import checked_text, filled, keep_text, own_text, own_texts
from mainstay.company.states import VARIABLES, MailKind
from mainstay.people.errors import ChangedMeanwhile
from mainstay.people.rules import zone_of
from mainstay.people.states import Permission
from mainstay.promises.queries import usual_first_response_seconds
from mainstay.satisfaction.notices import answers, our_question
from mainstay.tickets.notices import (
    common_values,
    opening_line,
    our_acknowledgement,
    our_refusal,
    usual_wait,
    who_helps,
)

from ..doorway import DeskRequest, desk_page, staff_only
from .forms import SeenForm, posted

OURS: dict[str, Callable[[], str]] = {
    MailKind.ACKNOWLEDGEMENT: our_acknowledgement,
    MailKind.REFUSAL: our_refusal,
    MailKind.RATING: our_question,
}
EXAMPLE_NAME, EXAMPLE_NUMBER = "Sanne", "1234"


class MailTextForm(SeenForm):
    """Empty means Mainstay's own text."""

    text = forms.CharField(
        label=gettext_lazy("Text"),
        required=False,
        max_length=10_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 16}),
        help_text=gettext_lazy("Empty: Mainstay's own text."),
    )
    blamed = {WrongText: "text"}


@dataclass(frozen=True)
class ShownText:
    """One mail in the list: whether it has a text of the company's own, in which languages."""

    kind: MailKind
    languages: list[tuple[str, bool]]


@require_safe
@staff_only(Permission.MANAGE_DESK)
def setup_mail_texts(request: DeskRequest) -> HttpResponse:
    own = own_texts()
    shown = [ShownText(kind, [(one, (kind, one) in own) for one in languages(request)]) for kind in MailKind]
    return desk_page(request, "desk/setup/mail_texts.html", {"mails": shown})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.MANAGE_DESK)
def setup_mail_text(request: DeskRequest, kind: str, language: str) -> HttpResponse:
    """One mail in one language; `preview` shows how it would be sent and keeps nothing."""
    if kind not in MailKind.values or language not in languages(request):
        raise Http404
    kept = own_text(kind, language)
    with translation.override(language):
        ours = OURS[kind]()
    form = MailTextForm(posted(request), initial={"text": kept})
    if not form.is_bound:
        form.see({"text": kept})
    saved, text = "", kept
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        try:
            if "preview" not in request.POST:
                keep_text(
                    kind, language, text=text, seen=form.cleaned_data["seen"], by=request.person, at=timezone.now()
                )
                messages.success(request, _("Saved. The next mail says so."))
                return redirect("desk:setup_mail_text", kind=kind, language=language)
            text = checked_text(kind, text) if text.strip() else ""
        except WrongText as fault:
            form.blame(fault)
            text = kept
        except ChangedMeanwhile as fault:
            saved, text = own_text(kind, language) or ours, kept
            form.add_error(None, str(fault))
            form.see({"text": own_text(kind, language)})
    context = {
        "form": form,
        "kind": MailKind(kind),
        "language": language,
        "ours": ours,
        "saved": saved,
        "words": [f"{{{word}}}" for word in VARIABLES[kind]],
        "preview": preview(request, kind, language, text or ours),
    }
    return desk_page(request, "desk/setup/mail_text.html", context, status=422 if form.errors else 200)


def languages(request: DeskRequest) -> list[str]:
    """Those that the policy offers and the desk has texts in."""
    known = dict(settings.LANGUAGES)
    return [str(one) for one in request.policy.languages.offered if one in known]


def preview(request: DeskRequest, kind: str, language: str, text: str) -> str:
    """The mail as an invented customer would get it now."""
    now, policy = timezone.now(), request.policy
    with translation.override(language):
        values = {
            **common_values(EXAMPLE_NAME, EXAMPLE_NUMBER, _("Door stays open"), policy),
            "usual_wait": usual_wait(usual_first_response_seconds(now)),
            "opening_hours": opening_line(policy.calendar, zone_of(request.person), now),
            "who_helps": who_helps(""),
            "answers": answers(lambda score: f"https://…?score={score.value}"),
        }
        return filled(text, values)

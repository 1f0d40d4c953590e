"""The company's looks: its page in set-up, and the logo and the accent that every page shows."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from mainstay.channels.email.signatures import signature
from mainstay.company.errors import WrongLooks
from mainstay.company.looks import LOGO_BYTES_MAX, change_looks, seen_of
from mainstay.company.models import Looks
from mainstay.company.queries import company_looks, logo_with
from mainstay.files.queries import open_file
from mainstay.lib.colours import HEX
from mainstay.people.errors import ChangedMeanwhile
from mainstay.people.states import Permission
from mainstay.policy.shape import Policy
from mainstay.ui.accents import readings_of

from ..doorway import DeskRequest, desk_page, for_everybody, staff_only
from .forms import SeenForm, posted
from .wording import key_word, value_text

FOR_EVER = 365 * 86_400  # the address changes with what it shows
EXAMPLE_NUMBER = "1234"
OWN_ACCENT = "#00697f"  # as `--brand` in tokens.css, for the colour field of a browser


class LooksForm(SeenForm):
    """Beside the fields below one for each language that the policy offers: `signature_nl`."""

    name = forms.CharField(label=gettext_lazy("Name shown"), max_length=80, required=False)
    accent = forms.CharField(
        label=gettext_lazy("Accent colour"),
        max_length=7,
        required=False,
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off", "placeholder": OWN_ACCENT}),
        help_text=gettext_lazy(
            "Written like #00697f; empty for Mainstay's own. Its lightness is set by us in both themes, so that it can be read."
        ),
    )
    logo = forms.FileField(
        label=gettext_lazy("Logo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )
    removes_logo = forms.BooleanField(label=gettext_lazy("Take the logo away"), required=False)

    def __init__(self, *args: Any, looks: Looks, policy: Policy, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.languages = [str(language) for language in policy.languages.offered]
        self.fields["name"].help_text = _("Empty: %(name)s, as in the policy.") % {"name": policy.company.name}
        self.fields["logo"].help_text = _("PNG, JPEG or WebP, at most %(n)s kB.") % {"n": LOGO_BYTES_MAX // 1024}
        for language in self.languages:
            self.fields[f"signature_{language}"] = forms.CharField(
                label=_("Signature, %(language)s") % {"language": language},
                required=False,
                max_length=2000,
                widget=forms.Textarea(attrs={"rows": 4, "placeholder": policy.signature(language)}),
            )
            self.initial[f"signature_{language}"] = looks.signatures.get(language, "")
        self.initial.update({"name": looks.name, "accent": looks.accent})
        if not self.is_bound:
            self.see(seen_of(looks))

    @property
    def given(self) -> dict[str, Any]:
        """What the room's verb takes."""
        values, logo = self.cleaned_data, self.cleaned_data["logo"]
        return {
            "name": values["name"],
            "accent": values["accent"],
            "removes_logo": values["removes_logo"],
            "logo": logo.read(LOGO_BYTES_MAX + 1) if logo else None,
            "signatures": {language: values[f"signature_{language}"] for language in self.languages},
            "seen": values["seen"],
        }

    def blame_field(self, fault: WrongLooks) -> None:
        self.add_error(fault.field if fault.field in self.fields else None, str(fault))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.MANAGE_DESK)
def setup_looks(request: DeskRequest) -> HttpResponse:
    looks, policy = company_looks(), request.policy
    form = LooksForm(posted(request), request.FILES or None, looks=looks, policy=policy)
    saved: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            change_looks(by=request.person, at=timezone.now(), **form.given)
        except ChangedMeanwhile as fault:
            form.blame(fault)
            looks = company_looks()
            saved = [f"{key_word(key)}: {value_text(key, value)}" for key, value in seen_of(looks).items()]
            form.see(seen_of(looks))
        except WrongLooks as fault:
            form.blame_field(fault)
        else:
            messages.success(request, _("Saved. Everybody sees it with their next page."))
            return redirect("desk:setup_looks")
    context = {
        "form": form,
        "looks": looks,
        "saved": saved,
        "readings": readings_of(looks.accent) if looks.accent else [],
        "signatures": _signatures(form, policy, request.person.name),
    }
    return desk_page(request, "desk/setup/looks.html", context, status=422 if form.errors else 200)


@for_everybody
@require_safe
@cache_control(public=True, max_age=FOR_EVER, immutable=True)
def looks_accent(request: DeskRequest, colour: str) -> HttpResponse:
    """A style sheet that sets the one colour a company chooses; the colour stands in the address."""
    if HEX.fullmatch(f"#{colour}") is None:
        raise Http404
    return HttpResponse(f":root {{ --brand: #{colour}; }}\n", content_type="text/css; charset=utf-8")


@for_everybody
@require_safe
@cache_control(public=True, max_age=FOR_EVER, immutable=True)
def looks_logo(request: DeskRequest, sha256: str) -> HttpResponseBase:
    """The company's logo and no other file, as the kind of picture that its bytes are."""
    logo = logo_with(sha256)
    if logo is None:
        raise Http404
    try:
        opened = open_file(logo)
    except FileNotFoundError:
        raise Http404 from None
    answer = FileResponse(opened, content_type=logo.content_type)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


def _signatures(form: LooksForm, policy: Policy, name: str) -> list[dict[str, Any]]:
    """For each language its field, and how an answer of the reader's would be signed with what stands in it."""
    found = []
    for language in form.languages:
        field = form[f"signature_{language}"]
        template = field.value() or policy.signature(language)
        shown = signature(template, name=name, company=policy.company.name, number=EXAMPLE_NUMBER)
        found.append({"field": field, "shown": shown})
    return found

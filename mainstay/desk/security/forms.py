"""The forms of what the company asks of sign-ins, and of the providers it trusts. Secrets go in and never come out."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mainstay.company.actions import ProviderValues, seen_of
from mainstay.company.errors import WrongProvider
from mainstay.company.models import IdentityProvider
from mainstay.company.rules import domains_of
from mainstay.company.states import ProviderKind

from ..setup.forms import SeenForm

SECRET = forms.PasswordInput(render_value=False, attrs={"autocomplete": "off"})
LINES = forms.Textarea(attrs={"rows": 3, "spellcheck": "false"})
OF_OPENID = ("client_id", "secret", "allows_private", "extra_ca")
OF_SAML = ("sign_in_url", "certificate")


class SecondFactorForm(forms.Form):
    requires_second_factor = forms.BooleanField(
        label=gettext_lazy("Everybody needs a second factor beside their password"), required=False
    )


class ProviderForm(SeenForm):
    """`provider`: the one that is changed; without one it is new."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=60,
        help_text=gettext_lazy("As it stands on the button of the sign-in page."),
    )
    issuer = forms.CharField(max_length=300)
    client_id = forms.CharField(label=gettext_lazy("Client ID"), max_length=200)
    secret = forms.CharField(label=gettext_lazy("Client secret"), max_length=1000, required=False, widget=SECRET)
    sign_in_url = forms.CharField(label=gettext_lazy("Address for signing in"), max_length=500)
    certificate = forms.CharField(label=gettext_lazy("Certificate of its signature"), max_length=20_000, widget=LINES)
    vouched_domains = forms.CharField(
        label=gettext_lazy("Domains it answers for"),
        required=False,
        max_length=2000,
        help_text=gettext_lazy(
            "Only if it does not say itself that an address is verified, and your company alone gives out addresses there."
        ),
    )
    counts_as_second_factor = forms.BooleanField(
        label=gettext_lazy("It asks for a second factor itself: none is asked for here"), required=False
    )
    allows_private = forms.BooleanField(label=gettext_lazy("This provider is inside our own network"), required=False)
    extra_ca = forms.CharField(
        label=gettext_lazy("Further certificates to trust"),
        required=False,
        max_length=100_000,
        widget=LINES,
        help_text=gettext_lazy("In PEM, for a server of your own. Well-known authorities are trusted already."),
    )
    is_on = forms.BooleanField(label=gettext_lazy("People may sign in by it"), required=False, initial=True)

    def __init__(self, kind: str, *args: Any, provider: IdentityProvider | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        is_openid = kind == ProviderKind.OIDC
        for name in OF_SAML if is_openid else OF_OPENID:
            del self.fields[name]
        self.fields["issuer"].label = _("Address of the issuer") if is_openid else _("Entity ID of the provider")
        self.fields["issuer"].help_text = _("Such as https://sign-in.example.com/realms/company.") if is_openid else ""
        if provider is None:
            return
        if is_openid:
            self.fields["secret"].help_text = _("Stored, and never shown. Empty: it stays as it is.")
        for name, field in self.fields.items():
            if name not in ("secret", "seen", "vouched_domains"):
                field.initial = getattr(provider, name)
        self.fields["vouched_domains"].initial = " ".join(provider.vouched_domains)
        if not self.is_bound:
            self.see(seen_of(provider))

    def clean_vouched_domains(self) -> tuple[str, ...]:
        try:
            return tuple(domains_of(self.cleaned_data["vouched_domains"]))
        except ValueError as fault:
            sentence = _("“%(word)s” is no domain. Write them like example.com, with blanks between.")
            raise forms.ValidationError(sentence % {"word": fault}) from None

    @property
    def values(self) -> ProviderValues:
        given = self.cleaned_data
        return ProviderValues(**{name: given[name] for name in ProviderValues.__dataclass_fields__ if name in given})

    def blame(self, fault: Exception) -> None:
        """The sentence stands beside the field where the fault lies; above the form when it lies nowhere."""
        field = fault.field if isinstance(fault, WrongProvider) else ""
        self.add_error(field if field in self.fields else None, str(fault))

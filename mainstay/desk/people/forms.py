"""The forms of persons and organisations, of their addresses and notes, and of a first message to somebody."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf.locale import LANG_INFO
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from mainstay.channels.email.addresses import canonical_address
from mainstay.people.changing import NOTE_LENGTH, seen_of_organisation, seen_of_person
from mainstay.people.errors import AddressTaken, NotAnAddress, SellsToItself
from mainstay.people.finding import organisations_named
from mainstay.people.models import Organisation, Person
from mainstay.people.rules import EMAIL, PHONE
from mainstay.people.states import OrganisationKind
from mainstay.policy.shape import Policy
from mainstay.tickets.models import SUBJECT_LENGTH
from mainstay.tickets.rules import TEXT_LENGTH

from ..setup.forms import BlamedForm, SeenForm

CHANNELS = [(EMAIL, gettext_lazy("E-mail")), (PHONE, gettext_lazy("Telephone"))]
LISTED = {"autocomplete": "off"}  # fields with suggestions of their own


def languages(current: str = "") -> list[tuple[str, str]]:
    """Languages by their own names, by code; the one somebody has is among them, whatever it is."""
    known = {code: info["name_local"] for code, info in LANG_INFO.items() if "name_local" in info and "-" not in code}
    names = sorted(known.items(), key=lambda one: one[1].casefold())
    return [("", _("Not known")), *names, *([(current, current)] if current and current not in known else [])]


class ZoneField(forms.CharField):
    def clean(self, value: Any) -> str:
        zone: str = super().clean(value).strip()
        if zone and zone not in available_timezones():
            raise ValidationError(_("No time zone is called that. Write it like Europe/Amsterdam."))
        return zone


class OrganisationField(forms.CharField):
    """An organisation by its name, as it is suggested; `viewer` is set by the form."""

    viewer: Person

    def clean(self, value: Any) -> Organisation | None:
        text: str = super().clean(value)
        if not text:
            return None
        found = organisations_named(self.viewer, text)
        if not found:
            raise ValidationError(_("No organisation is called that. Choose one of those that are suggested."))
        if len(found) > 1:
            raise ValidationError(
                _("Several are called that. Choose one of those that are suggested, with its number.")
            )
        return found[0]


class PersonForm(SeenForm):
    """`person` is who is changed; for a new one None, and then their address is asked for, too."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200, required=False)
    organisation = OrganisationField(
        label=gettext_lazy("Organisation"), max_length=230, required=False, widget=forms.TextInput(LISTED)
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), required=False)
    zone = ZoneField(
        label=gettext_lazy("Time zone"),
        max_length=64,
        required=False,
        widget=forms.TextInput({**LISTED, "list": "zones"}),
    )
    left = forms.BooleanField(label=gettext_lazy("Does not work there any more"), required=False)

    def __init__(self, *args: Any, viewer: Person, person: Person | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].viewer = viewer  # type: ignore[attr-defined]
        self.fields["language"].choices = languages(person.language if person else "")  # type: ignore[attr-defined]
        if person is not None:
            seen = seen_of_person(person)
            self.initial = {**seen, "organisation": _written(person.organisation)}
            if not self.is_bound:
                self.see(seen)


class NewPersonForm(PersonForm):
    blamed = {AddressTaken: "address", NotAnAddress: "address"}

    channel = forms.ChoiceField(label=gettext_lazy("Channel"), choices=CHANNELS)
    address = forms.CharField(label=gettext_lazy("Address or number"), max_length=320)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, person=None, **kwargs)
        del self.fields["left"], self.fields["seen"]

    def clean(self) -> dict[str, Any]:
        return _with_canonical(super().clean() or {})


class AddressForm(BlamedForm):
    blamed = {AddressTaken: "address", NotAnAddress: "address"}

    channel = forms.ChoiceField(label=gettext_lazy("Channel"), choices=CHANNELS)
    address = forms.CharField(label=gettext_lazy("Address or number"), max_length=320)

    def clean(self) -> dict[str, Any]:
        return _with_canonical(super().clean() or {})


class NoteForm(BlamedForm):
    text = forms.CharField(
        label=gettext_lazy("What colleagues should know"),
        max_length=NOTE_LENGTH,
        widget=forms.Textarea({"rows": 3}),
    )


class OrganisationForm(SeenForm):
    """`organisation` is which is changed; None for a new one."""

    blamed = {SellsToItself: "seller"}

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=OrganisationKind)
    bought_directly = forms.BooleanField(label=gettext_lazy("Bought directly from us"), required=False)
    country = forms.RegexField(
        r"^[A-Za-z]{2}$",
        label=gettext_lazy("Country"),
        required=False,
        help_text=gettext_lazy("Two letters, such as NL or UA."),
    )
    zone = ZoneField(
        label=gettext_lazy("Time zone"),
        max_length=64,
        required=False,
        widget=forms.TextInput({**LISTED, "list": "zones"}),
    )
    seller = OrganisationField(
        label=gettext_lazy("Seller"),
        max_length=230,
        required=False,
        widget=forms.TextInput(LISTED),
        help_text=gettext_lazy("Who sold to them, when we did not."),
    )

    def __init__(self, *args: Any, viewer: Person, organisation: Organisation | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seller"].viewer = viewer  # type: ignore[attr-defined]
        if organisation is None:
            del self.fields["seen"]
            return
        seen = seen_of_organisation(organisation)
        self.initial = {**seen, "seller": _written(organisation.seller)}
        if not self.is_bound:
            self.see(seen)

    def clean_country(self) -> str:
        return str(self.cleaned_data["country"]).upper()


class WritingForm(BlamedForm):
    """A first message to somebody; `policy` says which natures and severities there are."""

    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=SUBJECT_LENGTH)
    text = forms.CharField(label=gettext_lazy("Message"), max_length=TEXT_LENGTH, widget=forms.Textarea({"rows": 12}))
    nature = forms.ChoiceField(label=gettext_lazy("Nature"))
    severity = forms.ChoiceField(label=gettext_lazy("Severity"))

    def __init__(self, *args: Any, policy: Policy, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or policy.languages.default
        natures = [(key, policy.name_of_nature(key, language)) for key in policy.nature_keys]
        severities = [(key, policy.name_of_severity(key, language)) for key in policy.severity_keys]
        self.fields["nature"].choices = natures  # type: ignore[attr-defined]
        self.fields["severity"].choices = severities  # type: ignore[attr-defined]
        self.initial = {"nature": policy.default_nature, "severity": policy.default_severity, **self.initial}


def _with_canonical(given: dict[str, Any]) -> dict[str, Any]:
    """An e-mail address in the form in which the channel writes it down; what is none is for the room to refuse."""
    if given.get("channel") == EMAIL and given.get("address"):
        given["address"] = canonical_address(given["address"]) or given["address"]
    return given


def _written(organisation: Organisation | None) -> str:
    """As it stands in a field: with its number, so that it is itself also where others are called the same."""
    return f"{organisation.name} #{organisation.pk}" if organisation is not None else ""

"""What can be filled in on a ticket."""

from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from mainstay.catalogue.models import Product
from mainstay.people.models import Person
from mainstay.people.queries import assignable_staff
from mainstay.policy.shape import Policy
from mainstay.promises.states import Exclusion
from mainstay.tickets.rules import TEXT_LENGTH
from mainstay.tickets.states import Then

_UNCHOSEN = _("Nothing was chosen, so nothing was changed. Please load the page again.")
UNCHOSEN = {"required": _UNCHOSEN, "invalid_choice": _UNCHOSEN}


class TextForm(forms.Form):
    """A reply or a note."""

    text = forms.CharField(
        label=_("Text"),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea,
        error_messages={"required": _("Write something first: an empty message can't be sent.")},
    )
    then = forms.ChoiceField(choices=Then.choices, required=False)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def clean_seen(self) -> int:
        """A composer that does not say what it was shown with has seen nothing."""
        seen: int | None = self.cleaned_data["seen"]
        return seen or 0


class ReplyForm(TextForm):
    """A reply, to be sent now or later: at a moment that was offered, or at one of the writer's own."""

    later = forms.CharField(required=False, max_length=40)
    regardless = forms.BooleanField(required=False)
    later_at = forms.DateTimeField(
        required=False,
        error_messages={"invalid": _("Choose a day and a time for it to be sent. Your text is still here.")},
    )

    def clean(self) -> None:
        """`due_at` is when it is to leave; None for now."""
        later = self.cleaned_data.get("later", "")
        due_at: datetime | None = self.cleaned_data.get("later_at") if later == OWN_MOMENT else _moment(later)
        self.errors.pop("later_at", None)  # the field stands there for everybody, and counts when it is asked for
        if later and due_at is None and "text" not in self.errors:
            self.add_error("text", self.fields["later_at"].error_messages["invalid"])
        self.cleaned_data["due_at"] = due_at

    @property
    def problems(self) -> list[str]:
        return [str(text) for texts in self.errors.values() for text in texts]


OWN_MOMENT = "own"


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


class WaitingForm(forms.Form):
    """Who has the next word."""

    to = forms.ChoiceField(
        choices=[("waiting", _("Wait for the customer")), ("open", _("Put it back to work"))], error_messages=UNCHOSEN
    )


class AssignmentForm(forms.Form):
    """Whose ticket it is; empty, but sent, gives it back to the queue."""

    assignee = forms.ModelChoiceField(
        label=_("Assignee"), queryset=Person.objects.none(), required=False, empty_label=_("Nobody")
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["assignee"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = assignable_staff()

    def clean(self) -> None:
        if "assignee" not in self.data:
            raise forms.ValidationError(UNCHOSEN["required"])


class ClassificationForm(forms.Form):
    """Nature and severity from the ticket's own policy, and the product."""

    nature = forms.ChoiceField(label=_("Nature"))
    severity = forms.ChoiceField(label=_("Severity"))
    product = forms.CharField(label=_("Product"), max_length=80, required=False)

    def __init__(self, policy: Policy, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for name, keys in (("nature", policy.nature_keys), ("severity", policy.severity_keys)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [(key, key) for key in keys]

    def clean_product(self) -> Product | None:
        model = self.cleaned_data["product"].strip()
        if not model:
            return None
        product = Product.objects.filter(model__iexact=model).first()
        if product is None:
            raise forms.ValidationError(_("No product is called that. Choose one from the list."))
        return product


class ExclusionForm(forms.Form):
    """Why a ticket is left out of the averages, or that it is counted again."""

    reason = forms.ChoiceField(choices=Exclusion.choices, required=False, error_messages=UNCHOSEN)
    counted = forms.BooleanField(required=False)

    def clean(self) -> None:
        if not self.errors and bool(self.cleaned_data["reason"]) == self.cleaned_data["counted"]:
            raise forms.ValidationError(UNCHOSEN["required"])

"""The form of a tracker: what a person types to set one up. Secrets go in and never come out."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mainstay.escalations.errors import WrongSetUp
from mainstay.escalations.models import Tracker
from mainstay.escalations.tracking import TrackerAdapter

SECRET = forms.PasswordInput(render_value=False, attrs={"autocomplete": "off"})


class TrackerForm(forms.Form):
    """`adapter`: the product, which says what it needs. `tracker`: the one that is changed; without one it is new."""

    name = forms.CharField(label=_("Name"), max_length=60, help_text=_("Short and for good: colleagues see it."))
    address = forms.CharField(label=_("Address"), max_length=300)
    project = forms.CharField(label=_("Project"), max_length=200)
    user = forms.CharField(label=_("User name"), max_length=320, required=False)
    issue_type = forms.CharField(label=_("Type of new issues"), max_length=60, required=False)
    token = forms.CharField(label=_("Token"), max_length=2000, required=False, widget=SECRET)
    hook_secret = forms.CharField(label=_("Secret of the webhook"), max_length=200, required=False, widget=SECRET)
    allows_private = forms.BooleanField(label=_("This tracker is inside our own network"), required=False)
    extra_ca = forms.CharField(
        label=_("Further certificates to trust"),
        required=False,
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_("In PEM, for a server of your own. Well-known authorities are trusted already."),
    )

    def __init__(
        self, adapter: type[TrackerAdapter], *args: Any, tracker: Tracker | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["address"].initial = adapter.default_address
        self.fields["project"].help_text = str(adapter.project_help)
        self.fields["token"].help_text = str(adapter.token_help)
        self.fields["issue_type"].initial = adapter.default_issue_type
        self.fields["user"].help_text = str(adapter.user_help)
        self.fields["hook_secret"].help_text = _("Empty: we make one, and show it once.")
        if not adapter.user_help:
            del self.fields["user"]
        if not adapter.default_issue_type:
            del self.fields["issue_type"]
        if tracker is None:
            self.fields["token"].required = True
            return
        del self.fields["name"]
        for name in ("token", "hook_secret"):
            self.fields[name].help_text = _("Stored, and never shown. Empty: it stays as it is.")
        for name, field in self.fields.items():
            if name not in ("token", "hook_secret"):
                field.initial = getattr(tracker, name)

    def blame(self, fault: WrongSetUp) -> None:
        """The sentence stands beside the field where the fault lies."""
        self.add_error(fault.field if fault.field in self.fields else None, str(fault))

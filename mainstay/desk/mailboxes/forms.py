"""The form of a mailbox: what a person types to set one up. Secrets go in and never come out."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mainstay.channels.email.mailboxes.errors import WrongSetUp
from mainstay.channels.email.mailboxes.states import AfterIntake, Auth, Security
from mainstay.channels.email.models import Mailbox

SECRET = forms.PasswordInput(render_value=False, attrs={"autocomplete": "off"})


class MailboxForm(forms.Form):
    """`mailbox`: the one that is changed; without one it is new, has a name to choose, and needs a secret."""

    name = forms.CharField(label=_("Name"), max_length=60, help_text=_("Short and for good, such as Support."))
    address = forms.CharField(label=_("E-mail address"), max_length=320)
    host = forms.CharField(label=_("Server"), max_length=253, help_text=_("Such as imap.example.com."))
    port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65535, initial=993)
    security = forms.ChoiceField(label=_("Encryption"), choices=Security.choices)
    extra_ca = forms.CharField(
        label=_("Further certificates to trust"),
        required=False,
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_("In PEM, for a server of your own. Well-known authorities are trusted already."),
    )
    user = forms.CharField(label=_("User name"), max_length=320, help_text=_("Often the e-mail address."))
    auth = forms.ChoiceField(label=_("Signing in"), choices=Auth.choices, initial=Auth.PASSWORD)
    secret = forms.CharField(
        label=_("Password or refresh token"), required=False, max_length=5000, widget=SECRET, strip=False
    )
    client_id = forms.CharField(label=_("Client id"), required=False, max_length=300)
    client_secret = forms.CharField(
        label=_("Client secret"), required=False, max_length=5000, widget=SECRET, strip=False
    )
    token_url = forms.CharField(
        label=_("Address for tokens"),
        required=False,
        max_length=500,
        help_text=_("Empty for Google and Microsoft, unless your tenant has its own."),
    )
    folder = forms.CharField(label=_("Folder to read"), max_length=200, initial="INBOX")
    since = forms.DateField(
        label=_("At first, take mail from this date on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Older mail is left alone. Empty: all mail that lies there."),
    )
    after_intake = forms.ChoiceField(label=_("Mail that was taken in"), choices=AfterIntake.choices)
    target_folder = forms.CharField(label=_("Folder to move it to"), required=False, max_length=200)
    reads_sent = forms.BooleanField(
        label=_("Also read what colleagues send from their own mail programs"), required=False
    )
    sent_folder = forms.CharField(
        label=_("Folder of sent mail"),
        required=False,
        max_length=200,
        help_text=_("Empty: the one that the server marks as such."),
    )

    def __init__(self, *args: Any, mailbox: Mailbox | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if mailbox is None:
            self.fields["since"].initial = timezone.localdate()
            self.fields["secret"].required = True
            return
        del self.fields["name"]
        for name in ("secret", "client_secret"):
            self.fields[name].help_text = _("Stored, and never shown. Empty: it stays as it is.")
        for name, field in self.fields.items():
            if name not in ("secret", "client_secret"):
                field.initial = getattr(mailbox, name)

    def blame(self, fault: WrongSetUp) -> None:
        """The sentence stands beside the field where the fault lies."""
        self.add_error(fault.field if fault.field in self.fields else None, str(fault))

    @property
    def opens_oauth(self) -> bool:
        """Whether the fields for OAuth 2 are worth showing at once."""
        names = ("client_id", "client_secret", "token_url")
        return self["auth"].value() != Auth.PASSWORD or any(self[name].errors for name in names)

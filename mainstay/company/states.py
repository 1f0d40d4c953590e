"""The kinds of identity provider, of what somebody signed in with, and of mail that the desk writes by itself."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ProviderKind(models.TextChoices):
    OIDC = "oidc", _("OpenID Connect")
    SAML = "saml", _("SAML")


class MailKind(models.TextChoices):
    """What the desk writes to customers by itself."""

    ACKNOWLEDGEMENT = "acknowledgement", _("We have your message")
    REFUSAL = "refusal", _("We can't help you directly")
    RATING = "rating", _("How was our help?")


_ALWAYS = ("greeting", "name", "number", "subject", "company", "closing")
# The words in braces that each may use; their values are written in the language of the mail.
VARIABLES: dict[str, tuple[str, ...]] = {
    MailKind.ACKNOWLEDGEMENT: (*_ALWAYS, "usual_wait", "opening_hours"),
    MailKind.REFUSAL: (*_ALWAYS, "who_helps"),
    MailKind.RATING: (*_ALWAYS, "answers"),
}
REQUIRED: dict[str, tuple[str, ...]] = {
    MailKind.ACKNOWLEDGEMENT: ("number",),
    MailKind.REFUSAL: ("who_helps",),
    MailKind.RATING: ("answers",),
}


class Means(models.TextChoices):
    """What somebody proved with who they are."""

    PASSWORD = "password", _("password")
    CODE = "code", _("code of an app")
    RECOVERY_CODE = "recovery_code", _("recovery code")
    PASSKEY = "passkey", _("passkey")
    PROVIDER = "provider", _("identity provider")

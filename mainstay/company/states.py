"""The kinds of identity provider, and of what somebody signed in with."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ProviderKind(models.TextChoices):
    OIDC = "oidc", _("OpenID Connect")
    SAML = "saml", _("SAML")


class Means(models.TextChoices):
    """What somebody proved with who they are."""

    PASSWORD = "password", _("password")
    CODE = "code", _("code of an app")
    RECOVERY_CODE = "recovery_code", _("recovery code")
    PASSKEY = "passkey", _("passkey")
    PROVIDER = "provider", _("identity provider")

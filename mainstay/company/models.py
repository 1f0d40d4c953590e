"""What the company looks like, what it asks of those who sign in, whom it trusts to say who they are, and where they are."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mainstay.files.models import StoredFile
from mainstay.people.models import Account

from .states import MailKind, ProviderKind


class CompanySettings(models.Model):
    """One row, made when something is first changed; until then everything is as its default says."""

    requires_second_factor = models.BooleanField(_("everybody needs a second factor"), default=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="company_settings_is_one_row")]


class MailText(models.Model):
    """A text of the company's own for what the desk writes by itself, in one language; without a row it is Mainstay's.

    Words in braces (`states.VARIABLES`) are filled in; a paragraph of which nothing is left is left out.
    """

    kind = models.CharField(max_length=20, choices=MailKind)
    language = models.CharField(max_length=12)
    text = models.TextField(_("text"))

    class Meta:
        ordering = ["kind", "language"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "language"], name="mail_text_is_one"),
            models.CheckConstraint(condition=~Q(text=""), name="mail_text_says_something"),
        ]


class Looks(models.Model):
    """One row, made when the looks are first changed. What is empty is Mainstay's own, or the policy's.

    `signatures` are templates by language, as in the policy: `{name}`, `{company}` and `{number}` are filled in.
    """

    name = models.CharField(_("name"), max_length=80, blank=True)
    accent = models.CharField(_("accent colour"), max_length=7, blank=True)
    logo = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    signatures = models.JSONField(_("signatures"), default=dict, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="looks_is_one_row"),
            models.CheckConstraint(
                condition=Q(accent="") | Q(accent__regex=r"^#[0-9a-f]{6}$"), name="looks_accent_is_a_colour"
            ),
        ]


class IdentityProvider(models.Model):
    """Somebody else's sign-in that we trust: it says with which address of ours a person comes.

    `vouched_domains` are those whose addresses it need not call verified, since the company itself gives them out there.
    """

    kind = models.CharField(max_length=4, choices=ProviderKind, default=ProviderKind.OIDC)
    slug = models.SlugField(max_length=50, unique=True)
    name = models.CharField(_("name"), max_length=60)
    issuer = models.CharField(max_length=300)  # of OpenID Connect an address, of SAML the entity's name
    client_id = models.CharField(max_length=200, blank=True)
    sealed_secret = models.TextField(blank=True)
    sign_in_url = models.CharField(max_length=500, blank=True)  # of SAML
    certificate = models.TextField(blank=True)  # of SAML: by which its answers are signed
    allows_private = models.BooleanField(default=False)
    extra_ca = models.TextField(blank=True)
    vouched_domains = ArrayField(models.CharField(max_length=253), default=list, blank=True)
    counts_as_second_factor = models.BooleanField(default=False)
    is_on = models.BooleanField(default=True)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ProviderKind.values), name="identity_provider_kind_known"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(issuer=""), name="identity_provider_has_a_name"),
            models.UniqueConstraint(Lower("name"), name="identity_provider_name_is_one_provider"),
        ]

    def __str__(self) -> str:
        return self.name


class Session(models.Model):
    """A browser that is, or is about to be, signed in. `key_hash` is all that is kept of the key in its cookie.

    Where it is used is told every few minutes, not with each page.
    """

    key_hash = models.CharField(max_length=64, unique=True)
    account = models.ForeignKey(Account, null=True, blank=True, on_delete=models.CASCADE, related_name="sessions")
    data = models.TextField()
    begun_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    ip = models.GenericIPAddressField(null=True, blank=True)
    agent = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-seen_at", "pk"]
        indexes = [models.Index(fields=["expires_at"], name="session_by_end")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.seen_at}"

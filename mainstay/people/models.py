"""Organisations, persons, the addresses they write from, and the accounts of those who sign in."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .states import OrganisationKind, Permission, Role, Theme

_ALL = frozenset(Permission)
PERMISSIONS: dict[str, frozenset[Permission]] = {
    Role.TECHNICIAN: _ALL
    - {
        Permission.MANAGE_DESK,
        Permission.MANAGE_DUTY,
        Permission.HELP_AS_DEVELOPER,
        Permission.PUBLISH_REPORTS,
    },
    Role.DEVELOPER: frozenset({Permission.SEE_TICKETS, Permission.WRITE_NOTES, Permission.HELP_AS_DEVELOPER}),
    Role.SUPERVISOR: _ALL - {Permission.MANAGE_DESK},
    Role.ADMINISTRATOR: _ALL,
}


class Organisation(models.Model):
    """A company that bought from us, or from one that did."""

    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, choices=OrganisationKind)
    bought_directly = models.BooleanField(_("bought directly from us"), default=False)
    country = models.CharField(_("country"), max_length=2, blank=True)
    zone = models.CharField(_("time zone"), max_length=64, blank=True)
    seller = models.ForeignKey(
        "self", verbose_name=_("seller"), null=True, blank=True, on_delete=models.SET_NULL, related_name="resellers"
    )
    is_sample = models.BooleanField(default=False)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=OrganisationKind.values), name="organisation_kind_known"
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="organisation_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Person(models.Model):
    """Somebody who writes to us or works here."""

    name = models.CharField(_("name"), max_length=200, blank=True)
    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("organisation"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="persons",
    )
    language = models.CharField(_("language"), max_length=12, blank=True)
    zone = models.CharField(_("time zone"), max_length=64, blank=True)
    left_at = models.DateTimeField(_("left at"), null=True, blank=True)
    is_sample = models.BooleanField(default=False)

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name or str(_("Unknown person"))

    @property
    def role(self) -> str:
        """The role of this person's active account; empty for those who do not work here."""
        account = getattr(self, "account", None)
        return account.role if account is not None and account.is_active else ""

    @property
    def is_staff(self) -> bool:
        return bool(self.role)

    def may(self, permission: Permission) -> bool:
        return permission in PERMISSIONS.get(self.role, frozenset())


class Identity(models.Model):
    """One person's address on one channel, in its canonical form."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="identities")
    channel = models.CharField(max_length=20)
    address = models.CharField(max_length=320)
    verified_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)  # the last message to it came back
    failed_because = models.CharField(max_length=500, blank=True)
    complained_at = models.DateTimeField(null=True, blank=True)  # nothing automatic is sent to it any more

    class Meta:
        ordering = ["channel", "address"]
        constraints = [models.UniqueConstraint(fields=["channel", "address"], name="identity_is_one_person")]

    def __str__(self) -> str:
        return self.address


class AccountManager(BaseUserManager["Account"]):
    def get_queryset(self) -> models.QuerySet["Account"]:
        return super().get_queryset().select_related("person")


class Account(AbstractBaseUser):
    """A sign-in of one person; staff have a role."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="account")
    email = models.EmailField(_("e-mail address"), unique=True, max_length=254)
    role = models.CharField(_("role"), max_length=20, choices=Role)
    is_active = models.BooleanField(_("may sign in"), default=True)
    theme = models.CharField(_("theme"), max_length=8, choices=Theme, default=Theme.AUTO)
    joined_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[AccountManager] = AccountManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ["email"]
        constraints = [models.CheckConstraint(condition=models.Q(role__in=Role.values), name="account_role_known")]

    def __str__(self) -> str:
        return self.email

    def has_perms(self, perms: Iterable[str], obj: Any = None) -> bool:
        """Django's own permissions are not used here: `Person.may` decides."""
        return False

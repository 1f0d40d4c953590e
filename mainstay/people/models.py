"""Organisations, persons, the addresses they write from, the accounts of those who sign in, their roles and teams."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When
from django.db.models.functions import Lower, Replace, Right, Upper
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from .records import KeptApart, OrganisationEvent, OrganisationMerge, PersonEvent, PersonMerge, PersonNote
from .states import InvitationMail, OrganisationKind, Permission, Role, Theme

__all__ = [
    "PERMISSIONS",
    "Account",
    "CustomRole",
    "Identity",
    "Invitation",
    "KeptApart",
    "Organisation",
    "OrganisationEvent",
    "OrganisationMerge",
    "Person",
    "PersonEvent",
    "PersonMerge",
    "PersonNote",
    "RoleHeld",
    "Team",
]

_ALL = frozenset(Permission)
PERMISSIONS: dict[str, frozenset[Permission]] = {
    Role.TECHNICIAN: _ALL
    - {
        Permission.MANAGE_DESK,
        Permission.MANAGE_PEOPLE,
        Permission.MANAGE_DUTY,
        Permission.MANAGE_ANSWERS,
        Permission.MANAGE_VIEWS,
        Permission.HELP_AS_DEVELOPER,
        Permission.PUBLISH_REPORTS,
    },
    Role.DEVELOPER: frozenset({Permission.SEE_TICKETS, Permission.WRITE_NOTES, Permission.HELP_AS_DEVELOPER}),
    Role.SUPERVISOR: _ALL - {Permission.MANAGE_DESK, Permission.MANAGE_PEOPLE},
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
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="merged")
    is_sample = models.BooleanField(default=False)

    class Meta:
        ordering = ["name", "pk"]
        indexes = [
            models.Index(fields=["name", "id"], name="organisation_by_name"),
            GinIndex(OpClass(Upper("name"), "gin_trgm_ops"), name="organisation_name_parts", fastupdate=False),
        ]
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
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="merged")
    is_sample = models.BooleanField(default=False)

    class Meta:
        ordering = ["name", "pk"]
        indexes = [
            models.Index(fields=["name", "id"], name="person_by_name"),
            GinIndex(OpClass(Upper("name"), "gin_trgm_ops"), name="person_name_parts", fastupdate=False),
        ]

    def __str__(self) -> str:
        return self.name or str(_("Unknown person"))

    @property
    def role(self) -> str:
        """The key of the role of this person's active account; empty for those who do not work here."""
        account = getattr(self, "account", None)
        return account.role_key if account is not None and account.is_active else ""

    @property
    def permissions(self) -> frozenset[str]:
        """What this person may do; nothing for those who do not work here."""
        account = getattr(self, "account", None)
        return account.permissions if account is not None and account.is_active else frozenset()

    @property
    def is_staff(self) -> bool:
        return bool(self.role)

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions


def _part(text: Any, sign: str) -> Func:
    return Func(text, Value(sign), Value(1), function="split_part", output_field=models.CharField())


# Made by the database, so that it is true of every row, whoever wrote it.
ALIKE = Case(
    When(channel="email", then=Replace(_part(_part(F("address"), "@"), "+"), Value("."))),
    default=Right(
        Func(
            F("address"),
            Value(r"\D"),
            Value(""),
            Value("g"),
            function="regexp_replace",
            output_field=models.CharField(),
        ),
        9,
    ),
    output_field=models.CharField(),
)


class Identity(models.Model):
    """One person's address on one channel, in its canonical form.

    `alike` is the part in which addresses of one person often agree: of an e-mail address what stands before the @, without
    dots and without what follows a plus; of a number its last nine digits.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="identities")
    channel = models.CharField(max_length=20)
    address = models.CharField(max_length=320)
    alike = models.GeneratedField(expression=ALIKE, output_field=models.CharField(max_length=320), db_persist=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)  # the last message to it came back
    failed_because = models.CharField(max_length=500, blank=True)
    complained_at = models.DateTimeField(null=True, blank=True)  # nothing automatic is sent to it any more

    class Meta:
        ordering = ["channel", "address"]
        indexes = [
            models.Index(fields=["alike"], name="identity_alike"),
            GinIndex(OpClass(Upper("address"), "gin_trgm_ops"), name="identity_address_parts", fastupdate=False),
        ]
        constraints = [models.UniqueConstraint(fields=["channel", "address"], name="identity_is_one_person")]

    def __str__(self) -> str:
        return self.address


class CustomRole(models.Model):
    """A role that this desk made of permissions, beside the four that are always there (`states.Role`)."""

    name = models.CharField(_("name"), max_length=60)
    permissions = ArrayField(models.CharField(max_length=40), default=list, blank=True)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(Lower("name"), name="custom_role_name_is_one_role"),
            models.CheckConstraint(condition=~Q(name=""), name="custom_role_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class RoleHeld(models.Model):
    """Which role an account has, or will have: one of the four, or one of the desk's own; never both, never none."""

    role = models.CharField(_("role"), max_length=20, choices=Role, blank=True)
    custom_role = models.ForeignKey(CustomRole, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True

    @property
    def role_key(self) -> str:
        """The key by which forms and commands name the role: `technician`, or `own-12` for a custom one."""
        return self.role or f"own-{self.custom_role_id}"

    @property
    def permissions(self) -> frozenset[str]:
        """Of the four roles from the list in this file: no query. Of a custom one from its row, loaded with the account."""
        if self.custom_role is None:
            return PERMISSIONS.get(self.role, frozenset())
        return frozenset(self.custom_role.permissions) & _ALL

    @property
    def role_recorded(self) -> str:
        """The role as the log of settings names it: the key of a built-in one, which every reader sees in their language."""
        return self.custom_role.name if self.custom_role is not None else self.role

    @property
    def role_name(self) -> str:
        return self.custom_role.name if self.custom_role is not None else str(Role(self.role).label)


ONE_ROLE = Q(role__in=Role.values, custom_role=None) | Q(role="", custom_role__isnull=False)


class AccountRows(models.QuerySet["Account"]):
    """A lock on an account is on its own row, whatever is read with it: libraries ask for one without saying so."""

    def select_for_update(
        self, nowait: bool = False, skip_locked: bool = False, of: Sequence[str] = ("self",), no_key: bool = False
    ) -> Self:
        return super().select_for_update(nowait=nowait, skip_locked=skip_locked, of=of or ("self",), no_key=no_key)


class AccountManager(BaseUserManager["Account"]):
    def get_queryset(self) -> models.QuerySet["Account"]:
        return AccountRows(self.model, using=self._db).select_related("person", "custom_role")


class Account(RoleHeld, AbstractBaseUser):
    """A sign-in of one person of the staff, with their role.

    `session_round` grows when all sessions are ended: those begun in an earlier round count no more.
    """

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="account")
    email = models.EmailField(_("e-mail address"), unique=True, max_length=254)
    is_active = models.BooleanField(_("may sign in"), default=True)
    theme = models.CharField(_("theme"), max_length=8, choices=Theme, default=Theme.AUTO)
    joined_at = models.DateTimeField(default=timezone.now)
    session_round = models.PositiveIntegerField(default=0)

    objects: ClassVar[AccountManager] = AccountManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ["email"]
        constraints = [models.CheckConstraint(condition=ONE_ROLE, name="account_role_known")]

    def __str__(self) -> str:
        return self.email

    def get_session_auth_hash(self) -> str:
        return self._in_round(super().get_session_auth_hash())

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        return map(self._in_round, super().get_session_auth_fallback_hash())

    def _in_round(self, hashed: str) -> str:
        """The first round is Django's own, so that nobody is signed out by getting this."""
        if not self.session_round:
            return hashed
        return salted_hmac("mainstay.people.session", f"{hashed}:{self.session_round}", algorithm="sha256").hexdigest()

    def has_perms(self, perms: Iterable[str], obj: Any = None) -> bool:
        """Django's own permissions are not used here: `Person.may` decides."""
        return False


class Invitation(RoleHeld):
    """A colleague was asked to join: a link, good once and for a while, by which they choose a password.

    The link's token is made of `nonce` and the desk's secret key (`rules.invitation_token`) and stands nowhere.
    """

    email = models.EmailField(_("e-mail address"), max_length=254)
    name = models.CharField(_("name"), max_length=200)
    language = models.CharField(_("language"), max_length=12, blank=True)
    by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    nonce = models.CharField(max_length=40)
    mail_id = models.CharField(max_length=300, blank=True)
    mail_state = models.CharField(max_length=9, choices=InvitationMail, default=InvitationMail.QUEUED)
    mail_problem = models.TextField(blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=ONE_ROLE, name="invitation_role_known"),
            models.UniqueConstraint(
                fields=["email"],
                condition=Q(accepted_at=None, withdrawn_at=None),
                name="one_open_invitation_for_an_address",
            ),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def is_open(self) -> bool:
        """Neither accepted nor withdrawn; it may have expired."""
        return self.accepted_at is None and self.withdrawn_at is None


class Team(models.Model):
    """Colleagues who work together, and what they take: languages, and natures of the policy. Empty: any."""

    name = models.CharField(_("name"), max_length=60)
    languages = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    natures = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    members = models.ManyToManyField(Person, related_name="teams", blank=True)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(Lower("name"), name="team_name_is_one_team"),
            models.CheckConstraint(condition=~Q(name=""), name="team_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

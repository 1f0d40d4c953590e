"""The kinds of organisation and the roles of staff."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrganisationKind(models.TextChoices):
    DISTRIBUTOR = "distributor", _("Distributor")
    PARTNER = "partner", _("Partner")
    OTHER = "other", _("Other")


class Role(models.TextChoices):
    TECHNICIAN = "technician", _("Technician")
    DEVELOPER = "developer", _("Developer")
    SUPERVISOR = "supervisor", _("Supervisor")
    ADMINISTRATOR = "administrator", _("Administrator")


class Permission(models.TextChoices):
    """What a role may do; custom roles are made from these."""

    SEE_TICKETS = "see_tickets", _("See all tickets")
    WRITE_NOTES = "write_notes", _("Write internal notes")
    WORK_TICKETS = "work_tickets", _("Answer, assign, classify and resolve tickets")
    HELP_AS_DEVELOPER = "help_as_developer", _("Answer as second line")
    SEE_REPORTS = "see_reports", _("See reports")
    PUBLISH_REPORTS = "publish_reports", _("Publish months, and show figures outside")
    SEE_MAIL = "see_mail", _("See sent mail and mail that was set aside")
    MANAGE_DUTY = "manage_duty", _("Plan everybody's shifts and absences")
    MANAGE_ANSWERS = "manage_answers", _("Keep the canned answers and macros that everybody uses")
    MANAGE_VIEWS = "manage_views", _("Keep the views that are shared")
    MANAGE_PEOPLE = "manage_people", _("Invite colleagues, give roles, form teams")
    MANAGE_DESK = "manage_desk", _("Change the settings of the desk")


class InvitationMail(models.TextChoices):
    """What became of the mail with the link."""

    QUEUED = "queued", _("On its way")
    SENT = "sent", _("Sent")
    KEPT = "kept", _("Not sent: no relay")
    FAILED = "failed", _("Could not be sent")


class Theme(models.TextChoices):
    AUTO = "auto", _("Like my device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class Alike(models.TextChoices):
    """Why two persons may be one, the strongest reason first."""

    SAME_BOX = "same_box", _("Their addresses differ only in dots or in what follows a plus")
    SAME_NUMBER = "same_number", _("They have the same telephone number")
    SAME_NAME = "same_name", _("They have the same name, and no two different organisations")
    SIMILAR_ADDRESS = "similar_address", _("Their addresses begin alike, and they are of the same organisation")

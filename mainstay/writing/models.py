"""What people of the desk have written and not sent yet, and what they have ready to be used again and again."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from mainstay.files.models import StoredFile
from mainstay.people.models import Person
from mainstay.tickets.models import Message, Ticket
from mainstay.tickets.states import Then

from .states import UNSETTLED, Held, MacroWrites, Mode, PlanState

NAME_LENGTH = 80
SHORTCUT_LENGTH = 30


class Enclosed(models.Model):
    """A file beside a text that was not sent yet; `content_id` names a picture that stands in the text."""

    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    filename = models.CharField(max_length=255)
    content_id = models.CharField(max_length=60, blank=True)

    class Meta:
        abstract = True
        ordering = ["pk"]

    @property
    def size(self) -> int:
        return self.file.size

    @property
    def content_type(self) -> str:
        return self.file.content_type


class Draft(models.Model):
    """What one person is writing on one ticket, as it was typed last.

    `version` grows with each change, so that two windows of the same person notice each other. `typed_at` is when they last
    typed: colleagues see it. Markdown, like everything that is written in the composer.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="drafts")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="drafts")
    mode = models.CharField(max_length=8, choices=Mode, default=Mode.REPLY)
    text = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    typed_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["ticket", "person"], name="one_draft_for_ticket_and_person")]

    @property
    def base(self) -> str:
        """What a window says it goes on from."""
        return f"{self.pk}.{self.version}"


class DraftFile(Enclosed):
    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="files")

    class Meta(Enclosed.Meta):
        pass


class PlannedReply(models.Model):
    """A reply that is to leave at a moment. It is no message before: it counts as an answer when it leaves.

    What happens on the ticket before that moment holds it, so that a person decides (`because`); `problem` says in words
    why it could not be sent. `regardless`: its writer chose that what the customer writes before does not hold it.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="planned_replies")
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="planned_replies")
    text = models.TextField()
    then = models.CharField(max_length=8, choices=Then, default=Then.WAIT)
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    regardless = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=PlanState, default=PlanState.WAITING)
    because = models.CharField(max_length=16, choices=Held, blank=True)
    problem = models.TextField(blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    message = models.OneToOneField(
        Message, null=True, blank=True, on_delete=models.SET_NULL, related_name="planned_reply"
    )

    class Meta:
        ordering = ["due_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=PlanState.values), name="planned_reply_state_known"),
            models.CheckConstraint(condition=Q(due_at__gt=F("made_at")), name="planned_reply_is_for_later"),
            models.CheckConstraint(
                condition=Q(state=PlanState.HELD, because__in=Held.values) | ~Q(state=PlanState.HELD),
                name="planned_reply_is_held_because",
            ),
        ]
        indexes = [
            models.Index(
                fields=["ticket", "due_at"], condition=Q(state__in=UNSETTLED), name="planned_replies_of_ticket"
            )
        ]


class PlannedFile(Enclosed):
    planned = models.ForeignKey(PlannedReply, on_delete=models.CASCADE, related_name="files")

    class Meta(Enclosed.Meta):
        pass


class Kept(models.Model):
    """Something ready to be used again: one's own, or everybody's when it has no owner."""

    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    shortcut = models.CharField(_("shortcut"), max_length=SHORTCUT_LENGTH, blank=True)
    folder = models.CharField(_("folder"), max_length=NAME_LENGTH, blank=True)
    used_count = models.PositiveIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField()
    is_sample = models.BooleanField(default=False)  # until somebody changes it: then it is theirs

    class Meta:
        abstract = True
        ordering = ["folder", "name", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_shared(self) -> bool:
        return self.owner_id is None


def _one_name(noun: str) -> list[models.BaseConstraint]:
    """Neither two names nor two shortcuts are alike among what is shared, nor among what one person has."""
    return [
        models.UniqueConstraint(
            Lower(field), "owner", condition=~Q(**{field: ""}), nulls_distinct=False, name=f"one_{noun}_with_{field}"
        )
        for field in ("name", "shortcut")
    ]


class Answer(Kept):
    """A canned answer; its words stand in `wordings`, one for each language."""

    class Meta(Kept.Meta):
        constraints = _one_name("answer")


class Macro(Kept):
    """Several deeds in one go, and mostly a reply or a note: `deeds` is a list of {"deed": key, "value": text}.

    A list in one field: nobody filters by it, and its order is the order in which the deeds are done.
    """

    writes = models.CharField(max_length=8, choices=MacroWrites, blank=True, default=MacroWrites.NOTHING)
    then = models.CharField(max_length=8, choices=Then, default=Then.WAIT)
    deeds = models.JSONField(default=list, blank=True)

    class Meta(Kept.Meta):
        constraints = _one_name("macro")


class Wording(models.Model):
    """The words of an answer or a macro in one language, with variables such as `{{ person.name }}`."""

    answer = models.ForeignKey(Answer, null=True, blank=True, on_delete=models.CASCADE, related_name="wordings")
    macro = models.ForeignKey(Macro, null=True, blank=True, on_delete=models.CASCADE, related_name="wordings")
    language = models.CharField(max_length=12)
    text = models.TextField()

    class Meta:
        ordering = ["language"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answer__isnull=False, macro=None) | Q(answer=None, macro__isnull=False),
                name="wording_is_of_an_answer_or_a_macro",
            ),
            models.UniqueConstraint(
                fields=["answer", "macro", "language"], nulls_distinct=False, name="one_wording_for_each_language"
            ),
        ]


class MacroRun(models.Model):
    """A macro was run on a ticket: what it did, so that it can be undone as far as nothing happened since.

    `done` is a list of {"deed", "value", "before"}: what stood there before is what undoing restores.
    """

    macro = models.ForeignKey(Macro, null=True, on_delete=models.SET_NULL, related_name="runs")
    name = models.CharField(max_length=NAME_LENGTH)  # of the macro as it was
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="macro_runs")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    message = models.OneToOneField(Message, null=True, blank=True, on_delete=models.SET_NULL, related_name="macro_run")
    done: Any = models.JSONField(default=list, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["ticket", "-at"], name="macro_runs_of_ticket")]


class Mention(models.Model):
    """A note meant a colleague by an `@`."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="mentions")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="mentions")
    name = models.CharField(max_length=200)  # as it stands in the note

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["message", "person"], name="mentioned_once")]

"""Tickets, their messages with attachments, and their append-only history."""

from django.db import models
from django.db.models import Func, Q, Value
from django.utils.translation import gettext_lazy as _

from mainstay.catalogue.models import Product
from mainstay.entitlement.states import Outcome, Reason
from mainstay.files.models import StoredFile
from mainstay.history.models import Entry
from mainstay.people.models import Organisation, Person
from mainstay.promises.models import Promise

from .around import Checklist, Follower, Link, Snooze, Tag, Task, TimeCounting, TimeSpent
from .fields import CustomField, FieldValue
from .states import ACTIVE, BESIDE, OUTGOING, Delivery, Doubt, MessageKind, Proof, State, TextFormat

__all__ = [
    "SUBJECT_LENGTH",
    "Attachment",
    "Checklist",
    "CustomField",
    "FieldValue",
    "Follower",
    "Link",
    "Message",
    "Participant",
    "SideConversation",
    "Snooze",
    "Suggestion",
    "Tag",
    "Task",
    "Ticket",
    "TicketEvent",
    "TicketQuerySet",
    "TimeCounting",
    "TimeSpent",
]

SUBJECT_LENGTH = 500


class TicketQuerySet(models.QuerySet["Ticket"]):
    def active(self) -> "TicketQuerySet":
        """Those somebody still has to do something about."""
        return self.filter(state__in=ACTIVE)

    def as_rows(self) -> "TicketQuerySet":
        """With everything that one row of a list shows."""
        return self.select_related("person", "organisation", "assignee", "promise")


class Ticket(models.Model):
    """One request for help, from the first message to its resolution."""

    number = models.BigIntegerField(unique=True, db_default=Func(Value("ticket_number"), function="nextval"))
    subject = models.CharField(_("subject"), max_length=SUBJECT_LENGTH)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.NEW)
    nature = models.CharField(_("nature"), max_length=40)
    severity = models.CharField(_("severity"), max_length=40)
    urgency = models.PositiveSmallIntegerField()  # the severity's place in the policy, 0 the most urgent
    rank = models.PositiveSmallIntegerField(default=0)  # the place in the queue before age: see `rules.rank_of`
    channel = models.CharField(_("channel"), max_length=20)
    language = models.CharField(_("language"), max_length=12, blank=True)
    person = models.ForeignKey(Person, verbose_name=_("person"), on_delete=models.PROTECT, related_name="tickets")
    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("organisation"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="tickets",
    )
    assignee = models.ForeignKey(
        Person, verbose_name=_("assignee"), null=True, blank=True, on_delete=models.PROTECT, related_name="assigned"
    )
    product = models.ForeignKey(
        Product, verbose_name=_("product"), null=True, blank=True, on_delete=models.SET_NULL, related_name="tickets"
    )
    entitlement = models.CharField(_("entitlement"), max_length=12, choices=Outcome)
    entitlement_reason = models.CharField(max_length=20, choices=Reason)
    promise = models.OneToOneField(Promise, on_delete=models.PROTECT, related_name="ticket")
    previous = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="following")
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="merged")
    has_side_news = models.BooleanField(
        default=False, db_default=False
    )  # a third party wrote, and nobody has seen to it
    is_asleep = models.BooleanField(default=False, db_default=False)  # it has a snooze: out of the queue until it wakes
    tags = models.ManyToManyField(Tag, verbose_name=_("tags"), blank=True, related_name="tickets")
    opened_at = models.DateTimeField(_("opened"))
    touched_at = models.DateTimeField(_("last changed"))
    is_sample = models.BooleanField(default=False)

    objects = TicketQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [models.CheckConstraint(condition=Q(state__in=State.values), name="ticket_state_known")]
        indexes = [
            models.Index(fields=["rank", "opened_at", "number"], condition=Q(state__in=ACTIVE), name="ticket_queue"),
            models.Index(fields=["state", "-touched_at", "-number"], name="ticket_by_state"),
            models.Index(fields=["-touched_at", "-number"], name="ticket_by_touch"),
            models.Index(fields=["assignee", "state"], name="ticket_by_assignee"),
            models.Index(fields=["person", "-number"], name="ticket_by_person"),
            models.Index(fields=["organisation", "-number"], name="ticket_by_organisation"),
        ]

    def __str__(self) -> str:
        return f"#{self.number} {self.subject}"

    @property
    def is_merged(self) -> bool:
        return self.merged_into_id is not None

    @property
    def is_active(self) -> bool:
        return self.state in ACTIVE

    @property
    def is_refused(self) -> bool:
        return self.entitlement == Outcome.REFUSED

    @property
    def topic(self) -> str:
        return f"ticket:{self.number}"


class SideConversation(models.Model):
    """What colleagues write with a third party about a ticket: a supplier, a carrier. The customer never sees any of it.

    It has no ticket of its own: it is where its messages are, so that it goes along when they are moved.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="side_conversations")
    address = models.CharField(max_length=320)  # where we write to
    subject = models.CharField(_("subject"), max_length=SUBJECT_LENGTH)
    opened_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    news_at = models.DateTimeField(null=True, blank=True)  # when an answer came that nobody has seen to yet

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.subject


class Message(models.Model):
    """What somebody wrote: a customer, a colleague, or the desk itself in an automatic answer.

    `text` is what is new in it, `quoted` the rest of what was written (history, signature), so that no word is lost.
    `reply_address` is where its sender wants answers, when that is not the address it came from; `copies` are the others it
    was sent to, as [name, address]; `came_to` is the ticket it stood on before it was moved here.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="messages")
    came_to = models.ForeignKey(Ticket, null=True, blank=True, on_delete=models.SET_NULL, related_name="moved_messages")
    kind = models.CharField(max_length=16, choices=MessageKind)
    side = models.ForeignKey(
        SideConversation, null=True, blank=True, on_delete=models.CASCADE, related_name="messages"
    )  # it belongs to this conversation beside the ticket
    author = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="messages")
    sender_name = models.CharField(max_length=200, blank=True)
    sender_address = models.CharField(max_length=320, blank=True)
    sender_proof = models.CharField(max_length=12, choices=Proof, blank=True, default=Proof.NOT_CHECKED)
    reply_address = models.CharField(max_length=320, blank=True)
    copies = models.JSONField(default=list, blank=True)
    channel = models.CharField(max_length=20)
    external_id = models.CharField(max_length=998, blank=True)  # its own id on its channel, such as a Message-ID
    at = models.DateTimeField()
    subject = models.CharField(max_length=SUBJECT_LENGTH, blank=True)  # as it came; the ticket's is its first message's
    text = models.TextField(_("text"))
    text_format = models.CharField(
        max_length=8, choices=TextFormat, blank=True, default=TextFormat.PLAIN, db_default=TextFormat.PLAIN
    )
    quoted = models.TextField(blank=True)
    delivery = models.CharField(max_length=9, choices=Delivery, blank=True, default=Delivery.NONE)
    delivery_problem = models.TextField(blank=True)
    queued_at = models.DateTimeField(
        null=True, blank=True
    )  # when it was last put in the queue: patience counts from here

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=MessageKind.values), name="message_kind_known"),
            models.CheckConstraint(condition=Q(text_format__in=TextFormat.values), name="message_format_known"),
            models.CheckConstraint(
                condition=Q(kind__in=OUTGOING) | Q(delivery=Delivery.NONE), name="only_outgoing_messages_are_delivered"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=BESIDE, side__isnull=False) | (~Q(kind__in=BESIDE) & Q(side=None)),
                name="message_beside_is_of_a_conversation",
            ),
        ]
        indexes = [
            models.Index(fields=["ticket", "at"], name="message_time_line"),
            models.Index(fields=["-at"], condition=Q(delivery=Delivery.FAILED), name="message_failed"),
        ]

    @property
    def is_outgoing(self) -> bool:
        return self.kind in OUTGOING


class Participant(models.Model):
    """Somebody beside the ticket's own person who gets copies of the answers and may write to the ticket."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="participants")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="participations")
    brought_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["ticket", "person"], name="participant_once")]


class Suggestion(models.Model):
    """A ticket that may belong to another one: a person decides."""

    ticket = models.OneToOneField(Ticket, on_delete=models.CASCADE, related_name="suggestion")
    other = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="suggested")
    because = models.CharField(max_length=16, choices=Doubt)
    side = models.ForeignKey(
        SideConversation, null=True, blank=True, on_delete=models.CASCADE, related_name="suggestions"
    )  # it answers this one
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]


class Attachment(models.Model):
    """A file that came or went with a message, under the name its sender gave it."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="attachments")
    filename = models.CharField(max_length=255)
    is_inline = models.BooleanField(default=False)
    content_id = models.CharField(max_length=255, blank=True)

    class Meta:
        ordering = ["pk"]

    @property
    def size(self) -> int:
        return self.file.size

    @property
    def content_type(self) -> str:
        return self.file.content_type


class TicketEvent(Entry):
    """One thing that happened to a ticket; the database refuses to change or delete it."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="events")
    message = models.ForeignKey(Message, null=True, blank=True, on_delete=models.CASCADE, related_name="events")

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["ticket", "id"], name="event_history")]

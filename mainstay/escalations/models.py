"""Packets and escalations, problems with their tickets and issues, trackers, and what goes to them and comes from them."""

import secrets

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mainstay.history.models import Entry
from mainstay.people.models import Person
from mainstay.tickets.models import Attachment, Ticket

from .packet import KEYS, Packet, packet_of
from .states import CallKind, CallState, Ended, HookState, ProblemState, TrackerDeed

TITLE_LENGTH = 300


def new_marker() -> str:
    """Stands in what we write into a tracker, so that it is found again and known as ours: 128 random bits."""
    return f"mainstay-{secrets.token_hex(16)}"


class PacketColumns(models.Model):
    """The parts of a packet as columns; `absent` are the keys of those that do not apply."""

    seen = models.TextField(blank=True)
    tried = models.TextField(blank=True)
    steps = models.TextField(blank=True)
    device = models.TextField(blank=True)
    firmware = models.TextField(blank=True)
    network = models.TextField(blank=True)
    logs = models.TextField(blank=True)
    absent = ArrayField(models.CharField(max_length=20), default=list, blank=True)

    class Meta:
        abstract = True

    @property
    def words(self) -> dict[str, str]:
        return {key: getattr(self, key) for key in KEYS}

    def packet(self, files: tuple[str, ...] = ()) -> Packet:
        return packet_of(self.words, self.absent, files)


class PacketDraft(PacketColumns):
    """A packet that is being written; one for each ticket, shared by those who work on it."""

    ticket = models.OneToOneField(Ticket, on_delete=models.CASCADE, related_name="packet_draft")
    files = models.ManyToManyField(Attachment, related_name="+", blank=True)
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]


class Escalation(PacketColumns):
    """One stay of a ticket with the developers: the packet as it was sent, who took it, how it ended.

    Open while it has no end and its ticket is with the developers. One that was handed over without a packet, by an older
    release or a command, has none (`has_packet`).
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="escalations")
    round = models.PositiveSmallIntegerField()
    has_packet = models.BooleanField(default=True)
    files = models.ManyToManyField(Attachment, related_name="+", blank=True)
    by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    sent_at = models.DateTimeField()
    taken_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    taken_at = models.DateTimeField(null=True, blank=True)
    ended = models.CharField(max_length=12, choices=Ended, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    answer = models.TextField(blank=True)

    class Meta:
        ordering = ["ticket_id", "round"]
        constraints = [
            models.UniqueConstraint(fields=["ticket", "round"], name="escalation_rounds_differ"),
            models.UniqueConstraint(fields=["ticket"], condition=Q(ended_at=None), name="one_open_escalation"),
            models.CheckConstraint(
                condition=Q(ended="", ended_at__isnull=True) | (~Q(ended="") & Q(ended_at__isnull=False)),
                name="escalation_end_is_whole",
            ),
        ]


class EscalationEvent(Entry):
    """One thing that happened to an escalation; the database refuses to change or delete it."""

    escalation = models.ForeignKey(Escalation, on_delete=models.CASCADE, related_name="events")

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["escalation", "id"], name="escalation_history")]


class Problem(models.Model):
    """One bug, however many tickets wait for it and issues speak of it."""

    title = models.CharField(_("title"), max_length=TITLE_LENGTH)
    state = models.CharField(_("state"), max_length=8, choices=ProblemState, default=ProblemState.OPEN)
    version = models.CharField(_("fixed in"), max_length=120, blank=True)
    joined_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="joined")
    by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    fixed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="problem_has_a_title"),
            models.CheckConstraint(
                condition=(Q(state=ProblemState.FIXED) & Q(fixed_at__isnull=False))
                | (~Q(state=ProblemState.FIXED) & Q(fixed_at__isnull=True)),
                name="problem_fixed_is_whole",
            ),
            models.CheckConstraint(
                condition=(Q(state=ProblemState.JOINED) & Q(joined_into__isnull=False))
                | (~Q(state=ProblemState.JOINED) & Q(joined_into__isnull=True)),
                name="problem_joined_is_whole",
            ),
        ]
        indexes = [models.Index(fields=["state", "-id"], name="problems_by_state")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.state == ProblemState.OPEN

    @property
    def is_fixed(self) -> bool:
        return self.state == ProblemState.FIXED


class ProblemTicket(models.Model):
    """A ticket that waits for a problem; `came_back` is whether marking it fixed took it from the developers."""

    problem = models.ForeignKey(Problem, on_delete=models.CASCADE, related_name="links")
    ticket = models.OneToOneField(Ticket, on_delete=models.CASCADE, related_name="problem_link")
    by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    came_back = models.BooleanField(default=False)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["problem", "id"], name="tickets_of_a_problem")]


class ProblemEvent(Entry):
    """One thing that happened to a problem; the database refuses to change or delete it."""

    problem = models.ForeignKey(Problem, on_delete=models.CASCADE, related_name="events")

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["problem", "id"], name="problem_history")]


class Tracker(models.Model):
    """A project in the developers' tracker: how it is reached, with its secrets sealed. A removed one keeps its name only."""

    kind = models.CharField(max_length=20)
    name = models.CharField(_("name"), max_length=60)
    address = models.CharField(_("address"), max_length=300)
    project = models.CharField(_("project"), max_length=200)
    user = models.CharField(_("user name"), max_length=320, blank=True)
    issue_type = models.CharField(_("type of issue"), max_length=60, blank=True)
    allows_private = models.BooleanField(default=False)
    extra_ca = models.TextField(blank=True)
    sealed_token = models.TextField(blank=True)
    sealed_hook_secret = models.TextField(blank=True)
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)
    refused_count = models.PositiveIntegerField(default=0)  # webhooks with a wrong signature: nothing of them is kept
    refused_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["name"], condition=Q(removed_at=None), name="tracker_names_differ"),
            models.CheckConstraint(
                condition=Q(removed_at=None) | Q(sealed_token="", sealed_hook_secret=""),
                name="removed_tracker_has_no_secret",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TrackerEvent(models.Model):
    """What was done to a tracker's set-up; never with a secret."""

    tracker = models.ForeignKey(Tracker, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField()
    by_name = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=8, choices=TrackerDeed)
    fields = ArrayField(models.CharField(max_length=40), default=list, blank=True)

    class Meta:
        ordering = ["-pk"]


class Issue(models.Model):
    """An issue in a tracker that speaks of a problem, and how it stood when we last heard of it."""

    problem = models.ForeignKey(Problem, on_delete=models.CASCADE, related_name="issues")
    tracker = models.ForeignKey(Tracker, on_delete=models.PROTECT, related_name="issues")
    key = models.CharField(max_length=80)
    url = models.CharField(max_length=1000)
    title = models.CharField(max_length=TITLE_LENGTH, blank=True)
    is_open = models.BooleanField(default=True)
    state_word = models.CharField(max_length=80, blank=True)  # as the tracker calls it
    heard_at = models.DateTimeField()
    changed_there_at = models.DateTimeField(null=True, blank=True)  # by the tracker's clock; what is older is no news

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["tracker", "key"], name="issue_known_once")]
        indexes = [models.Index(fields=["problem", "id"], name="issues_of_a_problem")]

    def __str__(self) -> str:
        return f"{self.tracker.name} {self.label}"

    @property
    def label(self) -> str:
        return f"#{self.key}" if self.key.isdigit() else self.key


class TrackerCall(models.Model):
    """Something a tracker is asked to do: written with the data it is about, sent after the commit, tried again for days.

    `marker` stands in the words, so that a repeated call finds what an earlier one has made already.
    """

    tracker = models.ForeignKey(Tracker, on_delete=models.PROTECT, related_name="calls")
    kind = models.CharField(max_length=8, choices=CallKind)
    problem = models.ForeignKey(Problem, on_delete=models.CASCADE, related_name="calls")
    issue = models.ForeignKey(Issue, null=True, blank=True, on_delete=models.CASCADE, related_name="calls")
    key = models.CharField(max_length=80, blank=True)  # of the issue to read that is to be linked
    marker = models.CharField(max_length=60, unique=True, default=new_marker)
    title = models.CharField(max_length=TITLE_LENGTH, blank=True)
    text = models.TextField(blank=True)
    by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=8, choices=CallState, default=CallState.QUEUED)
    attempts = models.PositiveIntegerField(default=0)
    trouble = models.TextField(blank=True)
    remote_id = models.CharField(max_length=80, blank=True)  # of the comment that it made
    created_at = models.DateTimeField()
    queued_at = models.DateTimeField()  # patience counts from here
    first_tried_at = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["tracker", "-id"], name="calls_of_a_tracker"),
            models.Index(fields=["problem", "-id"], name="calls_of_a_problem"),
        ]


class TrackerHook(models.Model):
    """What a tracker told us, byte for byte, committed before it was thanked; the same delivery is one row."""

    tracker = models.ForeignKey(Tracker, on_delete=models.PROTECT, related_name="hooks")
    delivery = models.CharField(max_length=120)
    headers = models.JSONField(default=dict)  # those that say what it is; none with a secret
    body = models.BinaryField()
    received_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=HookState, default=HookState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    trouble = models.TextField(blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["tracker", "delivery"], name="delivery_stored_once")]
        indexes = [models.Index(fields=["tracker", "-id"], name="hooks_of_a_tracker")]


class IssueComment(models.Model):
    """A comment on an issue, theirs or ours; known by the tracker's own id, so that it is never told twice."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="comments")
    remote_id = models.CharField(max_length=80)
    author = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    at = models.DateTimeField()
    is_ours = models.BooleanField(default=False)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["issue", "remote_id"], name="comment_known_once")]

"""The states of a ticket with the moves allowed between them, the kinds of message and the fates of an outgoing one."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    NEW = "new", _("New")
    OPEN = "open", _("Open")
    WAITING = "waiting", _("Waiting for customer")
    DEVELOPERS = "developers", _("With developers")
    RESOLVED = "resolved", _("Resolved")
    CLOSED = "closed", _("Closed")


ACTIVE = (State.NEW, State.OPEN, State.WAITING, State.DEVELOPERS)

MOVES: dict[str, frozenset[str]] = {
    State.NEW: frozenset({State.OPEN, State.WAITING, State.DEVELOPERS, State.RESOLVED, State.CLOSED}),
    State.OPEN: frozenset({State.WAITING, State.DEVELOPERS, State.RESOLVED, State.CLOSED}),
    State.WAITING: frozenset({State.OPEN, State.DEVELOPERS, State.RESOLVED, State.CLOSED}),
    State.DEVELOPERS: frozenset({State.OPEN, State.WAITING, State.RESOLVED, State.CLOSED}),
    State.RESOLVED: frozenset({State.OPEN, State.CLOSED}),
    State.CLOSED: frozenset({State.OPEN}),
}


class MessageKind(models.TextChoices):
    INBOUND = "inbound", _("Message")
    REPLY = "reply", _("Reply")
    NOTE = "note", _("Note")
    ACKNOWLEDGEMENT = "acknowledgement", _("Automatic answer")
    SIDE_OUT = "side_out", _("To a third party")
    SIDE_IN = "side_in", _("From a third party")


OUTGOING = (MessageKind.REPLY, MessageKind.ACKNOWLEDGEMENT, MessageKind.SIDE_OUT)
BESIDE = (MessageKind.SIDE_OUT, MessageKind.SIDE_IN)  # of a side conversation
INTERNAL = (MessageKind.NOTE, *BESIDE)  # never for the customer's eyes


class TextFormat(models.TextChoices):
    """How the text of a message is to be read: letter for letter, or as Markdown."""

    PLAIN = "", _("Plain text")
    MARKDOWN = "markdown", _("Markdown")


class Delivery(models.TextChoices):
    NONE = "", _("Not sent")
    QUEUED = "queued", _("On its way")
    SENT = "sent", _("Sent")
    KEPT = "kept", _("Kept in the local outbox")
    FAILED = "failed", _("Not delivered")
    WITHDRAWN = "withdrawn", _("Taken back before it was sent")


class Proof(models.TextChoices):
    """Whether it was proven that a message came from the address it names."""

    NOT_CHECKED = "", _("not checked")
    VERIFIED = "verified", _("verified")
    UNVERIFIED = "unverified", _("not verified")


class Doubt(models.TextChoices):
    """Why a message was not simply put on the ticket that it points to."""

    OTHER_SENDER = "other_sender", _("its sender is not on that ticket")
    UNPROVEN = "unproven", _("its sender was not proven")
    ONLY_NUMBER = "only_number", _("only its subject names that ticket")
    NEW_SUBJECT = "new_subject", _("it answers an old message under a new subject")


class Turn(models.TextChoices):
    """Why it was somebody's turn to get a ticket: what set them apart from the others on duty."""

    ONLY = "only", _("is the only one on duty")
    LANGUAGE = "language", _("speaks the language")
    LOAD = "load", _("has the least to do")
    TURN = "turn", _("has waited longest for one")


class Then(models.TextChoices):
    """What becomes of the ticket after a reply."""

    WAIT = "wait", _("Wait for the customer")
    OPEN = "open", _("Keep it open")
    RESOLVE = "resolve", _("Resolve it")


class WakesOn(models.TextChoices):
    """What ends a snooze. A customer's message ends every one."""

    MOMENT = "moment", _("a moment")
    CUSTOMER = "customer", _("when the customer writes")
    PROBLEM = "problem", _("when the problem is fixed")
    TICKET = "ticket", _("when another ticket is resolved")


class Woke(models.TextChoices):
    """Why a ticket is awake again."""

    MOMENT = "moment", _("its moment has come")
    CUSTOMER = "customer", _("the customer wrote")
    PROBLEM = "problem", _("the problem is fixed")
    NO_PROBLEM = "no_problem", _("it waits for no problem any more")
    TICKET = "ticket", _("the other ticket is over")
    BY_HAND = "by_hand", _("a colleague woke it")
    OVER = "over", _("the ticket itself is over")


class LinkKind(models.TextChoices):
    """What one ticket is to another."""

    RELATED = "related", _("has to do with")
    DUPLICATE = "duplicate", _("is a duplicate of")
    PART = "part", _("is a part of")


class FieldKind(models.TextChoices):
    """What stands in a custom field."""

    TEXT = "text", _("Words")
    NUMBER = "number", _("A number")
    CHOICE = "choice", _("One of several")
    DATE = "date", _("A date")
    CHECKBOX = "checkbox", _("A tick")
    URL = "url", _("A web address")


class LinkSide(models.TextChoices):
    """The same, as it reads from one of the two tickets."""

    RELATED = "related", _("has to do with")
    DUPLICATE = "duplicate", _("is a duplicate of")
    HAS_DUPLICATE = "has_duplicate", _("has as a duplicate")
    PART = "part", _("is a part of")
    WHOLE = "whole", _("has as a part")

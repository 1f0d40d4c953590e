"""The words by which things are found. The database keeps these tables itself, by triggers: see migration 0001."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q

from mainstay.people.models import Organisation, Person
from mainstay.tickets.models import Ticket

from .states import Noun


class TicketWords(models.Model):
    """The words of a ticket: subject (weight A), messages (B), what is for colleagues only (C), names, files and quotations (D).

    A very long ticket has several parts, each of `size` characters of messages at most (60,000) and all with its subject.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.DO_NOTHING, related_name="+")
    part = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    words = SearchVectorField()

    class Meta:
        ordering = ["-ticket", "part"]
        constraints = [models.UniqueConstraint(fields=["ticket", "part"], name="words_of_ticket_once")]
        indexes = [GinIndex(fields=["words"], name="ticket_words", fastupdate=False)]


class PersonWords(models.Model):
    """The words of a person: the name (weight A), addresses (B), their organisation's name (C)."""

    person = models.OneToOneField(Person, on_delete=models.DO_NOTHING, related_name="+")
    words = SearchVectorField()

    class Meta:
        ordering = ["person"]
        indexes = [GinIndex(fields=["words"], name="person_words", fastupdate=False)]


class OrganisationWords(models.Model):
    """The words of an organisation's name."""

    organisation = models.OneToOneField(Organisation, on_delete=models.DO_NOTHING, related_name="+")
    words = SearchVectorField()

    class Meta:
        ordering = ["organisation"]
        indexes = [GinIndex(fields=["words"], name="organisation_words", fastupdate=False)]


class Rebuild(models.Model):
    """All words made anew, step by step: `last` is the key of the last one of this noun that is done."""

    began_at = models.DateTimeField()
    noun = models.CharField(max_length=16, choices=Noun, default=Noun.ORGANISATIONS)
    last = models.BigIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(noun__in=Noun.values), name="rebuilt_noun_known"),
            models.UniqueConstraint(
                fields=["finished_at"],
                condition=Q(finished_at=None),
                nulls_distinct=False,
                name="one_rebuild_at_a_time",
            ),
        ]


class KnownWord(models.Model):
    """A word that stands somewhere, for those who mistype it. `near` are hashes of it and of it without one letter.

    Not unique on purpose: two who bring the same new word at the same moment must not wait for each other.
    """

    word = models.CharField(max_length=24)
    near = ArrayField(models.IntegerField())

    class Meta:
        ordering = ["word", "pk"]
        indexes = [
            models.Index(OpClass(F("word"), name="text_pattern_ops"), name="known_words"),
            GinIndex(fields=["near"], name="near_words", fastupdate=False),
            GinIndex(OpClass(F("word"), name="gin_trgm_ops"), name="known_word_parts", fastupdate=False),
        ]

"""Where on a ticket the words stand: the message with most of them, or a file, and the piece of text around them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, QuerySet, Window
from django.db.models.expressions import RawSQL
from django.db.models.functions import Left, RowNumber

from mainstay.tickets.models import Attachment, Message, Ticket
from mainstay.tickets.queries import messages_for
from mainstay.tickets.states import MessageKind

from .folding import Piece, Wanted, hits, snippet, spans
from .narrowing import Asked
from .states import Source
from .tsquery import Lexed, any_of

READ_OF_TICKET = 12  # messages of a ticket that are looked into at once; of longer ones the database is asked
READ_OF_TEXT, READ_OF_QUOTED = 8000, 2000


@dataclass(frozen=True)
class Context:
    """What was found, and on which message it stands."""

    message: int
    source: Source
    author: str
    at: datetime
    text: tuple[Piece, ...]


@dataclass(frozen=True)
class _Said:
    """A message, or what of it is looked into."""

    ticket: int
    key: int
    kind: str
    author: str
    at: datetime
    text: str
    quoted: str


def contexts_of(tickets: Sequence[Ticket], terms: Sequence[Lexed], asked: Asked) -> dict[int, Context]:
    """By the keys of the tickets; none for those whose words stand in the subject or the names alone."""
    wanted = [wanted for one in terms if not one.is_left_out for wanted in one.wanted]
    if not tickets or not wanted:
        return {}
    keys = [ticket.pk for ticket in tickets]
    found = _best(_newest_of(keys, asked), wanted)
    missing = [key for key in keys if key not in found]
    if missing:
        found |= _files(missing, wanted, asked)
        missing = [key for key in missing if key not in found]
    if missing:
        found |= _best(_deeper(missing, terms, asked), wanted)
    return found


def _newest_of(tickets: list[int], asked: Asked) -> list[_Said]:
    place = Window(RowNumber(), partition_by=F("ticket_id"), order_by=[F("at").desc(), F("pk").desc()])
    newest = _spoken(asked).filter(ticket__in=tickets).annotate(place=place).filter(place__lte=READ_OF_TICKET)
    return _read(newest.order_by("-at", "-pk"))


def _deeper(tickets: list[int], terms: Sequence[Lexed], asked: Asked) -> list[_Said]:
    """Of tickets with more messages than were read: the newest one of each in which any of the terms stands."""
    query = any_of(terms, "")
    long_ones = (
        _spoken(asked)
        .filter(ticket__in=tickets)
        .annotate(place=Window(RowNumber(), partition_by=F("ticket_id"), order_by=[F("at").desc(), F("pk").desc()]))
    )
    older = list(long_ones.filter(place__gt=READ_OF_TICKET).order_by("-at").values_list("pk", flat=True)[:500])
    if not older:
        return []
    stands = RawSQL("search_words(left(tickets_message.text, 40000)) @@ %s::tsquery", [query])
    held = Message.objects.filter(pk__in=older).annotate(stands=stands).filter(stands=True)
    return _read(held.order_by("ticket_id", "-at", "-pk").distinct("ticket_id"), READ_OF_TEXT * 5)


def _spoken(asked: Asked) -> QuerySet[Message]:
    return messages_for(asked.viewer).exclude(kind=MessageKind.ACKNOWLEDGEMENT)


def _read(messages: QuerySet[Message], length: int = READ_OF_TEXT) -> list[_Said]:
    texts = messages.annotate(said=Left("text", length), history=Left("quoted", READ_OF_QUOTED))
    named = texts.values_list(
        "ticket_id", "pk", "kind", "author__name", "sender_name", "sender_address", "at", "said", "history"
    )
    return [
        _Said(ticket, key, kind, name or sender or address, at, text, quoted)
        for ticket, key, kind, name, sender, address, at, text, quoted in named
    ]


def _best(said: Iterable[_Said], wanted: Sequence[Wanted]) -> dict[int, Context]:
    """Of each ticket the message with most of the terms, the newest of equals; a text before what it quotes."""
    rated: dict[int, list[tuple[int, _Said, bool]]] = {}
    for one in said:
        if number := hits(one.text, wanted):
            rated.setdefault(one.ticket, []).append((2 * number, one, False))
        elif one.quoted and (number := hits(one.quoted, wanted)):
            rated.setdefault(one.ticket, []).append((2 * number - 1, one, True))
    found = {}
    for ticket, some in rated.items():
        for _number, one, is_quoted in sorted(some, key=lambda rating: -rating[0]):
            text = one.quoted if is_quoted else one.text
            if spans(text, wanted):
                source = Source.QUOTED if is_quoted else _SOURCES.get(one.kind, Source.MESSAGE)
                found[ticket] = Context(one.key, source, one.author, one.at, snippet(text, wanted))
                break
    return found


_SOURCES = {
    MessageKind.REPLY.value: Source.REPLY,
    MessageKind.NOTE.value: Source.NOTE,
    MessageKind.SIDE_OUT.value: Source.SIDE,
    MessageKind.SIDE_IN.value: Source.SIDE,
}


def _files(tickets: list[int], wanted: Sequence[Wanted], asked: Asked) -> dict[int, Context]:
    """Files whose names hold a term, by ticket."""
    files = Attachment.objects.filter(is_inline=False, message__ticket__in=tickets, message__in=_spoken(asked))
    named = files.select_related("message__author").order_by("pk")[: READ_OF_TICKET * len(tickets)]
    found = {}
    for file in named:
        message = file.message
        if hits(file.filename, wanted) and spans(file.filename, wanted):
            author = message.author.name if message.author else message.sender_name or message.sender_address
            text = snippet(file.filename, wanted)
            found[message.ticket_id] = Context(message.pk, Source.FILE, author, message.at, text)
    return found

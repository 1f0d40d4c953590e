"""Keep what is being typed: the text, the files beside it, and that somebody is writing."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from mainstay.files.actions import store_file
from mainstay.lib.pictures import HEAD_BYTES, picture_of
from mainstay.live.announcing import announce
from mainstay.people.errors import NotAllowed
from mainstay.people.models import Person
from mainstay.people.states import Permission
from mainstay.tickets.delivery import FilesLimit, channel_named
from mainstay.tickets.enclosures import Enclosure
from mainstay.tickets.models import Ticket
from mainstay.tickets.rules import TEXT_LENGTH

from ..errors import DraftChanged, EmptyFile, FilesTooLarge, TooManyFiles
from ..models import Draft, DraftFile
from ..rules import content_type_of
from ..states import Mode

SAID_AGAIN_AFTER = timedelta(seconds=10)  # that somebody goes on writing is told no more often
DRAFTS_MAX_AGE = timedelta(days=90)
FORGOTTEN_AT_ONCE = 5_000


def announce_writing(ticket: Ticket) -> None:
    """Open browsers hear that somebody began or stopped writing on this ticket."""
    announce(writing_topic(ticket))


def writing_topic(ticket: Ticket) -> str:
    return f"writing:{ticket.topic}"


@transaction.atomic
def keep_draft(
    ticket: Ticket,
    *,
    text: str,
    by: Person,
    at: datetime,
    mode: str = Mode.REPLY,
    base: str = "",
    seen: int | None = None,
) -> Draft | None:
    """What is typed is kept, and colleagues see that somebody writes; an empty text without files is no draft: None.

    `base` is the draft that the window goes on from (empty: none). Raises DraftChanged when it is another meanwhile.
    `seen` is the newest message that the window was shown with: a window that has sent its text since keeps nothing.
    """
    if not by.may(Permission.WRITE_NOTES):
        raise NotAllowed
    text = text.replace("\r\n", "\n").replace("\x00", "")[:TEXT_LENGTH]
    draft = Draft.objects.select_for_update().filter(person=by, ticket=ticket).first()
    _must_go_on(draft, base, text, ticket, by, seen)
    if draft is None:
        if not text.strip():
            return None
        draft, is_new = Draft.objects.get_or_create(
            person=by, ticket=ticket, defaults={"text": text, "mode": Mode(mode), "typed_at": at}
        )
        if not is_new and draft.text != text:  # two windows began at the same moment
            raise DraftChanged(draft.text, draft.base)
        announce_writing(ticket)
        return draft
    if not text.strip() and not draft.files.exists():
        draft.delete()
        announce_writing(ticket)
        return None
    if (draft.text, draft.mode) != (text, mode):
        _go_on(draft, text, Mode(mode), at)
    return draft


def _go_on(draft: Draft, text: str, mode: Mode, at: datetime) -> None:
    was_silent = at - draft.typed_at > SAID_AGAIN_AFTER or not draft.text
    draft.text, draft.mode, draft.typed_at = text, mode, at
    draft.version += 1
    draft.save(update_fields=["text", "mode", "typed_at", "version"])
    if was_silent:
        announce_writing(draft.ticket)


def _must_go_on(draft: Draft | None, base: str, text: str, ticket: Ticket, by: Person, seen: int | None) -> None:
    """Two windows that know of the same text differ in nothing; whoever comes late is told what is there."""
    if draft is not None and base != draft.base and text != draft.text and (base or draft.text):
        raise DraftChanged(draft.text, draft.base)
    if draft is None and (base or (seen is not None and ticket.messages.filter(author=by, pk__gt=seen).exists())):
        raise DraftChanged("", "")


@transaction.atomic
def add_file(
    ticket: Ticket, *, filename: str, content: bytes, by: Person, at: datetime, in_text: bool = False
) -> DraftFile:
    """The file lies beside the draft, which is made when there was none; `in_text` gives a picture a name for the text.

    Raises EmptyFile, TooManyFiles and FilesTooLarge.
    """
    if not by.may(Permission.WRITE_NOTES):
        raise NotAllowed
    if not content:
        raise EmptyFile
    draft, _new = Draft.objects.get_or_create(person=by, ticket=ticket, defaults={"typed_at": at})
    draft = Draft.objects.select_for_update().get(pk=draft.pk)
    sizes = list(draft.files.values_list("file__size", flat=True))
    limit = files_limit(ticket)
    if len(sizes) >= limit.count:
        raise TooManyFiles(limit.count)
    if sum(sizes) + len(content) > limit.size:
        raise FilesTooLarge(filename, limit.size)
    is_picture = picture_of(content[:HEAD_BYTES]) is not None
    return DraftFile.objects.create(
        draft=draft,
        file=store_file(content, content_type_of(content, filename)),
        filename=filename[:255] or "file",
        content_id=secrets.token_hex(5) if in_text and is_picture else "",
    )


@transaction.atomic
def remove_file(file: DraftFile, *, by: Person) -> None:
    """The file is not beside the draft any more. The draft stays, also an empty one: open windows go on from it."""
    draft = Draft.objects.select_for_update().filter(pk=file.draft_id, person=by).first()
    if draft is None:
        raise NotAllowed
    draft.files.filter(pk=file.pk).delete()


def files_limit(ticket: Ticket) -> FilesLimit:
    """What one message may carry on the ticket's channel; said where one types, and held to for notes as well."""
    return channel_named(ticket.channel).files_limit()


def take_draft(ticket: Ticket, by: Person, *, text: str, base: str | None = None) -> list[Enclosure]:
    """The draft is gone, since its text was sent or written: the files that lay beside it. In the caller's transaction.

    `base` is the draft that the window of this text knows of; raises DraftChanged when another window has written something
    else since, so that nobody's words go unseen. None: it does not matter.
    """
    draft = Draft.objects.select_for_update().filter(person=by, ticket=ticket).first()
    if draft is None:
        return []
    if base is not None and base != draft.base and draft.text.strip() not in ("", text.strip()):
        raise DraftChanged(draft.text, draft.base)
    files = enclosures(list(draft.files.select_related("file").order_by("pk")))
    draft.delete()
    announce_writing(ticket)
    return files


def enclosures(files: Sequence[DraftFile]) -> list[Enclosure]:
    return [Enclosure(one.file, one.filename, one.content_id) for one in files]


@transaction.atomic
def put_in_draft(
    ticket: Ticket, *, text: str, files: Sequence[Enclosure], by: Person, at: datetime, mode: str = Mode.REPLY
) -> Draft:
    """A text that left, or waited to leave, stands in its writer's composer again, above what they have begun since."""
    draft = Draft.objects.select_for_update().filter(person=by, ticket=ticket).first()
    if draft is None:
        draft = Draft.objects.create(person=by, ticket=ticket, text=text, mode=Mode(mode), typed_at=at)
    else:
        both = f"{text}\n\n{draft.text}" if draft.text.strip() else text
        _go_on(draft, both[:TEXT_LENGTH], Mode(mode), at)
    DraftFile.objects.bulk_create(
        DraftFile(draft=draft, file=one.file, filename=one.filename, content_id=one.content_id) for one in files
    )
    announce_writing(ticket)
    return draft


def move_drafts(ticket: Ticket, into: Ticket, *, at: datetime) -> None:
    """What anybody was writing on a ticket goes with its messages to another one; open windows go on with it there."""
    there = set(Draft.objects.filter(ticket=into).values_list("person_id", flat=True))
    for draft in (
        Draft.objects.select_for_update(of=("self",)).filter(ticket=ticket).select_related("person").order_by("pk")
    ):
        if draft.person_id in there:
            files = enclosures(list(draft.files.select_related("file").order_by("pk")))
            put_in_draft(into, text=draft.text, files=files, by=draft.person, at=at, mode=draft.mode)
            draft.delete()
        else:
            draft.ticket = into
            draft.save(update_fields=["ticket"])


def forget_old_drafts(*, at: datetime) -> int:
    """Drafts that nobody went on with for three months are gone; returns how many."""
    old = Draft.objects.filter(typed_at__lt=at - DRAFTS_MAX_AGE).order_by("pk").values("pk")[:FORGOTTEN_AT_ONCE]
    _rows, by_model = Draft.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()
    return by_model.get("writing.Draft", 0)

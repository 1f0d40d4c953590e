"""Side conversations: what is written with a third party beside a ticket, and never reaches the customer."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from mainstay.channels.email.showing import originals_of
from mainstay.files.actions import store_file
from mainstay.people.rules import EMAIL
from mainstay.people.states import Permission
from mainstay.tickets import actions
from mainstay.tickets.actions import Letter
from mainstay.tickets.delivery import FilesLimit, channel_named
from mainstay.tickets.enclosures import Enclosure
from mainstay.tickets.errors import TicketError, WrittenMeanwhile
from mainstay.tickets.models import SUBJECT_LENGTH, Attachment, Message, SideConversation, Ticket
from mainstay.tickets.queries import message_for, messages_of, side_for, ticket_for
from mainstay.tickets.rules import TEXT_LENGTH
from mainstay.tickets.states import MessageKind, TextFormat
from mainstay.writing.errors import FilesTooLarge, TooManyFiles
from mainstay.writing.rules import content_type_of

from ..doorway import DeskRequest, desk_page, staff_only, twice_if_needed

PAGE = "desk/side/page.html"
MIB = 1024 * 1024
OFFERED_FILES = 60
QUOTED = 10_000
Refused = (TicketError, FilesTooLarge, TooManyFiles)


class LetterForm(forms.Form):
    """A letter to a third party; `enclose` are files of the ticket that go with it, chosen one by one."""

    text = forms.CharField(
        label=gettext_lazy("Your text"),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea,
        error_messages={"required": gettext_lazy("Write something first: an empty message can't be sent.")},
    )
    enclose = forms.MultipleChoiceField(required=False)
    seen = forms.IntegerField(required=False)

    def __init__(self, files: Sequence[Attachment], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["enclose"].choices = [(str(one.pk), one.filename) for one in files]  # type: ignore[attr-defined]


class FirstLetterForm(LetterForm):
    """The first one, with whom it goes to."""

    address = forms.CharField(label=gettext_lazy("E-mail address"), max_length=320)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200, required=False)
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=SUBJECT_LENGTH)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.WORK_TICKETS)
def ticket_side_new(request: DeskRequest, number: int) -> HttpResponse:
    """Write to a third party for the first time; `quote` is a message whose words are put into the letter."""
    it = ticket_for(request.person, number)
    offered = _files_of(request, it)
    if request.method != "POST":
        given = {"subject": it.subject, "text": _quoted(request, it)}
        return _page(request, it, None, FirstLetterForm(offered, initial=given), offered)
    form = FirstLetterForm(offered, request.POST)
    if not form.is_valid():
        return _page(request, it, None, form, offered, status=422)
    known = form.cleaned_data
    to = {name: known[name] for name in ("address", "name", "subject")}
    return _written(
        request,
        it,
        None,
        form,
        offered,
        lambda letter: actions.open_side_conversation(
            it, letter=letter, by=request.person, at=timezone.now(), undo_seconds=settings.UNDO_SECONDS, **to
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.SEE_TICKETS)
def side(request: DeskRequest, pk: int) -> HttpResponse:
    """The conversation, and the next letter."""
    it, conversation = _side(request, pk)
    offered = _files_of(request, it)
    if request.method != "POST":
        return _page(request, it, conversation, LetterForm(offered), offered)
    form = LetterForm(offered, request.POST)
    if not form.is_valid():
        return _page(request, it, conversation, form, offered, status=422)
    return _written(
        request,
        it,
        conversation,
        form,
        offered,
        lambda letter: actions.write_beside(
            conversation,
            letter=letter,
            by=request.person,
            at=timezone.now(),
            seen=form.cleaned_data["seen"] or 0,
            undo_seconds=settings.UNDO_SECONDS,
        ),
    )


@require_POST
@staff_only(Permission.WORK_TICKETS)
def side_closure(request: DeskRequest, pk: int) -> HttpResponse:
    """Seen to, closed, or open again."""
    _ticket, conversation = _side(request, pk)
    verbs: dict[str, Callable[..., object]] = {
        "seen": actions.see_to_side,
        "close": actions.close_side,
        "reopen": actions.reopen_side,
    }
    verb = verbs.get(request.POST.get("do", ""))
    if verb is None:
        messages.error(request, _("Nothing was chosen, so nothing was changed. Please load the page again."))
        return redirect("desk:side", pk=pk)
    try:
        twice_if_needed(lambda: verb(conversation, by=request.person, at=timezone.now()))
    except TicketError as problem:
        messages.error(request, str(problem))
    return redirect("desk:side", pk=pk)


@require_POST
@staff_only(Permission.WORK_TICKETS)
def side_withdrawal(request: DeskRequest, pk: int) -> HttpResponse:
    """Take a letter back before it is sent; its text stands in the form again."""
    message = message_for(request.person, pk)
    if message is None or message.side_id is None:
        raise Http404
    it, conversation = _side(request, message.side_id)
    try:
        actions.withdraw_beside(message, by=request.person, at=timezone.now())
    except TicketError as problem:
        messages.error(request, str(problem))
        return redirect("desk:side", pk=message.side_id)
    offered = _files_of(request, it)
    chosen = set(message.attachments.values_list("file_id", flat=True))
    again = {"text": message.text, "enclose": [str(one.pk) for one in offered if one.file_id in chosen]}
    messages.success(request, _("The letter was taken back; nothing was sent."))
    return _page(request, it, conversation, LetterForm(offered, initial=again), offered)


# --- answers ----------------------------------------------------------------------------------------------------------


def _written(
    request: DeskRequest,
    it: Ticket,
    conversation: SideConversation | None,
    form: LetterForm,
    offered: Sequence[Attachment],
    verb: Callable[[Letter], Message],
) -> HttpResponse:
    """The letter is queued; what can't be is told beside its text."""
    try:
        files = _enclosed(request, form, offered)
        letter = Letter(form.cleaned_data["text"], TextFormat.MARKDOWN, files)
        message = twice_if_needed(lambda: verb(letter))
    except Refused as problem:
        field = "address" if conversation is None and not isinstance(problem, FilesTooLarge | TooManyFiles) else "text"
        form.add_error(field, str(problem))
        is_news = isinstance(problem, WrittenMeanwhile)
        return _page(request, it, conversation, form, offered, status=422, is_news=is_news)
    return redirect("desk:side", pk=message.side_id)


def _page(
    request: DeskRequest,
    it: Ticket,
    conversation: SideConversation | None,
    form: LetterForm,
    offered: Sequence[Attachment],
    *,
    status: int = 200,
    is_news: bool = False,
) -> HttpResponse:
    written = _messages_of(request, it, conversation)
    mails = originals_of(it) if conversation else {}
    limit, now = _limit(), timezone.now()
    context = {
        "ticket": it,
        "side": conversation,
        "form": form,
        "letters": [{"message": one, "mail": mails.get(one.pk)} for one in written],
        "seen": max((one.pk for one in written), default=0),
        "is_news": is_news,
        "offered": offered,
        "chosen": form["enclose"].value() or [],
        "files_count": limit.count,
        "files_megabytes": limit.size // MIB,
        "may_work": request.person.may(Permission.WORK_TICKETS),
        "now": now,
        "withdrawable_since": now - timedelta(seconds=settings.UNDO_SECONDS),
        "undo_seconds": settings.UNDO_SECONDS,
    }
    return desk_page(request, PAGE, context, topics=(it.topic,), status=status, about=it.topic)


def _messages_of(request: DeskRequest, it: Ticket, conversation: SideConversation | None) -> list[Message]:
    if conversation is None:
        return []
    return [one for one in messages_of(it, request.person) if one.side_id == conversation.pk]


def _side(request: DeskRequest, pk: int) -> tuple[Ticket, SideConversation]:
    found = side_for(request.person, pk)
    if found is None:
        raise Http404
    return found


def _quoted(request: DeskRequest, it: Ticket) -> str:
    """The words of a message of this ticket, for the letter: they go out only if its writer leaves them there."""
    wanted = request.GET.get("quote", "")
    if not (wanted.isascii() and wanted.isdecimal() and len(wanted) < 19):
        return ""
    message = message_for(request.person, int(wanted))
    if message is None or message.ticket_id != it.pk or message.kind == MessageKind.ACKNOWLEDGEMENT:
        return ""
    return "\n\n" + "\n".join(f"> {line}" for line in message.text[:QUOTED].splitlines()) + "\n"


# --- files ------------------------------------------------------------------------------------------------------------


def _files_of(request: DeskRequest, it: Ticket) -> list[Attachment]:
    """The files of the ticket that may go along, newest first."""
    every = [one for message in messages_of(it, request.person) for one in message.attachments.all()]
    return every[-OFFERED_FILES:][::-1]


def _limit() -> FilesLimit:
    return channel_named(EMAIL).files_limit()


def _enclosed(request: DeskRequest, form: LetterForm, offered: Sequence[Attachment]) -> list[Enclosure]:
    """What was chosen of the ticket's files, and what was added. Raises TooManyFiles and FilesTooLarge."""
    limit = _limit()
    chosen = set(form.cleaned_data["enclose"])
    added = [one for one in request.FILES.getlist("files") if isinstance(one, UploadedFile)]
    kept = [one for one in offered if str(one.pk) in chosen]
    if len(kept) + len(added) > limit.count:
        raise TooManyFiles(limit.count)
    sizes = [*(one.size for one in kept), *(one.size or 0 for one in added)]
    if sum(sizes) > limit.size:
        raise FilesTooLarge(_("What you chose"), limit.size)
    files = [Enclosure(one.file, one.filename) for one in kept]
    for one in added:
        name, content = one.name or "file", one.read()
        if content:
            files.append(Enclosure(store_file(content, content_type_of(content, name)), name[:255]))
    return files

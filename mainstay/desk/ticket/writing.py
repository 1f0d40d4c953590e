"""Writing on a ticket: replies and notes, the draft while it is typed, its files, what is pasted, how it will look."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mainstay.lib.errors import MainstayError
from mainstay.people.errors import NotAllowed
from mainstay.people.states import Permission
from mainstay.tickets.errors import AnsweredMeanwhile, TicketError
from mainstay.tickets.models import Message, Ticket
from mainstay.tickets.queries import message_for, participants_of, ticket_for
from mainstay.tickets.states import Then
from mainstay.writing import actions
from mainstay.writing.errors import DraftChanged, FilesTooLarge, TooMuchToPaste, WritingError
from mainstay.writing.markdown import html_of, with_pictures
from mainstay.writing.models import Draft, DraftFile
from mainstay.writing.pasting import markdown_from_html
from mainstay.writing.queries import draft_file_for, draft_of, files_of, newest_of, news_since
from mainstay.writing.states import Mode

from ..doorway import DeskRequest, staff_only, twice_if_needed
from ..mail.answers import download, painted_file
from .composer import addresses_of, beside_context, composer_context
from .forms import ReplyForm, TextForm
from .views import ticket_page, ticket_part

COMPOSER, BESIDE = "desk/ticket/composer.html", "desk/ticket/beside.html"
REQUEST_SPARE_BYTES = 1024 * 1024  # a form's own lines beside the files in it


@require_POST
@staff_only(Permission.WRITE_NOTES)
def ticket_replies(request: DeskRequest, number: int) -> HttpResponse:
    """Write to the customer, now or later, whoever the policy lets. What was typed stays where it can't be sent."""
    it = ticket_for(request.person, number)
    form = ReplyForm(request.POST)
    if not form.is_valid():
        return _not_written(request, it, form, Mode.REPLY)
    given = form.cleaned_data
    how: dict[str, Any] = {"then": given["then"] or Then.WAIT, "seen": given["seen"]}
    if given["due_at"]:
        how |= {"due_at": given["due_at"], "regardless": given["regardless"]}
        return _written(request, it, form, Mode.REPLY, actions.plan_reply, **how)
    return _written(request, it, form, Mode.REPLY, actions.send_reply, undo_seconds=settings.UNDO_SECONDS, **how)


@require_POST
@staff_only(Permission.WRITE_NOTES)
def ticket_notes(request: DeskRequest, number: int) -> HttpResponse:
    """Write a note for colleagues."""
    it = ticket_for(request.person, number)
    form = TextForm(request.POST)
    if not form.is_valid():
        return _not_written(request, it, form, Mode.NOTE)
    return _written(request, it, form, Mode.NOTE, actions.write_note)


@require_POST
@staff_only(Permission.WORK_TICKETS)
def message_withdrawal(request: DeskRequest, pk: int) -> HttpResponse:
    """Take a reply back before it is sent; its text stands in the composer again."""
    message = message_for(request.person, pk)
    if message is None:
        raise Http404
    try:
        actions.take_back_reply(message, by=request.person, at=timezone.now())
    except TicketError as problem:
        messages.error(request, str(problem))
    return _to_composer(message.ticket)


# --- the draft --------------------------------------------------------------------------------------------------------


@require_POST
@staff_only(Permission.WRITE_NOTES)
def ticket_draft(request: DeskRequest, number: int) -> HttpResponse:
    """What is typed is kept. Scripts are answered with what they go on from; a form is led back to the page."""
    it = ticket_for(request.person, number)
    if (
        it.merged_into is not None
    ):  # the draft went along with the messages, and a window that is still open goes on there
        it = ticket_for(request.person, it.merged_into.number)
    is_form = request.POST.get("do") in ("keep", "ready")
    try:
        draft = _keep(request, it)
    except DraftChanged as other:
        if is_form:
            messages.error(request, str(other))
            return _to_composer(it)
        told = {"problem": str(other), "text": other.text, "base": other.base}
        return JsonResponse(told, status=409)
    if request.POST.get("do") == "ready":
        return _to_ready(request, it)
    if is_form and not request.htmx:
        messages.success(request, _("Your draft is kept."))
        return _to_composer(it)
    if is_form:
        return _composer(request, it)
    return JsonResponse({"base": draft.base if draft else ""})


def _keep(request: DeskRequest, it: Ticket, **known: Any) -> Draft | None:
    mode, seen = request.POST.get("mode", ""), request.POST.get("seen", "")
    given: dict[str, Any] = {
        "text": request.POST.get("text", ""),
        "mode": mode if mode in Mode.values else Mode.REPLY,
        "base": request.POST.get("base", "")[:40],
        "seen": int(seen) if seen.isdecimal() and len(seen) < 19 else None,
    }
    return actions.keep_draft(it, by=request.person, at=timezone.now(), **(given | known))


@require_POST
@staff_only(Permission.WRITE_NOTES)
def ticket_files(request: DeskRequest, number: int) -> HttpResponse:
    """Files to go with the draft: the list as it is now, the words that put a picture in the text, what was not added."""
    it = ticket_for(request.person, number)
    added, problems = _add_files(request, it, in_text=request.POST.get("in_text") == "1")
    draft = draft_of(request.person, it)
    told = {
        "base": draft.base if draft else "",
        "files": render_to_string("desk/ticket/draft_files.html", {"files": files_of(draft)}, request),
        "text": "\n".join(f"![{_as_alt(one.filename)}](cid:{one.content_id})" for one in added if one.content_id),
        "problem": " ".join(problems),
    }
    return JsonResponse(told, status=200 if added or not problems else 422)


def _add_files(request: DeskRequest, it: Ticket, *, in_text: bool = False) -> tuple[list[DraftFile], list[str]]:
    """What was added, and why the rest was not, in words. Too large a request is not read at all."""
    limit = actions.files_limit(it)
    if int(request.META.get("CONTENT_LENGTH") or 0) > limit.size + REQUEST_SPARE_BYTES:
        return [], [str(FilesTooLarge(_("What you chose"), limit.size))]
    added, problems = [], []
    for file in request.FILES.getlist("files"):
        assert isinstance(file, UploadedFile)
        given: dict[str, Any] = {"filename": file.name or "file", "content": file.read(), "in_text": in_text}
        try:
            added.append(actions.add_file(it, by=request.person, at=timezone.now(), **given))
        except WritingError as problem:
            problems.append(str(problem))
    return added, problems


def _as_alt(filename: str) -> str:
    return filename.replace("[", "(").replace("]", ")")


@require_safe
@staff_only(Permission.WRITE_NOTES)
def draft_file(request: DeskRequest, pk: int) -> HttpResponseBase:
    """A file of one's own draft: to be seen when it is a picture, to be saved otherwise."""
    file = draft_file_for(request.person, pk)
    answer = (painted_file(file) or download(file)) if file else None
    if answer is None:
        raise Http404
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_POST
@staff_only(Permission.WRITE_NOTES)
def draft_file_removal(request: DeskRequest, pk: int) -> HttpResponse:
    """The file does not go with the draft any more."""
    file = draft_file_for(request.person, pk)
    if file is None:
        raise Http404
    it = file.draft.ticket
    if not request.htmx:
        with suppress(DraftChanged):  # the form of the composer came along
            _keep(request, it)
    actions.remove_file(file, by=request.person)
    if not request.htmx:
        return _to_composer(it)
    return render(request, "desk/ticket/draft_files.html", {"files": files_of(draft_of(request.person, it))})


# --- how it will look, and what was copied elsewhere -------------------------------------------------------------------


@require_POST
@staff_only(Permission.WRITE_NOTES)
def ticket_preview(request: DeskRequest, number: int) -> HttpResponse:
    """The text as it will be shown and sent, with the pictures of the draft."""
    it = ticket_for(request.person, number)
    files = files_of(draft_of(request.person, it))
    pictures = {one.content_id: reverse("desk:draft_file", args=[one.pk]) for one in files if one.content_id}
    html = with_pictures(html_of(request.POST.get("text", "")), pictures)
    return render(request, "desk/ticket/preview.html", {"html": html})


@require_POST
@staff_only(Permission.WRITE_NOTES)
def pasting(request: DeskRequest) -> HttpResponse:
    """HTML from a clipboard as Markdown; what can't be told so stays the plain words that were put in already."""
    try:
        return JsonResponse({"text": markdown_from_html(request.POST.get("html", ""))})
    except TooMuchToPaste as problem:
        return JsonResponse({"text": "", "problem": str(problem)}, status=422)


@require_safe
@staff_only(Permission.SEE_TICKETS)
def ticket_beside(request: DeskRequest, number: int) -> HttpResponse:
    """What stands over the composer, read again when somebody writes or something happens."""
    it = ticket_for(request.person, number)
    return ticket_part(request, BESIDE, beside_context(request, it))


# --- answers ----------------------------------------------------------------------------------------------------------


def _written(
    request: DeskRequest, it: Ticket, form: TextForm, mode: str, verb: Callable[..., object], **more: Any
) -> HttpResponse:
    """The verb is done with the text; what can't be done is told beside the text, which stays and is kept as a draft."""
    _added, problems = _add_files(request, it)
    if problems:
        form.add_error("text", " ".join(problems))
        return _not_written(request, it, form, mode)
    try:
        known = {"base": request.POST["base"][:40]} if "base" in request.POST else {}
        given = {"text": form.cleaned_data["text"], "by": request.person, "at": timezone.now()}
        twice_if_needed(lambda: verb(it, **given, **known, **more))
    except NotAllowed:
        raise
    except AnsweredMeanwhile:
        return _not_written(request, it, form, mode, news=news_since(it, form.cleaned_data["seen"]))
    except DraftChanged as other:
        return _composer(request, it, form=form, mode=mode, other=other.text, status=422)
    except MainstayError as problem:
        form.add_error("text", str(problem))
        return _not_written(request, it, form, mode)
    return _composer(request, ticket_for(request.person, it.number), mode=mode) if request.htmx else _back(it)


def _not_written(
    request: DeskRequest, it: Ticket, form: TextForm, mode: str, news: list[Message] | None = None
) -> HttpResponse:
    with suppress(DraftChanged):  # the text stands in the composer that is shown now
        _keep(request, it, mode=mode, seen=None)
    return _composer(request, it, form=form, mode=mode, news=news or [], status=422)


def _composer(request: DeskRequest, it: Ticket, *, status: int = 200, **composer: Any) -> HttpResponse:
    if not request.htmx:
        return ticket_page(request, it, status=status, **composer)
    around: dict[str, Any] = {"addresses": addresses_of(it), "participants": participants_of(it)}
    context = composer_context(request, it, seen=newest_of(it), **around, **composer)
    return ticket_part(request, COMPOSER, context, status)


def _to_composer(it: Ticket) -> HttpResponse:
    return redirect(reverse("desk:ticket", args=[it.number]) + "#composer")


def _to_ready(request: DeskRequest, it: Ticket) -> HttpResponse:
    url = reverse("desk:ticket_ready", args=[it.number])
    return HttpResponse(headers={"HX-Redirect": url}) if request.htmx else redirect(url)


def _back(it: Ticket) -> HttpResponse:
    return redirect("desk:ticket", number=it.number)

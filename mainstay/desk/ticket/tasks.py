"""The tasks of a ticket, done where its side stands."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from mainstay.people.models import Person
from mainstay.people.queries import assignable_staff
from mainstay.people.states import Permission
from mainstay.tickets import actions
from mainstay.tickets.around import TASK_LENGTH
from mainstay.tickets.errors import NoSuchTicket, TaskGone
from mainstay.tickets.queries import checklists_for, task_for, ticket_for

from ..doorway import DeskRequest, staff_only
from .marks import sidebar_verb


class TaskForm(forms.Form):
    """What is to be done, by whom, until when."""

    text = forms.CharField(
        max_length=TASK_LENGTH,
        error_messages={"required": gettext_lazy("Write what is to be done, in at most 300 letters.")},
    )
    assignee = forms.ModelChoiceField(queryset=Person.objects.none(), required=False)
    due_on = forms.DateField(
        required=False, error_messages={"invalid": gettext_lazy("That is no day. Your text is still here.")}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assignee"].queryset = assignable_staff()  # type: ignore[attr-defined]

    @property
    def problem(self) -> str:
        return " ".join(str(text) for texts in self.errors.values() for text in texts)


@require_POST
@staff_only(Permission.WORK_TICKETS)
def ticket_tasks(request: DeskRequest, number: int) -> HttpResponse:
    """Add a task; or the tasks of a checklist."""
    it = ticket_for(request.person, number)
    person, now = request.person, timezone.now()
    if "checklist" in request.POST:
        chosen = request.POST["checklist"]
        kept = next((one for one in checklists_for(it.nature) if str(one.pk) == chosen), None)
        if kept is None:
            return sidebar_verb(request, it, None, _("That checklist is not there any more: somebody has removed it."))
        return sidebar_verb(request, it, lambda: actions.put_checklist(it, checklist=kept, by=person, at=now))
    form = TaskForm(request.POST)
    if not form.is_valid():
        return sidebar_verb(request, it, None, form.problem, typed={"task": request.POST.get("text", "")[:TASK_LENGTH]})
    given = form.cleaned_data
    return sidebar_verb(
        request, it, lambda: actions.add_task(it, by=person, at=now, **given), typed={"task": given["text"]}
    )


@require_POST
@staff_only(Permission.WORK_TICKETS)
def task_change(request: DeskRequest, pk: int) -> HttpResponse:
    """Done or not, one place up or down, removed; else what it says, by whom, until when."""
    task = task_for(request.person, pk) if pk < 2**63 else None
    if task is None:
        return _gone(request)
    person, now = request.person, timezone.now()
    verbs: dict[str, Callable[[], object]] = {
        "done": lambda: actions.do_task(task, is_done=True, by=person, at=now),
        "not-done": lambda: actions.do_task(task, is_done=False, by=person, at=now),
        "up": lambda: actions.move_task(task, up=True, by=person, at=now),
        "down": lambda: actions.move_task(task, up=False, by=person, at=now),
        "remove": lambda: actions.remove_task(task, by=person, at=now),
    }
    if verb := verbs.get(request.POST.get("do", "")):
        return sidebar_verb(request, task.ticket, verb)
    form = TaskForm(request.POST)
    typed = {"task_of": task.pk, "task_text": request.POST.get("text", "")[:TASK_LENGTH]}
    if not form.is_valid():
        return sidebar_verb(request, task.ticket, None, form.problem, typed=typed)
    given, seen = form.cleaned_data, request.POST.get("seen", "")[:40]
    typed |= {"task_assignee": given["assignee"].pk if given["assignee"] else None, "task_due": given["due_on"]}
    return sidebar_verb(
        request, task.ticket, lambda: actions.change_task(task, by=person, at=now, seen=seen, **given), typed=typed
    )


def _gone(request: DeskRequest) -> HttpResponse:
    """Told on the ticket where one was; when that is not known, there is nothing."""
    try:
        it = ticket_for(request.person, request.POST.get("at", ""))
    except NoSuchTicket:
        raise Http404 from None
    typed = {"task": request.POST.get("text", "")[:TASK_LENGTH]} if "do" not in request.POST else {}
    return sidebar_verb(request, it, None, str(TaskGone()), typed=typed)

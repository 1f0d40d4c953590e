"""What somebody typed and handed over to change the policy; all of it comes back on the page, so that nothing is lost."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext as _

from mainstay.policy.errors import Fault, PolicyFaults
from mainstay.policy.reading import LARGEST, PolicySource, calendar_names, calendar_text, policy_text_in
from mainstay.promises.models import PolicyRevision
from mainstay.reports.revising import moment_in

MOST_TOGETHER = 2_000_000  # characters that go from page to page


@dataclass
class Typed:
    """`calendars` are the files that the text names, as far as they are here; `faults` those of what was handed over."""

    text: str
    calendars: dict[str, str] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)
    holds_from: str = ""
    faults: list[Fault] = field(default_factory=list)

    @property
    def source(self) -> PolicySource:
        return PolicySource(self.text, self.calendars, self.unread)

    def moment(self, now: datetime) -> datetime:
        """From when it is to hold: now when nothing was typed. Raises CannotHold."""
        return moment_in(self.holds_from) if self.holds_from else now


def typed_before(revision: PolicyRevision) -> Typed:
    """The policy in force, to begin with."""
    return Typed(revision.text, dict(revision.calendars))


def typed_in(request: HttpRequest, revision: PolicyRevision) -> Typed:
    """What came with this request; calendar files that it lacks are those of the revision in force."""
    typed = Typed(
        text=request.POST.get("text", "").replace("\r\n", "\n"),
        holds_from=request.POST.get("holds_from", "").strip()[:60],
    )
    _take_text(request, typed)
    carried = zip(request.POST.getlist("calendar_name"), request.POST.getlist("calendar_text"), strict=False)
    given = {**revision.calendars, **dict(carried)}
    names = calendar_names(typed.text)
    for upload in cast(list[UploadedFile], request.FILES.getlist("calendars")):
        name = str(upload.name)
        if name not in names:
            said = _("“%(name)s” is not named under non_working_days.calendar_files: add it there.") % {"name": name}
            typed.faults.append(Fault("", None, said))
        try:
            given[name] = calendar_text(upload.read(LARGEST + 1))
        except ValueError as problem:
            typed.unread[name] = str(problem)
    typed.calendars = {name: given[name] for name in names if name in given and name not in typed.unread}
    if len(typed.text) + sum(map(len, typed.calendars.values())) > MOST_TOGETHER:
        said = _("Together this is too large for the browser: use `mainstay policy apply`.")
        typed.faults.append(Fault("", None, said))
        typed.calendars = {}
    return typed


def _take_text(request: HttpRequest, typed: Typed) -> None:
    """A file that was handed over stands in place of what was typed."""
    upload = request.FILES.get("file")
    if isinstance(upload, UploadedFile):
        try:
            typed.text = policy_text_in(upload.read(LARGEST + 1)).replace("\r\n", "\n")
        except PolicyFaults as faults:
            typed.faults.extend(faults.faults)

"""The log of settings: who changed what, when, with what stood there before and what stands there now; also as a sheet."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from mainstay.audit.models import SettingChange
from mainstay.audit.queries import changers, changes, nouns_changed
from mainstay.people.states import Permission
from mainstay.reports.sheets import Cell

from ..doorway import DeskRequest, desk_page, staff_only
from ..exports.views import as_sheet
from ..paging import newest_first
from .wording import Line, deed_word, lines_of, noun_word, value_text

PAGE = 50
AT_ONCE = 500  # rows of the sheet that are in memory
COLUMNS = ("at", "by", "noun", "subject", "key", "deed", "setting", "before", "after")
DATE = {"type": "date"}


class LogForm(forms.Form):
    """What of the log is wanted; a value that is none is as good as none."""

    noun = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    by = forms.ChoiceField(label=gettext_lazy("By"), required=False)
    since = forms.DateField(
        label=gettext_lazy("From this day on"), required=False, widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=gettext_lazy("Last day"), required=False, widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d")
    )
    key = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)

    def __init__(self, data: object) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        nouns = sorted(((noun, noun_word(noun)) for noun in nouns_changed()), key=lambda one: one[1].casefold())
        people = [(str(one.key), one.name) for one in changers()]
        self.fields["noun"].choices = [("", _("All")), *nouns]  # type: ignore[attr-defined]
        self.fields["by"].choices = [("", _("Everybody")), *people]  # type: ignore[attr-defined]

    @property
    def wanted(self) -> dict[str, str]:
        """What was chosen, as it stands in an address."""
        self.is_valid()
        return {name: str(value) for name, value in self.cleaned_data.items() if value}

    def found(self) -> QuerySet[SettingChange]:
        """Days are of the reader's zone."""
        self.is_valid()
        given = self.cleaned_data
        until = given.get("until")
        return changes(
            noun=given.get("noun") or "",
            key=(given.get("key") or "") if given.get("noun") else "",
            by_key=int(given["by"]) if given.get("by") else None,
            since=_morning(given.get("since")),
            until=_morning(until + timedelta(days=1)) if until and until.year < 9999 else None,
        )


@dataclass(frozen=True)
class Entry:
    """A change as the page shows it."""

    change: SettingChange
    noun: str
    deed: str
    lines: list[Line]
    alike_url: str  # everything that was done to the same thing


@require_safe
@staff_only(Permission.MANAGE_DESK)
def setup_log(request: DeskRequest) -> HttpResponse:
    form = LogForm(request.GET)
    wanted = form.wanted
    rows, after = newest_first(form.found(), request.GET.get("after", ""), PAGE)
    context = {
        "form": form,
        "entries": [_entry(row) for row in rows],
        "is_filtered": bool(wanted),
        "about": rows[0] if rows and "key" in wanted else None,
        "sheet_query": urlencode(wanted),
        "older_url": "?" + urlencode({**wanted, "after": after}) if after else "",
    }
    return desk_page(request, "desk/setup/log.html", context)


@require_safe
@staff_only(Permission.MANAGE_DESK)
def setup_log_csv(request: DeskRequest) -> HttpResponseBase:
    """A row for each key of each change, the newest first, by the same filters as the page."""
    return as_sheet(_sheet(LogForm(request.GET).found()), f"settings-{timezone.now():%Y-%m-%d}")


def _sheet(found: QuerySet[SettingChange]) -> Iterator[tuple[Cell, ...]]:
    yield COLUMNS
    for change in found.iterator(chunk_size=AT_ONCE):
        for key in dict.fromkeys([*change.before, *change.after]):
            yield (
                change.at,
                change.by_name,
                change.noun,
                change.subject,
                change.key,
                _deed(change),
                key,
                value_text(key, change.before[key]) if key in change.before else None,
                value_text(key, change.after[key]) if key in change.after else None,
            )


def _deed(change: SettingChange) -> str:
    """Like the columns never translated."""
    if not change.before:
        return "made"
    return "changed" if change.after else "removed"


def _entry(change: SettingChange) -> Entry:
    alike = "?" + urlencode({"noun": change.noun, "key": change.key})
    return Entry(change, noun_word(change.noun), deed_word(change), lines_of(change), alike)


def _morning(day: date | None) -> datetime | None:
    if day is None:
        return None
    return datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone())

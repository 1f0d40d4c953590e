"""People and organisations by name: searched while one types, with filters; as a sheet; and who may be one and the same."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Count, QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from mainstay.people.finding import (
    PeopleWanted,
    organisation_names,
    organisations_found,
    page_of,
    pairs_of_everybody,
    people_found,
)
from mainstay.people.models import Person
from mainstay.people.states import OrganisationKind, Permission
from mainstay.reports.sheets import Cell
from mainstay.tickets.queries import tickets_for

from ..doorway import DeskRequest, desk_page, staff_only
from ..exports.views import as_sheet

AT_ONCE = 500  # rows of the sheet that are in memory
COLUMNS = ("name", "organisation", "kind", "bought_directly", "country", "language", "zone", "left_at", "addresses")
ALL = ("", gettext_lazy("All"))
SUPPORT = [ALL, ("directly", gettext_lazy("Bought directly")), ("not", gettext_lazy("Not from us"))]
STATES = [
    ALL,
    ("here", gettext_lazy("Work there")),
    ("left", gettext_lazy("Have left")),
    ("unknown", gettext_lazy("Without an organisation")),
]


class ListForm(forms.Form):
    """What is wanted; a value that is none is as good as none."""

    q = forms.CharField(label=gettext_lazy("Name, address or organisation"), required=False, max_length=200)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False, choices=[ALL, *OrganisationKind.choices])
    support = forms.ChoiceField(label=gettext_lazy("Support"), required=False, choices=SUPPORT)

    @property
    def wanted(self) -> dict[str, Any]:
        """What was chosen, as it stands in an address."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class PeopleForm(ListForm):
    state = forms.ChoiceField(label=gettext_lazy("Who"), required=False, choices=STATES)
    organisation = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)

    def wanted_people(self) -> PeopleWanted:
        given = self.wanted
        return PeopleWanted(
            words=given.get("q", ""),
            organisation=given.get("organisation"),
            kind=given.get("kind", ""),
            support=given.get("support", ""),
            state=given.get("state", ""),
        )


@require_safe
@staff_only(Permission.SEE_TICKETS)
def people(request: DeskRequest) -> HttpResponse:
    """Customers by name; with htmx the rows alone, as somebody types."""
    form = PeopleForm(_plain(request))
    wanted = form.wanted_people()
    rows, after = page_of(people_found(request.person, wanted).prefetch_related("identities"), _after(request))
    is_near = not rows and bool(wanted.words) and not _after(request)
    if is_near:
        near = people_found(request.person, wanted, nearly=True)
        rows, after = page_of(near.prefetch_related("identities"), "")
    open_counts = _open_tickets(request.person, "person", [person.pk for person in rows])
    context = {
        "people": [(person, open_counts.get(person.pk, 0)) for person in rows],
        "of_organisation": rows[0].organisation if rows and wanted.organisation else None,
        **_around(request, form, after, is_near and bool(rows)),
    }
    if request.htmx:
        return render(request, "desk/people/rows.html", context)
    return desk_page(request, "desk/people/page.html", context)


@require_safe
@staff_only(Permission.SEE_TICKETS)
def organisations(request: DeskRequest) -> HttpResponse:
    """Organisations by name, with how many people and open tickets each has; with htmx the rows alone."""
    form = ListForm(_plain(request))
    given = form.wanted
    words, kind, support = given.get("q", ""), given.get("kind", ""), given.get("support", "")
    rows, after = page_of(organisations_found(request.person, words, kind, support), _after(request))
    is_near = not rows and bool(words) and not _after(request)
    if is_near:
        rows, after = page_of(organisations_found(request.person, words, kind, support, nearly=True), "")
    keys = [one.pk for one in rows]
    open_counts = _open_tickets(request.person, "organisation", keys)
    known = Person.objects.filter(organisation__in=keys, merged_into=None).order_by()
    person_counts = dict(known.values_list("organisation").annotate(n=Count("pk")))
    context = {
        "organisations": [(one, person_counts.get(one.pk, 0), open_counts.get(one.pk, 0)) for one in rows],
        **_around(request, form, after, is_near and bool(rows)),
    }
    if request.htmx:
        return render(request, "desk/people/organisation_rows.html", context)
    return desk_page(request, "desk/people/organisations.html", context)


@require_safe
@staff_only(Permission.MANAGE_DESK)
def people_csv(request: DeskRequest) -> HttpResponseBase:
    """The people of the list, with the same filters, as a sheet."""
    found = people_found(request.person, PeopleForm(_plain(request)).wanted_people())
    return as_sheet(_sheet(found), f"people-{timezone.now():%Y-%m-%d}")


@require_safe
@staff_only(Permission.WORK_TICKETS)
def people_alike(request: DeskRequest) -> HttpResponse:
    """Records that may be of one person, two by two; whoever looks decides."""
    return desk_page(request, "desk/people/alike.html", {"pairs": pairs_of_everybody(request.person)})


@require_safe
@staff_only(Permission.SEE_TICKETS)
def organisation_options(request: DeskRequest) -> HttpResponse:
    """Names for what was typed into a field of organisations: `organisation` or `seller`."""
    typed = request.GET.get("organisation", "") or request.GET.get("seller", "")
    names = organisation_names(request.person, typed[:200].replace("\x00", "").strip())
    return render(request, "desk/people/options.html", {"names": names})


def _sheet(found: QuerySet[Person]) -> Iterator[tuple[Cell, ...]]:
    yield COLUMNS
    rows = found.select_related("organisation").prefetch_related("identities")
    for person in rows.iterator(chunk_size=AT_ONCE):
        organisation = person.organisation
        yield (
            person.name,
            organisation.name if organisation else None,
            organisation.kind if organisation else None,
            organisation.bought_directly if organisation else None,
            organisation.country if organisation else None,
            person.language,
            person.zone,
            person.left_at,
            " ".join(identity.address for identity in person.identities.all()),
        )


def _open_tickets(viewer: Person, of: str, keys: list[int]) -> dict[int, int]:
    """How many open tickets each has, of those on this page."""
    counted = tickets_for(viewer).active().filter(**{f"{of}__in": keys}).order_by().values_list(of)
    return dict(counted.annotate(n=Count("pk")))


def _around(request: DeskRequest, form: ListForm, after: str, is_near: bool) -> dict[str, Any]:
    wanted = form.wanted
    return {
        "form": form,
        "is_filtered": bool(wanted),
        "is_near": is_near,
        "sheet_query": urlencode(wanted),
        "older_url": "?" + urlencode({**wanted, "after": after}) if after else "",
        "may_work": request.person.may(Permission.WORK_TICKETS),
        "may_export": request.person.may(Permission.MANAGE_DESK),
    }


def _after(request: DeskRequest) -> str:
    return request.GET.get("after", "").replace("\x00", "")


def _plain(request: DeskRequest) -> dict[str, str]:
    """What was asked, without the character that PostgreSQL does not know."""
    return {name: str(value).replace("\x00", "") for name, value in request.GET.items()}

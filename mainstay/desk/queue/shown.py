"""What a visitor looks at in the queue: a view, and what the address changes of it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone

from mainstay.worklists.errors import NoSuchView
from mainstay.worklists.fields import Looking
from mainstay.worklists.models import View
from mainstay.worklists.queries import may_share, view_for, views_listed
from mainstay.worklists.rules import BUILT_IN, Refused, Shape, read_shape, shape_of, written_shape

from ..doorway import DeskRequest

USUAL = "open"


@dataclass(frozen=True)
class Shown:
    """`key` names the view in addresses; `view` is None for one that is always there. `is_gone`: another one was asked for."""

    key: str
    view: View | None
    base: Shape
    shape: Shape
    refused: tuple[Refused, ...] = ()
    is_gone: bool = False

    @property
    def is_changed(self) -> bool:
        return self.shape != self.base

    @cached_property
    def query(self) -> str:
        """The address of exactly this, behind the `?`."""
        return self.address(self.shape)

    def address(self, shape: Shape, after: str = "") -> str:
        """Behind the `?`: this view with that shape, from that place on."""
        pairs = [("view", self.key), *written_shape(shape, self.base)]
        return urlencode([*pairs, ("after", after)] if after else pairs)

    def url(self, shape: Shape | None = None, after: str = "", page: str = "desk:queue") -> str:
        return f"{reverse(page)}?{self.address(self.shape if shape is None else shape, after)}"

    def sorted(self, order: str) -> str:
        """The address with this order."""
        return self.url(replace(self.shape, order=order))

    def grouped(self, grouping: str) -> str:
        return self.url(replace(self.shape, grouping=grouping))


def shown_in(request: DeskRequest, asked: QueryDict, views: Iterable[View] | None = None) -> Shown:
    """The view and the changes that this address asks for. `views` are those of the visitor's list, if they were read."""
    key = asked.get("view", USUAL)
    view, is_gone = None, False
    if key not in BUILT_IN:
        view = _view(request, key, listed(request) if views is None else views)
        is_gone = view is None
        key = str(view.pk) if view else USUAL
    base = shape_of(view) if view else BUILT_IN[key]
    shape, refused = read_shape(dict(asked.lists()), base, request.policy)
    return Shown(key, view, base, shape, tuple(refused), is_gone)


def listed(request: DeskRequest) -> list[View]:
    """The views of the visitor's list: one query for each request, however many places show them."""
    if not hasattr(request, "_views"):
        request._views = views_listed(request.person)  # type: ignore[attr-defined]
    found: list[View] = request._views  # type: ignore[attr-defined]
    return found


def looking(request: HttpRequest) -> Looking:
    return Looking(request.person, timezone.now(), timezone.get_current_timezone())  # type: ignore[attr-defined]


def _view(request: DeskRequest, key: str, views: Iterable[View]) -> View | None:
    found = next((view for view in views if str(view.pk) == key), None)
    if found is not None or not may_share(request.person):
        return found
    try:
        return view_for(request.person, key)
    except NoSuchView:
        return None

"""What a deed is: something one can do, with its words, its key, and how it is done."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mainstay.people.states import Permission

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Place(StrEnum):
    """Where it applies, in the order of the help."""

    EVERYWHERE = "everywhere"
    LIST = "list"
    TICKET = "ticket"
    WRITING = "writing"
    PAGE = "page"
    GOING = "going"

    @property
    def label(self) -> str:
        return str(_LABELS[self])


_LABELS = {
    Place.EVERYWHERE: _("Everywhere"),
    Place.LIST: _("In a list"),
    Place.TICKET: _("On a ticket"),
    Place.WRITING: _("While writing"),
    Place.PAGE: _("On other pages"),
    Place.GOING: _("Go to"),
}


class How(StrEnum):
    """`press`: something on the page that bears `data-deed` with its name; `go`: a page; `post`: a form without fields;
    `built_in`: a behaviour does it, and there is nothing to press."""

    PRESS = "press"
    GO = "go"
    POST = "post"
    BUILT_IN = "built_in"


@dataclass(frozen=True)
class Deed:
    """`keys` do the same: one character, two pressed one after the other (`g q`), or a chord that a behaviour knows (`Ctrl+K`).

    `page` is the name of an address to go to, `posts` of one to send an empty form to; with neither, something on the page is
    pressed. `query` stands behind `?` of the page. `also` are further words under which it is found. Who lacks `permission`
    is not shown it; what they may do is decided by the view.
    """

    name: str
    words: "_StrPromise"
    icon: str
    place: Place
    keys: tuple[str, ...] = ()
    permission: Permission | None = None
    page: str = ""
    query: str = ""
    posts: str = ""
    is_built_in: bool = False
    also: "_StrPromise | str" = ""

    @property
    def how(self) -> How:
        if self.is_built_in:
            return How.BUILT_IN
        if self.page:
            return How.GO
        return How.POST if self.posts else How.PRESS

    @property
    def url(self) -> str:
        if not (self.page or self.posts):
            return ""
        return reverse(self.page or self.posts) + (f"?{self.query}" if self.query else "")

    @property
    def caps(self) -> list[list[str]]:
        """Its keys as they are drawn: each a row of caps, pressed one after the other or together."""
        return [key.replace("+", " ").split() for key in self.keys]

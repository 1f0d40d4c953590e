"""The parts of set-up, one line each: landing page, navigation and the rail's "Set-up" are made from this list.

To join: give your pages addresses that begin with `/setup/<your part>/`, and add one line to `PARTS`. That is all: every page
below that address gets the navigation with your part marked, the landing page lists it with its sentence, and both show it to
those who have its permission. Nothing is to be included in the templates. Changes of settings go through
`mainstay.audit.actions.record_change`; the words of your noun and its keys in the log stand in `setup/wording.py`.
"""

from collections.abc import Iterable, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mainstay.people.models import Person
from mainstay.people.states import Permission

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Part:
    """`group` is a key of `GROUPS`, `page` the name of its first page, `icon` a name of the icon font's."""

    group: str
    page: str
    icon: str
    label: "_StrPromise"
    about: "_StrPromise"
    permission: Permission = Permission.MANAGE_DESK

    @property
    def url(self) -> str:
        return reverse(self.page)


@dataclass(frozen=True)
class Group:
    """Parts that belong together, under one word."""

    label: str
    parts: list[Part]


GROUPS = {
    "people": _("People"),
    "work": _("Work"),
    "channels": _("Channels"),
    "company": _("Company"),
}

PARTS = (
    Part(
        "people",
        "desk:setup_people",
        "contact-round",
        _("People and sign-ins"),
        _("Who works here and as what; invite a colleague."),
        Permission.MANAGE_PEOPLE,
    ),
    Part(
        "people",
        "desk:setup_roles",
        "shield-check",
        _("Roles"),
        _("What each role may do, and roles of your own."),
        Permission.MANAGE_PEOPLE,
    ),
    Part(
        "people",
        "desk:setup_teams",
        "users-round",
        _("Teams"),
        _("Who works together, and what they take."),
        Permission.MANAGE_PEOPLE,
    ),
    Part(
        "people",
        "desk:setup_sign_in",
        "key-round",
        _("Signing in"),
        _("Whether everybody needs a second factor, who has one, and sign-in by your own provider."),
        Permission.MANAGE_PEOPLE,
    ),
    Part(
        "channels",
        "desk:setup_mail_texts",
        "mail-check",
        _("Mail texts"),
        _("What the desk writes by itself, in your own words and each language."),
    ),
    Part("channels", "desk:mailboxes", "mailbox", _("Mailboxes"), _("Where mail is fetched from.")),
    Part(
        "channels",
        "desk:trackers",
        "git-pull-request-arrow",
        _("Trackers"),
        _("The developers' trackers, where escalations become issues."),
    ),
    Part(
        "work",
        "desk:shared_views",
        "list-filter",
        _("Shared views"),
        _("Lists of tickets that several people have: whose, and what they show."),
        Permission.MANAGE_VIEWS,
    ),
    Part(
        "work",
        "desk:shared_answers",
        "message-square-text",
        _("Canned answers"),
        _("Texts that everybody can put into a message, in each language."),
        Permission.MANAGE_ANSWERS,
    ),
    Part(
        "work",
        "desk:shared_macros",
        "wand-sparkles",
        _("Macros"),
        _("A reply and several deeds in one go."),
        Permission.MANAGE_ANSWERS,
    ),
    Part(
        "work",
        "desk:rules",
        "workflow",
        _("Automation"),
        _("Rules: when something happens, if it is so, then that is done."),
    ),
    Part("work", "desk:setup_tags", "tag", _("Tags"), _("The words that tickets are found by: rename, merge, remove.")),
    Part(
        "work",
        "desk:setup_fields",
        "text-cursor-input",
        _("Fields"),
        _("What you ask about tickets beside nature and severity, for each nature."),
    ),
    Part(
        "work",
        "desk:setup_checklists",
        "list-checks",
        _("Checklists"),
        _("Tasks that are put on a ticket together, for each nature."),
    ),
    Part(
        "people",
        "desk:setup_notices",
        "bell",
        _("Notices"),
        _("How those of each role are told, until they choose for themselves."),
    ),
    Part("work", "desk:setup_times", "timer", _("Time spent"), _("Whether tickets ask how long one worked on them.")),
    Part(
        "work",
        "desk:satisfaction",
        "smile",
        _("Satisfaction"),
        _("Whether customers are asked how they found our help."),
    ),
    Part(
        "company",
        "desk:policy",
        "scroll-text",
        _("Policy"),
        _("What is promised: hours, targets, natures, severities, and from when."),
    ),
    Part(
        "company",
        "desk:setup_looks",
        "palette",
        _("Looks"),
        _("Name, logo, accent colour, and the signature below every answer."),
    ),
    Part(
        "company",
        "desk:setup_log",
        "history",
        _("Audit log"),
        _("Who changed which setting, when, from what to what."),
    ),
)


def parts_for(person: Person) -> list[Part]:
    """The parts of set-up that this person may go to."""
    return parts_with(person.permissions)


def parts_with(permissions: Set[str]) -> list[Part]:
    """The same for whoever has these permissions."""
    return [part for part in PARTS if part.permission in permissions]


def groups_for(person: Person) -> list[Group]:
    """The same, under the words of their groups; a group without parts is left out."""
    allowed = parts_for(person)
    groups = [Group(str(label), [part for part in allowed if part.group == key]) for key, label in GROUPS.items()]
    return [group for group in groups if group.parts]


def part_at(path: str, parts: Iterable[Part]) -> Part | None:
    """The part that the page at this address belongs to; None on the landing page."""
    found = [part for part in parts if path.startswith(part.url)]
    return max(found, key=lambda part: len(part.url), default=None)

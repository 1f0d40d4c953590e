"""All deeds. To add one: a line here, and `data-deed="its-name"` on what is pressed; `tools/write_keys.py` writes the docs.

Single characters only act while nobody types. A key may stand for several deeds when no page has two of them.
"""

import zlib
from collections.abc import Sequence
from functools import lru_cache

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from mainstay.people.models import Person
from mainstay.people.states import Permission

from ..setup.parts import parts_with
from .deed import Deed, How, Place

MAY_SEE, MAY_NOTE, MAY_WORK = Permission.SEE_TICKETS, Permission.WRITE_NOTES, Permission.WORK_TICKETS

EVERYWHERE = (
    Deed("palette", _("Find and do anything"), "command", Place.EVERYWHERE, ("Ctrl+K",)),
    Deed("search", _("Search"), "search", Place.EVERYWHERE, ("/",), MAY_SEE, page="desk:search", also=_("find look")),
    Deed("help", _("Show the keys"), "keyboard", Place.EVERYWHERE, ("?",), also=_("help shortcuts")),
    Deed("take-next", _("Take the next ticket"), "hand", Place.EVERYWHERE, ("t",), MAY_WORK, posts="desk:queue_next"),
    Deed("presence", _("Here, away or off duty"), "coffee", Place.EVERYWHERE, ("p",), also=_("break pause status")),
    Deed("leave-field", _("Leave a field, close what is open"), "x", Place.EVERYWHERE, ("Esc",), is_built_in=True),
    Deed("sign-out", _("Sign out"), "log-out", Place.EVERYWHERE, also=_("log out quit")),
)

LIST = (
    Deed("next-row", _("Next row"), "arrow-down", Place.LIST, ("j",), is_built_in=True),
    Deed("previous-row", _("Previous row"), "arrow-up", Place.LIST, ("k",), is_built_in=True),
    Deed("open-row", pgettext_lazy("deed", "Open"), "corner-down-left", Place.LIST, ("Enter",), is_built_in=True),
    Deed("filter", _("Filter the list"), "list-filter", Place.LIST, ("f",), MAY_SEE, also=_("narrow find")),
    Deed("order-list", _("Order the list"), "arrow-up-down", Place.LIST, ("o",), MAY_SEE, also=_("sort")),
    Deed("group-list", _("Group the list"), "rows-3", Place.LIST, ("b",), MAY_SEE),
    Deed("columns-list", _("Choose the columns"), "columns-3", Place.LIST, (), MAY_SEE),
    Deed("save-view", _("Save what is shown as a view"), "save", Place.LIST, ("v",), MAY_SEE),
    Deed("reset-view", _("Show the view as it was"), "rotate-ccw", Place.LIST, (), MAY_SEE),
    Deed("choose-row", _("Choose a row"), "square-check", Place.LIST, ("x",), MAY_WORK, also=_("select mark")),
    Deed("choose-down", _("Choose this row and the next"), "arrow-down", Place.LIST, ("J",), MAY_WORK),
    Deed("choose-up", _("Choose this row and the one before"), "arrow-up", Place.LIST, ("K",), MAY_WORK),
    Deed("choose-all", _("Choose all in this view"), "list-checks", Place.LIST, ("*",), MAY_WORK),
    Deed("choose-none", _("Choose none"), "x", Place.LIST, (), MAY_WORK),
    Deed("many-assign", _("Assign the chosen ones"), "user-plus", Place.LIST, ("a",), MAY_WORK),
    Deed("many-state", _("Set the state of the chosen ones"), "circle-check", Place.LIST, ("d",), MAY_WORK),
    Deed("many-classify", _("Nature and severity of the chosen ones"), "tag", Place.LIST, ("c",), MAY_WORK),
    Deed("many-tag", _("Tag the chosen ones"), "tags", Place.LIST, ("l",), MAY_WORK),
    Deed("many-snooze", _("Snooze the chosen ones"), "alarm-clock", Place.LIST, ("s",), MAY_WORK),
    Deed("many-merge", _("Merge the chosen ones"), "git-merge", Place.LIST, ("m",), MAY_WORK),
    Deed("many-spam", _("Close the chosen ones as spam"), "circle-slash", Place.LIST, ("!",), MAY_WORK),
    Deed("older", _("Older ones"), "chevron-right", Place.LIST, also=_("next page")),
)

TICKET = (
    Deed("reply", _("Reply"), "reply", Place.TICKET, ("r",), MAY_NOTE, also=_("answer write")),
    Deed("note", _("Write a note"), "lock", Place.TICKET, ("n",), MAY_NOTE, also=_("comment internal")),
    Deed("assign", _("Assign"), "user-plus", Place.TICKET, ("a",), MAY_WORK, also=_("give owner")),
    Deed("assign-me", _("Assign to me"), "user-check", Place.TICKET, (), MAY_WORK, also=_("take mine")),
    Deed("unassign", _("Assign to nobody"), "user-minus", Place.TICKET, (), MAY_WORK),
    Deed(
        "classify", _("Nature and severity"), "tag", Place.TICKET, ("c",), MAY_WORK, also=_("classify product priority")
    ),
    Deed("resolve", _("Resolve"), "circle-check", Place.TICKET, ("x",), MAY_WORK, also=_("close done solved")),
    Deed("reopen", _("Re-open"), "rotate-ccw", Place.TICKET, (), MAY_WORK),
    Deed("snooze", _("Snooze"), "alarm-clock", Place.TICKET, ("s",), MAY_WORK, also=_("sleep later remind")),
    Deed("wake", _("Wake it now"), "alarm-clock-off", Place.TICKET, (), MAY_WORK),
    Deed("tag", _("Tag it"), "tag", Place.TICKET, ("l",), MAY_WORK, also=_("label mark")),
    Deed("follow", _("Follow it, or no more"), "eye", Place.TICKET, ("f",), MAY_SEE, also=_("watch subscribe")),
    Deed(
        "link", _("Link it to another ticket"), "link", Place.TICKET, ("i",), MAY_WORK, also=_("related parent child")
    ),
    Deed(
        "merge",
        _("Merge it into another ticket"),
        "git-merge",
        Place.TICKET,
        ("m",),
        MAY_WORK,
        also=_("join duplicate"),
    ),
    Deed(
        "side",
        _("Write to a third party"),
        "messages-square",
        Place.TICKET,
        ("b",),
        MAY_WORK,
        also=_("side conversation supplier"),
    ),
    Deed("fields", _("Keep the fields"), "text-cursor-input", Place.TICKET, (), MAY_WORK),
    Deed("side-seen", _("The answer was seen to"), "check", Place.PAGE, (), MAY_WORK),
    Deed("side-close", _("Close the side conversation"), "lock", Place.PAGE, (), MAY_WORK),
    Deed("time", _("Note time spent"), "timer", Place.TICKET, (), MAY_WORK, also=_("hours minutes worked")),
    Deed("task", _("Add a task"), "list-plus", Place.TICKET, ("o",), MAY_WORK, also=_("to-do checklist")),
    Deed("help-all-the-same", _("Help all the same"), "hand-helping", Place.TICKET, (), MAY_WORK),
    Deed("wait", _("Wait for the customer"), "hourglass", Place.TICKET, (), MAY_WORK, also=_("pending")),
    Deed("work-again", _("Put it back to work"), "circle-play", Place.TICKET, (), MAY_WORK),
    Deed(
        "leave-out", _("Leave out of the averages"), "circle-slash", Place.TICKET, (), MAY_WORK, also=_("exclude spam")
    ),
    Deed("count-again", _("Count it in the averages again"), "circle-plus", Place.TICKET, (), MAY_WORK),
    Deed("second-line", _("Second line"), "code", Place.TICKET, ("e",), MAY_NOTE, also=_("escalate developers")),
    Deed("undo", _("Undo"), "undo-2", Place.TICKET, ("z",), MAY_NOTE, also=_("take back")),
    Deed("put-there", _("Put it where it may belong"), "git-merge", Place.TICKET, ("y",), MAY_WORK),
    Deed("keep-apart", _("Keep it apart"), "git-fork", Place.TICKET, (), MAY_WORK),
    Deed("split", _("Move the last message to a ticket of its own"), "git-branch", Place.TICKET, (), MAY_WORK),
    Deed("next-ticket", _("Next ticket of the list"), "chevron-down", Place.TICKET, ("]", "J")),
    Deed("previous-ticket", _("Previous ticket of the list"), "chevron-up", Place.TICKET, ("[", "K")),
    Deed("back-to-list", _("Back to the list"), "list", Place.TICKET, ("u",)),
    Deed("new-messages", _("To the new messages"), "arrow-down", Place.TICKET, (".",)),
    Deed("why", _("Why these figures?"), "clock", Place.TICKET, (), also=_("clock promise")),
)

WRITING = (
    Deed("send", _("Send"), "send", Place.WRITING, ("Ctrl+Enter",), MAY_NOTE),
    Deed("send-and-resolve", _("Send and resolve"), "circle-check", Place.WRITING, (), MAY_NOTE),
    Deed("send-keep-open", _("Send, keep open"), "circle-play", Place.WRITING, (), MAY_NOTE),
    Deed("send-later", _("Send later"), "calendar-clock", Place.WRITING, (), MAY_NOTE, also=_("schedule tomorrow")),
    Deed("add-note", _("Add the note"), "lock", Place.WRITING, ("Ctrl+Enter",), MAY_NOTE),
    Deed(
        "ready",
        _("Canned answers and macros"),
        "message-square-text",
        Place.WRITING,
        ("w",),
        MAY_NOTE,
        also=_("template snippet insert run"),
    ),
    Deed("preview", _("Preview"), "eye", Place.WRITING, (), MAY_NOTE, also=_("look markdown")),
)

PAGE = (
    Deed("new", _("Add one"), "plus", Place.PAGE, ("c",), also=_("create new")),
    Deed("go-on", _("Do what is shown"), "check", Place.PAGE, ("y",), MAY_WORK),
    Deed("back", _("Back to where it belongs"), "arrow-left", Place.PAGE, ("b",)),
    Deed("change", _("Change it"), "pencil", Place.PAGE, ("e",), MAY_WORK, also=_("edit")),
    Deed("write-to-them", _("Write to this person"), "send", Place.PAGE, ("w",), MAY_WORK, also=_("mail compose new")),
    Deed("note-person", _("Note about this person"), "sticky-note", Place.PAGE, ("n",), MAY_NOTE, also=_("comment")),
    Deed("merge-record", _("Merge with another record"), "merge", Place.PAGE, ("m",), MAY_WORK, also=_("join same")),
    Deed("unmerge-record", _("Undo the merge"), "undo-2", Place.PAGE, ("z",), MAY_WORK, also=_("take back apart")),
    Deed("as-sheet", _("Download this list"), "download", Place.PAGE, (), MAY_SEE, also=_("export csv")),
    Deed("search-here", _("Search in this list"), "search", Place.PAGE, ("f",), MAY_SEE, also=_("find filter")),
    Deed("take-over", _("Take it, as a developer"), "hand", Place.PAGE, ("t",), Permission.HELP_AS_DEVELOPER),
    Deed("read-all", _("Mark all notices as read"), "check-check", Place.PAGE, (), MAY_SEE),
)

GOING = (
    Deed("go-queue", _("Queue"), "inbox", Place.GOING, ("g q",), MAY_SEE, page="desk:queue"),
    Deed("go-views", _("All views"), "list", Place.GOING, ("g v",), MAY_SEE, page="desk:views"),
    Deed("go-mine", _("Mine"), "user", Place.GOING, ("g m",), MAY_SEE, page="desk:queue", query="view=mine"),
    Deed("go-developers", _("With developers"), "code", Place.GOING, ("g d",), MAY_SEE, page="desk:developers"),
    Deed("go-problems", _("Problems"), "bug", Place.GOING, ("g b",), MAY_SEE, page="desk:problems"),
    Deed("go-reports", _("Reports"), "chart-line", Place.GOING, ("g r",), Permission.SEE_REPORTS, page="desk:averages"),
    Deed("go-sent", _("Sent mail"), "send", Place.GOING, ("g s",), Permission.SEE_MAIL, page="desk:sent"),
    Deed("go-aside", _("Set aside"), "archive", Place.GOING, ("g a",), Permission.SEE_MAIL, page="desk:aside"),
    Deed("go-people", _("People"), "users", Place.GOING, ("g p",), MAY_SEE, page="desk:people"),
    Deed("go-organisations", _("Organisations"), "building-2", Place.GOING, ("g o",), MAY_SEE, page="desk:organisations"),
    Deed("go-duty", _("Duty"), "calendar-clock", Place.GOING, ("g u",), MAY_SEE, page="desk:duty"),
    Deed("go-setup", _("Set-up"), "settings-2", Place.GOING, ("g c",), page="desk:setup", also=_("configuration settings")),
    Deed("go-notices", _("Notices"), "bell", Place.GOING, ("g n",), MAY_SEE, page="desk:notifications"),
    Deed("go-settings", _("My settings"), "settings", Place.GOING, ("g ,",), MAY_SEE, page="desk:preferences"),
    Deed("go-answers", _("My canned answers and macros"), "message-square-text", Place.GOING, (), MAY_NOTE, page="desk:answers"),
    Deed("go-wallboard", _("Wallboard"), "monitor", Place.GOING, ("g w",), Permission.SEE_REPORTS, page="desk:wallboard"),
    Deed("go-keys", _("All keys"), "keyboard", Place.GOING, (), MAY_SEE, page="desk:keys"),
)  # fmt: skip

DEEDS = (*EVERYWHERE, *LIST, *TICKET, *WRITING, *PAGE, *GOING)
BY_NAME = {deed.name: deed for deed in DEEDS}


def deeds_for(person: Person) -> Sequence[Deed]:
    """What this person may do, in the order of the help; the parts of set-up are places to go to as well."""
    return _deeds_with(person.permissions)


@lru_cache(maxsize=256)
def _deeds_with(permissions: frozenset[str]) -> Sequence[Deed]:
    may_set_up = parts_with(permissions)
    allowed = [deed for deed in DEEDS if deed.permission is None or deed.permission in permissions]
    known = [deed for deed in allowed if deed.name != "go-setup" or may_set_up]
    parts = [
        Deed(
            part.page.replace("desk:", "go-setup-"), part.label, part.icon, Place.GOING, page=part.page, also=part.about
        )
        for part in may_set_up
    ]
    return (*known, *parts)


def deeds_url(person: Person) -> str:
    """Where the palette reads its list: another address when anything of it changed, so that browsers may keep it."""
    shown = f"{settings.PAGE_VERSION} {get_language()} " + " ".join(deed.name for deed in deeds_for(person))
    return f"{reverse('desk:deeds')}?of={zlib.crc32(shown.encode()):08x}"


def keys_for(person: Person) -> str:
    """The single keys and sequences that a page must know, as `r=reply gq=go-queue*`; `*`: nothing on the page is needed."""
    words = []
    for deed in deeds_for(person):
        mark = "*" if deed.how in (How.GO, How.POST) else ""
        plain = [key.replace(" ", "") for key in deed.keys if "+" not in key and deed.how != How.BUILT_IN]
        words += [f"{key}={deed.name}{mark}" for key in plain]
    return " ".join(words)

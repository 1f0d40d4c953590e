"""Each kind of event in the history of an escalation or a problem, declared once."""

from django.utils.translation import gettext_lazy as _

from mainstay.history.kinds import EventKind

# --- escalations -------------------------------------------------------------------------------------------------------
SENT = EventKind("sent", _("%(by)s sent the packet"), "code")
HANDED_OVER = EventKind("handed_over", _("It came without a packet"), "code")
TAKEN = EventKind("taken", _("%(by)s took it on"), "hand")
LET_GO = EventKind("let_go", _("%(by)s laid it down"), "hand")
ANSWERED = EventKind("answered", _("%(by)s answered"), "undo-2")
ASKED_BACK = EventKind("asked_back", _("%(by)s returned it with a question"), "undo-2")
TAKEN_BACK = EventKind("taken_back", _("%(by)s took it back"), "undo-2")
ENDED_BY_FIX = EventKind("fixed", _("%(by)s marked its problem as fixed"), "circle-check-big")
WENT_ON = EventKind("went_on", _("The ticket went on without an answer"), "circle-arrow-right")
BACK_AGAIN = EventKind("back_again", _("%(by)s found that it is not fixed: the developers have it again"), "rotate-ccw")

# --- problems ----------------------------------------------------------------------------------------------------------
MADE = EventKind("made", _("%(by)s made it"), "bug")
RENAMED = EventKind("renamed", _("%(by)s called it “%(title)s”"), "pencil")
TICKET_LINKED = EventKind("ticket_linked", _("%(by)s put #%(number)s to it"), "link")
TICKET_UNLINKED = EventKind("ticket_unlinked", _("%(by)s took #%(number)s off it"), "unlink")
FIXED = EventKind("fixed", _("%(by)s marked it as fixed in %(version)s"), "circle-check-big")
NOT_FIXED = EventKind("not_fixed", _("%(by)s found that it is not fixed"), "rotate-ccw")
TOOK_IN = EventKind("took_in", _("%(by)s joined “%(title)s” with it"), "git-merge")
JOINED = EventKind("joined", _("%(by)s joined it with “%(title)s”"), "git-merge")
ISSUE_ASKED_FOR = EventKind("issue_asked_for", _("%(by)s had an issue opened in %(tracker)s"), "send")
ISSUE_LINKED = EventKind("issue_linked", _("Issue %(issue)s speaks of it"), "link")
ISSUE_UNLINKED = EventKind("issue_unlinked", _("%(by)s took issue %(issue)s off it"), "unlink")
ISSUE_STATE = EventKind("issue_state", _("Issue %(issue)s stands at: %(state)s"), "circle-dot")
COMMENTED = EventKind("commented", _("%(by)s commented on issue %(issue)s"), "message-square")

OF_ESCALATIONS = {
    kind.name: kind
    for kind in (
        *(SENT, HANDED_OVER, TAKEN, LET_GO, ANSWERED, ASKED_BACK),
        *(TAKEN_BACK, ENDED_BY_FIX, WENT_ON, BACK_AGAIN),
    )
}
OF_PROBLEMS = {
    kind.name: kind
    for kind in (
        *(MADE, RENAMED, TICKET_LINKED, TICKET_UNLINKED, FIXED, NOT_FIXED, TOOK_IN, JOINED),
        *(ISSUE_ASKED_FOR, ISSUE_LINKED, ISSUE_UNLINKED, ISSUE_STATE, COMMENTED),
    )
}

"""Each kind of event in a ticket's history, declared once: its sentence, its icon, who may see it."""

from django.utils.translation import gettext_lazy as _

from mainstay.history.kinds import EventKind

OPENED = EventKind("opened", _("The ticket was opened"), "inbox", visible_to_customer=True)
MESSAGE_RECEIVED = EventKind("message_received", _("A message came in"), "mail", visible_to_customer=True)
ACKNOWLEDGED = EventKind("acknowledged", _("An automatic answer was written"), "mail-check", visible_to_customer=True)
REPLIED = EventKind("replied", _("%(by)s replied"), "reply", visible_to_customer=True)
NOTED = EventKind("noted", _("%(by)s wrote a note"), "sticky-note")
DELIVERED = EventKind("delivered", _("The message was sent"), "send")
KEPT = EventKind("kept", _("The message was kept in the local outbox, since no relay is set"), "archive")
DELIVERY_DELAYED = EventKind(
    "delivery_delayed", _("Sending did not work, it will be tried again: %(problem)s"), "clock"
)
DELIVERY_FAILED = EventKind("delivery_failed", _("The message was not delivered: %(problem)s"), "triangle-alert")
DELIVERY_RETRIED = EventKind("delivery_retried", _("%(by)s had the message sent again"), "refresh-cw")
ASSIGNED = EventKind("assigned", _("%(by)s assigned it to %(to)s"), "user-check")
UNASSIGNED = EventKind("unassigned", _("%(by)s took the assignment back"), "user-minus")
ASSIGNED_BY_TURN = EventKind("assigned_by_turn", _("It was given to %(to)s, who %(because)s"), "user-check")
REQUEUED = EventKind("requeued", _("It is in the queue again: %(name)s %(because)s"), "list-restart")
CLASSIFIED = EventKind("classified", _("%(by)s set nature and severity: %(nature)s, %(severity)s"), "tag")
PRODUCT_NAMED = EventKind("product_named", _("%(by)s named the product: %(product)s"), "package")
CUSTOMER_AWAITED = EventKind("customer_awaited", _("%(by)s set it to wait for the customer"), "hourglass")
OPENED_AGAIN = EventKind("put_to_work", _("%(by)s put it back to work"), "circle-play")
HANDED_TO_DEVELOPERS = EventKind("handed_to_developers", _("%(by)s handed it to the developers"), "code")
RETURNED = EventKind("returned", _("%(by)s returned it from the developers"), "undo-2")
RESOLVED = EventKind("resolved", _("%(by)s resolved it"), "circle-check", visible_to_customer=True)
REOPENED = EventKind("reopened", _("It was re-opened"), "rotate-ccw", visible_to_customer=True)
CLOSED = EventKind("closed", _("It was closed"), "lock", visible_to_customer=True)
EXCLUDED = EventKind("excluded", _("It was left out of the averages: %(reason)s"), "circle-slash")
INCLUDED = EventKind("included", _("It counts in the averages again"), "circle-plus")
SUGGESTED = EventKind("suggested", _("It may belong to #%(other)s: %(because)s"), "git-merge")
KEPT_APART = EventKind("kept_apart", _("%(by)s kept it as a ticket of its own"), "git-branch")
MERGED = EventKind("merged", _("%(by)s moved its messages to #%(other)s"), "git-merge")
TOOK_OVER = EventKind("took_over", _("%(by)s moved the messages of #%(other)s here"), "git-merge")
UNMERGED = EventKind("unmerged", _("%(by)s undid it: the messages of #%(other)s are back there"), "undo-2")
SPLIT_OFF = EventKind("split_off", _("%(by)s moved a message to a ticket of its own, #%(other)s"), "git-branch")
SPLIT_FROM = EventKind("split_from", _("%(by)s made it of a message of #%(other)s"), "git-branch")
PARTICIPANT_JOINED = EventKind("participant_joined", _("%(name)s (%(address)s) takes part, brought by %(by)s"), "users")
PARTICIPANT_LEFT = EventKind("participant_left", _("%(by)s took %(name)s off the ticket"), "user-minus")
SUSPECTED = EventKind(
    "suspected", _("A message bears the name of a colleague, but its sender was not proven"), "shield-alert"
)
WITHDRAWN = EventKind("withdrawn", _("%(by)s took the message back before it was sent"), "undo-2")
ANSWERED_BY_MACHINE = EventKind("answered_by_machine", _("An automatic answer came back: %(says)s"), "bot")
RECEIPT_CAME = EventKind("receipt_came", _("A receipt came back for the message"), "mail-check")
COMPLAINED = EventKind("complained", _("Its receiver reported the message as unwanted"), "octagon-alert")
COPY_FAILED = EventKind("copy_failed", _("The copy to %(address)s was not delivered: %(problem)s"), "triangle-alert")
ADMITTED = EventKind("admitted", _("%(by)s decided to help all the same"), "hand-helping")
FIRST_RESPONSE_ALARM = EventKind(
    "first_response_alarm", _("It had waited %(minutes)s min for a first answer"), "alarm-clock"
)
FIRST_RESPONSE_CAP = EventKind(
    "first_response_cap",
    _("It had waited %(minutes)s min for a first answer, %(times)s times the average aimed for"),
    "siren",
)
RESOLUTION_ALARM = EventKind(
    "resolution_alarm", _("It had been open for %(percent)s %% of the average aimed for"), "alarm-clock"
)
RESOLUTION_CAP = EventKind("resolution_cap", _("It had been open for %(times)s times the average aimed for"), "siren")
# The second line: told by the room of escalations.
TAKEN_BY_DEVELOPER = EventKind("taken_by_developer", _("%(by)s took it on for the developers"), "hand")
LET_GO_BY_DEVELOPER = EventKind("let_go_by_developer", _("%(by)s laid it down: no developer has it now"), "hand")
PROBLEM_LINKED = EventKind("problem_linked", _("%(by)s put it to the problem “%(problem)s”"), "bug")
PROBLEM_UNLINKED = EventKind("problem_unlinked", _("%(by)s took it off the problem “%(problem)s”"), "bug-off")
PROBLEM_FIXED = EventKind("problem_fixed", _("The problem “%(problem)s” is fixed in %(version)s"), "circle-check-big")
PROBLEM_NOT_FIXED = EventKind("problem_not_fixed", _("The problem “%(problem)s” is not fixed after all"), "rotate-ccw")
ISSUE_LINKED = EventKind("issue_linked", _("Issue %(issue)s speaks of its problem"), "link")
ISSUE_CLOSED = EventKind("issue_closed", _("Issue %(issue)s was closed: %(state)s"), "circle-dot")
ISSUE_REOPENED = EventKind("issue_reopened", _("Issue %(issue)s is open again: %(state)s"), "circle-dot")
# How the customer found the help: told by the room of satisfaction.
ASKED_FOR_RATING = EventKind(
    "asked_for_rating", _("The customer was asked how they found our help"), "message-circle-heart"
)
RATED_GOOD = EventKind("rated_good", _("The customer found our help good"), "smile", visible_to_customer=True)
RATED_FAIR = EventKind("rated_fair", _("The customer found our help so-so"), "meh", visible_to_customer=True)
RATED_BAD = EventKind("rated_bad", _("The customer found our help bad"), "frown", visible_to_customer=True)
# Replies for later and macros: told by the room of writing.
REPLY_PLANNED = EventKind("reply_planned", _("%(by)s wrote a reply that is to be sent %(due)s"), "calendar-clock")
PLANNED_REPLY_HELD = EventKind(
    "planned_reply_held", _("The reply of %(name)s for later is not sent by itself: %(because)s"), "circle-pause"
)
PLANNED_REPLY_RESUMED = EventKind(
    "planned_reply_resumed", _("%(by)s left the reply of %(name)s to be sent %(due)s"), "calendar-clock"
)
PLANNED_REPLY_CANCELLED = EventKind(
    "planned_reply_cancelled", _("%(by)s cancelled the reply of %(name)s that was to be sent later"), "calendar-x"
)
MACRO_RUN = EventKind("macro_run", _("%(by)s ran the macro “%(macro)s”"), "wand-sparkles")
MACRO_UNDONE = EventKind("macro_undone", _("%(by)s undid the macro “%(macro)s”"), "undo-2")
# Side conversations: what is written with a third party, beside the ticket.
SIDE_WRITTEN = EventKind("side_written", _("%(by)s wrote to %(address)s, beside the ticket"), "messages-square")
SIDE_ANSWERED = EventKind("side_answered", _("%(address)s wrote to us, beside the ticket"), "messages-square")
SIDE_SEEN = EventKind("side_seen", _("%(by)s has seen to the answer of %(address)s"), "check")
SIDE_CLOSED = EventKind("side_closed", _("%(by)s closed the side conversation with %(address)s"), "lock")
SIDE_REOPENED = EventKind("side_reopened", _("%(by)s opened the side conversation with %(address)s again"), "lock-open")
# What people put around a ticket.
TAGGED = EventKind("tagged", _("%(by)s tagged it “%(tag)s”"), "tag")
UNTAGGED = EventKind("untagged", _("%(by)s took the tag “%(tag)s” off"), "tag")
SNOOZED = EventKind("snoozed", _("%(by)s put it to sleep: %(until)s"), "alarm-clock-off")
WOKEN = EventKind("woken", _("It is awake again: %(woke)s"), "alarm-clock")
LINKED = EventKind("linked", _("%(by)s linked it: %(link)s #%(other)s"), "link")
UNLINKED = EventKind("unlinked", _("%(by)s took the link to #%(other)s off"), "unlink")
FOLLOWED = EventKind("followed", _("%(by)s follows it"), "eye")
UNFOLLOWED = EventKind("unfollowed", _("%(by)s follows it no more"), "eye-off")
TASK_ADDED = EventKind("task_added", _("%(by)s added the task “%(task)s”"), "list-plus")
TASK_CHANGED = EventKind("task_changed", _("%(by)s changed the task “%(task)s”"), "list")
TASK_DONE = EventKind("task_done", _("%(by)s did the task “%(task)s”"), "list-checks")
TASK_REOPENED = EventKind("task_reopened", _("%(by)s found the task “%(task)s” not done"), "list")
TASK_REMOVED = EventKind("task_removed", _("%(by)s removed the task “%(task)s”"), "list-x")
FIELD_SET = EventKind("field_set", _("%(by)s filled in %(field)s: %(value)s"), "text-cursor-input")
FIELD_CLEARED = EventKind("field_cleared", _("%(by)s emptied %(field)s"), "text-cursor-input")
CHECKLIST_ADDED = EventKind("checklist_added", _("%(by)s put the checklist “%(checklist)s” here"), "list-checks")
TIME_SPENT = EventKind("time_spent", _("%(by)s spent %(minutes)s min on it"), "timer")
TIME_TAKEN_BACK = EventKind("time_taken_back", _("%(by)s took back %(minutes)s min"), "timer-off")
UNDONE = EventKind("undone", _("%(by)s took it back: %(undid)s"), "undo-2")
REVISED = EventKind("revised", _("It is measured under policy revision %(revision)s from now on"), "scale")

KINDS = {kind.name: kind for kind in list(globals().values()) if isinstance(kind, EventKind)}

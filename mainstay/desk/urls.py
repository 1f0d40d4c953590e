"""The addresses of the desk."""

from django.urls import path

from .aside import views as aside
from .averages import views as averages
from .duty import views as duty
from .escalations import problems
from .escalations import views as escalations
from .exports import publication, subscriptions
from .exports import views as exports
from .mail import views as mail
from .mailboxes import views as mailboxes
from .notifications import views as notifications
from .people import views as people
from .policy import views as policy
from .preferences import views as preferences
from .promise import views as promise
from .queue import views as queue
from .reports import bank, left_out, parts, volumes
from .sent import views as sent
from .ticket import clock, threads
from .ticket import views as ticket
from .trackers import views as trackers
from .wallboard import views as wallboard

app_name = "desk"

urlpatterns = [
    path("", queue.queue, name="queue"),
    path("queue/rows", queue.queue_rows, name="queue_rows"),
    path("queue/next", queue.queue_next, name="queue_next"),
    path("tickets/<int:number>", ticket.ticket, name="ticket"),
    path("tickets/<int:number>/timeline", ticket.ticket_timeline, name="ticket_timeline"),
    path("tickets/<int:number>/header", ticket.ticket_header, name="ticket_header"),
    path("tickets/<int:number>/clock", clock.ticket_clock, name="ticket_clock"),
    path("tickets/<int:number>/sidebar", ticket.ticket_sidebar, name="ticket_sidebar"),
    path("tickets/<int:number>/replies", ticket.ticket_replies, name="ticket_replies"),
    path("tickets/<int:number>/notes", ticket.ticket_notes, name="ticket_notes"),
    path("tickets/<int:number>/assignment", ticket.ticket_assignment, name="ticket_assignment"),
    path("tickets/<int:number>/classification", ticket.ticket_classification, name="ticket_classification"),
    path("tickets/<int:number>/closure", ticket.ticket_closure, name="ticket_closure"),
    path("tickets/<int:number>/reopening", ticket.ticket_reopening, name="ticket_reopening"),
    path("tickets/<int:number>/waiting", ticket.ticket_waiting, name="ticket_waiting"),
    path("tickets/<int:number>/escalation", escalations.ticket_escalation, name="ticket_escalation"),
    path("tickets/<int:number>/escalation/draft", escalations.ticket_escalation_draft, name="ticket_escalation_draft"),
    path("tickets/<int:number>/escalation/taking", escalations.ticket_taking, name="ticket_taking"),
    path("tickets/<int:number>/escalation/return", escalations.ticket_return, name="ticket_return"),
    path("tickets/<int:number>/problem", escalations.ticket_problem, name="ticket_problem"),
    path("tickets/<int:number>/exclusion", ticket.ticket_exclusion, name="ticket_exclusion"),
    path("tickets/<int:number>/suggestion", threads.ticket_suggestion, name="ticket_suggestion"),
    path("tickets/<int:number>/unmerge", threads.ticket_unmerge, name="ticket_unmerge"),
    path("messages/<int:pk>/split", threads.message_split, name="message_split"),
    path("messages/<int:pk>/withdrawal", threads.message_withdrawal, name="message_withdrawal"),
    path("messages/<int:pk>/participants", threads.message_participants, name="message_participants"),
    path("participants/<int:pk>/removal", threads.participant_removal, name="participant_removal"),
    path("messages/<int:pk>/retry", ticket.message_retry, name="message_retry"),
    path("messages/<int:pk>/text", ticket.message_text, name="message_text"),
    path("messages/<int:pk>/as-sent", mail.message_as_sent, name="message_as_sent"),
    path("messages/<int:pk>/raw", mail.message_raw, name="message_raw"),
    path("attachments/<int:pk>", mail.attachment, name="attachment"),
    path("attachments/<int:pk>/preview", mail.attachment_preview, name="attachment_preview"),
    path("sent", sent.sent, name="sent"),
    path("sent/<int:pk>", sent.sent_mail, name="sent_mail"),
    path("sent/<int:pk>/source", sent.sent_mail_source, name="sent_mail_source"),
    path("aside", aside.aside, name="aside"),
    path("aside/<int:pk>/raw", aside.aside_raw, name="aside_raw"),
    path("aside/<int:pk>/retry", aside.aside_retry, name="aside_retry"),
    path("aside/<int:pk>/dismissal", aside.aside_dismissal, name="aside_dismissal"),
    path("aside/<int:pk>/ticket", aside.aside_ticket, name="aside_ticket"),
    path("people", people.people, name="people"),
    path("people/organisations/<int:pk>", people.organisation, name="organisation"),
    path("averages", averages.averages, name="averages"),
    path("averages/tickets", averages.averages_tickets, name="averages_tickets"),
    path("quiet-line", averages.quiet_line, name="quiet_line"),
    path("setup/mailboxes/", mailboxes.mailboxes, name="mailboxes"),
    path("setup/mailboxes/rows", mailboxes.mailbox_rows, name="mailbox_rows"),
    path("setup/mailboxes/new", mailboxes.mailbox_new, name="mailbox_new"),
    path("setup/mailboxes/<int:pk>", mailboxes.mailbox, name="mailbox"),
    path("setup/mailboxes/<int:pk>/test", mailboxes.mailbox_test, name="mailbox_test"),
    path("setup/mailboxes/<int:pk>/pause", mailboxes.mailbox_pause, name="mailbox_pause"),
    path("setup/mailboxes/<int:pk>/resumption", mailboxes.mailbox_resumption, name="mailbox_resumption"),
    path("setup/mailboxes/<int:pk>/removal", mailboxes.mailbox_removal, name="mailbox_removal"),
    path("duty", duty.duty, name="duty"),
    path("duty/roster", duty.duty_roster, name="duty_roster"),
    path("duty/shifts/new", duty.shift_new, name="shift_new"),
    path("duty/shifts/<int:pk>", duty.shift, name="shift"),
    path("duty/shifts/<int:pk>/removal", duty.shift_removal, name="shift_removal"),
    path("duty/absences/new", duty.absence_new, name="absence_new"),
    path("duty/absences/<int:pk>/removal", duty.absence_removal, name="absence_removal"),
    path("duty/people/<int:pk>/languages", duty.duty_languages, name="duty_languages"),
    path("presence", duty.presence, name="presence"),
    path("presence/sign", duty.presence_sign, name="presence_sign"),
    path("setup/policy/", policy.policy, name="policy"),
    path("setup/policy/revisions/<int:number>", policy.policy_revision, name="policy_revision"),
    path("setup/policy/new", policy.policy_new, name="policy_new"),
    path("setup/policy/preview", policy.policy_preview, name="policy_preview"),
    path("setup/policy/application", policy.policy_application, name="policy_application"),
    path("developers", escalations.developers, name="developers"),
    path("developers/rows", escalations.developers_rows, name="developers_rows"),
    path("problems", problems.problems, name="problems"),
    path("problems/<int:pk>", problems.problem, name="problem"),
    path("problems/<int:pk>/part", problems.problem_part, name="problem_part"),
    path("problems/<int:pk>/title", problems.problem_title, name="problem_title"),
    path("problems/<int:pk>/tickets", problems.problem_tickets, name="problem_tickets"),
    path("problems/<int:pk>/joining", problems.problem_joining, name="problem_joining"),
    path("problems/<int:pk>/fix", problems.problem_fix, name="problem_fix"),
    path("problems/<int:pk>/issues", problems.problem_issues, name="problem_issues"),
    path("problems/<int:pk>/links", problems.problem_links, name="problem_links"),
    path("issues/<int:pk>/comments", problems.issue_comments, name="issue_comments"),
    path("issues/<int:pk>/removal", problems.issue_removal, name="issue_removal"),
    path("calls/<int:pk>/retry", problems.call_retry, name="call_retry"),
    path("setup/trackers/", trackers.tracker_list, name="trackers"),
    path("setup/trackers/new/<str:kind>", trackers.tracker_new, name="tracker_new"),
    path("setup/trackers/<int:pk>", trackers.tracker, name="tracker"),
    path("setup/trackers/<int:pk>/traffic", trackers.tracker_traffic, name="tracker_traffic"),
    path("setup/trackers/<int:pk>/test", trackers.tracker_test, name="tracker_test"),
    path("setup/trackers/<int:pk>/removal", trackers.tracker_removal, name="tracker_removal"),
    path("setup/trackers/hooks/<int:pk>/retry", trackers.hook_retry, name="hook_retry"),
    path("preferences", preferences.preferences, name="preferences"),
    path("preferences/notices", notifications.notice_choices, name="notice_choices"),
    path("preferences/browsers", notifications.push_subscription, name="push_subscription"),
    path("preferences/browsers/<int:pk>/removal", notifications.push_removal, name="push_removal"),
    path("notifications", notifications.notifications, name="notifications"),
    path("notifications/rows", notifications.notification_rows, name="notification_rows"),
    path("notifications/read", notifications.notifications_read, name="notifications_read"),
    path("notifications/bell", notifications.bell, name="bell"),
    path("notifications/<int:pk>", notifications.notification, name="notification"),
    path("live-url", preferences.live_url, name="live_url"),
    path("reports/parts", parts.report_parts, name="report_parts"),
    path("reports/bank", bank.report_bank, name="report_bank"),
    path("reports/volumes", volumes.report_volumes, name="report_volumes"),
    path("reports/left-out", left_out.report_left_out, name="report_left_out"),
    path("reports/averages.json", exports.report_json, name="report_json"),
    path("reports/averages.csv", exports.report_csv, name="report_csv"),
    path("reports/averages.pdf", exports.report_pdf, name="report_pdf"),
    path("reports/volumes.csv", exports.report_volumes_csv, name="report_volumes_csv"),
    path("reports/tickets.csv", exports.report_tickets_csv, name="report_tickets_csv"),
    path("reports/mails", subscriptions.report_mails, name="report_mails"),
    path("reports/mails/<int:pk>/retry", subscriptions.report_mail_retry, name="report_mail_retry"),
    path(
        "reports/subscriptions/<int:pk>/removal",
        subscriptions.report_subscription_removal,
        name="report_subscription_removal",
    ),
    path("reports/months/<str:month>/publication", publication.month_publication, name="month_publication"),
    path("wallboard", wallboard.wallboard, name="wallboard"),
    path("wallboard/part", wallboard.wallboard_part, name="wallboard_part"),
    path("wallboard/screens", wallboard.wallboard_links, name="wallboard_links"),
    path("wallboard/screens/<int:pk>/removal", wallboard.wallboard_link_removal, name="wallboard_link_removal"),
    path("wallboard/screen/<str:token>", wallboard.wallboard_screen, name="wallboard_screen"),
    path("wallboard/screen/<str:token>/part", wallboard.wallboard_screen_part, name="wallboard_screen_part"),
    path("wallboard/screen/<str:token>/live", wallboard.wallboard_screen_live, name="wallboard_screen_live"),
    path("promise", promise.promise, name="promise"),
]

"""The addresses of the desk."""

from django.urls import path

from .aside import views as aside
from .averages import views as averages
from .mail import views as mail
from .mailboxes import views as mailboxes
from .people import views as people
from .preferences import views as preferences
from .queue import views as queue
from .sent import views as sent
from .ticket import threads
from .ticket import views as ticket

app_name = "desk"

urlpatterns = [
    path("", queue.queue, name="queue"),
    path("queue/rows", queue.queue_rows, name="queue_rows"),
    path("tickets/<int:number>", ticket.ticket, name="ticket"),
    path("tickets/<int:number>/timeline", ticket.ticket_timeline, name="ticket_timeline"),
    path("tickets/<int:number>/header", ticket.ticket_header, name="ticket_header"),
    path("tickets/<int:number>/sidebar", ticket.ticket_sidebar, name="ticket_sidebar"),
    path("tickets/<int:number>/replies", ticket.ticket_replies, name="ticket_replies"),
    path("tickets/<int:number>/notes", ticket.ticket_notes, name="ticket_notes"),
    path("tickets/<int:number>/assignment", ticket.ticket_assignment, name="ticket_assignment"),
    path("tickets/<int:number>/classification", ticket.ticket_classification, name="ticket_classification"),
    path("tickets/<int:number>/closure", ticket.ticket_closure, name="ticket_closure"),
    path("tickets/<int:number>/reopening", ticket.ticket_reopening, name="ticket_reopening"),
    path("tickets/<int:number>/waiting", ticket.ticket_waiting, name="ticket_waiting"),
    path("tickets/<int:number>/handover", ticket.ticket_handover, name="ticket_handover"),
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
    path("preferences", preferences.preferences, name="preferences"),
    path("live-url", preferences.live_url, name="live_url"),
]

"""Who may come in: every address of the desk against every role and a stranger. A new view without a line here fails."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.urls import get_resolver, reverse

from mainstay.automation.actions import RuleGiven, add_rule
from mainstay.automation.models import Rule
from mainstay.channels.email.actions import store_raw_mail
from mainstay.channels.email.mailboxes.actions import add_mailbox
from mainstay.channels.email.models import Mailbox, RawMail
from mainstay.channels.email.states import RawState
from mainstay.company.models import IdentityProvider, Session
from mainstay.duty.models import Absence, Shift
from mainstay.escalations.models import Issue, Problem, ProblemTicket, Tracker, TrackerCall, TrackerHook
from mainstay.files.actions import store_file
from mainstay.notifications.models import Notification, PushSubscription
from mainstay.people.actions import add_staff
from mainstay.people.inviting import invite_colleague
from mainstay.people.joining import join_organisations
from mainstay.people.merging import merge_persons
from mainstay.people.models import (
    Account,
    CustomRole,
    Invitation,
    Organisation,
    OrganisationMerge,
    Person,
    PersonMerge,
    PersonNote,
    Team,
)
from mainstay.people.roles import add_role
from mainstay.people.states import Permission
from mainstay.reports.models import BoardLink, ReportMail, ReportSubscription
from mainstay.tickets.actions import Letter, open_side_conversation
from mainstay.tickets.models import (
    Attachment,
    Checklist,
    CustomField,
    Link,
    Message,
    Participant,
    Tag,
    Task,
    Ticket,
    TimeSpent,
)
from mainstay.worklists.models import Batch, View
from mainstay.writing.models import Answer, Draft, DraftFile, Macro, MacroRun, PlannedReply
from tests.cast import Cast

AT = datetime(2026, 11, 17, 10, 0, tzinfo=UTC)
EVERYBODY = {"technician", "developer", "supervisor", "administrator"}
NOT_DEVELOPERS = EVERYBODY - {"developer"}
ADMINISTRATORS = {"administrator"}
PLANNERS = {"supervisor", "administrator"}
SECOND_LINE = {"developer", "supervisor", "administrator"}

# name → (method, arguments, who may, what is sent)
MATRIX: dict[str, tuple[str, str, set[str], dict[str, str]]] = {
    "queue": ("get", "", EVERYBODY, {}),
    "queue_rows": ("get", "", EVERYBODY, {}),
    "queue_filters": ("get", "", EVERYBODY, {}),
    "many": ("post", "", NOT_DEVELOPERS, {"do": "state=open", "ticket": "1"}),
    "many_deeds": ("get", "", NOT_DEVELOPERS, {}),
    "batch": ("get", "batch", NOT_DEVELOPERS, {}),
    "batch_start": ("post", "batch", NOT_DEVELOPERS, {}),
    "batch_undoing": ("post", "batch", NOT_DEVELOPERS, {}),
    "views": ("get", "", EVERYBODY, {}),
    "view": ("get", "view", EVERYBODY, {}),
    "view_shape": ("post", "view", EVERYBODY, {}),
    "view_removal": ("post", "view", EVERYBODY, {}),
    "ticket": ("get", "number", EVERYBODY, {}),
    "ticket_timeline": ("get", "number", EVERYBODY, {}),
    "ticket_header": ("get", "number", EVERYBODY, {}),
    "ticket_sidebar": ("get", "number", EVERYBODY, {}),
    "ticket_clock": ("get", "number", EVERYBODY, {}),
    "ticket_replies": ("post", "number", NOT_DEVELOPERS, {"text": "Hello"}),
    "ticket_notes": ("post", "number", EVERYBODY, {"text": "Hm"}),
    "ticket_draft": ("post", "number", EVERYBODY, {"text": "Half"}),
    "ticket_files": ("post", "number", EVERYBODY, {}),
    "draft_file": ("get", "draft file", EVERYBODY, {}),
    "draft_file_removal": ("post", "draft file", EVERYBODY, {}),
    "ticket_preview": ("post", "number", EVERYBODY, {"text": "*x*"}),
    "ticket_beside": ("get", "number", EVERYBODY, {}),
    "ticket_suggestions": ("get", "number", EVERYBODY, {}),
    "ticket_ready": ("get", "number", EVERYBODY, {}),
    "ticket_filling": ("post", "number", EVERYBODY, {}),
    "ticket_macro": ("get", "number", NOT_DEVELOPERS, {}),
    "macro_undoing": ("post", "macro run", NOT_DEVELOPERS, {}),
    "planned_decision": ("post", "planned", NOT_DEVELOPERS, {"do": "cancel"}),
    "pasting": ("post", "", EVERYBODY, {"html": "<b>x</b>"}),
    "answers": ("get", "", EVERYBODY, {}),
    "answer_new": ("get", "", EVERYBODY, {}),
    "answer": ("get", "own answer", EVERYBODY, {}),
    "answer_removal": ("post", "own answer", EVERYBODY, {}),
    "macros": ("get", "", NOT_DEVELOPERS, {}),
    "macro_new": ("get", "", NOT_DEVELOPERS, {}),
    "macro": ("get", "own macro", NOT_DEVELOPERS, {}),
    "macro_removal": ("post", "own macro", NOT_DEVELOPERS, {}),
    "shared_answers": ("get", "", PLANNERS, {}),
    "shared_answer_new": ("get", "", PLANNERS, {}),
    "shared_answer": ("get", "answer", PLANNERS, {}),
    "shared_macros": ("get", "", PLANNERS, {}),
    "shared_macro_new": ("get", "", PLANNERS, {}),
    "shared_macro": ("get", "macro", PLANNERS, {}),
    "ticket_assignment": ("post", "number", NOT_DEVELOPERS, {"assignee": ""}),
    "ticket_classification": ("post", "number", NOT_DEVELOPERS, {"nature": "wiki", "severity": "low"}),
    "ticket_closure": ("post", "number", NOT_DEVELOPERS, {}),
    "ticket_reopening": ("post", "number", NOT_DEVELOPERS, {}),
    "ticket_waiting": ("post", "number", NOT_DEVELOPERS, {}),
    "ticket_tags": ("post", "number", NOT_DEVELOPERS, {"tag": "lock"}),
    "tag_suggestions": ("get", "", NOT_DEVELOPERS, {}),
    "ticket_snooze": ("post", "number", NOT_DEVELOPERS, {"until": "customer"}),
    "ticket_following": ("post", "number", EVERYBODY, {}),
    "ticket_undoing": ("post", "number", NOT_DEVELOPERS, {"deed": "1"}),
    "ticket_links": ("post", "number", NOT_DEVELOPERS, {"side": "related", "other": "1"}),
    "link_removal": ("post", "link", NOT_DEVELOPERS, {}),
    "ticket_merge": ("get", "number", NOT_DEVELOPERS, {}),
    "ticket_tasks": ("post", "number", NOT_DEVELOPERS, {"text": "Call the factory"}),
    "ticket_times": ("post", "number", NOT_DEVELOPERS, {"spent": "20"}),
    "time_removal": ("post", "time", NOT_DEVELOPERS, {}),
    "setup_mail_texts": ("get", "", ADMINISTRATORS, {}),
    "setup_mail_text": ("get", "mail text", ADMINISTRATORS, {}),
    "setup_notices": ("get", "", ADMINISTRATORS, {}),
    "setup_times": ("get", "", ADMINISTRATORS, {}),
    "task_change": ("post", "task", NOT_DEVELOPERS, {"do": "done"}),
    "shared_views": ("get", "", PLANNERS, {}),
    "setup_tags": ("get", "", ADMINISTRATORS, {}),
    "setup_tag": ("get", "tag", ADMINISTRATORS, {}),
    "setup_tag_removal": ("post", "tag", ADMINISTRATORS, {}),
    "setup_checklists": ("get", "", ADMINISTRATORS, {}),
    "setup_checklist_new": ("get", "", ADMINISTRATORS, {}),
    "setup_checklist": ("get", "checklist", ADMINISTRATORS, {}),
    "setup_checklist_removal": ("post", "checklist", ADMINISTRATORS, {}),
    "ticket_suggestion": ("post", "number", NOT_DEVELOPERS, {"answer": "no"}),
    "ticket_unmerge": ("post", "number", NOT_DEVELOPERS, {}),
    "message_split": ("post", "message", NOT_DEVELOPERS, {}),
    "message_withdrawal": ("post", "message", NOT_DEVELOPERS, {}),
    "message_participants": ("post", "message", NOT_DEVELOPERS, {}),
    "participant_removal": ("post", "participant", NOT_DEVELOPERS, {}),
    "ticket_exclusion": ("post", "number", NOT_DEVELOPERS, {"reason": "spam"}),
    "search": ("get", "", EVERYBODY, {}),
    "search_results": ("get", "", EVERYBODY, {}),
    "ticket_fields": ("post", "number", NOT_DEVELOPERS, {}),
    "setup_fields": ("get", "", ADMINISTRATORS, {}),
    "setup_field_new": ("get", "", ADMINISTRATORS, {}),
    "setup_field": ("get", "field", ADMINISTRATORS, {}),
    "setup_field_move": ("post", "field", ADMINISTRATORS, {"do": "up"}),
    "rules": ("get", "", ADMINISTRATORS, {}),
    "rule_new": ("get", "", ADMINISTRATORS, {}),
    "rule": ("get", "rule", ADMINISTRATORS, {}),
    "rule_change": ("post", "rule", ADMINISTRATORS, {"do": "on"}),
    "rule_runs": ("get", "", ADMINISTRATORS, {}),
    "ticket_side_new": ("get", "number", NOT_DEVELOPERS, {}),
    "side": ("get", "side", EVERYBODY, {}),
    "side_closure": ("post", "side", NOT_DEVELOPERS, {"do": "seen"}),
    "side_withdrawal": ("post", "letter", NOT_DEVELOPERS, {}),
    "message_retry": ("post", "message", NOT_DEVELOPERS, {}),
    "message_text": ("get", "message", EVERYBODY, {}),
    "message_as_sent": ("get", "message", EVERYBODY, {}),
    "message_raw": ("get", "message", EVERYBODY, {}),
    "attachment": ("get", "attachment", EVERYBODY, {}),
    "attachment_preview": ("get", "attachment", EVERYBODY, {}),
    "sent": ("get", "", NOT_DEVELOPERS, {}),
    "sent_mail": ("get", "sent", NOT_DEVELOPERS, {}),
    "sent_mail_source": ("get", "sent", NOT_DEVELOPERS, {}),
    "aside": ("get", "", NOT_DEVELOPERS, {}),
    "aside_raw": ("get", "raw", NOT_DEVELOPERS, {}),
    "aside_retry": ("post", "raw", NOT_DEVELOPERS, {}),
    "aside_dismissal": ("post", "raw", NOT_DEVELOPERS, {"because": "advertising"}),
    "aside_ticket": ("post", "raw", NOT_DEVELOPERS, {}),
    "people": ("get", "", EVERYBODY, {}),
    "people_csv": ("get", "", ADMINISTRATORS, {}),
    "people_alike": ("get", "", NOT_DEVELOPERS, {}),
    "person": ("get", "customer", EVERYBODY, {}),
    "person_timeline": ("get", "customer", EVERYBODY, {}),
    "person_new": ("get", "", NOT_DEVELOPERS, {}),
    "person_change": ("get", "customer", NOT_DEVELOPERS, {}),
    "person_writing": ("get", "customer", NOT_DEVELOPERS, {}),
    "person_addresses": ("post", "customer", NOT_DEVELOPERS, {"channel": "phone", "address": "+31 20 123 4567"}),
    "address_change": ("post", "address", NOT_DEVELOPERS, {"do": "verify"}),
    "person_notes": ("post", "customer", EVERYBODY, {"text": "Only after four"}),
    "note_removal": ("post", "own person note", EVERYBODY, {}),
    "person_merge": ("get", "customer", NOT_DEVELOPERS, {}),
    "person_apart": ("post", "customer", NOT_DEVELOPERS, {"into": "0"}),
    "merge_undoing": ("post", "person merge", NOT_DEVELOPERS, {}),
    "organisations": ("get", "", EVERYBODY, {}),
    "organisation_options": ("get", "", EVERYBODY, {}),
    "organisation": ("get", "organisation", EVERYBODY, {}),
    "organisation_timeline": ("get", "organisation", EVERYBODY, {}),
    "organisation_new": ("get", "", NOT_DEVELOPERS, {}),
    "organisation_change": ("get", "organisation", NOT_DEVELOPERS, {}),
    "organisation_merge": ("get", "organisation", NOT_DEVELOPERS, {}),
    "joining_undoing": ("post", "organisation merge", NOT_DEVELOPERS, {}),
    "search_suggestions": ("get", "", EVERYBODY, {}),
    "averages": ("get", "", NOT_DEVELOPERS, {}),
    "report_parts": ("get", "", NOT_DEVELOPERS, {}),
    "report_bank": ("get", "", NOT_DEVELOPERS, {}),
    "report_volumes": ("get", "", NOT_DEVELOPERS, {}),
    "report_left_out": ("get", "", NOT_DEVELOPERS, {}),
    "averages_tickets": ("get", "", NOT_DEVELOPERS, {}),
    "quiet_line": ("get", "", EVERYBODY, {}),
    "setup": ("get", "", PLANNERS, {}),
    "setup_people": ("get", "", ADMINISTRATORS, {}),
    "setup_person": ("get", "account", ADMINISTRATORS, {}),
    "setup_person_deactivation": ("get", "account", ADMINISTRATORS, {}),
    "setup_person_reactivation": ("post", "account", ADMINISTRATORS, {}),
    "setup_invitation_new": ("get", "", ADMINISTRATORS, {}),
    "setup_invitation_again": ("post", "invitation", ADMINISTRATORS, {}),
    "setup_invitation_withdrawal": ("post", "invitation", ADMINISTRATORS, {}),
    "setup_roles": ("get", "", ADMINISTRATORS, {}),
    "setup_role_new": ("get", "", ADMINISTRATORS, {}),
    "setup_role": ("get", "role", ADMINISTRATORS, {}),
    "setup_role_removal": ("get", "role", ADMINISTRATORS, {}),
    "setup_teams": ("get", "", ADMINISTRATORS, {}),
    "setup_team_new": ("get", "", ADMINISTRATORS, {}),
    "setup_team": ("get", "team", ADMINISTRATORS, {}),
    "setup_team_removal": ("post", "team", ADMINISTRATORS, {}),
    "setup_looks": ("get", "", ADMINISTRATORS, {}),
    "setup_log": ("get", "", ADMINISTRATORS, {}),
    "setup_log_csv": ("get", "", ADMINISTRATORS, {}),
    "mailboxes": ("get", "", ADMINISTRATORS, {}),
    "mailbox_rows": ("get", "", ADMINISTRATORS, {}),
    "mailbox_new": ("get", "", ADMINISTRATORS, {}),
    "mailbox": ("get", "mailbox", ADMINISTRATORS, {}),
    "mailbox_test": ("post", "mailbox", ADMINISTRATORS, {}),
    "mailbox_pause": ("post", "mailbox", ADMINISTRATORS, {}),
    "mailbox_resumption": ("post", "mailbox", ADMINISTRATORS, {}),
    "mailbox_removal": ("get", "mailbox", ADMINISTRATORS, {}),
    "preferences": ("get", "", EVERYBODY, {}),
    "live_url": ("get", "", EVERYBODY, {}),
    "deeds": ("get", "", EVERYBODY, {}),
    "palette_found": ("get", "", EVERYBODY, {}),
    "keys": ("get", "", EVERYBODY, {}),
    "visits": ("post", "", EVERYBODY, {"browser": "0123456789abcdef", "at": "ticket:1001 looking"}),
    "ticket_visits": ("get", "number", EVERYBODY, {}),
    "row_visits": ("get", "", EVERYBODY, {}),
    "notice_choices": ("post", "", EVERYBODY, {"by_mail": "on"}),
    "push_subscription": ("post", "", EVERYBODY, {}),
    "push_removal": ("post", "browser", EVERYBODY, {}),
    "notifications": ("get", "", EVERYBODY, {}),
    "notification_rows": ("get", "", EVERYBODY, {}),
    "notifications_read": ("post", "", EVERYBODY, {}),
    "bell": ("get", "", EVERYBODY, {}),
    "notification": ("get", "notice", EVERYBODY, {}),
    "queue_next": ("post", "", NOT_DEVELOPERS, {}),
    "duty": ("get", "", EVERYBODY, {}),
    "duty_roster": ("get", "", EVERYBODY, {}),
    "shift_new": ("get", "", PLANNERS, {}),
    "shift": ("get", "shift", PLANNERS, {}),
    "shift_removal": ("post", "shift", PLANNERS, {}),
    "absence_new": ("get", "", NOT_DEVELOPERS, {}),
    "absence_removal": ("post", "absence", NOT_DEVELOPERS, {}),
    "duty_languages": ("post", "technician", PLANNERS, {"languages": "nl"}),
    "presence": ("post", "", EVERYBODY, {"state": "here"}),
    "presence_sign": ("post", "", EVERYBODY, {}),
    "policy": ("get", "", ADMINISTRATORS, {}),
    "policy_revision": ("get", "revision", ADMINISTRATORS, {}),
    "policy_new": ("get", "", ADMINISTRATORS, {}),
    "policy_preview": ("post", "", ADMINISTRATORS, {"text": "x"}),
    "policy_application": ("post", "", ADMINISTRATORS, {"text": "x"}),
    "report_json": ("get", "", NOT_DEVELOPERS, {}),
    "report_csv": ("get", "", NOT_DEVELOPERS, {}),
    "report_pdf": ("get", "", NOT_DEVELOPERS, {}),
    "report_volumes_csv": ("get", "", NOT_DEVELOPERS, {}),
    "report_tickets_csv": ("get", "", NOT_DEVELOPERS, {}),
    "report_mails": ("get", "", NOT_DEVELOPERS, {}),
    "report_mail_retry": ("post", "report mail", NOT_DEVELOPERS, {}),
    "report_subscription_removal": ("post", "subscription", NOT_DEVELOPERS, {}),
    "month_publication": ("get", "month", PLANNERS, {}),
    "wallboard": ("get", "", NOT_DEVELOPERS, {}),
    "wallboard_part": ("get", "", NOT_DEVELOPERS, {}),
    "wallboard_links": ("get", "", PLANNERS, {}),
    "wallboard_link_removal": ("post", "board", PLANNERS, {}),
    "ticket_escalation": ("get", "number", EVERYBODY, {}),
    "ticket_escalation_draft": ("post", "number", NOT_DEVELOPERS, {"seen": "half"}),
    "ticket_taking": ("post", "number", SECOND_LINE, {"do": "take"}),
    "ticket_return": ("post", "number", EVERYBODY, {"text": "x", "how": "nothing"}),
    "ticket_problem": ("post", "number", EVERYBODY, {"title": ""}),
    "developers": ("get", "", EVERYBODY, {}),
    "developers_rows": ("get", "", EVERYBODY, {}),
    "problems": ("get", "", EVERYBODY, {}),
    "problem": ("get", "problem", EVERYBODY, {}),
    "problem_part": ("get", "problem", EVERYBODY, {}),
    "problem_title": ("post", "problem", EVERYBODY, {"title": "Lock"}),
    "problem_tickets": ("post", "problem", EVERYBODY, {"number": "1000"}),
    "problem_joining": ("post", "problem", EVERYBODY, {"other": "0"}),
    "problem_fix": ("post", "problem", SECOND_LINE, {"version": ""}),
    "problem_issues": ("post", "problem", EVERYBODY, {"title": ""}),
    "problem_links": ("post", "problem", EVERYBODY, {"key": ""}),
    "issue_comments": ("post", "issue", EVERYBODY, {"text": ""}),
    "issue_removal": ("post", "issue", EVERYBODY, {}),
    "call_retry": ("post", "call", EVERYBODY, {}),
    "trackers": ("get", "", ADMINISTRATORS, {}),
    "tracker_new": ("get", "tracker_kind", ADMINISTRATORS, {}),
    "tracker": ("get", "tracker", ADMINISTRATORS, {}),
    "tracker_traffic": ("get", "tracker", ADMINISTRATORS, {}),
    "tracker_test": ("post", "tracker", ADMINISTRATORS, {}),
    "tracker_removal": ("get", "tracker", ADMINISTRATORS, {}),
    "hook_retry": ("post", "hook", ADMINISTRATORS, {}),
    "security": ("get", "", EVERYBODY, {}),
    "second_factor": ("get", "", EVERYBODY, {}),
    "session_end": ("post", "session", EVERYBODY, {}),
    "other_sessions_end": ("post", "", EVERYBODY, {}),
    "setup_sign_in": ("get", "", ADMINISTRATORS, {}),
    "setup_second_factor_reset": ("get", "account", ADMINISTRATORS, {}),
    "setup_provider_new": ("get", "provider_kind", ADMINISTRATORS, {}),
    "setup_provider": ("get", "provider", ADMINISTRATORS, {}),
    "setup_provider_test": ("post", "provider", ADMINISTRATORS, {}),
    "setup_provider_removal": ("get", "provider", ADMINISTRATORS, {}),
    "report_satisfaction": ("get", "", NOT_DEVELOPERS, {}),
    "satisfaction": ("get", "", ADMINISTRATORS, {}),
}
# What strangers may see: by the policy's word, or by an address that was given out; what it shows is tested with its page.
PUBLIC = {
    "invitation",
    "looks_accent",
    "looks_logo",
    "promise",
    "rating",
    "wallboard_screen",
    "wallboard_screen_part",
    "wallboard_screen_live",
}


# What is one's own, whatever one's role allows.
OWN_PAGES = {
    "bell",
    "deeds",
    "keys",
    "live_url",
    "notice_choices",
    "notification",
    "notification_rows",
    "notifications",
    "notifications_read",
    "other_sessions_end",
    "palette_found",
    "preferences",
    "presence",
    "presence_sign",
    "push_removal",
    "push_subscription",
    "quiet_line",
    "second_factor",
    "security",
    "session_end",
    "visits",
}


@dataclass
class Stage:
    """One of everything that an address can name."""

    ticket: Ticket
    message: Message
    attachment: Attachment
    raw: RawMail
    cast: Cast
    mailbox: Mailbox
    asking: Person | None = None  # whose own thing an address names, where it names one's own only
    clients: dict[int, Any] = field(default_factory=dict)  # who has signed in, by their key

    def arguments(self, kind: str) -> list[Any]:
        made: dict[str, Callable[[], list[Any]]] = {
            "": lambda: [],
            "address": lambda: [self.cast.paula.identities.get(channel="email").pk],
            "view": lambda: [a_view(self.asking or self.cast.tess).pk],
            "batch": lambda: [Batch.objects.create(by=self.asking or self.cast.tess, deed="spam", made_at=AT).pk],
            "organisation merge": lambda: [an_organisation_merge(self.cast).pk],
            "person merge": lambda: [a_person_merge(self.cast).pk],
            "own person note": lambda: [a_person_note(self.cast, self.asking or self.cast.tess).pk],
            "customer": lambda: [self.cast.paula.pk],
            "number": lambda: [self.ticket.number],
            "account": lambda: [self.cast.tom.account.pk],
            "invitation": lambda: [an_invitation(self.cast).pk],
            "role": lambda: [CustomRole.objects.get_or_create(name="Reader")[0].pk],
            "team": lambda: [Team.objects.get_or_create(name="Locks")[0].pk],
            "message": lambda: [self.message.pk],
            "attachment": lambda: [self.attachment.pk],
            "sent": lambda: [self.ticket.messages.get(kind="acknowledgement").outgoing_mail.pk],
            "raw": lambda: [self.raw.pk],
            "participant": lambda: [
                Participant.objects.get_or_create(ticket=self.ticket, person=self.cast.olaf, at=AT)[0].pk
            ],
            "organisation": lambda: [self.cast.larch.pk],
            "tag": lambda: [Tag.objects.get_or_create(name="noisy")[0].pk],
            "checklist": lambda: [Checklist.objects.get_or_create(name="Repair", lines=["Ask for the serial"])[0].pk],
            "task": lambda: [Task.objects.get_or_create(ticket=self.ticket, text="Call", place=0)[0].pk],
            "time": lambda: [
                TimeSpent.objects.get_or_create(
                    ticket=self.ticket, by=self.asking or self.cast.tess, minutes=20, at=AT
                )[0].pk
            ],
            "mail text": lambda: ["acknowledgement", "nl"],
            "link": lambda: [a_link(self.ticket, self.cast).pk],
            "field": lambda: [CustomField.objects.get_or_create(name="Order", kind="text", place=0)[0].pk],
            "rule": lambda: [a_rule(self.cast).pk],
            "side": lambda: [a_letter(self.ticket, self.cast).side_id],
            "letter": lambda: [a_letter(self.ticket, self.cast).pk],
            "mailbox": lambda: [self.mailbox.pk],
            "draft file": lambda: [a_draft_file(self.ticket, self.asking or self.cast.tess).pk],
            "macro run": lambda: [
                MacroRun.objects.create(name="x", ticket=self.ticket, by=self.asking or self.cast.tess, at=AT).pk
            ],
            "planned": lambda: [a_planned_reply(self.ticket, self.cast.tess).pk],
            "answer": lambda: [Answer.objects.get_or_create(name="Hi", owner=None, defaults={"changed_at": AT})[0].pk],
            "own answer": lambda: [self._own(Answer).pk],
            "macro": lambda: [Macro.objects.get_or_create(name="Hi", owner=None, defaults={"changed_at": AT})[0].pk],
            "own macro": lambda: [self._own(Macro).pk],
            "revision": lambda: [self.cast.revision.number],
            "shift": lambda: [a_shift(self.cast).pk],
            "absence": lambda: [an_absence(self.cast).pk],
            "technician": lambda: [self.cast.tess.pk],
            "notice": lambda: [a_notice(self.asking or self.cast.tess).pk],
            "browser": lambda: [a_browser(self.asking or self.cast.tess).pk],
            "month": lambda: ["2026-10"],
            "board": lambda: [BoardLink.objects.get_or_create(name="Hall", by=self.cast.sue, made_at=AT)[0].pk],
            "subscription": lambda: [a_subscription(self.asking or self.cast.tess).pk],
            "report mail": lambda: [a_report_mail(self.asking or self.cast.tess).pk],
            "problem": lambda: [a_problem(self.ticket).pk],
            "issue": lambda: [an_issue(self.ticket).pk],
            "call": lambda: [a_call(self.ticket).pk],
            "tracker": lambda: [a_tracker().pk],
            "tracker_kind": lambda: ["gitlab"],
            "session": lambda: [a_session(self.asking or self.cast.tess).pk],
            "provider": lambda: [a_provider().pk],
            "provider_kind": lambda: ["oidc"],
            "hook": lambda: [
                TrackerHook.objects.get_or_create(tracker=a_tracker(), delivery="x", received_at=AT)[0].pk
            ],
        }
        return made[kind]()

    def _own(self, model: type[Answer] | type[Macro]) -> Answer | Macro:
        """Made anew where the one before was removed."""
        owner = self.asking or self.cast.tess
        return model.objects.get_or_create(name="Mine", owner=owner, defaults={"changed_at": AT})[0]


def a_draft_file(ticket: Ticket, person: Person) -> DraftFile:
    draft, _new = Draft.objects.get_or_create(ticket=ticket, person=person, defaults={"text": "x", "typed_at": AT})
    return DraftFile.objects.create(draft=draft, file=store_file(b"%PDF-1.4"), filename="plan.pdf")


def a_person_note(cast: Cast, by: Person) -> PersonNote:
    """Made anew where the one before was removed."""
    return PersonNote.objects.get_or_create(person=cast.paula, by=by, defaults={"at": AT, "text": "Likes tea"})[0]


def a_person_merge(cast: Cast) -> PersonMerge:
    """Made anew where the one before was undone."""
    if found := PersonMerge.objects.filter(undone_at=None).first():
        return found
    one, into = (
        Person.objects.get_or_create(name=name, defaults={"organisation": cast.larch})[0] for name in ("Pam", "Pamela")
    )
    return merge_persons(one, into=into, by=cast.tess, at=AT)


def an_organisation_merge(cast: Cast) -> OrganisationMerge:
    """Made anew where the one before was undone."""
    if found := OrganisationMerge.objects.filter(undone_at=None).first():
        return found
    one, into = (Organisation.objects.get_or_create(name=name, kind="other")[0] for name in ("Ash", "Ash Ltd"))
    return join_organisations(one, into=into, by=cast.tess, at=AT)


def a_planned_reply(ticket: Ticket, person: Person) -> PlannedReply:
    """Made anew where the one before was cancelled."""
    values = {"author": person, "text": "Soon", "made_at": AT, "due_at": AT + timedelta(days=9999)}
    return PlannedReply.objects.get_or_create(ticket=ticket, state="waiting", defaults=values)[0]


def a_link(ticket: Ticket, cast: Cast) -> Link:
    link = Link.objects.filter(one=ticket).first()
    return link or Link.objects.create(one=ticket, other=cast.writes(cast.piet, AT), kind="related", at=AT)


def a_letter(ticket: Ticket, cast: Cast) -> Message:
    """To a third party, beside the ticket."""
    to = {"address": "yun@locks.example", "subject": "Lock", "letter": Letter("Which firmware?")}
    letter = ticket.messages.filter(kind="side_out").first()
    return letter or open_side_conversation(ticket, by=cast.tess, at=AT, **to)


def a_rule(cast: Cast) -> Rule:
    given = RuleGiven(name="Urgent", when="opened", note="Look")
    return Rule.objects.first() or add_rule(given, by=cast.ada, at=AT)


def a_view(person: Person) -> View:
    """Made anew where the one before was removed."""
    return View.objects.get_or_create(name="Mine", owner=person, defaults={"changed_at": AT})[0]


def an_invitation(cast: Cast) -> Invitation:
    """Made anew where the one before was withdrawn."""
    found = Invitation.objects.filter(accepted_at=None, withdrawn_at=None).first()
    return found or invite_colleague(name="Nina", email="nina@desk.example", role="technician", by=cast.ada, at=AT)


def a_session(person: Person) -> Session:
    """Made anew where the one before was ended."""
    values = {"account": person.account, "data": "", "expires_at": AT + timedelta(days=9999)}
    return Session.objects.get_or_create(key_hash=f"elsewhere {person.pk}", defaults=values)[0]


def a_provider() -> IdentityProvider:
    values = {"slug": "company", "issuer": "http://127.0.0.1:1", "client_id": "desk"}
    return IdentityProvider.objects.get_or_create(name="Company", defaults=values)[0]


def a_problem(ticket: Ticket) -> Problem:
    link = ProblemTicket.objects.filter(ticket=ticket).first()
    problem = link.problem if link else Problem.objects.create(title="Lock", created_at=AT)
    ProblemTicket.objects.get_or_create(problem=problem, ticket=ticket, at=AT)
    return problem


def a_tracker() -> Tracker:
    values = {"kind": "gitlab", "address": "http://127.0.0.1:1", "project": "a/b", "created_at": AT}
    return Tracker.objects.get_or_create(name="Firmware", defaults=values)[0]


def an_issue(ticket: Ticket) -> Issue:
    """Made anew where the one before was taken off."""
    values = {"problem": a_problem(ticket), "url": "https://gitlab.example/1", "heard_at": AT}
    return Issue.objects.get_or_create(tracker=a_tracker(), key="1", defaults=values)[0]


def a_call(ticket: Ticket) -> TrackerCall:
    values = {"problem": a_problem(ticket), "created_at": AT, "queued_at": AT}
    return TrackerCall.objects.get_or_create(tracker=a_tracker(), kind="read", defaults=values)[0]


def a_notice(person: Person) -> Notification:
    return Notification.objects.get_or_create(person=person, kind="no_owner", at=AT)[0]


def a_browser(person: Person) -> PushSubscription:
    address = f"https://push.example/{person.pk}"
    return PushSubscription.objects.get_or_create(person=person, endpoint=address, made_at=AT)[0]


def a_subscription(person: Person) -> ReportSubscription:
    values = {"day": 1, "time": time(8), "made_at": AT}
    return ReportSubscription.objects.get_or_create(person=person, kind="month", defaults=values)[0]


def a_report_mail(person: Person) -> ReportMail:
    values = {"mail_id": f"<{person.pk}@desk.example>", "due_at": AT, "queued_at": AT}
    subscription = a_subscription(person)
    return ReportMail.objects.get_or_create(subscription=subscription, period="2026-10", defaults=values)[0]


def a_shift(cast: Cast) -> Shift:
    """Made anew where the one before was removed."""
    values = {"weekdays": [0], "starts": 540, "ends": 1020, "zone": "Etc/UTC", "valid_from": AT.date()}
    return Shift.objects.filter(person=cast.tess).first() or Shift.objects.create(person=cast.tess, **values)


def an_absence(cast: Cast) -> Absence:
    """Of a technician, who is the only one beside supervisor and administrator to take it back."""
    return Absence.objects.filter(person=cast.tess).first() or Absence.objects.create(
        person=cast.tess, starts_at=AT + timedelta(days=9999)
    )


@pytest.fixture
def stage(cast: Cast, now: datetime, settings: Any, tmp_path: Any) -> Stage:
    settings.MEDIA_ROOT = tmp_path
    settings.DATA_DIR = tmp_path
    ticket = cast.writes(cast.paula, now)
    message = ticket.messages.get(kind="inbound")
    attachment = Attachment.objects.create(message=message, file=store_file(b"%PDF-1.4"), filename="plan.pdf")
    key = store_raw_mail(raw=b"x", envelope_from="", envelope_to=[], peer="", mailbox="smtp")
    RawMail.objects.filter(pk=key).update(state=RawState.SET_ASIDE, problem="unreadable")
    origin = store_raw_mail(raw=b"From: x\n\n<p>x", envelope_from="", envelope_to=[], peer="", mailbox="smtp")
    RawMail.objects.filter(pk=origin).update(state=RawState.DONE, message=message)
    mailbox = add_mailbox(
        name="Support",
        address="support@intercom.example",
        host="127.0.0.1",
        port=1,  # nobody listens there
        user="support",
        secret="secret",
        by=None,
        at=now,
    )
    return Stage(ticket, message, attachment, RawMail.objects.get(pk=key), cast, mailbox)


def test_the_matrix_names_every_address() -> None:
    assert {pattern.name for pattern in desk_patterns()} == set(MATRIX) | PUBLIC


@pytest.mark.parametrize("name", MATRIX)
def test_who_may_come_in(name: str, stage: Stage, sign_in: Any) -> None:
    method, kind, allowed, sent = MATRIX[name]
    url = reverse(f"desk:{name}", args=stage.arguments(kind))
    stranger = getattr(sign_in(), method)(url, sent)
    assert (stranger.status_code, stranger["Location"].split("?")[0]) == (302, "/accounts/login/")
    for person in (stage.cast.dev, stage.cast.sue, stage.cast.ada, stage.cast.tess):
        stage.asking = person
        url = reverse(f"desk:{name}", args=stage.arguments(kind))
        answer = getattr(sign_in(person), method)(url, sent)
        if person.role in allowed:
            # Done a second time, some verbs answer with a sentence (422, 409): that is inside the door, too.
            assert answer.status_code < 400 or answer.status_code in (409, 422), f"{name} as {person.role}"
        else:
            assert answer.status_code == 403, f"{name} as {person.role}"
        if answer.streaming:
            assert b"".join(answer.streaming_content)


# Behind the door these ask for all of this beside, and refuse without it: a door may be open to who sees a page's form, while
# its verb is for fewer. Who trusts a provider could become everybody by it, so only who may do everything does that.
WORKING = {Permission.WORK_TICKETS}
ASKS_MORE: dict[str, set[Permission]] = {
    **{f"setup_provider{rest}": set(Permission) for rest in ("_new", "", "_test", "_removal")},
    "problem_title": WORKING,
    "ticket_replies": WORKING,
    "planned_decision": WORKING,
    "issue_removal": WORKING,
    "call_retry": WORKING,
    "aside_ticket": {Permission.SEE_MAIL},
    "absence_removal": {Permission.MANAGE_DUTY},  # of somebody else
}


@pytest.mark.parametrize("permission", [*Permission, None])
def test_a_role_of_one_permission_opens_its_own_doors_and_no_other(
    permission: Permission | None, stage: Stage, sign_in: Any
) -> None:
    """Every view against a role of the desk's own with this permission alone, or with none: it lets in whom its guard names.

    A view that asked for a role by its name would refuse such a role, and be found here.
    """
    person = somebody_who_may(*([permission] if permission else []))
    wrong = {}
    for pattern in desk_patterns():
        if pattern.name not in MATRIX:  # public, or named by the test above
            continue
        answer, kind = asked_by(person, pattern.name, stage, sign_in), MATRIX[pattern.name][1]
        if opens(pattern.callback, permission):
            # Who may not see tickets finds none to work on: the door is open, and what stands behind it is not there.
            is_hidden = answer.status_code == 404 and kind != ""
            is_right = is_inside(answer) or is_hidden or (answer.status_code == 403 and pattern.name in ASKS_MORE)
        elif pattern.name == "queue":  # where everybody begins: they are led to the first place they may go to
            is_right = answer.status_code == 302 and sign_in(person).get(answer["Location"]).status_code == 200
        else:
            is_right = answer.status_code == 403
        if not is_right:
            wrong[pattern.name] = answer.status_code
    assert wrong == {}


@pytest.mark.parametrize("permission", Permission)
def test_who_sees_tickets_too_finds_all_that_a_permission_opens(
    permission: Permission, stage: Stage, sign_in: Any
) -> None:
    """Not only the door is open then: whatever the address names is there, but for what asks for more."""
    wrong = {}
    for name in sorted(one.name for one in desk_patterns() if permission in (one.callback.permissions or ())):
        may = {Permission.SEE_TICKETS, permission}
        if not may >= ASKS_MORE.get(name, set()):
            told = asked_by(somebody_who_may(*may), name, stage, sign_in)
            if told.status_code not in (403, 404):
                wrong[name, "without"] = told.status_code
        told = asked_by(somebody_who_may(*may, *ASKS_MORE.get(name, ())), name, stage, sign_in)
        if not is_inside(told):
            wrong[name] = told.status_code
    assert wrong == {}


def asked_by(person: Person, name: str, stage: Stage, sign_in: Any) -> Any:
    """The answer of a view to somebody, read to its end."""
    stage.asking = person
    method, kind, _allowed, sent = MATRIX[name]
    url = reverse(f"desk:{name}", args=stage.arguments(kind))
    client = stage.clients.get(person.pk) or sign_in(person)
    answer = getattr(client, method)(url, sent)
    if is_sent_to_sign_in(answer):  # what was asked before has ended the session
        client = sign_in(person)
        answer = getattr(client, method)(url, sent)
    stage.clients[person.pk] = client
    if answer.streaming:
        assert b"".join(answer.streaming_content)
    return answer


def somebody_who_may(*permissions: Permission) -> Person:
    """Una, whose role has no name that any code knows; another Una for other permissions."""
    name = "+".join(sorted(set(permissions))) or "nothing"
    account = Account.objects.filter(custom_role__name=name[:60]).first()
    if account is None:
        role = add_role(name=name[:60], permissions=permissions, by=None, at=AT)
        email = f"una-{role.pk}@desk.example"
        account, _password = add_staff(name="Una", email=email, role=f"own-{role.pk}", at=AT)
    return account.person


def opens(view: Any, permission: Permission | None) -> bool:
    """Whether the view's guard names the permission; one that names none is for everybody who works here."""
    return not view.permissions or permission in view.permissions


def is_sent_to_sign_in(answer: Any) -> bool:
    return bool(answer.get("Location", "").startswith("/accounts/login/"))


def is_inside(answer: Any) -> bool:
    """Done a second time, some verbs answer with a sentence (422, 409)."""
    return not is_sent_to_sign_in(answer) and (answer.status_code < 400 or answer.status_code in (409, 422))


def test_whose_role_allows_nothing_sees_their_own_pages_and_nothing_else(stage: Stage, sign_in: Any) -> None:
    """What opens for them is what is one's own; of tickets and people none of it says anything."""
    client = sign_in(somebody_who_may())
    opened = {
        pattern.name for pattern in desk_patterns() if pattern.name in MATRIX and not pattern.callback.permissions
    }
    assert opened == OWN_PAGES
    for name in sorted(OWN_PAGES):
        method, kind, _allowed, sent = MATRIX[name]
        if method == "get" and not kind:
            page = client.get(reverse(f"desk:{name}"), sent).content.decode()
            for word in (stage.ticket.subject, stage.cast.paula.name, stage.cast.larch.name):
                assert word not in page, name


def desk_patterns() -> list[Any]:
    return next(p for p in get_resolver().url_patterns if getattr(p, "app_name", None) == "desk").url_patterns


@pytest.mark.parametrize("name", [name for name, (_m, kind, _a, _s) in MATRIX.items() if kind])
def test_what_is_not_there_is_not_found(name: str, stage: Stage, sign_in: Any) -> None:
    method, kind, _allowed, sent = MATRIX[name]
    nothing = [987654321] * len(stage.arguments(kind))
    answer = getattr(sign_in(stage.cast.ada), method)(reverse(f"desk:{name}", args=nothing), sent)
    assert answer.status_code == 404


def test_writing_needs_post(stage: Stage, sign_in: Any) -> None:
    for name, (method, kind, _allowed, _sent) in MATRIX.items():
        if method == "post":
            answer = sign_in(stage.cast.tess).get(reverse(f"desk:{name}", args=stage.arguments(kind)))
            assert answer.status_code == 405, name


def test_someone_who_left_can_no_longer_come_in(stage: Stage, sign_in: Any) -> None:
    client = sign_in(stage.cast.tess)
    account = stage.cast.tess.account
    account.is_active = False
    account.save()
    assert client.get(reverse("desk:queue")).status_code == 302

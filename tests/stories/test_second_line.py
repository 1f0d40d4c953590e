"""A bug from the first mail to the fixed version: technician, developers, their tracker, everybody who waited."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from mainstay.escalations import actions
from mainstay.escalations.models import Issue, Problem, Tracker
from mainstay.escalations.packet import packet_of
from mainstay.escalations.queries import draft_of, line_seconds
from mainstay.tickets import actions as tickets
from mainstay.tickets.models import Ticket
from tests.cast import Cast
from tests.escalations.packets import WHOLE
from tests.trackers import payloads
from tests.trackers.fakes import TOKEN, FakeGitLab
from tests.working import do_jobs


@pytest.fixture(autouse=True)
def keys_of_its_own(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


def test_a_bug_finds_its_way(cast: Cast, now: datetime, sign_in: Any) -> None:
    def told(delivered: payloads.Delivered) -> None:
        headers, body = delivered
        path = f"/hooks/trackers/{tracker.pk}"
        assert Client().post(path, body, "application/json", headers=headers).status_code == 200
        do_jobs()

    def fresh(ticket: Ticket) -> Ticket:
        return Ticket.objects.select_related("promise").get(pk=ticket.pk)

    minute = timedelta(minutes=1)
    with FakeGitLab() as fake:
        # Ada has connected the firmware developers' GitLab.
        tracker = actions.add_tracker(
            kind="gitlab",
            name="Firmware",
            address=fake.address,
            project=fake.project,
            token=TOKEN,
            hook_secret=payloads.SECRET,
            allows_private=True,
            by=cast.ada,
            at=now,
        )
        assert Tracker.objects.get() == tracker

        # Paula writes. Tess tries what she can, begins a packet, and is called away: the draft is kept.
        ticket = tickets.assign_ticket(cast.writes(cast.paula, now), to=cast.tess, by=cast.tess, at=now)
        tess, tom, dev = sign_in(cast.tess), sign_in(cast.tom), sign_in(cast.dev)
        page = reverse("desk:ticket_escalation", args=[ticket.number])
        assert tess.post(page, {"seen": WHOLE["seen"], "do": "keep"}).status_code == 302
        assert draft_of(ticket) is not None

        # Half-empty it can't be sent; whole it can.
        assert tess.post(page, {"seen": WHOLE["seen"], "do": "send"}).status_code == 422
        assert fresh(ticket).state == "open"
        actions.escalate_ticket(ticket, packet=packet_of(WHOLE, ()), by=cast.tess, at=now + 10 * minute)
        assert fresh(ticket).state == "developers"

        # Dev takes it, and asks one thing back. Tess knows the answer: the next packet begins with the last.
        assert dev.post(reverse("desk:ticket_taking", args=[ticket.number]), {"do": "take"}).status_code == 302
        actions.ask_back(ticket, text="Which relay, 1 or 2?", by=cast.dev, at=now + 30 * minute)
        assert WHOLE["logs"] in tess.get(page).content.decode()
        actions.escalate_ticket(
            ticket, packet=packet_of({**WHOLE, "tried": "Relay 1 only."}, ()), by=cast.tess, at=now + 35 * minute
        )

        # It is a bug. Dev makes it a problem and has an issue opened from the packet.
        dev.post(reverse("desk:ticket_problem", args=[ticket.number]), {"title": "Relay 1 stays closed"})
        problem = Problem.objects.get()
        shown = dev.get(reverse("desk:problem", args=[problem.pk])).content.decode()
        assert "Relay 1 only." in shown, "the issue's text begins with the packet"
        dev.post(
            reverse("desk:problem_issues", args=[problem.pk]),
            {"tracker": tracker.pk, "title": "Relay 1 stays closed", "text": "Relay 1 only."},
        )
        do_jobs()
        issue = Issue.objects.get()
        assert fake.issues[0]["title"] == "Relay 1 stays closed"

        # Olaf has the same trouble; Tom puts his ticket there instead of escalating it again.
        same = cast.writes(cast.olaf, now + 40 * minute)
        tom.post(reverse("desk:problem_tickets", args=[problem.pk]), {"number": same.number, "from": "ticket"})
        assert problem.links.count() == 2

        # In GitLab somebody comments: a note on Paula's ticket, which no customer sees.
        told(payloads.gitlab_note(int(issue.key), "Found it: the driver never lets go."))
        note = ticket.messages.filter(kind="note", author=None).get()
        assert "Ines Developer" in note.sender_name
        assert not same.messages.filter(kind="note").exists()

        # Dev answers there; what comes back of it is known as ours.
        actions.comment_on_issue(issue, text="Thank you.", by=cast.dev, at=now)
        do_jobs()
        ours = fake.comments[0][1]
        told(payloads.gitlab_note(int(issue.key), ours["body"], ours["id"]))
        assert ticket.messages.filter(kind="note", author=None).count() == 1

        # The issue is closed there. That alone moves no ticket: a person says that it is fixed.
        told(payloads.gitlab_issue(int(issue.key), "closed"))
        assert ticket.events.filter(kind="issue_closed").count() == 1
        assert fresh(ticket).state == "developers"
        assert "Is it fixed?" in dev.get(reverse("desk:problem", args=[problem.pk])).content.decode()
        actions.mark_fixed(problem, version="firmware 3.16.0", by=cast.dev, at=now + 95 * minute)

        # Everybody who waits is listed, and Paula's ticket is Tess's again.
        page_of_problem = tess.get(reverse("desk:problem", args=[problem.pk])).content.decode()
        for waiting in (ticket, same):
            assert reverse("desk:ticket", args=[waiting.number]) in page_of_problem
        assert (fresh(ticket).state, fresh(ticket).assignee) == ("open", cast.tess)

        # Tess tells Paula. Time per line: 10 + 5 + 5 minutes with her, 20 + 60 with the developers.
        tickets.reply_to_ticket(ticket, text="It is in 3.16.0.", by=cast.tess, at=now + 100 * minute, then="resolve")
        promise = fresh(ticket).promise
        lines = line_seconds(promise, now + 500 * minute)
        assert lines == {"customer": 0, "technicians": 20 * 60, "developers": 80 * 60}
        assert sum(lines.values()) == promise.resolution_seconds
        assert tickets.recount_promises(mend=False)[1] == []
        replies = ticket.messages.filter(kind="reply")
        assert [reply.author for reply in replies] == [cast.tess], "only a technician ever wrote to the customer"

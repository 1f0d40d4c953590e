"""A fake tracker on loopback, set up in the desk; and a ticket that was escalated, with its problem."""

from datetime import datetime
from typing import Any

from mainstay.escalations import actions
from mainstay.escalations.models import Problem, Tracker
from mainstay.tickets.models import Ticket
from tests.cast import Cast
from tests.escalations.packets import escalated
from tests.trackers import payloads
from tests.trackers.fakes import TOKEN, USER, Fake


def set_up(cast: Cast, kind: str, fake: Fake, at: datetime, **more: Any) -> Tracker:
    """The fake as Ada sets it up: inside our own network."""
    values: dict[str, Any] = {
        "name": kind.title(),
        "address": fake.address,
        "project": fake.project,
        "token": TOKEN,
        "hook_secret": payloads.SECRET,
        "allows_private": True,
        "user": USER if kind == "jira" else "",
    }
    return actions.add_tracker(kind=kind, by=cast.ada, at=at, **{**values, **more})


def a_problem(cast: Cast, at: datetime, ticket: Ticket | None = None) -> tuple[Problem, Ticket]:
    """An escalated ticket, and the problem it waits for."""
    ticket = ticket or cast.writes(cast.paula, at)
    escalated(cast, ticket, at)
    return actions.make_problem(ticket, title="The relay stays closed", by=cast.dev, at=at), ticket

"""“Test this connection”: each step by name and what came of it; nothing is written in the tracker."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from .actions.calling import adapter_of, understood
from .asking import read_address
from .errors import TrackerTrouble
from .models import Tracker
from .queries import access_of
from .tracking import TrackerAdapter

OK, FAILED, SKIPPED = "ok", "failed", "skipped"


@dataclass(frozen=True)
class Step:
    """One step of the test; `state` is ok, failed or skipped."""

    name: str
    state: str
    sentence: str


def check_tracker(tracker: Tracker) -> list[Step]:
    """All steps in their order; after one that failed, the rest is not tried."""
    told: list[Step] = []
    for name, step in _steps(tracker):
        if told and told[-1].state != OK:
            told.append(Step(name, SKIPPED, _("Not tried: an earlier step failed.")))
            continue
        try:
            with understood(tracker):
                told.append(Step(name, OK, step()))
        except TrackerTrouble as trouble:
            told.append(Step(name, FAILED, str(trouble)))
    return told


def _steps(tracker: Tracker) -> Iterator[tuple[str, Callable[[], str]]]:
    made: list[TrackerAdapter] = []

    def secrets_readable() -> str:
        access_of(tracker)
        made.append(adapter_of(tracker))
        return _("The token and the webhook's secret can be opened.")

    def address_plain() -> str:
        target = read_address(tracker.address)
        return _("%(host)s, port %(port)s.") % {"host": target.host, "port": target.port}

    def signed_in() -> str:
        return _("Reached, and signed in as %(user)s.") % {"user": made[0].who_am_i()}

    def project_seen() -> str:
        return _("The token sees %(project)s.") % {"project": made[0].project_name()}

    yield _("Stored secrets"), secrets_readable
    yield _("Address"), address_plain
    yield _("Connection and token"), signed_in
    yield _("Project"), project_seen


def is_good(steps: list[Step]) -> bool:
    return all(step.state == OK for step in steps)

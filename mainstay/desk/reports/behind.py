"""Which tickets are asked for behind a figure: read from an address, found, and said in words."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.utils import dates
from django.utils.translation import gettext as _

from mainstay.promises.states import Exclusion
from mainstay.reports.among import Among
from mainstay.reports.errors import NoSuchFigure
from mainstay.reports.figures import Bin, Period
from mainstay.reports.labels import labels_of
from mainstay.reports.measures import MEASURES, is_exclusion, is_measure, stratum_named
from mainstay.reports.ticket_sheet import OPENED, tickets_of
from mainstay.reports.wording import bin_words, measure_name, stratum_name
from mainstay.tickets.models import TicketQuerySet

from ..doorway import DeskRequest

NAMES = ("measure", "excluded", "stratum", "key", "open", "over", "since", "until", "flag", "hour")
FLAGS = ("out_of_hours", "reopened")
_SECONDS = re.compile(r"\d{1,9}", re.ASCII)
_HOUR = re.compile(r"([0-6])-(\d{1,2})", re.ASCII)
HOURS = 24


@dataclass(frozen=True)
class Behind:
    """One figure's tickets: of a measure (or OPENED), or left out for a `reason`; `asked` is the address it was read from."""

    measure: str
    reason: str
    stratum: str
    key: str
    is_open: bool
    among: Among
    hour: tuple[int, int] | None
    asked: dict[str, str]

    def tickets(self, request: DeskRequest, period: Period) -> TicketQuerySet:
        return tickets_of(
            request.person,
            period,
            measure=self.measure,
            reason=self.reason,
            stratum=self.stratum,
            key=self.key,
            is_open=self.is_open,
            among=self.among,
            hour=self.hour,
        )

    @property
    def name(self) -> str:
        if self.reason:
            return str(Exclusion(self.reason).label)
        return _("Opened tickets") if self.measure == OPENED else measure_name(self.measure)

    @property
    def narrowed(self) -> list[str]:
        """What the list is narrowed to, in words."""
        words = []
        if self.stratum:
            words.append(f"{stratum_name(self.stratum)}: {labels_of(self.stratum, [self.key])[self.key]}")
        if self.is_open:
            over = self.among.over_at is not None
            words.append(_("still open and over target") if over else _("still open, at their present age"))
        if self.among.since is not None or self.among.until is not None:
            words.append(_length(self.among))
        if self.among.out_of_hours:
            words.append(_("answered before opening"))
        if self.among.reopened:
            words.append(_("re-opened"))
        if self.hour is not None:
            weekday, hour = self.hour
            between = {"day": dates.WEEKDAYS[weekday], "hour": hour, "next": hour + 1}
            words.append(_("%(day)s %(hour)02d:00 to %(next)02d:00 UTC") % between)
        return words


def behind_asked(request: DeskRequest, now: datetime, *, usual: str = "") -> Behind:
    """From the address; `usual` is the measure when none is named. Raises NoSuchFigure and BadStratum for what is none."""
    given = {name: request.GET[name].replace("\x00", "") for name in NAMES if name in request.GET}
    measure, reason = given.get("measure") or usual, given.get("excluded", "")
    if measure and measure != OPENED and not is_measure(measure):
        raise NoSuchFigure(measure, (*MEASURES, OPENED))
    if reason and not is_exclusion(reason):
        raise NoSuchFigure(reason, Exclusion.values)
    flag = given.get("flag", "")
    if flag and flag not in FLAGS:
        raise NoSuchFigure(flag, FLAGS)
    stratum, is_open = given.get("stratum", ""), given.get("open") == "1"
    return Behind(
        measure=measure,
        reason=reason,
        stratum=stratum_named(stratum) if stratum else "",
        key=given.get("key", "") if stratum else "",
        is_open=is_open,
        among=Among(
            since=_seconds(given.get("since", "")),
            until=_seconds(given.get("until", "")),
            out_of_hours=flag == "out_of_hours",
            reopened=flag == "reopened",
            over_at=now if is_open and given.get("over") == "1" else None,
        ),
        hour=_hour(given.get("hour", "")),
        asked=given,
    )


def _seconds(text: str) -> int | None:
    if not text:
        return None
    if not _SECONDS.fullmatch(text):
        raise NoSuchFigure(text, ("0", "60", "300"))
    return int(text)


def _hour(text: str) -> tuple[int, int] | None:
    """An hour of the week such as `0-09`: Monday, nine o'clock in UTC."""
    if not text:
        return None
    found = _HOUR.fullmatch(text)
    if found is None or int(found[2]) >= HOURS:
        raise NoSuchFigure(text, ("0-00", "6-23"))
    return int(found[1]), int(found[2])


def _length(among: Among) -> str:
    since = among.since or 0
    return _("no business time at all") if (since, among.until) == (0, 1) else bin_words(Bin(since, among.until, 0))

"""The support policy as a frozen value, and the questions that the desk asks of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from pydantic import Field

from mainstay.clock.calendar import Calendar

from .closures import CountryDays
from .errors import NotInPolicy
from .sections import (
    Alarms,
    Assignment,
    Averages,
    CallBack,
    Channels,
    ClockRules,
    Company,
    Entitlement,
    FirstResponse,
    Hours,
    Languages,
    Nature,
    NonWorkingDays,
    Publication,
    Reopening,
    Revisions,
    Scope,
    SecondLine,
    Section,
    Severities,
    Severity,
    Targets,
    Wording,
)
from .values import ANY

PLAIN_SIGNATURE = "{name}\n{company}"


@dataclass(frozen=True)
class Target:
    """The averages aimed for, in business seconds."""

    first_response_seconds: int
    resolution_seconds: int


class Policy(Section):
    """The whole policy. Made by `reading.read_policy`, which also checks what concerns several sections."""

    company: Company = Field(description="a table")
    languages: Languages = Field(description="a table")
    hours: Hours = Field(description="a table")
    non_working_days: NonWorkingDays = Field(default=NonWorkingDays(), description="a table")
    channels: Channels = Field(description="a table")
    call_back: CallBack | None = Field(default=None, description="a table")
    scope: Scope = Field(description="a table")
    entitlement: Entitlement = Field(description="a table")
    severities: Severities = Field(description="a table")
    targets: Targets = Field(description="a table")
    first_response: FirstResponse = Field(description="a table")
    clock: ClockRules = Field(default=ClockRules(), description="a table")
    reopening: Reopening = Field(description="a table")
    averages: Averages = Field(description="a table")
    revisions: Revisions = Field(default=Revisions(), description="a table")
    alarms: Alarms = Field(default=Alarms(), description="a table")
    assignment: Assignment = Field(default=Assignment(), description="a table")
    second_line: SecondLine = Field(default=SecondLine(), description="a table")
    publication: Publication = Field(default=Publication(), description="a table")
    wording: Wording = Field(description="a table")

    # --- business time ---

    @cached_property
    def calendar(self) -> Calendar:
        """The support hours, less the non-working days."""
        hours, closed = self.hours, self.non_working_days
        return Calendar(
            zone=hours.zone,
            weekly=(
                hours.monday,
                hours.tuesday,
                hours.wednesday,
                hours.thursday,
                hours.friday,
                hours.saturday,
                hours.sunday,
            ),
            closed=frozenset(day.on for day in closed.dates).union(*(file.days for file in closed.calendar_files)),
            special={day.on: day.open for day in hours.special_days},
            closures=CountryDays(closed.countries) if closed.countries else None,
        )

    @cached_property
    def calendar_all_day(self) -> Calendar:
        """The same working days, each open 00:00–24:00."""
        return self.calendar.all_day()

    # --- natures, severities, targets ---

    @property
    def default_nature(self) -> str:
        return self.scope.default_nature

    @property
    def default_severity(self) -> str:
        return self.severities.default

    @property
    def nature_keys(self) -> tuple[str, ...]:
        return tuple(nature.key for nature in self.scope.natures)

    @property
    def severity_keys(self) -> tuple[str, ...]:
        """The most urgent first."""
        return tuple(severity.key for severity in self.severities.levels)

    def has_nature(self, key: str) -> bool:
        return key in self.nature_keys

    def has_severity(self, key: str) -> bool:
        return key in self.severity_keys

    def nature(self, key: str) -> Nature:
        """The nature with this key; raises NotInPolicy."""
        for nature in self.scope.natures:
            if nature.key == key:
                return nature
        raise NotInPolicy(f"“{key}” is no nature of this policy; there are: {', '.join(self.nature_keys)}.")

    def severity(self, key: str) -> Severity:
        """The severity with this key; raises NotInPolicy."""
        for severity in self.severities.levels:
            if severity.key == key:
                return severity
        raise NotInPolicy(f"“{key}” is no severity of this policy; there are: {', '.join(self.severity_keys)}.")

    def urgency(self, severity: str) -> int:
        """The place of a severity in the policy, 0 the most urgent; raises NotInPolicy."""
        return self.severity_keys.index(self.severity(severity).key)

    def target(self, nature: str, severity: str) -> Target:
        """The averages aimed for; raises NotInPolicy.

        The nearest word holds, for each of the two targets by itself: nature and severity, then the nature with any
        severity, then the severity with any nature, then the default.
        """
        exact = (self.nature(nature).key, self.severity(severity).key)
        table = self.targets.table
        rows = [table.get(row, {}).get(column) for row, column in (exact, (nature, ANY), (ANY, severity), (ANY, ANY))]
        found = [row for row in rows if row is not None]
        first_responses = [row.first_response for row in found if row.first_response is not None]
        resolutions = [row.resolution for row in found if row.resolution is not None]
        return Target(
            first_response_seconds=[*first_responses, self.targets.first_response][0],
            resolution_seconds=[*resolutions, self.targets.resolution][0],
        )

    @property
    def reopen_window_seconds(self) -> int:
        """Real seconds, not business seconds, in which a resolved ticket can be opened again."""
        return self.reopening.window

    @property
    def call_back_seconds(self) -> int | None:
        """Business seconds in which people are called back; None where that is not offered."""
        return self.call_back.within if self.call_back else None

    # --- words ---

    def text(self, words: Mapping[str, str], language: str) -> str:
        """The text in this language (`nl` serves `nl-BE`), else in the policy's default language."""
        for wanted in (language, language.partition("-")[0], self.languages.default):
            if wanted in words:
                return words[wanted]
        return next(iter(words.values()), "")

    def name_of_nature(self, key: str, language: str) -> str:
        """The nature's name; the key itself for one of an older policy."""
        return self.text(self.nature(key).name, language) if self.has_nature(key) else key

    def name_of_severity(self, key: str, language: str) -> str:
        """The severity's name; the key itself for one of an older policy."""
        return self.text(self.severity(key).name, language) if self.has_severity(key) else key

    @property
    def sender_name(self) -> str:
        """The name from which the desk's mail comes: the company's, unless the policy states another."""
        return self.channels.email.sender_name or self.company.name

    def signature(self, language: str) -> str:
        """What stands below an answer in this language, with `{name}`, `{company}` and `{number}` still to be filled in."""
        stated = self.channels.email.signature
        return self.text(stated, language) if stated else PLAIN_SIGNATURE

    @property
    def no_guarantee(self) -> Mapping[str, str]:
        """The sentence that no time is guaranteed for one problem, by language."""
        return self.wording.no_guarantee

"""The sections of a policy file: which keys each has, and what is allowed for them."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, model_validator

from .values import (
    MOST_CALENDARS,
    AwaySeconds,
    CalendarName,
    CapTimes,
    Country,
    CountryCalendar,
    Day,
    Domain,
    Email,
    FreezingSeconds,
    Key,
    KnownLanguage,
    KnownNature,
    KnownSeverity,
    Language,
    LengthSteps,
    Line,
    NatureOrAny,
    Opening,
    PercentSteps,
    SeverityOrAny,
    Signatures,
    TargetSeconds,
    TelegramLink,
    Telephone,
    Website,
    WhatsAppLink,
    WindowSeconds,
    Words,
    Zone,
)

OrganisationKind = Literal["distributor", "partner", "other"]
CountedAct = Literal["reply_accepted", "answered_call", "connected_call_back"]
UncountedAct = Literal["acknowledgement", "automatic_text", "status_change", "failed_delivery"]
Exclusion = Literal["spam", "refused", "merged", "opened_by_staff"]
Stratum = Literal["warranty_transit", "booked_training"]
BesideFigure = Literal["all_day", "without_waiting", "median", "p90", "worst", "count", "zeros"]


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Company(Section):
    """Whose policy it is."""

    name: Line = Field(description="the company's name")
    website: Website = Field(description="the company's website")
    mail_domain: Domain = Field(description="the domain of the company's own mail")


class Languages(Section):
    """The languages of the policy's texts and of what the desk writes."""

    offered: tuple[Language, ...] = Field(min_length=1, description="a list of language codes")
    default: KnownLanguage = Field(description="one of languages.offered")


class SpecialDay(Section):
    """A date with hours of its own."""

    on: Day = Field(description="the date")
    open: tuple[Opening, ...] = Field(description="a list of openings; an empty one means closed")
    name: Words | None = Field(default=None, description="what the day is called")


class Hours(Section):
    """When the desk is open, week by week."""

    zone: Zone = Field(description="a zone of the IANA list")
    monday: tuple[Opening, ...] = Field(default=(), description="a list of openings")
    tuesday: tuple[Opening, ...] = Field(default=(), description="a list of openings")
    wednesday: tuple[Opening, ...] = Field(default=(), description="a list of openings")
    thursday: tuple[Opening, ...] = Field(default=(), description="a list of openings")
    friday: tuple[Opening, ...] = Field(default=(), description="a list of openings")
    saturday: tuple[Opening, ...] = Field(default=(), description="a list of openings")
    sunday: tuple[Opening, ...] = Field(default=(), description="a list of openings")
    special_days: tuple[SpecialDay, ...] = Field(default=(), description="a list of dates with hours of their own")


class NamedDate(Section):
    """A closed date; a bare date in the file is one without a name."""

    on: Day = Field(description="the date")
    name: Words | None = Field(default=None, description="what the day is called")

    @model_validator(mode="before")
    @classmethod
    def _from_bare_date(cls, value: Any) -> Any:
        if isinstance(value, dict):
            return value
        if isinstance(value, date):
            return {"on": value}
        raise ValueError("must be a date without quotes, such as 2026-12-25, or a table { on = 2026-12-25, name = … }")


class NonWorkingDays(Section):
    """Dates on which the desk stays closed."""

    dates: tuple[NamedDate, ...] = Field(default=(), description="a list of dates")
    countries: tuple[CountryCalendar, ...] = Field(default=(), description="a list of country calendars")
    calendar_files: tuple[CalendarName, ...] = Field(
        default=(), max_length=MOST_CALENDARS, description="a list of calendar files beside the policy"
    )


class CallBackLine(Section):
    """The telephone number for customers of one country."""

    country: Country = Field(description="two capital letters, such as US")
    number: Telephone = Field(description="the number with + and country code")


class TelephoneChannel(Section):
    numbers: tuple[CallBackLine, ...] = Field(min_length=1, description="one number for each country")


class WhatsAppChannel(Section):
    link: WhatsAppLink = Field(description="the link that opens a chat")


class TelegramChannel(Section):
    link: TelegramLink = Field(description="the link of the bot")


class EmailChannel(Section):
    address: Email = Field(description="the address to which customers write")
    sender_name: Line | None = Field(default=None, description="the name from which the desk answers")
    signature: Signatures | None = Field(default=None, description="what stands below an answer, by language")


class Channels(Section):
    """How customers reach the desk; one that is left out is not offered."""

    email: EmailChannel = Field(description="a table with the desk's address")
    telephone: TelephoneChannel | None = Field(default=None, description="a table with numbers")
    whatsapp: WhatsAppChannel | None = Field(default=None, description="a table with a link")
    telegram: TelegramChannel | None = Field(default=None, description="a table with a link")


class CallBack(Section):
    """The promise to people who ask to be called."""

    within: TargetSeconds = Field(description="a length of time")
    counted_until: Literal["first_dial_out"] = Field(default="first_dial_out", description="what ends the wait")


class Nature(Section):
    """One thing that support covers."""

    key: Key = Field(description="a short name for machines, which never changes")
    name: Words = Field(description="its name, by language")
    sentence: Words = Field(description="what it covers, by language")


class Scope(Section):
    """What is covered and what is not."""

    default_nature: KnownNature = Field(description="the nature of an incoming message")
    natures: tuple[Nature, ...] = Field(min_length=1, description="[[scope.natures]], one for each thing covered")
    not_covered: Words = Field(description="what is not covered, by language")
    guidance: Words = Field(description="what is offered instead, by language")


class Entitlement(Section):
    """Who may have support."""

    organisation_kinds: tuple[OrganisationKind, ...] = Field(min_length=1, description="a list of kinds")
    bought_directly: StrictBool = Field(description="whether only those count who bought from the company itself")
    verified_identity: StrictBool = Field(default=True, description="whether an unknown sender counts as a stranger")


class Severity(Section):
    """How badly somebody is hindered."""

    key: Key = Field(description="a short name for machines, which never changes")
    name: Words = Field(description="its name, by language")
    meaning: Words = Field(description="when to choose it, by language")


class Severities(Section):
    default: KnownSeverity = Field(description="the severity of an incoming message")
    levels: tuple[Severity, ...] = Field(min_length=1, description="[[severities.levels]], the most urgent first")


class TargetOverride(Section):
    """Targets of one nature and severity; what is left out is inherited."""

    first_response: TargetSeconds | None = Field(default=None, description="a length of time")
    resolution: TargetSeconds | None = Field(default=None, description="a length of time")

    @model_validator(mode="after")
    def _says_something(self) -> "TargetOverride":
        if self.first_response is None and self.resolution is None:
            raise ValueError('needs first_response, resolution or both, such as { resolution = "8h" }')
        return self


_Row = Annotated[Mapping[SeverityOrAny, TargetOverride], AfterValidator(MappingProxyType)]


class Targets(Section):
    """The averages that are aimed for, in business time."""

    first_response: TargetSeconds = Field(description="a length of time")
    resolution: TargetSeconds = Field(description="a length of time")
    table: Annotated[Mapping[NatureOrAny, _Row], AfterValidator(MappingProxyType)] = Field(
        default_factory=lambda: MappingProxyType({}), description="other targets by nature and severity"
    )
    strata_apart: tuple[Stratum, ...] = Field(default=(), description="a list of times that are measured apart")


class FirstResponse(Section):
    """What ends the wait for a first response."""

    counts: tuple[CountedAct, ...] = Field(min_length=1, description="a list of acts")
    never_counts: tuple[UncountedAct, ...] = Field(default=(), description="a list of acts")


class ClockRules(Section):
    """What the clock does outside hours and while the customer has the next word."""

    out_of_hours: Literal["starts_at_next_opening"] = Field(
        default="starts_at_next_opening", description="when the clock of a ticket from outside hours starts"
    )
    waiting_for_customer: Literal["runs_on"] = Field(
        default="runs_on", description="what the clock does while the customer has the next word"
    )


class Reopening(Section):
    """How long a resolved ticket can be opened again."""

    window: WindowSeconds = Field(description="a length of time")
    afterwards: Literal["new_linked_ticket"] = Field(
        default="new_linked_ticket", description="what a later message becomes"
    )


class Averages(Section):
    """Over what and how the averages are taken."""

    leaves_out: tuple[Exclusion, ...] = Field(description="a list of reasons")
    period: Literal["calendar_month"] = Field(default="calendar_month", description="the time of one report")
    period_zone: Literal["Etc/UTC"] = Field(default="Etc/UTC", description="the zone of the period")
    first_responses_by: Literal["answered"] = Field(
        default="answered", description="the moment that decides the period"
    )
    resolutions_by: Literal["resolved"] = Field(default="resolved", description="the moment that decides the period")
    open_tickets: Literal["at_present_age"] = Field(default="at_present_age", description="how open tickets weigh")
    beside: tuple[BesideFigure, ...] = Field(default=(), description="a list of figures that stand beside the averages")


class Revisions(Section):
    """What a change of the policy does to tickets that are there."""

    tickets_keep: Literal["revision_when_opened"] = Field(
        default="revision_when_opened", description="the revision that holds for a ticket"
    )


class Alarms(Section):
    """When somebody is told that a ticket waits long."""

    first_response: LengthSteps = Field(default=(60, 180, 240), description="a list of lengths of time, ascending")
    resolution: PercentSteps = Field(default=(50, 80, 100), description="a list of per cents of the target, ascending")
    cap: CapTimes = Field(default=3, description="how many times the target is the last alarm")


class Assignment(Section):
    """Who gets a ticket that nobody took."""

    automatic: StrictBool = Field(default=False, description="whether the desk gives out tickets by itself")
    away_after: AwaySeconds = Field(default=900, description="a length of time")


class SecondLine(Section):
    """The developers behind the technicians."""

    customer_is_told: StrictBool = Field(default=False, description="whether the customer hears of an escalation")
    developers_may_write: StrictBool = Field(default=False, description="whether developers may answer customers")


class Publication(Section):
    """The public page with each month's averages against the promise."""

    publishes: StrictBool = Field(default=False, description="whether the page is public")
    freezes_after: FreezingSeconds = Field(default=3 * 86_400, description="a length of time")


class Wording(Section):
    """The sentences of the public policy page."""

    purpose: Words = Field(description="what support is for, by language")
    entitlement: Words = Field(description="who may have support, by language")
    path: Words = Field(description="who works on a request, by language")
    averages: Words = Field(description="what the averages count, by language")
    resolution: Words = Field(description="what the resolution time is, by language")
    targets_vary: Words = Field(description="what the resolution target depends on, by language")
    no_guarantee: Words = Field(description="that no time is guaranteed for one problem, by language")

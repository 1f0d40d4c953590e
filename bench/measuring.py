"""Every figure of the bench, in the order in which they are taken; imported when the desk's folder is known."""

import random
import time
from collections.abc import Callable
from datetime import UTC, timedelta

import django

django.setup()

from django.db import connection  # noqa: E402 - Django first
from django.utils import timezone  # noqa: E402

from mainstay.channels.email.models import RawMail  # noqa: E402
from mainstay.channels.email.states import RawState  # noqa: E402
from mainstay.people.actions import add_staff  # noqa: E402
from mainstay.promises.queries import policy_in_force  # noqa: E402
from mainstay.tickets.actions import recount_promises  # noqa: E402
from mainstay.tickets.models import Message, Ticket  # noqa: E402
from mainstay.tickets.states import Delivery  # noqa: E402
from tests.running import RunningDesk, children_of  # noqa: E402

from .browser import Browser  # noqa: E402
from .figures import Figure, spread  # noqa: E402
from .filling import Crowd, fill, make_crowd  # noqa: E402
from .mailing import CONNECTIONS, accept, corpus, seconds_to_row, wait_until  # noqa: E402
from .processes import proportional, resident  # noqa: E402
from .reading import reading  # noqa: E402

EMAIL = "bench@desk.example"
ROWS_EMPTY, ROWS_FULL = 30, 60  # mails whose way to the row is timed; 40 rows are a page
PAGE_READS, WARM_READS = 100, 5
PAIRS = 1_000_000
SETTLED_SECONDS = 90

Say = Callable[[str], None]


def postgres_version() -> str:
    with connection.cursor() as cursor:
        cursor.execute("show server_version")
        return str(cursor.fetchone()[0])


def take_all(desk: RunningDesk, *, tickets: int, mails: int, say: Say) -> list[Figure]:
    """The desk is empty when this begins, and full when it ends."""
    _account, password = add_staff(name="Bench", email=EMAIL, role="supervisor", at=timezone.now())
    crowd = make_crowd()
    browser = Browser(desk.url, EMAIL, password)
    try:
        say("From 250 to the row, on an empty desk …")
        figures = rows(desk, browser, crowd, "open", ROWS_EMPTY, "empty desk")
        say(f"{mails} mails at once, on an empty desk …")
        figures += intake(desk, crowd, mails, "an empty desk")
        say(f"Filling in {tickets:,} tickets …")
        figures += filling(tickets, crowd)
        say("Pages …")
        figures += pages(browser)
        say("From 250 to the row, on the full desk …")
        figures += rows(desk, browser, crowd, "all", ROWS_FULL, f"{tickets:,} tickets")
        say(f"{mails} mails at once …")
        figures += intake(desk, crowd, mails, f"{tickets:,} tickets")
    finally:
        browser.close()
    figures += memory(desk)
    say("The clock, and a recount …")
    return figures + reading() + clock() + recount()


def rows(desk: RunningDesk, browser: Browser, crowd: Crowd, view: str, number: int, name: str) -> list[Figure]:
    where = (desk.smtp_host, desk.smtp_port)
    taken = seconds_to_row(browser, view, number, where, senders_of(crowd))
    wait_until(is_settled, SETTLED_SECONDS)
    return spread("From SMTP 250 to the row in an open browser queue", name, taken)


def filling(number: int, crowd: Crowd) -> list[Figure]:
    began = time.perf_counter()
    fill(number, crowd, at=timezone.now())
    return [Figure("Start", f"{number:,} tickets filled in", time.perf_counter() - began, "s")]


def pages(browser: Browser) -> list[Figure]:
    chance = random.Random(1)
    numbers = chance.sample(list(Ticket.objects.order_by("number").values_list("number", flat=True)), k=PAGE_READS)
    asked: dict[str, Callable[[int], str]] = {
        "queue, open": lambda _place: "/",
        "queue, all": lambda _place: "/?view=all",
        "queue, rows alone": lambda _place: "/queue/rows?view=open",
        "ticket": lambda place: f"/tickets/{numbers[place]}",
        "averages": lambda _place: "/averages",
        "quiet line": lambda _place: "/quiet-line",
    }
    figures = []
    for name, path in asked.items():
        for place in range(WARM_READS):
            browser.read(path(place))
        figures += spread("Pages, one visitor", name, [browser.seconds_to_read(path(n)) for n in range(PAGE_READS)])
    return figures


def intake(desk: RunningDesk, crowd: Crowd, number: int, where: str) -> list[Figure]:
    """The realistic corpus over SMTP, with files, HTML and quotes; never twice the same."""
    accepted = accept(desk.smtp_host, desk.smtp_port, corpus(number, senders_of(crowd)))
    filed = accepted + wait_until(is_filed, SETTLED_SECONDS)
    settled = filed + wait_until(is_settled, SETTLED_SECONDS)
    about = f"Full intake of {number} mails at once, {where}"
    return [
        Figure(about, f"taken with 250, {CONNECTIONS} connections", number / accepted, "mails/s"),
        Figure(about, "until all are tickets", number / filed, "mails/s"),
        Figure(about, "until all are acknowledged too", number / settled, "mails/s"),
    ]


def is_filed() -> bool:
    return not RawMail.objects.filter(state=RawState.WAITING).exists()


def is_settled() -> bool:
    return is_filed() and not Message.objects.filter(delivery=Delivery.QUEUED).exists()


def senders_of(crowd: Crowd) -> list[str]:
    return [crowd.addresses[customer.pk] for customer in crowd.customers]


def memory(desk: RunningDesk) -> list[Figure]:
    about = "Memory after all that"
    running = desk.processes()
    figures = [Figure(about, name, resident(running[name]), "MiB") for name in ("web", "worker", "intake")]
    figures.append(Figure(about, "supervisor", resident(desk.process.pid), "MiB"))
    postgres = [running["postgres"], *children_of(running["postgres"])]
    return [*figures, Figure(about, f"PostgreSQL, {len(postgres)} processes", proportional(postgres), "MiB")]


def clock() -> list[Figure]:
    """Random pairs over two years, up to 30 days apart."""
    chance = random.Random(2)
    calendar = policy_in_force(timezone.now()).calendar
    start = timezone.now().astimezone(UTC) - timedelta(days=730)
    moments = [start + timedelta(seconds=chance.randrange(730 * 86400)) for _ in range(PAIRS)]
    pairs = [(moment, moment + timedelta(seconds=chance.randrange(30 * 86400))) for moment in moments]
    began = time.perf_counter()
    counted = calendar.elapsed_many(pairs)
    taken = time.perf_counter() - began
    assert len(counted) == PAIRS
    return [Figure("Clock", f"business time of {PAIRS:,} pairs", taken, "s")]


def recount() -> list[Figure]:
    began = time.perf_counter()
    number, differences = recount_promises()
    taken = time.perf_counter() - began
    assert not differences, differences[:3]
    return [Figure("Clock", f"recount of all {number:,} promises", taken, "s")]

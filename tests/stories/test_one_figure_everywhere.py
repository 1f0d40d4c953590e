"""One month's figures, looked at in every place where people meet them: they are the same everywhere, and so are their parts."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import time, timedelta
from typing import Any

import pypdf
import pytest
import time_machine
from django.urls import reverse
from django.utils import translation

from mainstay.promises.actions import put_policy_in_force
from mainstay.reports import mailing
from mainstay.reports.figures import Average, Measured
from mainstay.reports.measures import PROMISED, STRATA
from mainstay.reports.periods import month_of
from mainstay.reports.publishing import publish_month
from mainstay.reports.queries import month_report, strata_of
from mainstay.reports.subscribing import subscribe
from mainstay.tickets import actions
from mainstay.ui.durations import duration_text, exact_duration_text
from tests.cast import POLICY, Cast
from tests.reports.mixed import after, mixed_history
from tests.reports.test_mailing import Carrier
from tests.working import do_jobs

NOVEMBER = month_of("2026-11")
LATER = NOVEMBER.end + timedelta(days=1, hours=9)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture(params=["running", "over", "published"])
def month(request: Any, cast: Cast) -> Iterator[Any]:
    """The month while it runs, when it is over, and when it is published and a ticket of it was left out since."""
    tickets = mixed_history(cast)
    at = after(210) if request.param == "running" else LATER
    if request.param == "published":
        publish_month(NOVEMBER, by=cast.sue, at=LATER)
        actions.exclude_ticket(tickets[3], reason="spam", by=cast.tess, at=LATER)
    with time_machine.travel(at, tick=False):
        yield month_report(NOVEMBER, at=at)


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_the_whole_month(month: Any, cast: Cast, sign_in: Any, mainstay: Any) -> None:
    client = sign_in(cast.sue)
    page = words(client.get(reverse("desk:averages"), {"month": "2026-11"}).content.decode())
    api = client.get(reverse("desk:report_json"), {"period": "2026-11"}).json()
    told = mainstay("report", "averages", "--month", "2026-11", "--json")
    printed = mainstay("report", "averages", "--month", "2026-11").output
    sheet = _sheet(client, period="2026-11")
    paper = _paper(client)
    assert api == told
    for measured in month.measures:
        average: Average = measured.average
        row = next(row for row in sheet if row["measure"] == measured.name and not row["stratum"])
        shown = told[measured.name]
        assert (shown["average"]["n"], shown["average"]["mean"]) == (average.n, average.mean)
        assert (shown["bank_seconds"], shown["if_finished_now"]) == (measured.bank, measured.if_finished_now)
        assert (int(row["n"]), int(row["mean_seconds"])) == (average.n, round(average.mean))
        assert int(row["bank_seconds"]) - int(row["open_over_seconds"] or 0) == measured.bank
        assert f"{measured.name.replace('_', ' ')}: n {average.n}, mean {average.mean:.0f} s" in printed
        assert f"Mean {exact_duration_text(average.mean)}" in paper
        if measured.name in PROMISED:
            assert exact_duration_text(average.mean) in page
            assert duration_text(measured.bank) in page
            assert f"In the bank {duration_text(measured.bank)}" in paper


@pytest.mark.parametrize("stratum", STRATA)
def test_each_part_of_it(month: Any, cast: Cast, sign_in: Any, mainstay: Any, stratum: str) -> None:
    at = after(210) if month.first_response.open else LATER
    divided = strata_of(stratum, NOVEMBER, at=at)
    told = mainstay("report", "averages", "--month", "2026-11", "--by", stratum, "--json")["by"][stratum]
    sheet = [row for row in _sheet(sign_in(cast.sue), period="2026-11", by=stratum) if row["stratum"]]
    for measure, parts in divided.items():
        rows = [row for row in sheet if row["measure"] == measure]
        assert [(part.key, part.average.n, part.average.mean) for part in parts] == [
            (one["key"], one["average"]["n"], one["average"]["mean"]) for one in told[measure]
        ]
        assert [(part.key, str(part.average.n)) for part in parts] == [(row["key"], row["n"]) for row in rows]


def test_by_mail(cast: Cast, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT, carrier = tmp_path, Carrier()
    monkeypatch.setattr(mailing, "mail_carrier", lambda: carrier)
    mixed_history(cast)
    subscribe(cast.sue, kind="month", day=1, time_of_day=time(8), language="en", at=after(0))
    with time_machine.travel(LATER, tick=False):
        mailing.queue_due(at=LATER)
        do_jobs()
        report = month_report(NOVEMBER, at=LATER)
    (letter,) = carrier.letters
    pdf = next(one.content for one in letter.enclosures if one.content_type == "application/pdf")
    for measured in report.measures:
        mean = exact_duration_text(measured.average.mean)
        assert f"Mean: {mean}" in letter.text
        assert f"Mean {mean}" in words(letter.html)
        assert f"Mean {mean}" in _text_of(pdf)


def test_on_the_wall_and_in_the_quiet_line(cast: Cast, sign_in: Any) -> None:
    mixed_history(cast)
    with time_machine.travel(after(210), tick=False):
        report = month_report(NOVEMBER, at=after(210))
        client = sign_in(cast.sue)
        wall = words(client.get(reverse("desk:wallboard")).content.decode())
        line = words(client.get(reverse("desk:quiet_line")).content.decode())
    measured: Measured
    for measured in (report.first_response, report.resolution):
        assert exact_duration_text(measured.average.mean) in wall and exact_duration_text(measured.average.mean) in line
        assert f"In the bank {duration_text(measured.bank)}" in wall and f"bank {duration_text(measured.bank)}" in line


def test_in_public(cast: Cast, sign_in: Any) -> None:
    mixed_history(cast)
    text = POLICY.read_text(encoding="utf-8").replace("publishes = false", "publishes = true")
    put_policy_in_force(text, holds_from=after(300), at=after(300))
    publish_month(NOVEMBER, by=None, at=LATER)
    with time_machine.travel(LATER, tick=False):
        page = words(sign_in().get(reverse("desk:promise"), headers={"Accept-Language": "en"}).content.decode())
        report = month_report(NOVEMBER, at=LATER)
    for average in (report.first_response.average, report.resolution.average):
        shown = f"{exact_duration_text(average.mean)} of {duration_text(average.target)} ({average.n})"
        assert shown in page


def _sheet(client: Any, **asked: str) -> list[dict[str, str]]:
    lines = b"".join(client.get(reverse("desk:report_csv"), asked).streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(lines, newline="")))


def _paper(client: Any) -> str:
    return _text_of(client.get(reverse("desk:report_pdf"), {"period": "2026-11"}).content)


def _text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).split())

"""The smaller commands: staff, promises, mail, sample."""

import re
from datetime import datetime
from typing import Any

from mainstay.channels.email.actions import store_raw_mail
from mainstay.people.queries import staff_by_email
from mainstay.promises.models import Promise
from tests.cast import Cast


def test_somebody_new_signs_in_with_the_printed_password(cast: Cast, mainstay: Any) -> None:
    done = mainstay("staff", "add", "nina@desk.example", "--name", "Nina", "--role", "technician")
    password = re.search(r"password (\S+)", done.output)[1]
    assert staff_by_email("nina@desk.example").account.check_password(password)
    again = mainstay("staff", "password", "nina@desk.example")
    assert not staff_by_email("nina@desk.example").account.check_password(password)
    assert "now signs in with" in again.output
    assert {"email": "nina@desk.example", "name": "Nina", "role": "technician"} in mainstay("staff", "list", "--json")
    assert (
        "belongs to somebody"
        in mainstay("staff", "add", "nina@desk.example", "--name", "N", "--role", "developer").output
    )


def test_a_recount_ends_with_one_when_a_figure_differs(cast: Cast, now: datetime, mainstay: Any) -> None:
    cast.writes(cast.paula, now)
    assert mainstay("promises", "recount", "--json") == {"tickets": 1, "differing": 0, "differences": []}
    Promise.objects.update(paused_seconds=7)
    done = mainstay("promises", "recount")
    assert done.exit_code == 1
    assert "paused_seconds is stored as 7, the events say 0" in done.output


def test_mail_is_counted_by_its_fate(cast: Cast, mainstay: Any) -> None:
    store_raw_mail(raw=b"x", envelope_from="", envelope_to=[], peer="", mailbox="smtp")
    assert mainstay("mail", "count", "--json") == {"waiting": 1}
    assert mainstay("mail", "aside", "--json") == []

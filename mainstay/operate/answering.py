"""Whether a part of the desk already answers, asked as its visitors would."""

import http.client
import smtplib

from .ports import reachable_host

SECONDS = 2.0


def web_answers(host: str, port: int) -> bool:
    """The health check says that pages and the database are there."""
    asking = http.client.HTTPConnection(reachable_host(host), port, timeout=SECONDS)
    try:
        asking.request("GET", "/healthz")
        return asking.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asking.close()


def smtp_answers(host: str, port: int) -> bool:
    """The mail intake greets and takes leave."""
    try:
        with smtplib.SMTP(reachable_host(host), port, timeout=SECONDS) as asking:
            return asking.noop()[0] == 250
    except (OSError, smtplib.SMTPException):
        return False

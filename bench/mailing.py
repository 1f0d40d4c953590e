"""Mail over SMTP: how fast it is taken, how fast it becomes tickets, how soon its row is in an open browser."""

import queue
import smtplib
import threading
import time
from collections.abc import Callable
from itertools import count

from .browser import Browser, Stream
from .mail_corpus import letters

CONNECTIONS = 4
SUPPORT = "support@intercom.example"
DEBOUNCE_SECONDS = 0.015  # a browser waits so long for further events before it reads a part again (live.js)
VISIBLE_SECONDS = 30  # a row that is not there by then is an error
BETWEEN_SECONDS = 0.15

_numbers = count(1)


def letter(sender: str, word: str) -> tuple[str, bytes]:
    """A mail of the usual size, and the subject by which it is recognised."""
    subject = f"{word} {next(_numbers)}: the panel does not ring"
    mail_id = f"<{time.time_ns()}.{word}@bench.example>"
    head = f"From: Customer <{sender}>\r\nTo: {SUPPORT}\r\nSubject: {subject}\r\nMessage-ID: {mail_id}\r\n"
    text = "Since this morning the indoor panel stays silent when the door station calls it.\r\n" * 12
    return subject, f"{head}MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}".encode()


def corpus(number: int, senders: list[str]) -> list[tuple[str, bytes]]:
    """So many realistic mails, each with the address it comes from; other ones at each call."""
    seed = next(_numbers)
    return [
        (senders[place % len(senders)], raw) for place, raw in enumerate(letters(number, seed=seed, senders=senders))
    ]


def accept(host: str, port: int, sent: list[tuple[str, bytes]]) -> float:
    """Sends these mails over a few connections at once; the seconds until the last `250`."""
    mails: queue.SimpleQueue[tuple[str, bytes]] = queue.SimpleQueue()
    for mail in sent:
        mails.put(mail)
    faults: list[Exception] = []

    def work() -> None:
        try:
            with smtplib.SMTP(host, port, timeout=30) as smtp:
                while not mails.empty():
                    sender, raw = mails.get(timeout=0.1)
                    smtp.sendmail(sender, [SUPPORT], raw)
        except queue.Empty:
            pass
        except (OSError, smtplib.SMTPException) as fault:
            faults.append(fault)

    threads = [threading.Thread(target=work) for _ in range(CONNECTIONS)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return time.perf_counter() - began


def wait_until(is_done: Callable[[], bool], seconds: float) -> float:
    """Asks every 20 ms; the seconds it took, or an error when it takes too long."""
    began = time.perf_counter()
    while not is_done():
        if time.perf_counter() - began > seconds:
            raise TimeoutError(f"not done within {seconds:.0f} s")
        time.sleep(0.02)
    return time.perf_counter() - began


def seconds_to_row(browser: Browser, view: str, number: int, where: tuple[str, int], senders: list[str]) -> list[float]:
    """For each of so many mails, sent one after the other: from its `250` until its row is in the part of this view.

    The queue page is open, its stream is listened to, and each time it names `queue` the rows are read again, after the
    same short wait that the browser's script makes. A browser's own drawing (a few milliseconds) is not in it.
    """
    stream = browser.stream(browser.read(f"/?view={view}"))
    taken = []
    try:
        with smtplib.SMTP(*where, timeout=30) as smtp:
            for place in range(number):
                sender = senders[place % len(senders)]
                subject, raw = letter(sender, "Row")
                time.sleep(BETWEEN_SECONDS)
                stream.forget()
                smtp.sendmail(sender, [SUPPORT], raw)
                began = time.perf_counter()
                _wait_for_row(browser, stream, f"/queue/rows?view={view}", subject)
                taken.append(time.perf_counter() - began)
    finally:
        stream.close()
    return taken


def _wait_for_row(browser: Browser, stream: Stream, path: str, subject: str) -> None:
    end = time.perf_counter() + VISIBLE_SECONDS
    while True:
        topic = stream.topics.get(timeout=max(0.01, end - time.perf_counter()))
        if topic not in ("queue", "resync"):
            continue
        time.sleep(DEBOUNCE_SECONDS)
        stream.forget()
        if subject in browser.read(path):
            return

"""Where the listener may listen: in the clear only where no other machine can reach it, unless somebody says so."""

import contextlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _

from ..relay import is_this_machine
from .certificate import Certificate
from .errors import CannotListen

SOCKET_UMASK = 0o117  # its user and group may connect, nobody else
ASKING_SECONDS = 2.0


def must_be_safe(host: str, certificate: Certificate | None, allow_plain: bool) -> None:
    """Raises `CannotListen` for a place that other machines reach, where mail could only be sent in the clear."""
    if certificate is None and not allow_plain and not is_this_machine(host):
        raise CannotListen(
            _(
                "On %(host)s other machines could send mail in the clear only. Name a certificate (--tls-cert and --tls-key), "
                "listen on 127.0.0.1, or say --allow-plain if the network is private."
            )
            % {"host": host}
        )


def is_near(peer: object) -> bool:
    """Whether a peer's address, as the network tells it, is this very machine; a Unix socket has none."""
    return not peer or (isinstance(peer, tuple) and is_this_machine(str(peer[0]).removeprefix("::ffff:")))


def must_be_free(path: Path) -> None:
    """Raises `CannotListen` when something else is at this path; a socket that was left behind may be replaced."""
    if not path.exists():
        return
    if not path.is_socket():
        raise CannotListen(_("%(path)s is there already and is no socket.") % {"path": path})
    with socket.socket(socket.AF_UNIX) as asking:
        asking.settimeout(ASKING_SECONDS)
        try:
            asking.connect(str(path))
        except OSError:
            return
    raise CannotListen(_("Another process listens at %(path)s.") % {"path": path})


@contextlib.contextmanager
def opening(place: str) -> Iterator[None]:
    """Inside, a place is opened; sockets that are made belong to this user and group."""
    before = os.umask(SOCKET_UMASK)
    try:
        yield
    except OSError as problem:
        reason = (problem.strerror or str(problem)).lower()
        raise CannotListen(
            _("%(place)s cannot be opened for mail: %(reason)s.") % {"place": place, "reason": reason}
        ) from problem
    finally:
        os.umask(before)

"""How many files and sockets this process may have open."""

import contextlib
import resource

ENOUGH = 16384  # each open page holds one for its live stream, for as long as it is open


def allow_many_open_files() -> int:
    """The soft limit is raised as far as the system lets us, at most to ENOUGH; returns what it is now.

    Many systems begin with 1,024, which some hundred people with a few browsers each would reach.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = ENOUGH if hard == resource.RLIM_INFINITY else min(ENOUGH, hard)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return soft
    with contextlib.suppress(OSError, ValueError):  # forbidden here: it goes on with what it has
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]

"""How many files the process may have open: each connection is one (LIM-15).

A usual shell allows 1,024 at first, and more to whoever asks. Beyond them, the system accepts connections and
the event loop drops them: nothing is in the log.
"""

from __future__ import annotations

import sys

OTHERS = 200
"""Files besides those of connections: the database, logs, libraries, requests that are refused."""


def allow(connections: int) -> str:
    """Raise the limit as far as that takes.

    Returns:
        A warning if the system doesn't allow enough; else "".
    """
    if sys.platform == "win32":  # it counts no sockets
        return ""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + OTHERS
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return ""
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    if most == wanted:
        return ""
    return (
        f"The system lets the server open {most} files, enough for about {max(0, most - OTHERS)} of "
        f"{connections} connections; allow it {wanted} (LimitNOFILE in systemd), or set max-connections."
    )

"""Lets an ending program wait for threads that still write, but not for a disk that doesn't answer."""

from __future__ import annotations

import atexit
from threading import Thread
from time import monotonic

CLOSE_S = 5.0
"""How long an ending program waits for a disk, in s."""

_writing: list[Thread] = []


def wait_at_exit(thread: Thread) -> None:
    """Make the program wait for a thread when it ends.

    Args:
        thread: a daemon, since Python waits for any other without a limit.
    """
    _writing[:] = [one for one in _writing if one.is_alive()]
    _writing.append(thread)


@atexit.register
def _wait() -> None:
    """Wait for all of them together."""
    deadline = monotonic() + CLOSE_S
    for thread in _writing:
        thread.join(max(0.0, deadline - monotonic()))

"""For programs that run a server: a line of JSON when it is ready, and a stop by standard input.

Windows has no SIGTERM; there, ending a process from outside means killing it.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable

from optiverse_collab.core.protocol.messages import PROTOCOL_VERSION
from optiverse_collab_server import __version__
from optiverse_collab_server.cli.output import write_json

STOP = b"stop"
_INPUT = 0  # read without Python's buffer, whose lock would still be held at the end of the process


def say_ready(port: int, tls: bool) -> None:
    """Print that the server accepts connections, and how to reach it.

    Args:
        port: on which it listens.
        tls: whether connections are encrypted.
    """
    about = {"port": port, "tls": tls, "version": __version__, "protocol": PROTOCOL_VERSION}
    write_json({"ready": {**about, "pid": os.getpid()}})


def stop_on_request(stop: Callable[[], object], ends_with_input: Callable[[], bool] = lambda: False) -> None:
    """Call `stop`, in another thread, when a line ``stop`` arrives.

    Args:
        stop: ends the server.
        ends_with_input: whether the end of the input means the same, since nobody would miss the server.
    """
    if sys.stdin is not None:
        arguments = (stop, ends_with_input)
        threading.Thread(target=_listen, args=arguments, name="standard input", daemon=True).start()


def _listen(stop: Callable[[], object], ends_with_input: Callable[[], bool]) -> None:
    rest = b""
    while True:
        try:
            found = os.read(_INPUT, 64)
        except OSError:
            return
        if not found:
            if ends_with_input():
                stop()
            return
        *lines, rest = (rest + found).split(b"\n")
        if any(line.strip() == STOP for line in lines):
            stop()
        rest = rest[-64:]

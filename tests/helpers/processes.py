"""Python processes for tests."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator


@contextlib.contextmanager
def python(*arguments: str, deadline: float = 60) -> Iterator[subprocess.Popen[str]]:
    """A Python process that finds the same modules; killed at the end, or after `deadline` seconds."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    command = [sys.executable, *arguments]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        timer = threading.Timer(deadline, process.kill)
        timer.start()
        try:
            yield process
        finally:
            timer.cancel()
            process.kill()

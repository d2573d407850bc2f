"""Runs a command of the companion server, such as `promote`."""

from __future__ import annotations

import subprocess
import sys

from optiverse_collab.errors import DiskError

TIMEOUT_S = 30
"""How long a command may take; those of a window take about a second."""


def run_command(*arguments: str) -> str:
    """Run a command, wait for it, and return what it prints.

    Args:
        arguments: the command's name and its options.

    Raises:
        DiskError: it failed; with what the command or the system says.
    """
    command = [sys.executable, "-m", "optiverse_collab_server", *arguments]
    flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False, creationflags=flags
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise DiskError(str(error)) from error
    if done.returncode:
        raise DiskError((done.stderr.strip() or done.stdout.strip()).rpartition("\n")[2])
    return done.stdout

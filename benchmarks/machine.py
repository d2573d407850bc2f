"""The machine that figures are from."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from datetime import datetime, timezone


def machine() -> dict[str, object]:
    """What the figures depend on; `load` is the load average."""
    return {
        "at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "processor": _processor(),
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "node": _node(),
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
    }


def described(machine: dict[str, object]) -> str:
    """A sentence about a machine."""
    return (
        f"Measured at {machine['at']} on {machine['cores']} cores ({machine['processor']}), "
        f"{machine['system']}, Python {machine['python']}, Node {machine['node']}. "
        f"Load average before the start: {machine['load']}; a quiet machine has less than 0.2."
    )


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or "unknown processor"


def _node() -> str:
    if shutil.which("node") is None:
        return "none"
    return subprocess.run(["node", "--version"], capture_output=True, text=True).stdout.strip()

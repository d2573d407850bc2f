"""The figures as JSON, with the machine that they are from."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timezone

from benchmarks.peers.figures import Result, Workload


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


def as_json(machine: dict[str, object], found: Sequence[tuple[Workload, Sequence[Result]]]) -> str:
    """Every figure of every run."""
    workloads = [
        {
            "key": workload.key,
            "title": workload.title,
            "load": asdict(workload.load),
            "servers": [_server(result) for result in results],
        }
        for workload, results in found
    ]
    return json.dumps({"machine": machine, "workloads": workloads}, indent=1, ensure_ascii=False) + "\n"


def _server(result: Result) -> dict[str, object]:
    peer = result.peer
    return {
        "key": peer.key,
        "title": peer.title,
        "keeps": peer.keeps.value,
        "packages": peer.packages,
        "problem": result.problem,
        "runs": [asdict(run) for run in result.runs],
    }


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

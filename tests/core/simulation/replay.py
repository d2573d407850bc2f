"""Replay a log: ``python -m tests.core.simulation.replay FILE``."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.core.simulation.run import Failed, run
from tests.core.simulation.scenario import from_json


def main(arguments: Sequence[str] | None = None) -> int:
    """Replay the log in the file that the command line names; 1 if it fails."""
    parser = argparse.ArgumentParser(prog="python -m tests.core.simulation.replay", description=__doc__)
    parser.add_argument("file", type=Path, help="a log, as soak prints it")
    path: Path = parser.parse_args(arguments).file
    counts: Counter[str] = Counter()
    try:
        run(from_json(path.read_bytes()), counts)
    except Failed as failed:
        sys.stdout.write(f"{failed}\n")
        return 1
    sys.stdout.write("It holds. What happened:\n")
    for name, count in sorted(counts.items()):
        sys.stdout.write(f"{count:6} {name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

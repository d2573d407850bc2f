"""Simulate many histories: ``python -m tests.core.simulation.soak --seeds N [--start S]``.

A seed that fails is shrunk and printed as a log; put that in ``tests/data/simulation`` to pin it.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence

from tests.core.simulation.run import STEPS, Failed, run_seed, shrink

_REPORT_S = 10.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the requested histories; returns 1 if one of them failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.core.simulation.soak", description=__doc__)
    parser.add_argument("--seeds", type=int, default=100_000, help="how many histories to run")
    parser.add_argument("--start", type=int, default=0, help="the first seed")
    asked = parser.parse_args(arguments)
    counts: Counter[str] = Counter()
    begun = reported = time.monotonic()
    for done, seed in enumerate(range(asked.start, asked.start + asked.seeds), 1):
        try:
            run_seed(seed, counts)
        except Failed as failed:
            sys.stdout.write(f"{failed}\nThe same, shorter:\n{shrink(failed)}\n")
            return 1
        now = time.monotonic()
        if now - reported >= _REPORT_S or done == asked.seeds:
            reported = now
            sys.stdout.write(f"{done} of {asked.seeds} histories, {done / (now - begun):.0f} a second\n")
            sys.stdout.flush()
    sys.stdout.write(f"All held, {STEPS} steps each. What happened in them:\n")
    for name, count in sorted(counts.items()):
        sys.stdout.write(f"{count:12} {name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

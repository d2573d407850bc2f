"""``python -m benchmarks.ratio``: a quick look at whether a delivery has become more expensive.

It compares the server's CPU time per delivery with a bare relay's, and the ratio with the one that is kept in
ratio.json. It only reports: what it prints is for people, and the exit code is 0.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from benchmarks import fanout
from benchmarks.fanout import Load
from benchmarks.machine import machine
from benchmarks.report import write
from benchmarks.spread import Spread, shown, spread
from benchmarks.targets import relay, server
from benchmarks.workloads import WORKLOADS

KEPT = Path(__file__).with_name("ratio.json")

KEEP = "make benchmark-ratio ARGS=--keep"
"""The command that measures longer and writes the file."""

LOADS = {
    one.key: replace(one.load, seconds=1.0, components=100, warm_up_s=0.5)
    for one in WORKLOADS
    if one.key in ("team", "class")
}

ROUNDS, ROUNDS_TO_KEEP = 4, 12
"""In a round, the relay and the server take turns under each load; ratios are of runs of one round."""

SECONDS = 26.0
"""After this time, no other round begins: a busy machine has fewer rounds."""

LOSS = 1.2
"""A ratio that is this many times the kept one is shown loudly; one that is so much smaller, in a line."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and compare with what is kept, or keep it.

    Returns:
        The exit code, which is 0 whatever the figures are.
    """
    options = _parser().parse_args(arguments)
    if not sys.platform.startswith("linux"):
        write("The ratio to a relay is not measured: CPU time of other processes is known only on Linux.\n")
        return 0
    try:
        found = measure(ROUNDS_TO_KEEP if options.keep else ROUNDS, None if options.keep else SECONDS)
    except (OSError, RuntimeError, asyncio.TimeoutError) as error:
        write(f"The ratio to a relay could not be measured: {error or 'no answer'}\n")
        return 0
    if options.keep:
        keep(found)
    write(report(found, kept()))
    return 0


def measure(rounds: int, seconds: float | None, loads: Mapping[str, Load] = LOADS) -> dict[str, Spread]:
    """The ratios under each load, by its name.

    Args:
        rounds: how many at most.
        seconds: when no other round begins; None for never.
        loads: what participants do.

    Raises:
        RuntimeError: a delivery is missing.
    """
    ratios: dict[str, list[float]] = {name: [] for name in loads}
    began = time.monotonic()
    for number in range(rounds):
        if number and seconds is not None and time.monotonic() - began > seconds:
            break
        for name, load in loads.items():
            ratios[name].append(_pair(load))
    return {name: spread(values) for name, values in ratios.items()}


def keep(found: Mapping[str, Spread]) -> None:
    """Write the ratios into the file, with the machine that they are from."""
    ratios = {name: asdict(span) for name, span in found.items()}
    text = json.dumps({"made by": KEEP, "machine": machine(), "ratios": ratios}, indent=1)
    KEPT.write_text(f"{text}\n", encoding="utf-8")


def kept() -> dict[str, float]:
    """The kept medians."""
    ratios = json.loads(KEPT.read_text(encoding="utf-8"))["ratios"]
    return {name: span["middle"] for name, span in ratios.items()}


def report(found: Mapping[str, Spread], before: Mapping[str, float]) -> str:
    """A line for each load, and a block that can't be overlooked if one has lost."""
    lines = ["CPU time per delivery, as a multiple of a bare relay's; median and range, and what was kept:"]
    lines += [f"  {name:<6} {shown(span)}, kept {before[name]:.2f}" for name, span in found.items()]
    if any(LOSS * span.middle <= before[name] for name, span in found.items()):
        lines.append(f"  That is less than before. To keep the new figures: {KEEP}")
    lost = [
        f"SLOWER: {name} takes {span.middle / before[name] - 1:.0%} more CPU time than the kept figure."
        for name, span in found.items()
        if span.middle >= LOSS * before[name]
    ]
    return "\n".join([*lines, *(_block(lost) if lost else ())]) + "\n"


def _pair(load: Load) -> float:
    """The server's cost divided by the relay's, one after the other."""
    theirs, ours = fanout.measure(relay(), load), fanout.measure(server(), load)
    if ours.missing or theirs.missing or not theirs.cost:
        raise RuntimeError(
            f"{ours.missing} deliveries by the server and {theirs.missing} by the relay missed"
        )
    return ours.cost / theirs.cost


def _block(lost: Sequence[str]) -> list[str]:
    advice = ["Profile the latest changes. If the loss has a good reason, keep the new figures:", KEEP]
    edge = "!" * 80
    return [edge, *(f"!! {line:<74} !!" for line in [*lost, *advice]), edge]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.ratio",
        description="Compare the server's CPU time per delivery with a bare relay's.",
    )
    parser.add_argument("--keep", action="store_true", help=f"measure longer, and write {KEPT.name}")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())

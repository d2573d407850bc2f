"""``python -m tests.faults``: play every cell in turn, and write the table in docs/faults.md."""

from __future__ import annotations

import argparse
import asyncio
import sys

from benchmarks.page import write_section
from tests.faults.cells import CELLS
from tests.faults.play import Outcome, play
from tests.faults.scenarios import at_length
from tests.faults.table import PAGE, legend, table


def main() -> int:
    """Play the cells whose names contain the argument; the page is only written after all cells.

    Returns:
        The exit code: 1 if a cell failed.
    """
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("part", nargs="?", default="", help="of the names of the cells: 'RST', 'idle', …")
    part = parser.parse_args().part
    outcomes: list[Outcome] = []
    for cell in CELLS:
        if part in str(cell):
            outcome = asyncio.run(play(cell))
            outcomes.append(outcome)
            sys.stdout.write(f"{cell}: {outcome[1:]}\n")
            sys.stdout.flush()
    sys.stdout.write(table(outcomes) + "\n")
    problems = [problem for outcome in outcomes for problem in outcome.problems]
    if not part:
        text, more = asyncio.run(at_length())
        problems += more
        write_section("faults", legend(), PAGE)
        write_section("table", table(outcomes), PAGE)
        write_section("at length", "\n".join([text, *(f"- Wrong: {problem}" for problem in more)]), PAGE)
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main())

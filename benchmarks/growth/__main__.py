"""``python -m benchmarks.growth``: measure at each size, and write tables, a plot and JSON."""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from benchmarks import curves, page
from benchmarks.growth import measure
from benchmarks.growth.axes import AXES, MOST_CONNECTIONS, Axis, Size
from benchmarks.growth.table import Result, row_of_plot, section
from benchmarks.machine import described, machine
from benchmarks.report import write
from optiverse_collab_server import file_limit

SECONDS, QUICK_SECONDS = 6.0, 1.0
"""How long each size is under load, after the warm-up."""

PICTURE = page.PAGE.parent / "images" / "growth.svg"
TITLE = "What the server takes as participants, items, edits and sessions grow"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure the requested axes.

    Returns:
        The exit code: 1 if a delivery is missing.
    """
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.publish and (options.axes or options.quick):
        parser.error("--publish writes about all sizes: leave out --axis and --quick.")
    file_limit.allow(MOST_CONNECTIONS)
    here = machine()
    write(f"{described(here)}\n\n")
    found: list[tuple[Axis, list[Result]]] = []
    for axis in AXES:
        if not options.axes or axis.key in options.axes:
            sizes, seconds = (axis.quick, QUICK_SECONDS) if options.quick else (axis.sizes, SECONDS)
            found.append((axis, [_result(size, seconds) for size in sizes]))
            write(f"{section(*found[-1])}\n\n")
    _save(here, found, options.out)
    if options.publish:
        _publish(here, found)
    return 1 if any(result.missing for _, results in found for result in results) else 0


def _result(size: Size, seconds: float) -> Result:
    try:
        return Result(size, measure.measure(size, seconds))
    except (OSError, RuntimeError, asyncio.TimeoutError) as error:
        return Result(
            size, problem=f"stopped: {str(error).strip().splitlines()[0] if str(error) else 'no answer'}"
        )


def _save(machine: dict[str, object], found: Sequence[tuple[Axis, Sequence[Result]]], out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    axes = {axis.key: [asdict(result) for result in results] for axis, results in found}
    text = json.dumps({"machine": machine, "axes": axes}, indent=1)
    (out / "growth.json").write_text(f"{text}\n", encoding="utf-8")
    (out / "growth.svg").write_text(_plot(found), encoding="utf-8")
    write(f"Every figure is in {out / 'growth.json'}, a plot in {out / 'growth.svg'}.\n")


def _publish(machine: dict[str, object], found: Sequence[tuple[Axis, Sequence[Result]]]) -> None:
    """Write the plot and the tables into the documentation."""
    PICTURE.write_text(_plot(found), encoding="utf-8")
    sections = [section(axis, results) for axis, results in found]
    text = "\n\n".join([described(machine), f"![{TITLE}](images/growth.svg)", *sections])
    page.write_section("growth", text, page.PAGE)
    write(f"The tables are in {page.PAGE.name}.\n")


def _plot(found: Sequence[tuple[Axis, Sequence[Result]]]) -> str:
    return curves.svg(TITLE, [row_of_plot(axis, results) for axis, results in found])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.growth", description="Measure what the server takes as everything grows."
    )
    keys = [axis.key for axis in AXES]
    parser.add_argument("--axis", dest="axes", action="append", choices=keys, help="measure this one")
    parser.add_argument(
        "--quick", action="store_true", help="measure only a few small sizes, for a second each"
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("build/growth"),
        help="where figures and plot go (default: %(default)s)",
    )
    parser.add_argument("--publish", action="store_true", help="write them into docs/performance.md, too")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())

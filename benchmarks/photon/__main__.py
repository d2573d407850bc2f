"""``python -m benchmarks.photon``: from the mouse in one window of the real editor to pixels in another."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from benchmarks.page import PAGE, write_section
from benchmarks.photon import table
from benchmarks.photon.figures import Case, Found
from benchmarks.photon.measure import COLUMN, HEIGHT, opened
from benchmarks.photon.screen import Screen, missing
from benchmarks.report import write
from optiverse_collab.host.optiverse.upstream import version

COMPONENTS, DRAGGED = (25, 300, 3000), (1, 50)
REST_S, IDLE_S = 75.0, 20.0
"""How long windows are left alone at least before they are measured, and how long they are measured. The
editor has saved by then what it loaded."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and show the tables.

    Returns:
        The exit code: 1 if a case could not be measured.
    """
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.publish and (tuple(options.components) != COMPONENTS or not options.idle):
        parser.error("--publish writes about all benches: leave out --components and --no-idle.")
    if why := _obstacle():
        write(f"Photon to pixel: not measured, because {why}.\n")
        return 0
    where = table.where(version.installed_version())
    write(f"{where}\n\n")
    found = Found()
    with Screen(3 * COLUMN, HEIGHT) as screen:
        for components in options.components:
            for laser in (False, True):
                with_idle = options.idle and components == max(options.components) and not laser
                _measure(screen, components, laser, options.sweeps, with_idle, found)
    tables = table.section(found)
    write(f"\n{tables}\n")
    if options.publish:
        write_section("photon", f"{where}\n\n{tables}", PAGE)
        write(f"The tables are in {PAGE.name}.\n")
    return 1 if found.problems else 0


def _measure(
    screen: Screen, components: int, laser: bool, sweeps: int, with_idle: bool, found: Found
) -> None:
    """Measure with one bench; a case that fails ends the others with the same bench."""
    cases = [Case(components, laser, dragged) for dragged in sorted({min(n, components) for n in DRAGGED})]
    write(f"{components:,} components, {'a' if laser else 'no'} laser …\n")
    try:
        with opened(screen, components, laser) as bench:
            if with_idle:
                found.idle = bench.idle(components, REST_S, IDLE_S)
            while cases:
                found.results.append(bench.measure(cases[0], sweeps))
                del cases[0]
    except RuntimeError as error:
        found.problems += [(case, str(error)) for case in cases]


def _obstacle() -> str:
    """Why nothing can be measured here; empty if it can."""
    if not version.is_installed():
        return "Optiverse can't be imported here"
    if names := missing():
        return f"{' and '.join(names)} are missing (on Debian: apt-get install xvfb xdotool)"
    return ""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.photon",
        description="Measure from the mouse in one window of the real editor to pixels in another.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument(
        "--sweeps", type=int, default=2, help="how often the mouse goes to and fro, 60 movements each"
    )
    parser.add_argument("--components", type=int, nargs="+", default=COMPONENTS, help="on each bench")
    parser.add_argument("--no-idle", dest="idle", action="store_false", help="leave out the idle window")
    parser.add_argument(
        "--publish", action="store_true", help="write the tables into docs/performance.md, too"
    )
    return parser


if __name__ == "__main__":
    raise SystemExit(main())

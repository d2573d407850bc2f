"""Moments of a session on the command line: the number of a change, or the name of a version."""

from __future__ import annotations

from optiverse_collab.scripting import AsyncBench

MOMENT = "the number of a change, which `history` prints, or the name of a version"
"""What such an argument may be."""


def clock_of(bench: AsyncBench, moment: str) -> int:
    """The clock of a moment.

    Raises:
        CollaborationError: it is no number, and no version has this name.
    """
    try:
        return int(moment)
    except ValueError:
        return bench.versions.find(moment).clock

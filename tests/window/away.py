"""A file that was saved in a session, for tests of what happens to it later."""

from __future__ import annotations

from pathlib import Path

from optiverse_collab.core.records import Record
from tests.window.joining_lab import Lab, Window, fill

LENS = Record("lens", "component", {"name": "Lens", "pos": [0.0, 0.0]})
MIRROR = Record("mirror", "component", {"name": "Mirror", "pos": [1.0, 0.0]})
WALL = Record("wall", "component", {"name": "Wall", "pos": [2.0, 0.0]})


def saved(lab: Lab) -> tuple[Window, list[Record]]:
    """Ann is in a session with three items; Bob joined, saved and left. Ann's window and Bob's file."""
    ann, bob = fill(lab, LENS, MIRROR, WALL), lab.join()
    file = bob.save()
    lab.until(lambda: bool(written(lab)))
    lab.leave(bob)
    return ann, file


def written(lab: Lab) -> list[Path]:
    """The ancestors that files were saved with."""
    return list((lab.folder / "ancestors").glob("*.ancestor"))


def lines(window: Window, level: str) -> list[str]:
    """The messages that were logged at a level."""
    return [text for name, text in window.host.lines if name == level]

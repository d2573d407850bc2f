"""Takes pictures of the timeline in the real Optiverse, if it is installed (``make timeline-pictures``).

Takes those for docs/images, or all of them, in both themes and in a narrow window, for a given folder.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from scripts.optiverse_window import home_of_nobody

if TYPE_CHECKING:
    from optiverse_collab.window.controller import CollaborationController

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
BENCH = ROOT / "tests" / "data" / "assemblies" / "validated.json"

EDITS = (
    ("Ana", 'PBS (2" Polarizing)', (0.0, 6.0), 0.0),
    ("Ben", 'Standard Mirror (1")', (9.0, 9.0), 0.0),
    ("Zoë Müller", "Half Waveplate (HWP)", (-12.0, 1.0), 15.0),
    ("محمد", 'Standard Mirror (1")', (-15.0, 4.0), -5.0),
    ("王小明", 'PBS (2" Polarizing)', (0.0, -2.0), 5.0),
)
"""Who moved what by how much [mm], and turned it by how much [degrees]."""


def main(images: Path, take_all: bool) -> None:
    """Take the pictures."""
    from PyQt6.QtWidgets import QApplication

    from optiverse_collab.convert.files import read_bench
    from optiverse_collab.convert.reading import records_from_bench
    from scripts.optiverse_window import optiverse
    from scripts.two_windows import quiet_qt, server

    quiet_qt()
    app = QApplication(sys.argv[:1])
    app.setApplicationName("Optiverse")
    bench = [*records_from_bench(read_bench(BENCH)).records.values()]
    ids = {str(one.props.get("name")): one.id for one in bench}
    with (
        TemporaryDirectory() as folder,
        server(Path(folder), bench) as url,
        optiverse(url, "Me", 3) as (window, ours),
    ):
        _edit(url, ids)
        for dark in (False, True) if take_all else (False,):
            window.act_dark_mode.setChecked(dark)
            _take(window, ours, images, "-dark" if dark else "")
        if take_all:
            window.resize(700, 600)
            _save(window, images / "timeline-narrow.png")
    print(f"Wrote {len(list(images.glob('timeline*.png')))} pictures to {images.name}/.")


def _edit(url: str, ids: dict[str, str]) -> None:
    """Let people edit, one after the other."""
    from optiverse_collab.scripting import Bench
    from scripts.two_windows import SESSION

    for who, name, (dx, dy), turn in EDITS:
        with Bench(url, session=SESSION, user=who) as bench:
            item = bench[ids[name]]
            x, y = item["pos"]
            item["pos"] = [x + dx, y + dy]
            if turn:
                item["angle_deg"] = item["angle_deg"] + turn
            bench.flush()


def _take(window: Any, ours: CollaborationController, images: Path, theme: str) -> None:
    """The dock, a preview and a comparison."""
    from scripts.two_windows import until

    panel = ours.timeline
    steps = panel.dock.list.model_of_steps
    window.resize(1200, 760)
    window.view.resetTransform()
    window.view.scale(1.6, -1.6)
    window.view.centerOn(200.0, -40.0)
    panel.open()
    until(lambda: steps.rowCount() > len(EDITS))
    ours.reports.toasts.clear()
    step = steps.steps[3]
    panel.dock.list.select(step)
    panel.dock.list.hovered.emit(step)
    _save(window, images / f"timeline{theme}.png")
    panel.dock.list.opened.emit(step)
    _save(panel.previewing.dialog, images / f"timeline-preview{theme}.png")
    panel.dock.list.select(steps.steps[-1])
    panel.dock.compare.setChecked(True)
    _save(panel.previewing.dialog, images / f"timeline-comparison{theme}.png")
    panel.previewing.close()


def _save(widget: Any, file: Path) -> None:
    from scripts.two_windows import wait

    wait(700)  # lines of a preview are smooth after a moment
    widget.grab().save(str(file))


if __name__ == "__main__":
    with home_of_nobody():
        main(Path(sys.argv[1]) if len(sys.argv) > 1 else IMAGES, take_all=len(sys.argv) > 1)

"""Takes pictures of the real Optiverse with fifteen people, if it is installed (``make crowd``).

Takes those for docs/images, or all of them, in both themes and at three zooms, for a given folder.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from scripts.optiverse_window import home_of_nobody

if TYPE_CHECKING:
    from PyQt6.QtCore import QObject

    from optiverse_collab.drivers.qt.service import CollaborationService

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
BENCH = ROOT / "tests" / "data" / "assemblies" / "validated.json"

LONG = "A visitor with a name that is much too long"
AT = {
    "Ana": (126.0, 22.0),
    "Ben": (200.0, -24.0),
    "Cem": (392.0, 42.0),
    "Dea": (60.0, 46.0),
    "Eva": (20.0, -60.0),
    "Fay": (230.0, -190.0),
    "Gus": (270.0, 130.0),
    "Hal": (300.0, 100.0),
    "Ida": (330.0, 150.0),
    "Zoë Müller": (225.0, 95.0),
    "Иван": (320.0, 40.0),
    "Ελένη": (345.0, 110.0),
    LONG: (40.0, 150.0),
    "Jon": (3_000.0, 40.0),
    "Kim": (-2_000.0, 900.0),
}
"""Their pointers' positions, in mm."""

WAVEPLATE, SPLITTER, MIRROR = "Half Waveplate (HWP)", 'PBS (2" Polarizing)', 'Standard Mirror (1")'

Save = Callable[[str], None]


class Crowd:
    """Fifteen people in the session, without windows here.

    Args:
        url: of the server.
        ids: name of an item → its id.
    """

    def __init__(self, url: str, ids: dict[str, str], parent: QObject) -> None:
        from optiverse_collab.core.client.connector import ConnectionState
        from optiverse_collab.core.client.people import Introduction
        from optiverse_collab.drivers.qt.service import CollaborationService
        from scripts.two_windows import SESSION, until

        self._people: dict[str, CollaborationService] = {}
        self._ids = ids
        for colour, name in enumerate(AT):
            service = self._people[name] = CollaborationService(parent)
            service.introduction = Introduction(name, colour)
            service.connect_to_session(url, SESSION, name)
        until(lambda: all(one.state is ConnectionState.CONNECTED for one in self._people.values()))

    def work(self, follow: str) -> None:
        """Act visibly.

        Args:
            follow: the connection whose view Eva follows.
        """
        waveplate, splitter, mirror = (self._ids[name] for name in (WAVEPLATE, SPLITTER, MIRROR))
        shows: dict[str, dict[str, Any]] = {
            "Ana": {"selection": [splitter], "activity": {splitter: "drag"}},
            "Ben": {"selection": [splitter]},
            "Cem": {"selection": [mirror], "activity": {mirror: "dialog"}},
            "Dea": {"selection": [waveplate]},
            "Eva": {"follows": follow},
            "Fay": {"laser": list(AT["Fay"])},
            "Gus": {"point": {"n": 1, "at": list(AT["Gus"])}},
        }
        for name, state in shows.items():
            self._people[name].show(state)

    def move(self) -> None:
        """Move all mice a little, so that all names show."""
        from scripts.two_windows import wait

        for step in (6.0, 3.0, 0.0):
            for name, (x, y) in AT.items():
                self._people[name].show({"cursor": [x + step, y - step]})
                if name == "Fay":
                    self._people[name].show({"laser": [x - 12.0 * step, y - 4.0 * step]})
            wait(150)

    def leave(self) -> None:
        """Leave the session."""
        for one in self._people.values():
            one.disconnect_from_session()


def main(images: Path, take_all: bool) -> None:
    """Take the pictures."""
    from PyQt6.QtWidgets import QApplication

    from optiverse_collab.convert.files import read_bench
    from optiverse_collab.convert.reading import records_from_bench
    from scripts.optiverse_window import optiverse
    from scripts.two_windows import quiet_qt, server, side_by_side, wait

    quiet_qt()
    app = QApplication(sys.argv[:1])
    app.setApplicationName("Optiverse")
    bench = [*records_from_bench(read_bench(BENCH)).records.values()]
    ids = {str(one.props.get("name")): one.id for one in bench}
    with (
        TemporaryDirectory() as folder,
        server(Path(folder), bench) as url,
        optiverse(url, "Me", len(AT)) as (window, ours),
    ):
        crowd = Crowd(url, ids, window)
        session = ours.manager.session
        assert session is not None
        assert session.me is not None
        crowd.work(session.me.connection_id)
        ours.people.open()
        wait(2_500)  # until all have joined, for one notice

        def save(name: str) -> None:
            crowd.move()
            if not take_all:
                ours.reports.toasts.clear()
            wait(300)
            side_by_side((window,)).save(str(images / f"{name}.png"))

        for dark in (False, True):
            window.act_dark_mode.setChecked(dark)
            _at_zooms(window, "dark" if dark else "light", save, take_all)
        crowd.leave()
    print(f"Wrote {len(list(images.glob('crowd*.png')))} pictures to {images.name}/.")


def _at_zooms(window: Any, theme: str, save: Save, take_all: bool) -> None:
    view = window.view
    for zoom in (0.5, 1.0, 2.0) if take_all else (1.0,):
        window.resize(1200, 760)
        view.resetTransform()
        view.scale(zoom, -zoom)
        view.centerOn(200.0, 0.0)
        save(f"crowd-{theme}-{zoom:g}" if take_all else f"crowd-{theme}")
    if take_all:
        window.resize(700, 600)
        view.centerOn(250.0, 60.0)
        save(f"crowd-{theme}-narrow")


if __name__ == "__main__":
    with home_of_nobody():
        main(Path(sys.argv[1]) if len(sys.argv) > 1 else IMAGES, take_all=len(sys.argv) > 1)

"""Two windows of the demo bench in one session.

    make demo

With a screen, it opens them for you and ends when both are closed. Without one, it plays a short session
and writes a picture of it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "build" / "demo.png"

WINDOW = """
import sys
from PyQt6.QtWidgets import QApplication
app = QApplication(sys.argv[:1])
app.setStyle("Fusion")
from scripts.two_windows import Person
person = Person(*sys.argv[1:3])
half = app.primaryScreen().availableGeometry()
half.setWidth(half.width() // 2)
half.translate(int(sys.argv[3]) * half.width(), 0)
person.window.setGeometry(half.adjusted(10, 40, -10, -10))
person.controller.manager.joined.connect(person.window.view.fit)
person.join()
app.exec()
"""


def has_screen() -> bool:
    """Whether windows can be shown."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def on_screen() -> None:
    """A server, and two windows in separate processes, as on two desks."""
    from scripts.two_windows import server

    with tempfile.TemporaryDirectory() as folder, server(Path(folder)) as url:
        print(
            f"A server is running at {url}, with two windows in its session. Close both to end.", flush=True
        )
        people = [("Ann", 0), ("Bob", 1)]
        windows = [
            subprocess.Popen([sys.executable, "-c", WINDOW, name, url, str(place)], cwd=ROOT / "scripts")
            for name, place in people
        ]
        for window in windows:
            window.wait()


def offscreen() -> None:
    """The same without a screen: a scripted session, and a picture of both windows and the log."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PyQt6.QtWidgets import QApplication

    from scripts.two_windows import play, quiet_qt, side_by_side, two_windows

    quiet_qt()
    app = QApplication(sys.argv[:1])
    app.setStyle("Fusion")
    print("There is no screen here, so the demo plays a short session without one.", flush=True)
    with two_windows() as (_, ann, bob):
        for person in (ann, bob):
            person.window.resize(900, 620)
            person.window.view.fit()
        play(ann, bob)
        log = ann.window.log_window
        log.resize(1800, 320)
        log.category.setCurrentText("Collaboration")
        log.level.setCurrentText("INFO")
        log.show()
        PICTURE.parent.mkdir(exist_ok=True)
        if not side_by_side((ann.window, bob.window), (log,)).save(str(PICTURE)):
            sys.exit(f"The picture could not be written to {PICTURE}; make room there.")
    print("Ann and Bob edited one bench, and both windows show the same.")
    print(f"A picture of both windows and the log: {PICTURE.relative_to(ROOT)}")


if __name__ == "__main__":
    if has_screen():
        on_screen()
    else:
        offscreen()

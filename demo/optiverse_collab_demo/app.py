"""Starts the editor."""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from types import TracebackType

from PyQt6.QtWidgets import QApplication

from optiverse_collab_demo.ctrl_c import CtrlC
from optiverse_collab_demo.plugins import attach_plugins
from optiverse_collab_demo.window import DemoWindow
from optiverse_collab_demo.window_menus import fill_menus


def open_window(path: Path | None = None) -> DemoWindow:
    """A window with the installed plugins, and a bench in it, on the screen.

    Args:
        path: of a bench file; None for an empty bench.
    """
    window = DemoWindow()
    fill_menus(window)
    attach_plugins(window)
    window.show()  # First, so that the bench is fitted to its size, and an error message is in front of it.
    if path is not None:
        window.open_path(path)
    return window


def main(argv: Sequence[str]) -> int:
    """Run the editor until its window is closed; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m optiverse_collab_demo", description="A small editor for optical benches."
    )
    parser.add_argument(
        "--version", action="version", version=f"optiverse-collab-demo {version('optiverse-collab-demo')}"
    )
    parser.add_argument("file", nargs="?", type=Path, help="an Optiverse 2.0 file to open")
    options = parser.parse_args(argv[1:])
    app = QApplication.instance() or QApplication(list(argv[:1]))
    assert isinstance(app, QApplication)
    app.setApplicationName("Optics bench")
    app.setStyle("Fusion")
    window = open_window(options.file)
    ctrl_c = CtrlC(app)
    ctrl_c.pressed.connect(window.close)  # It still asks about changes.

    # Without this, PyQt ends the process on an error in a slot, and the bench with it.
    def log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        window.log.write("ERROR", "General", f"✗ {str(error) or kind.__name__}; the editor continues.")
        window.log.write("DEBUG", "General", "".join(traceback.format_exception(kind, error, trace)).rstrip())

    sys.excepthook = log_uncaught
    try:
        return app.exec()
    finally:
        ctrl_c.close()

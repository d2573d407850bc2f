"""Ctrl+C in the terminal closes the demo's window, even while nothing happens in it."""

from __future__ import annotations

import signal
import sys

import pytest

from tests.helpers.processes import python

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Ctrl+C can't be sent to one process there")

SCRIPT = """
import signal, sys
from PyQt6.QtCore import QTimer
from PyQt6.QtWidgets import QApplication
from optiverse_collab_demo.app import main
from optiverse_collab_demo.window import DemoWindow

def window():
    return next(w for w in QApplication.topLevelWidgets() if isinstance(w, DemoWindow))

def interrupt(rounds=100):
    "Send the signal, let Qt run for some rounds, and say whether the window is still there."
    if rounds == 100:
        signal.raise_signal(signal.SIGINT)
    if rounds:
        QTimer.singleShot(0, lambda: interrupt(rounds - 1))
    else:
        print("visible:", window().isVisible())
        window().close()

def say():
    print("open", flush=True)

app = QApplication([])
QTimer.singleShot(0, STEP)
print("exit code:", main(["demo"]))
"""


def test_window_closes() -> None:
    """Qt has no events to handle until another process sends the signal."""
    with python("-W", "error", "-c", SCRIPT.replace("STEP", "say")) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        process.send_signal(signal.SIGINT)
        assert process.stdout.read() == "exit code: 0\n"


@pytest.mark.parametrize(("ignored", "visible"), [(False, []), (True, ["visible: True"])])
def test_sigint_counts_unless_it_was_ignored_at_the_start(ignored: bool, visible: list[str]) -> None:
    """A shell starts it with SIGINT ignored, so that Ctrl+C ends only the job in the foreground."""
    script = SCRIPT.replace("STEP", "interrupt")
    with python("-W", "error", "-c", script, ignores_sigint=ignored) as process:
        output, _ = process.communicate()
    assert output.splitlines() == [*visible, "exit code: 0"]

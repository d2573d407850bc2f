"""A window of the real editor in a process of its own, and this process's side of it.

``python -m benchmarks.photon.editor_process`` obeys JSON lines on standard input, each of them
``[method, arguments]`` of `Editor`, and answers each with a line of JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from types import TracebackType
from typing import Any


class EditorProcess:
    """The window, inside a ``with`` block.

    Args:
        display: the screen that it is on.
        left: its left edge there, in pixels.
        plugin: whether it has the plugin.

    Attributes:
        pid: of the process.
    """

    def __init__(self, display: str, left: int, plugin: bool) -> None:
        path = os.pathsep.join(one for one in sys.path if one)
        self._environment = {**os.environ, "PYTHONPATH": path, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        self._command = [
            sys.executable,
            "-m",
            "benchmarks.photon.editor_process",
            str(left),
            str(int(plugin)),
        ]

    def __enter__(self) -> EditorProcess:
        """Open it."""
        self._process = subprocess.Popen(
            self._command,
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.pid = self._process.pid
        self._answer()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close it."""
        self._process.communicate()

    def do(self, method: str, *arguments: object) -> Any:
        """Call a method of the `Editor` there.

        Raises:
            RuntimeError: the process has ended.
        """
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([method, arguments]) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith('{"answer"'):
                return json.loads(line)["answer"]
        raise RuntimeError("A window of the editor has ended.")


def main(left: int, plugin: bool) -> None:
    """Open the window, and obey."""
    from PyQt6.QtCore import QObject, pyqtSignal, pyqtSlot
    from PyQt6.QtWidgets import QApplication

    from benchmarks.photon.editor import Editor

    class Obedient(QObject):
        """Carries lines from the thread that reads them to the GUI thread."""

        said = pyqtSignal(str)

        def __init__(self, editor: Editor) -> None:
            super().__init__()
            self._editor = editor
            self.said.connect(self._on_said)

        def listen(self) -> None:
            """Read all lines."""
            for line in sys.stdin:
                self.said.emit(line)
            self.said.emit("")

        @pyqtSlot(str)
        def _on_said(self, line: str) -> None:
            if not line:
                QApplication.exit()
                return
            method, arguments = json.loads(line)
            answer(getattr(self._editor, method)(*arguments))

    def answer(value: object) -> None:
        sys.stdout.write(json.dumps({"answer": value}) + "\n")
        sys.stdout.flush()

    with Editor(left, plugin) as editor:
        obedient = Obedient(editor)
        threading.Thread(target=obedient.listen, daemon=True).start()
        answer(None)
        QApplication.exec()


if __name__ == "__main__":
    main(int(sys.argv[1]), bool(int(sys.argv[2])))

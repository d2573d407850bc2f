"""Work that waits for the disk: done in threads, in order, and answered on the GUI thread."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from threading import Thread
from typing import TypeVar

from PyQt6.QtCore import QObject, pyqtSignal, pyqtSlot

from optiverse_collab.disk.at_exit import wait_at_exit
from optiverse_collab.errors import CollaborationError

T = TypeVar("T")


class Background(QObject):
    """Does what waits for the disk in threads, one thing after the other.

    Threads of Python, since Qt waits for its own when it deletes them, with Python's lock in hand. They are
    daemons: a program that ends waits for what was begun, but not for a disk that doesn't answer.

    Signals:
        finished: what is to be called on the GUI thread.
    """

    finished = pyqtSignal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._last: Thread | None = None
        self.finished.connect(self._on_finished)

    def run(
        self,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[CollaborationError], None],
    ) -> None:
        """Do `work` in a thread; then call one of the others with what it returned, or raised.

        Neither is called if this object is deleted meanwhile.
        """
        before = self._last

        def job() -> None:
            if before is not None:
                before.join()
            try:
                result = work()
            except CollaborationError as error:
                failure = error
                self._answer(lambda: failed(failure))
            else:
                self._answer(lambda: done(result))

        self._last = Thread(target=job, name="collaboration disk", daemon=True)
        self._last.start()
        wait_at_exit(self._last)

    def wait(self, timeout_s: float) -> bool:
        """Wait until all is done that was asked for; False if that takes longer."""
        if self._last is None:
            return True
        self._last.join(timeout_s)
        return not self._last.is_alive()

    def _answer(self, call: Callable[[], None]) -> None:
        with contextlib.suppress(RuntimeError):  # this object is deleted
            self.finished.emit(call)

    @pyqtSlot(object)
    def _on_finished(self, call: Callable[[], None]) -> None:
        call()

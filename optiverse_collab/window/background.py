"""Work that waits for the disk, or takes long: done in threads, in order, with results on the GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TypeVar

from PyQt6.QtCore import QObject, pyqtSlot

from optiverse_collab.disk.at_exit import wait_at_exit
from optiverse_collab.drivers.qt.timers import single_shot
from optiverse_collab.errors import CollaborationError

T = TypeVar("T")

LOOK_MS = 5
"""How often to check for a result while one is pending."""


class Background(QObject):
    """Does blocking work in threads, one job after the other.

    Threads of Python, since Qt waits for its own when it deletes them, with Python's lock in hand. They are
    daemons: a program that ends waits for started jobs, but not for a disk that doesn't answer. They leave
    their results in a queue that the GUI thread polls: emitting a signal of an object that another thread is
    just deleting would crash.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._last: Thread | None = None
        self._answers = SimpleQueue[Callable[[], None]]()
        self._expected = 0
        self._look = single_shot(self, self._on_look, LOOK_MS)

    def run(
        self,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[CollaborationError], None],
    ) -> None:
        """Do `work` in a thread; then call one of the others with its result, or its exception.

        Neither is called if this object is deleted meanwhile. Exceptions other than `CollaborationError` are
        raised again on the GUI thread.
        """
        before, answers = self._last, self._answers

        def job() -> None:
            if before is not None:
                before.join()
            try:
                result = work()
            except CollaborationError as error:
                answers.put(partial(failed, error))
            except Exception as error:  # noqa: BLE001, it is raised again
                answers.put(partial(_raise, error))
            else:
                answers.put(partial(done, result))

        self._expected += 1
        self._look.start()
        self._last = Thread(target=job, name="collaboration disk", daemon=True)
        self._last.start()
        wait_at_exit(self._last)

    def wait(self, timeout_s: float) -> bool:
        """Wait until all jobs are done; False if that takes longer."""
        if self._last is None:
            return True
        self._last.join(timeout_s)
        return not self._last.is_alive()

    @pyqtSlot()
    def _on_look(self) -> None:
        try:
            call = self._answers.get_nowait()
        except Empty:
            self._look.start()
            return
        self._expected -= 1
        if self._expected:
            self._look.start()
        call()


def _raise(error: Exception) -> None:
    raise error

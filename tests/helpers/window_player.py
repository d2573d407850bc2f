"""A user who drags and edits at a steady pace in a demo window, and what that window showed and when."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from PyQt6 import sip
from PyQt6.QtCore import QObject, Qt, QTimer, pyqtSlot
from PyQt6.QtWidgets import QPushButton

from optiverse_collab.window.controller import CollaborationController
from optiverse_collab_demo.window import DemoWindow

EDIT_MS = 10
FRAME_MS = 16
BEAT_MS = 5
LOOK_MS = 50

Place = Sequence[float] | None


class Player(QObject):
    """Drags and edits, one step per turn of a timer, as a hand does.

    Args:
        window: the window to edit in.
        parent: deletes it.

    Attributes:
        busy: whether steps remain to be done.
        dragged, watched: time in s (monotonic) and place in mm of an item: what was dragged here, and
            what `watch` observes.
    """

    def __init__(self, window: DemoWindow, parent: QObject) -> None:
        super().__init__(parent)
        self.dragged: list[tuple[float, Place]] = []
        self.watched: list[tuple[float, Place]] = []
        self._window = window
        self._edits: list[Callable[[], object]] = []
        self._drag_id = self._watched_id = ""
        self._drag_ends, self._frame = 0.0, 0
        self._worked_s, self._gap_s = time.thread_time(), 0.0
        self._edit_timer = self._every(EDIT_MS, self._on_edit)
        self._frame_timer = self._every(FRAME_MS, self._on_frame)
        self._beat_timer = self._every(BEAT_MS, self._on_beat)

    @property
    def busy(self) -> bool:
        """Whether steps remain to be done."""
        return bool(self._edits or self._drag_id)

    def drag(self, id: str, seconds: float) -> None:
        """Drag an item, at 60 places a second."""
        self.dragged = []
        self._window.editor.start_drag([id])
        self._drag_id, self._drag_ends, self._frame = id, time.monotonic() + seconds, 0
        self._frame_timer.start()

    def drop(self) -> None:
        """End the drag with the next frame."""
        self._drag_ends = 0.0

    def rename(self, prefix: str, ids: Sequence[str]) -> None:
        """Give each item a name that is used only once: the prefix, a space and the item's id."""
        for id in ids:
            change = {id: {"name": f"{prefix} {id}"}}
            self._edits.append(lambda change=change: self._window.editor.change("Rename", change))  # type: ignore[misc]
        self._edit_timer.start()

    def forget(self) -> None:
        """Empty what grows in the editor as long as somebody edits: its undo stack and its log."""
        self._window.editor.undo_stack.clear()
        clear = self._window.log_window.findChild(QPushButton)
        assert clear is not None
        clear.click()

    def move_all(self, dx: float) -> None:
        """Move everything, in one step."""
        items = self._window.bench.items
        places = {id: item.props["pos"] for id, item in items.items()}
        self._window.editor.change("Move", {id: {"pos": [x + dx, y]} for id, (x, y) in places.items()})

    def watch(self, id: str) -> None:
        """From now on, note where an item shows, and when."""
        self._watched_id, self.watched = id, []
        self._window.bench.items_changed.connect(self._on_items_changed)

    def seen(self) -> dict[str, Any]:
        """The positions of what was dragged here and of what was watched."""
        return {"dragged": self.dragged, "watched": self.watched}

    def rename_all(self, name: str) -> None:
        """Give everything the same name, in one step."""
        self._window.editor.change("Rename", {id: {"name": name} for id in self._window.bench.items})

    def gap(self) -> float:
        """The longest time, in ms, that the window worked without a pause since the last call.

        Measured in processor time: on a machine with other work to do, the clock shows more.
        """
        longest, self._gap_s, self._worked_s = self._gap_s, 0.0, time.thread_time()
        self._beat_timer.start()
        return 1000 * longest

    def total_x(self) -> float:
        """The sum of all x, in mm: a cheap way to see whether everything has been moved."""
        return float(sum(item.props["pos"][0] for item in self._window.bench.items.values()))

    def content(self) -> dict[str, Any]:
        """The records on the bench: id → kind and properties."""
        return {id: [item.kind, item.props] for id, item in self._window.bench.items.items()}

    def _every(self, ms: int, do: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.setInterval(ms)
        timer.timeout.connect(do)
        return timer

    def _place(self, id: str) -> Place:
        item = self._window.bench.items.get(id)
        return None if item is None else item.props.get("pos")

    @pyqtSlot()
    def _on_edit(self) -> None:
        if self._edits:
            self._edits.pop(0)()
        else:
            self._edit_timer.stop()

    @pyqtSlot()
    def _on_frame(self) -> None:
        now = time.monotonic()
        if now < self._drag_ends:
            self._frame += 1
            self._window.editor.drag(self._frame % 400, self._frame // 400)
            self.dragged.append((now, self._place(self._drag_id)))
        else:
            self._frame_timer.stop()
            self._window.editor.end_drag()
            self._drag_id = ""

    @pyqtSlot()
    def _on_beat(self) -> None:
        now = time.thread_time()
        self._gap_s, self._worked_s = max(self._gap_s, now - self._worked_s), now

    @pyqtSlot()
    def _on_items_changed(self) -> None:
        place = self._place(self._watched_id)
        if not self.watched or self.watched[-1][1] != place:
            self.watched.append((time.monotonic(), place))


class Told(QObject):
    """What a window shows its user, and when.

    Args:
        controller: the window's controller.
        parent: deletes it.

    Attributes:
        states: time in s (monotonic), state, text of the status bar, and of the bar over the bench where it
            comes or goes.
        failures: the sentences with which a session ended.
    """

    def __init__(self, controller: CollaborationController, parent: QObject) -> None:
        super().__init__(parent)
        self.states: list[tuple[float, str, str, str]] = []
        self.failures: list[str] = []
        self._controller = controller
        manager = controller.manager
        for signal in (manager.status_changed, manager.participants_changed):
            signal.connect(self._on_news)
        manager.failed.connect(self._on_failed)
        look = QTimer(self)  # the bar sends no signal
        look.timeout.connect(self._on_news)
        look.start(LOOK_MS)

    @property
    def bar(self) -> str:
        """The text of the bar over the bench; empty without a bar."""
        bar = self._controller.standing.bar
        return bar.text if not sip.isdeleted(bar) and bar.isVisible() else ""

    @pyqtSlot()
    def _on_news(self) -> None:
        now = (self._controller.manager.status.value, self._controller.status.text())
        _, *before, bar = self.states[-1] if self.states else (0.0, "", "", "")
        if tuple(before) != now or bool(bar) != bool(self.bar):
            self.states.append((time.monotonic(), *now, self.bar))

    @pyqtSlot(str)
    def _on_failed(self, sentence: str) -> None:
        self.failures.append(sentence)

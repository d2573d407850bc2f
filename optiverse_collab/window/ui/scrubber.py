"""A slider through the moments of a session, and a button that plays them."""

from __future__ import annotations

from datetime import datetime

from PyQt6.QtCore import QElapsedTimer, QSignalBlocker, Qt, QTimer, pyqtSignal, pyqtSlot
from PyQt6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSlider, QStyle, QToolButton, QVBoxLayout, QWidget

from optiverse_collab.core.client.timeline import Timeline
from optiverse_collab.core.text import unmarked
from optiverse_collab.window.ui.button_keys import press_by_keys
from optiverse_collab.wording import timeline as texts

FRAME_MS = 33
"""The moments that are played are this far apart."""

PAUSE_MS = 1000
"""Nobody wants to watch nothing happen: longer pauses are played as this one."""


class Scrubber(QWidget):
    """Has a position for each change of a timeline.

    Attributes:
        slider: its value is a clock.
        play: a toggle.
        speed: how many times faster than it was.
        stays: the position is being looked at, and new moments don't change it.

    Signals:
        moved: the clock that the user wants to see.
    """

    moved = pyqtSignal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._timeline: Timeline | None = None
        self._at_ms = 0.0
        self.stays = False
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setAccessibleName(texts.SLIDER)
        self.slider.setTracking(True)
        self._time = QLabel(self)
        self._time.setTextFormat(Qt.TextFormat.PlainText)
        self.play = QToolButton(self)
        self.play.setCheckable(True)
        press_by_keys(self.play)
        self.speed = QComboBox(self)
        self.speed.setAccessibleName(texts.SPEED)
        for times in texts.SPEEDS:
            self.speed.addItem(texts.speed(times), times)
        self._timer = QTimer(self)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self._on_frame)
        self._since = QElapsedTimer()
        below = QHBoxLayout()
        below.addWidget(self.play)
        below.addWidget(self.speed)
        below.addWidget(self._time, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.slider)
        layout.addLayout(below)
        self.slider.valueChanged.connect(self._on_moved)
        self.play.toggled.connect(self._on_play)
        self._on_play(False)
        self.show_timeline(None)

    @property
    def clock(self) -> int:
        """The position."""
        return self.slider.value()

    def show_timeline(self, timeline: Timeline | None) -> None:
        """Have the moments of a timeline; a slider at its end stays there, unless `stays`."""
        was_at_end = self._timeline is None or self.slider.value() == self.slider.maximum()
        self._timeline = timeline
        self.setEnabled(timeline is not None)
        if timeline is None:
            self.play.setChecked(False)
            self._time.clear()
            return
        with QSignalBlocker(self.slider):
            self.slider.setRange(timeline.after, timeline.last)
            self.slider.setPageStep(max(1, (timeline.last - timeline.after) // 20))
            if was_at_end and not self.stays:
                self.slider.setValue(timeline.last)
        self._show_time()

    def go_to(self, clock: int) -> None:
        """Show this position; `moved` is not emitted."""
        with QSignalBlocker(self.slider):
            self.slider.setValue(clock)
        self._show_time()

    @pyqtSlot(int)
    def _on_moved(self, clock: int) -> None:
        if self._timer.isActive():
            self._begin_at(clock)
        self._show_time()
        self.moved.emit(clock)

    @pyqtSlot(bool)
    def _on_play(self, plays: bool) -> None:
        style = self.style()
        icon = QStyle.StandardPixmap.SP_MediaPause if plays else QStyle.StandardPixmap.SP_MediaPlay
        if style is not None:
            self.play.setIcon(style.standardIcon(icon))
        text = texts.PAUSE if plays else texts.PLAY
        self.play.setToolTip(unmarked(text))
        self.play.setAccessibleName(text)
        if not plays or self._timeline is None:
            self._timer.stop()
            return
        if self.clock >= self._timeline.last:
            self.slider.setValue(self._timeline.after)
        self._begin_at(self.clock)
        self._timer.start()

    @pyqtSlot()
    def _on_frame(self) -> None:
        timeline = self._timeline
        if timeline is None:
            return
        passed_ms, before = self._since.restart(), self.clock
        self._at_ms += passed_ms * self.speed.currentData()
        next_ms = timeline.time_ms(min(before + 1, timeline.last))
        self._at_ms = max(self._at_ms, next_ms - PAUSE_MS * self.speed.currentData())
        clock = timeline.clock_at(int(self._at_ms))
        if clock > before:
            self.go_to(clock)
            self.moved.emit(clock)
        if self.clock >= timeline.last:
            self.play.setChecked(False)

    def _begin_at(self, clock: int) -> None:
        assert self._timeline is not None
        self._at_ms = self._timeline.time_ms(clock)
        self._since.start()

    def _show_time(self) -> None:
        if self._timeline is not None:
            now = datetime.now().astimezone()
            self._time.setText(texts.moment(self._timeline.time_ms(self.clock), now))

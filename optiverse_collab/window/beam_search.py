"""Finds the edit that broke a beam, for an item of the window's bench."""

from __future__ import annotations

import logging
from functools import partial

from PyQt6.QtCore import QObject, pyqtSignal, pyqtSlot
from PyQt6.QtWidgets import QMainWindow

from optiverse_collab.core.client.bisection import Finding, Verdict, find_break
from optiverse_collab.errors import CollaborationError
from optiverse_collab.host.faults import sentence_of
from optiverse_collab.host.ray_engines import ray_engine
from optiverse_collab.window.background import Background
from optiverse_collab.window.manager import CollaborationManager
from optiverse_collab.window.timeline_reader import TimelineReader
from optiverse_collab.window.ui.toasts import Toasts
from optiverse_collab.wording import beams as texts


class BeamSearch(QObject):
    """Searches the part of the history that has been read, in a thread.

    Args:
        manager: the session.
        reader: has the history.
        toasts: show the result.
        window: the host's main window.

    Signals:
        found: the `PastStep` that broke the beam.
    """

    found = pyqtSignal(object)

    def __init__(
        self, manager: CollaborationManager, reader: TimelineReader, toasts: Toasts, window: QMainWindow
    ) -> None:
        super().__init__(window)
        self._manager, self._reader, self._toasts, self._window = manager, reader, toasts, window
        self._wanted: tuple[str, str] | None = None
        self._background = Background(self)
        reader.changed.connect(self._on_read)

    @pyqtSlot(str, str)
    def search(self, id: str, name: str) -> None:
        """Look for the edit after which no beam hits an item any longer.

        Args:
            id: of the item.
            name: its title, for the result.
        """
        self._wanted = id, name
        self._reader.glance()
        self._on_read()

    @pyqtSlot()
    def _on_read(self) -> None:
        """Begin once there is a history."""
        if self._wanted is None or self._reader.is_behind:
            return
        (id, name), self._wanted = self._wanted, None
        timeline = self._reader.timeline
        if timeline is None:
            self._tell(self._reader.failure or texts.NO_HISTORY)
            return
        try:
            engine = ray_engine(self._window)
        except Exception as error:  # noqa: BLE001 - plugins of editors may raise anything
            self._tell(sentence_of(error))
            return
        self._background.run(
            partial(find_break, timeline.start, timeline.steps, id, engine.hits),
            partial(self._on_found, name, timeline.after > 0),
            self._on_failed,
        )

    def _on_found(self, name: str, has_older: bool, finding: Finding) -> None:
        self._tell(texts.notice(finding, name, has_older))
        if finding.verdict is Verdict.BROKEN:
            self.found.emit(finding.steps[-1])

    def _on_failed(self, error: CollaborationError) -> None:
        self._tell(str(error))

    def _tell(self, sentence: str) -> None:
        self._manager.log(logging.INFO, sentence)
        self._toasts.show(sentence, urgent=True)

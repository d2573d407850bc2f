"""Reports conflicts to a window's user: notices, log lines, a dock to decide in."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import replace

from PyQt6.QtCore import QElapsedTimer, QObject, pyqtSignal, pyqtSlot
from PyQt6.QtWidgets import QMainWindow

from optiverse_collab.core.client import effects as fx
from optiverse_collab.core.client.carrying import BroughtBack
from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.core.client.past_effects import WentBack
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.records import Op
from optiverse_collab.drivers.qt.timers import single_shot
from optiverse_collab.window.changes import Changes, Key
from optiverse_collab.window.manager import CollaborationManager
from optiverse_collab.window.notices import Notices
from optiverse_collab.window.ui.changes_dock import ChangesDock, ChangesHint
from optiverse_collab.window.ui.docks import add_dock, remove_dock
from optiverse_collab.window.ui.toasts import Toasts
from optiverse_collab.wording import changes as texts
from optiverse_collab.wording import log_lines
from optiverse_collab.wording.conflicts import sentence
from optiverse_collab.wording.presence import marked


class ConflictReports(QObject):
    """Reports the conflicts of one window.

    Conflicts while the user works are reported once it is quiet, in a notice and in the log. Conflicts
    while they were away, and held edits, are listed in a dock until they have decided.

    Args:
        window: the host's main window.
        manager: the session.

    Attributes:
        toasts: the notices.
        hint: for the status bar.
        dock: the list; None until there is something to list.

    Signals:
        changed: the number of entries in the list changed.
    """

    changed = pyqtSignal()

    def __init__(self, window: QMainWindow, manager: CollaborationManager, parent: QObject) -> None:
        super().__init__(parent)
        self.toasts = Toasts(window)
        self.hint = ChangesHint(window)
        self.dock: ChangesDock | None = None
        self._window = window
        self._manager = manager
        self._changes = Changes()
        self._notices = Notices()
        self._clock = QElapsedTimer()
        self._clock.start()
        self._quiet = single_shot(self, self._on_quiet)
        self._later = single_shot(self, self._on_later)
        self.hint.clicked.connect(self.open_changes)
        manager.service.happened.connect(self._on_happened)
        manager.edited.connect(self._on_edited)
        manager.undo_left.connect(self._on_undo_left)
        manager.removed_in_hand.connect(self._on_removed_in_hand)
        manager.status_changed.connect(self._on_status)

    @property
    def count(self) -> int:
        """How many entries the list has."""
        return len(self._changes.entries)

    @pyqtSlot()
    def open_changes(self) -> None:
        """Show the list, if there is anything on it."""
        if self.dock is not None and self.count:
            self.dock.show()
            self.dock.raise_()
            self.dock.tree.setFocus()

    def close(self) -> None:
        """The window closes: report what was not reported yet, and restore the window."""
        self._finish()
        self.toasts.clear()
        if self.dock is not None:
            remove_dock(self._window, self.dock)
            self.dock = None

    @property
    def _replica(self) -> Replica | None:
        session = self._manager.service.session
        return None if session is None else session.replica

    @property
    def _scripts(self) -> Collection[str]:
        session = self._manager.service.session
        return () if session is None else session.people.scripts

    # Events

    @pyqtSlot(object)
    def _on_happened(self, effect: fx.SessionEffect) -> None:
        replica = self._replica
        if isinstance(effect, fx.Conflict) and replica is not None:
            conflict = self._with_mark(effect)
            if effect.away:
                self._log([conflict])
                self._changes.take(conflict, replica.view)
            else:
                self._notices.add(conflict, self._clock.elapsed())
                self._wait()
            self._later.start()
        elif isinstance(effect, BroughtBack):
            self.toasts.show(log_lines.brought_back(effect), urgent=True)
        elif isinstance(effect, WentBack):
            self.toasts.show(log_lines.went_back(effect), urgent=True)

    def _with_mark(self, conflict: fx.Conflict) -> fx.Conflict:
        """The same, marked if it is by a script, which may be gone when it is reported."""
        return replace(conflict, by=marked(conflict.by, conflict.by in self._scripts))

    @pyqtSlot()
    def _on_edited(self) -> None:
        """An edit of what is gone by now is held without an answer from the server."""
        if self._replica is not None and self._changes.update(self._replica, self._scripts):
            self._later.start()

    @pyqtSlot(str)
    def _on_undo_left(self, sentence: str) -> None:
        self.toasts.show(sentence, urgent=True)

    @pyqtSlot(str)
    def _on_removed_in_hand(self, sentence: str) -> None:
        self._manager.log(logging.INFO, f"← {sentence}")
        self.toasts.show(sentence)

    @pyqtSlot(object)
    def _on_status(self, status: ConnectionState) -> None:
        if status in (ConnectionState.OFFLINE, ConnectionState.FAILED):
            self._finish()

    @pyqtSlot()
    def _on_quiet(self) -> None:
        self._notify(self._notices.take_due(self._clock.elapsed()))
        self._wait()

    def _wait(self) -> None:
        wait_ms = self._notices.wait_ms(self._clock.elapsed())
        if wait_ms is not None:
            self._quiet.start(round(wait_ms) + 1)

    def _notify(self, events: Sequence[Sequence[fx.Conflict]]) -> None:
        for conflicts in events:
            self.toasts.show(" ".join(f"{sentence(conflict)}." for conflict in conflicts), urgent=True)
            self._log(conflicts)

    def _log(self, conflicts: Sequence[fx.Conflict]) -> None:
        line = log_lines.of_conflicts(conflicts)
        self._manager.log(line.level, line.text)

    def _finish(self) -> None:
        """The session is over, with nothing left to decide."""
        self._quiet.stop()
        self._later.stop()
        self._notify(self._notices.take_all())
        self._changes.clear()
        self._show()

    # The list

    @pyqtSlot()
    def _on_later(self) -> None:
        """A page may have brought a thousand: they are listed at once."""
        if self._replica is not None:
            self._changes.update(self._replica, self._scripts)
        self._show()

    def _show(self) -> None:
        entries = self._changes.entries
        if entries and self.dock is None:
            self.dock = self._made_dock()
        if self.dock is not None:
            self.dock.show_entries(entries)
            self._enable_toggle(self.dock, bool(entries))
            if not entries:
                self.dock.hide()
        self.hint.show_count(len(entries))
        self.changed.emit()

    def _made_dock(self) -> ChangesDock:
        dock = ChangesDock(self._window)
        dock.used.connect(self._on_used)
        dock.dismissed.connect(self._on_dismissed)
        dock.activated.connect(self._manager.centre_on)
        dock.opened.connect(self._on_opened)
        add_dock(self._window, dock)
        return dock

    def _enable_toggle(self, dock: ChangesDock, enable: bool) -> None:
        toggle = dock.toggleViewAction()
        if toggle is not None:
            toggle.setEnabled(enable)

    @pyqtSlot(list)
    def _on_used(self, keys: list[Key]) -> None:
        replica = self._replica
        if replica is None:
            return
        if not replica.rights.may_edit:
            self._manager.service.edit_denied.emit()
            return
        titles = [entry.title for entry in self._changes.entries if entry.key in keys and entry.can_use]

        def ops() -> list[Op]:
            return self._changes.edit(keys, replica.view)

        if titles:
            self._manager.edit(texts.step(titles), ops)
            self._changes.settle(keys, replica)
        self._show()

    @pyqtSlot(list)
    def _on_dismissed(self, keys: list[Key]) -> None:
        if self._replica is not None:
            self._changes.dismiss(keys, self._replica)
        self._show()

    @pyqtSlot()
    def _on_opened(self) -> None:
        if self._replica is not None and self._changes.show_again(self._replica.view):
            self._show()

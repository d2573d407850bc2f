"""Checkable menu entries."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QObject, pyqtSlot

from optiverse_collab.window.settings import Choice, Settings

Watcher = Callable[[bool], None]


class Toggle(QObject):
    """A remembered choice, the same in all windows of the program.

    Args:
        settings: remember it.
        choice: which one.

    Attributes:
        is_on: whether the user wants it.
    """

    def __init__(self, settings: Settings, choice: Choice) -> None:
        super().__init__(settings)
        self.is_on = settings.has_chosen(choice)
        self._settings = settings
        self._choice = choice
        self._watchers: list[Watcher] = []
        settings.changed.connect(self._on_changed)

    def watch(self, watcher: Watcher) -> None:
        """Call `watcher` with `is_on`, now and whenever it changes."""
        self._watchers.append(watcher)
        watcher(self.is_on)

    def flip(self) -> None:
        """Turn it on, or off."""
        self._settings.choose(self._choice, not self.is_on)

    @pyqtSlot(str)
    def _on_changed(self, key: str) -> None:
        is_on = self._settings.has_chosen(self._choice)
        if key == self._choice.value and is_on is not self.is_on:
            self.is_on = is_on
            for watcher in self._watchers:
                watcher(is_on)

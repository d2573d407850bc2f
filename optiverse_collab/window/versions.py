"""The versions of the session that a window is in: their menu, and keeping new ones (HIST-10)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any

from PyQt6.QtCore import QObject, pyqtSlot
from PyQt6.QtWidgets import QMainWindow, QMenu

from optiverse_collab.core.client import effects as fx
from optiverse_collab.core.client.past_effects import PastArrived, PastUnavailable
from optiverse_collab.core.records import Lane, Put
from optiverse_collab.core.versions import VERSION, Version, check_name, key_of, versions_of
from optiverse_collab.errors import ChangeRefused
from optiverse_collab.window.gestures import new_id
from optiverse_collab.window.manager import CollaborationManager
from optiverse_collab.window.previewing import Previewing
from optiverse_collab.window.ui.version_dialog import VersionDialog
from optiverse_collab.wording import replacements
from optiverse_collab.wording import versions as texts

MOST = 30
"""How many versions the menu has, the newest moments first; the commands list all."""


class Versions(QObject):
    """Fills a menu with versions, previews them, and keeps new ones.

    Args:
        manager: the session.
        previewing: shows a version.
        menu: filled when it is about to show.
        chosen: gives the clock and the time [ms since 1970 UTC] of the moment that the user looks at; None
            for now.
        window: the host's main window.
    """

    def __init__(
        self,
        manager: CollaborationManager,
        previewing: Previewing,
        menu: QMenu,
        chosen: Callable[[], tuple[int, int] | None],
        window: QMainWindow,
    ) -> None:
        super().__init__(window)
        self._manager, self._previewing, self._menu = manager, previewing, menu
        self._chosen, self._window = chosen, window
        self._wanted: Version | None = None
        menu.setToolTipsVisible(True)
        menu.aboutToShow.connect(self._fill)
        manager.service.happened.connect(self._on_happened)

    def keep(self, name: str, clock: int | None) -> None:
        """Keep a moment, or the bench of now, under a name.

        Args:
            name: a checked one.
            clock: of the moment; None for now.
        """
        session = self._manager.session
        if session is None:
            self._previewing.tell(replacements.NO_CONNECTION)
            return
        props: dict[str, Any] = {"name": name} if clock is None else {"name": name, "clock": clock}
        try:
            session.replica.edit([Put(f"version:{new_id()}", VERSION, props, Lane.META)])
        except ChangeRefused as refusal:
            self._previewing.tell(str(refusal))
        else:
            self._manager.service.wake()

    def show(self, version: Version) -> None:
        """Preview a version; the server keeps its bench even when the history around it is gone."""
        self._wanted = version
        self._manager.service.ask_past(version.clock)

    @property
    def _all(self) -> list[Version]:
        session = self._manager.session
        return [] if session is None else versions_of(session.replica.meta.values())

    def _check(self, name: str) -> None:
        check_name(name, [key_of(one.name) for one in self._all if one.name])

    @pyqtSlot()
    def _fill(self) -> None:
        """List the versions."""
        self._menu.clear()
        session = self._manager.session
        keep = self._menu.addAction(texts.KEEP_ENTRY)
        if keep is not None:
            keep.triggered.connect(self._on_keep)
            keep.setEnabled(session is not None and session.replica.rights.may_edit)
        self._menu.addSeparator()
        for version in islice(reversed(self._all), MOST):
            entry = self._menu.addAction(texts.entry(version))
            if entry is not None:
                entry.triggered.connect(partial(self._on_chosen, version))

    @pyqtSlot()
    def _on_keep(self) -> None:
        moment, now = self._chosen(), datetime.now().astimezone()
        sentence = texts.moment_to_keep(None if moment is None else moment[1], now)
        dialog = VersionDialog(sentence, self._check, self._window)
        clock = None if moment is None else moment[0]
        dialog.wanted.connect(lambda name: self.keep(name, clock))
        dialog.open()

    def _on_chosen(self, version: Version, checked: bool) -> None:
        self.show(version)

    @pyqtSlot(object)
    def _on_happened(self, effect: fx.SessionEffect) -> None:
        wanted = self._wanted
        if wanted is None or not isinstance(effect, (PastArrived, PastUnavailable)):
            return
        if effect.clock != wanted.clock:
            return
        self._wanted = None
        if isinstance(effect, PastUnavailable):
            self._previewing.tell(effect.message)
            return
        self._preview(wanted, effect.records)

    def _preview(self, version: Version, records: Mapping[str, Any]) -> None:
        title = texts.preview_title(self._manager.session_id, version)
        self._previewing.show_records(records, title, texts.description(version))

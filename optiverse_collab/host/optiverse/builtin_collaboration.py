"""Takes the place of the collaboration that Optiverse ships, in one window and without a change on disk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PyQt6.QtGui import QAction, QCloseEvent, QKeySequence
from PyQt6.QtWidgets import QWidget

from optiverse_collab.hookspecs import Action
from optiverse_collab.host.menus import Installed, menu_titled
from optiverse_collab.host.optiverse.upstream import installed as stock

MENU = "&Collaboration"


class Takeover:
    """Our actions and widgets in a window, and the stock ones set aside.

    The stock actions lose their shortcut and go out of sight, the stock label is hidden, and what opened
    the stock dialog runs our first action, so that the stock manager is never enabled and never connects.

    Args:
        window: an Optiverse main window.
        actions: ours; they go into the host's own Collaboration menu.
        widgets: ours, in the place of the host's label.
        closing: called once, when the window has agreed to close.

    Raises:
        HostUnsupported: the window, or Optiverse, lacks something; the text says what.
    """

    def __init__(
        self,
        window: Any,
        actions: Sequence[Action],
        widgets: Sequence[QWidget],
        closing: Callable[[], None],
    ) -> None:
        # From the start: an item that Qt has filed wrongly stays so.
        stock.load()
        stock.check(window)
        self._window = window
        self._closing: Callable[[], None] | None = closing
        self._shortcuts = {
            action: action.shortcut() for action in (window.act_collaborate, window.act_disconnect)
        }
        for action in self._shortcuts:
            action.setShortcut(QKeySequence())
            action.setVisible(False)
        window.collab_status_label.hide()
        # Whatever calls these finds them on the window first.
        window.open_collaboration_dialog = actions[0].run if actions else lambda: None
        window.disconnect_collaboration = lambda: None
        window.act_collaborate.triggered.disconnect()
        window.act_disconnect.triggered.disconnect()
        window.closeEvent = self._close_event
        self._installed = Installed(window, actions, widgets)

    def undo(self) -> None:
        """Give the window back to the collaboration that it came with."""
        window = self._window
        self._installed.remove()
        del window.closeEvent, window.open_collaboration_dialog, window.disconnect_collaboration
        window.act_collaborate.triggered.connect(window.open_collaboration_dialog)
        window.act_disconnect.triggered.connect(window.disconnect_collaboration)
        for action, shortcut in self._shortcuts.items():
            action.setShortcut(shortcut)
            action.setVisible(True)
        window.collab_status_label.show()

    def _close_event(self, event: QCloseEvent) -> None:
        """Let the window ask about unsaved changes; when it closes, leave.

        Quirk: in 0.3.4 the window takes its layer panel apart first, so nothing may need the panel then.
        """
        type(self._window).closeEvent(self._window, event)
        if event.isAccepted() and self._closing is not None:
            closing, self._closing = self._closing, None
            closing()


def say_why(window: Any, why: str) -> None:
    """Put a line into the Collaboration menu that says why there is no live collaboration."""
    menu = menu_titled(window.menuBar(), MENU)
    if menu is not None:
        line = QAction(why, window)
        line.setEnabled(False)
        menu.addAction(line)

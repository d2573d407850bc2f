"""Sets the collaboration that Optiverse ships aside, in one window and without a change on disk."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtGui import QCloseEvent, QKeySequence
from PyQt6.QtWidgets import QMainWindow

from optiverse_collab.host.attach import WindowParts
from optiverse_collab.host.menus import Installed
from optiverse_collab.host.optiverse.upstream.check import checked
from optiverse_collab.host.optiverse.upstream.contract import Override


class BuiltinCollaboration:
    """The built-in collaboration of one window, with our actions and widgets in its place.

    The host's actions lose their shortcut and are hidden, its label is hidden, and its dialog's
    trigger runs our first action, so that its manager is never enabled and never connects.

    Args:
        window: an Optiverse main window.
        parts: ours. The actions go into the host's own Collaboration menu, the widgets in the place of its
            label; `closing` is called once, when the window has agreed to close.

    Raises:
        HostUnsupported: the window, or Optiverse, lacks something; the text says what.
    """

    def __init__(self, window: QMainWindow, parts: WindowParts) -> None:
        # From the start: an item that Qt has filed wrongly stays so.
        self._window = checked(window)
        self._closing: Callable[[], None] | None = parts.closing
        own_actions = (self._window.act_collaborate, self._window.act_disconnect)
        self._shortcuts = {action: action.shortcut() for action in own_actions}
        for action in self._shortcuts:
            action.setShortcut(QKeySequence())
            action.setVisible(False)
        self._window.collab_status_label.hide()
        # Quirk: a log window lists a category once it has a line, and shows that line twice.
        log, categories = self._window.log_service, parts.categories
        run = parts.actions[0].run if parts.actions else lambda: None
        self._overrides = [
            Override(window, "open_collaboration_dialog", run),
            Override(window, "disconnect_collaboration", lambda: None),
            Override(window, "closeEvent", self._close_event),
            Override(log, "get_categories", lambda: sorted({*type(log).get_categories(log), *categories})),
        ]
        self._window.act_collaborate.triggered.disconnect()
        self._window.act_disconnect.triggered.disconnect()
        self._installed = Installed(window, parts.actions, parts.widgets)

    def undo(self) -> None:
        """Restore the window's own collaboration."""
        window = self._window
        self._installed.remove()
        for override in self._overrides:
            override.undo()
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

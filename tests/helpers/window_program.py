"""A window in a process of its own, with the plugin in it: obeys JSON lines on standard input.

    python -m tests.helpers.window_program demo|optiverse

`{"join": [server, session, user]}`, `{"add": [x_mm, y_mm]}`, `{"move": [id, x_mm, y_mm]}`, `{"undo": []}`,
`{"open": [path]}`, `{"save": [path]}`, `{"leave": []}`, `{"preview": [clock]}`, `{"close_window": []}`,
`{"tell": []}`, and for the
demo bench each method of `Player`. Each is answered by a line with the state of the window; what a command
returns is in it, under its name. The answer to `{"look": []}` lacks the items' places. As a user would:
`{"open_log": [category]}` opens the log window and shows a category, `{"connect": [server, session, user]}`
fills in the connect dialog and presses Join, `{"host": [port, session, user]}` does so for the local network,
`{"choose": [text]}` chooses an enabled entry of the Collaboration menu, `{"answer": [part, number]}` presses
a button of the notice with that in its text (both return whether there is one), `{"confirm": []}` says yes to
the question of *Host now*,
`{"invite": []}` copies the invite link that is shown, and `{"log": []}` reads the log window.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QObject, QSettings, QStandardPaths, pyqtSignal, pyqtSlot
from PyQt6.QtGui import QTextDocument
from PyQt6.QtWidgets import QApplication, QComboBox, QPlainTextEdit

from optiverse_collab.host.menus import menu_titled
from optiverse_collab.window.attachment import attachment_for
from optiverse_collab.window.controller import CollaborationController
from tests.helpers.optiverse_user import wait_until
from tests.helpers.user_input import click
from tests.helpers.window_player import Player, Told


class Demo:
    """The demo bench."""

    def __init__(self) -> None:
        from optiverse_collab_demo.app import open_window

        self.window: Any = open_window()

    def add(self, x_mm: float, y_mm: float) -> None:
        """Add a lens."""
        from tests.helpers.demo_window import KEYS

        self.window.editor.add(KEYS["lens"], (x_mm, y_mm))

    def move(self, id: str, x_mm: float, y_mm: float) -> None:
        """Move an item, once it is visible."""
        wait_until(lambda: id in self.window.bench.items)  # the window shows it with its next tick
        self.window.editor.change("Move", {id: {"pos": [x_mm, y_mm]}})

    @property
    def places(self) -> dict[str, Any]:
        """The positions of the window's items, in mm."""
        return {id: item.props.get("pos") for id, item in self.window.bench.items.items()}

    def undo(self) -> None:
        """Undo the last step."""
        self.window.editor.undo()

    def open(self, path: str) -> None:
        """Open a file."""
        self.window.open_path(Path(path))

    def save(self, path: str) -> None:
        """Write the bench to a file."""
        self.window.save_path(Path(path))

    def open_log(self) -> tuple[QComboBox, QTextDocument]:
        """Open the log window; returns its filter of categories and its text."""
        self.window.show_log()
        log = self.window.log_window
        return log.category, log.findChild(QPlainTextEdit).document()

    def close_window(self) -> None:
        """Close the window without a question."""
        self.window.setWindowModified(False)
        self.window.close()


class Optiverse:
    """The real editor."""

    def __init__(self) -> None:
        from optiverse_collab.host.optiverse.launch import attach
        from optiverse_collab.host.plugins import installed_plugins
        from tests.helpers.optiverse_user import User
        from tests.helpers.optiverse_window import open_window

        self.window: Any = open_window()
        attach(self.window, installed_plugins())
        self._user = User(self.window)

    def add(self, x_mm: float, y_mm: float) -> None:
        """Add a lens."""
        self._user.place("lens", x_mm, y_mm)

    def move(self, id: str, x_mm: float, y_mm: float) -> None:
        """Move an item, once it is visible."""
        wait_until(lambda: any(item.item_uuid == id for item in self._user.items()))
        [item] = [item for item in self._user.items() if item.item_uuid == id]
        item.setPos(x_mm, y_mm)

    @property
    def places(self) -> dict[str, Any]:
        """The positions of the window's items, in mm."""
        return {item.item_uuid: [item.x(), item.y()] for item in self._user.items()}

    def undo(self) -> None:
        """Undo the last step."""
        self._user.undo()

    def open(self, path: str) -> None:
        """Open a file."""
        self._files.open_file(path)
        # 0.3 unlocks the items of a 0.2 file when it draws its layer panel, a little later.
        timer = getattr(self.window.layer_panel, "_refresh_timer", None)
        wait_until(lambda: timer is None or not timer.isActive())

    def save(self, path: str) -> None:
        """Write the bench to a file."""
        self._files.save_to_file(path)

    @property
    def _files(self) -> Any:
        return self.window.file_controller.file_manager

    def open_log(self) -> tuple[QComboBox, QTextDocument]:
        """Open the log window; returns its filter of categories and its text."""
        self.window.act_show_log.trigger()
        [log] = [one for one in QApplication.topLevelWidgets() if type(one).__name__ == "LogWindow"]
        combo, text = (getattr(log, name) for name in ("category_combo", "log_text"))
        return combo, text.document()

    def close_window(self) -> None:
        """Close the window without a question."""
        self.window.file_controller.mark_clean()
        self.window.close()


class Obedient(QObject):
    """Does what standard input says, on the GUI thread."""

    said = pyqtSignal(str)

    def __init__(self, host: Demo | Optiverse, parent: QObject) -> None:
        super().__init__(parent)
        self._host = host
        controller = attachment_for(host.window)
        assert isinstance(controller, CollaborationController)
        self._controller = controller
        self._told = Told(controller, self)
        self._log: QTextDocument | None = None
        self._player = Player(host.window, self) if isinstance(host, Demo) else None
        self.said.connect(self._on_said)
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        for line in sys.stdin:
            self.said.emit(line)
        self.said.emit('{"close": []}')

    @pyqtSlot(str)
    def _on_said(self, line: str) -> None:
        commands = json.loads(line)
        results = {}
        for what, arguments in commands.items():
            if what == "close":
                QApplication.exit()
                return
            result = self._do(what, arguments)
            if result is not None:
                results[what] = result
        state = self._state()
        if "look" not in commands:
            state["places"] = self._host.places
        sys.stdout.write(json.dumps(state | results) + "\n")
        sys.stdout.flush()

    def _do(self, what: str, arguments: list[Any]) -> object:
        if what in ("tell", "look"):
            return None
        if what == "open_log":
            return self._open_log(*arguments)
        if what == "log":
            return [] if self._log is None else self._log.toPlainText().splitlines()
        if what == "connect":
            self._connect(*arguments)
            return None
        if what == "host":
            self._host_for_network(*arguments)
            return None
        if what == "invite":
            dialog = self._controller.inviting.dialog
            return "" if dialog is None or not dialog.copy.isEnabled() else dialog.ways.currentData()
        answers: dict[str, Callable[..., bool]] = {
            "choose": self._choose,
            "answer": self._answer,
            "confirm": self._confirm,
        }
        if what in answers:
            return answers[what](*arguments)
        if what == "join":
            self._controller.manager.join_session(*arguments)
            return None
        if what == "leave":
            self._controller.manager.leave()
            return None
        if what == "preview":
            self._controller.timeline.show_moment(*arguments)
            return None
        return getattr(self._host if hasattr(self._host, what) else self._player, what)(*arguments)

    def _open_log(self, category: str) -> list[str]:
        """Open the log; returns the categories that can be chosen."""
        combo, self._log = self._host.open_log()
        categories = [combo.itemText(row) for row in range(combo.count())]
        combo.setCurrentText(category)
        return categories

    def _confirm(self) -> bool:
        question = self._controller.host_now.question
        if question is not None:
            click(question.yes)
        return question is not None

    def _choose(self, text: str) -> bool:
        menu = menu_titled(self._host.window.menuBar(), "Collaboration")
        for entry in [] if menu is None else menu.actions():
            if entry.text().replace("&", "") == text and entry.isEnabled():
                entry.trigger()
                return True
        return False

    def _answer(self, part: str, number: int) -> bool:
        for notice in self._controller.reports.toasts.shown:
            if part in notice.text:
                notice.buttons[number].click()
                return True
        return False

    def _connect(self, server: str, session: str, user: str) -> None:
        dialog = self._controller.open_connect_dialog()
        page = dialog.join_page
        dialog.pages.setCurrentWidget(page)
        for field, text in ((page.server, server), (page.session, session), (page.user, user)):
            field.edit.setText(text)
        dialog.go.click()

    def _host_for_network(self, port: int, session: str, user: str) -> None:
        dialog = self._controller.open_connect_dialog()
        page = dialog.server_page
        dialog.pages.setCurrentWidget(page)
        page.port.setValue(port)
        page.listen.setCurrentIndex(1)
        page.session.set_text(session)
        page.user.set_text(user)
        dialog.go.click()

    def _state(self) -> dict[str, Any]:
        session = self._controller.manager.service.session
        return {
            "status": self._controller.manager.status.value,
            "text": self._controller.status.text(),
            "bar": self._told.bar,
            "pending": 0 if session is None else len(session.replica.pending),
            "notices": [notice.text for notice in self._controller.reports.toasts.shown],
            "standby": session is not None and session.safekeeping.has_standby,
            "server": self._controller.manager.hosting.pid,
            "hosted": self._controller.manager.hosting.url,
            "role": "" if session is None else session.replica.rights.role.value,
            "users": 0 if session is None else len(session.participants),
            "busy": self._player is not None and self._player.busy,
            "previews": self._controller.timeline.previewing.dialog is not None,
            "told": self._told.states,
            "failures": self._told.failures,
        }


def main() -> None:
    """Run until standard input ends."""
    if sys.platform.startswith("linux") and not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    ):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication(sys.argv[:1])
    with tempfile.TemporaryDirectory() as folder:
        QStandardPaths.setTestModeEnabled(True)
        for form in (QSettings.Format.IniFormat, QSettings.Format.NativeFormat):
            QSettings.setPath(form, QSettings.Scope.UserScope, folder)
        host = Demo() if sys.argv[1] == "demo" else Optiverse()
        Obedient(host, app)
        app.exec()


if __name__ == "__main__":
    main()

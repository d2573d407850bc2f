"""The main window of the editor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PyQt6.QtCore import QEvent, Qt, pyqtSignal, pyqtSlot
from PyQt6.QtGui import QAction, QCloseEvent
from PyQt6.QtWidgets import QApplication, QMainWindow, QWidget

from optiverse_collab.errors import BenchFileError
from optiverse_collab_demo import files, geometry, menus
from optiverse_collab_demo.bars import BenchStatusBar
from optiverse_collab_demo.edit_dialog import EditDialog
from optiverse_collab_demo.editor import Editor
from optiverse_collab_demo.log import Log
from optiverse_collab_demo.log_window import LogWindow
from optiverse_collab_demo.model import Bench, Item
from optiverse_collab_demo.questions import ask_for_file, ask_to_save, notify
from optiverse_collab_demo.scene import BenchScene
from optiverse_collab_demo.templates import Template
from optiverse_collab_demo.theme import DARK, LIGHT, Theme
from optiverse_collab_demo.view import BenchView

_STEP_MM = 20.0


class DemoWindow(QMainWindow):
    """A bench and its tools; `window_menus.fill_menus` adds the menus.

    Attributes:
        bench: all items.
        editor: does what the user wants.
        scene, view: show the bench.
        log: what happened; `log_window` shows it.
        dialogs: item id → the open dialog that edits it.
        path: the file, once there is one.
        theme: light or dark.

    Signals:
        theme_changed(): from light to dark or back.
        bench_opened(before): another bench is there, from a file or an empty one; takes the path from before.
        bench_saved(): it is in the window's file.
        dialogs_changed(): the dialog of an item was opened or closed.
    """

    theme_changed = pyqtSignal()
    bench_opened = pyqtSignal(object)
    bench_saved = pyqtSignal()
    dialogs_changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bench = Bench(self)
        self.editor = Editor(self.bench, self)
        self.scene = BenchScene(self.bench, self)
        self.view = BenchView(self.scene, self.editor, self)
        self.log = Log(self)
        self.log.add_categories(["General", "Files", "Plugins"])
        self.log_window = LogWindow(self.log, self)
        self.dialogs: dict[str, EditDialog] = {}
        self.path: Path | None = None
        self.theme = LIGHT
        self._before_close: list[Callable[[], None]] = []
        self._may_close = False
        self.setCentralWidget(self.view)
        self.resize(1100, 720)
        self.setStatusBar(BenchStatusBar(self.scene, self.view, self))
        for signal in (self.bench.items_added, self.bench.items_changed, self.bench.items_removed):
            signal.connect(self._bench_changed)
        self.view.item_opened.connect(self.edit)
        self.set_saved(None)
        self._follow_palette()

    def add_menu_entry(
        self,
        menu: Sequence[str],
        text: str,
        shortcut: str,
        icon: str,
        run: Callable[[], object],
        enabled_when: menus.EnabledWhen = menus.always,
        checked_when: menus.EnabledWhen | None = None,
    ) -> QAction:
        """Add an entry to the menus (see `menus.add_entry`); an error in it ends up in the log.

        Its shortcut runs it once, however long the keys are held.
        """
        safe = menus.guarded(self.log, f"“{menus.plain(text)}”", run)
        entry = menus.add_entry(self, menu, text, shortcut, icon, safe, enabled_when, checked_when)
        entry.setAutoRepeat(False)
        return entry

    def add_status_widget(self, widget: QWidget) -> None:
        """Add a widget at the right of the status bar."""
        bar = self.statusBar()
        if bar is not None:
            bar.addPermanentWidget(widget)

    def before_close(self, run: Callable[[], object]) -> None:
        """Call something when the window closes for good."""
        self._before_close.append(menus.guarded(self.log, "Closing a plugin", run))

    def insert(self, template: Template) -> str:
        """Add an item where the user looks, beside what is there already; returns its id."""
        viewport = self.view.viewport()
        centre = viewport.rect().center() if viewport is not None else self.view.rect().center()
        middle = self.view.mapToScene(centre)
        x, y = round(middle.x(), -1) + 0.0, round(middle.y(), -1) + 0.0
        taken = {geometry.middle(item.kind, item.props) for item in self.bench.items.values()}
        while (x, y) in taken:
            x, y = x + _STEP_MM, y - _STEP_MM
        id = self.editor.add(template, (x, y))
        self.scene.select([id])
        return id

    def paste(self) -> None:
        """Paste, and select what was pasted."""
        ids = self.editor.paste()
        if ids:
            self.scene.select(ids)

    @pyqtSlot(str)
    def edit(self, id: str) -> None:
        """Open the dialog for an item, or bring it to the front."""
        if id not in self.bench.items:
            return
        dialog = self.dialogs.get(id)
        is_new = dialog is None
        if dialog is None:
            dialog = EditDialog(self.editor, id, self)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.finished.connect(lambda _: self._forget_dialog(id))
            self.dialogs[id] = dialog
        dialog.show()
        dialog.raise_()
        if is_new:
            self.dialogs_changed.emit()

    def _forget_dialog(self, id: str) -> None:
        self.dialogs.pop(id, None)
        self.dialogs_changed.emit()

    def new(self) -> None:
        """Start with an empty bench."""
        self._when_saved(lambda: self._take_over([], None))

    def open(self) -> None:
        """Let the user choose a file to open."""
        self._when_saved(lambda: ask_for_file(self, False, self.path, self.open_path))

    def open_path(self, path: Path) -> None:
        """Show another bench; what can't be read is explained, and the bench stays."""
        try:
            opened = files.read(path)
        except BenchFileError as error:
            self._report(error)
            return
        # Saving over a file of which something is not on the bench would lose that.
        self._take_over(opened.items, None if opened.warnings else path)
        self.log.write("INFO", "Files", f"✓ Opened {path.name}: {self.scene.shown_items()} items")
        for warning in opened.warnings:
            self.log.write("WARNING", "Files", warning)
        if opened.warnings:
            notify(self, f"Not all of {path.name} can be used; the log says what. Save asks for a new file.")

    def save(self) -> None:
        """Write the bench to its file; without one, ask for it."""
        self._save_then(lambda: None)

    def save_as(self) -> None:
        """Let the user choose a file to write."""
        ask_for_file(self, True, self.path, self.save_path)

    def save_path(self, path: Path) -> None:
        """Write the bench to a file, which is its file from then on."""
        try:
            files.write(path, self.bench.items.values())
        except BenchFileError as error:
            self._report(error)
            return
        self.set_saved(path)
        self.bench_saved.emit()
        self.log.write("INFO", "Files", f"✓ Saved {path.name}")

    def set_saved(self, path: Path | None) -> None:
        """The bench is the content of a file; None for an empty bench without a file."""
        self.path = path
        name = path.name if path is not None else "Untitled"
        self.setWindowTitle(f"{name}[*] - Optics bench")
        self.setWindowModified(False)

    def show_log(self) -> None:
        """Open the log window, or bring it to the front."""
        self.log_window.show()
        self.log_window.raise_()

    def set_theme(self, theme: Theme) -> None:
        """Light or dark, for all windows."""
        QApplication.setPalette(theme.palette())

    def changeEvent(self, event: QEvent | None) -> None:
        """Follow the colours of the application."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.PaletteChange and hasattr(self, "log_window"):
            self._follow_palette()

    def closeEvent(self, event: QCloseEvent | None) -> None:
        """Close, once it is clear what becomes of changes."""
        if event is None:
            return
        if self.isWindowModified() and not self._may_close:
            event.ignore()
            self._when_saved(self._close_for_good)
            return
        while self._before_close:
            self._before_close.pop()()
        for dialog in (*self.dialogs.values(), self.log_window):
            dialog.close()
        self.editor.undo_stack.clear()  # a full one signals while it is deleted, to slots that may be gone
        super().closeEvent(event)

    def _close_for_good(self) -> None:
        self._may_close = True
        self.close()

    def _when_saved(self, then: Callable[[], None]) -> None:
        """Do something that would lose changes, after the user was asked about them."""
        if self.isWindowModified():
            ask_to_save(self, lambda: self._save_then(then), then)
        else:
            then()

    def _save_then(self, then: Callable[[], None]) -> None:
        """Save, and continue if that worked."""

        def write(path: Path) -> None:
            self.save_path(path)
            if not self.isWindowModified():
                then()

        if self.path is None:
            ask_for_file(self, True, None, write)
        else:
            write(self.path)

    def _report(self, error: BenchFileError) -> None:
        self.log.write("ERROR", "Files", f"✗ {error}")
        notify(self, str(error))

    def _take_over(self, items: list[Item], path: Path | None) -> None:
        before = self.path
        self.editor.undo_stack.clear()
        self.bench.replace(items)
        self.set_saved(path)
        self.bench_opened.emit(before)
        self.view.fit()

    def _follow_palette(self) -> None:
        self.theme = DARK if self.palette().window().color().lightnessF() < 0.5 else LIGHT
        self.scene.set_theme(self.theme)
        self.log_window.set_theme(self.theme)
        self.theme_changed.emit()

    @pyqtSlot(list)
    def _bench_changed(self, ids: list[str]) -> None:
        self.setWindowModified(True)

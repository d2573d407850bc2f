"""A user of the demo bench, for the contract suite."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from optiverse_collab.testing.driver import Driver
from optiverse_collab_demo.adapter import DemoHost
from tests.helpers import demo_window
from tests.helpers.demo_window import new_window


class DemoDriver(Driver):
    """Performs in a demo window the actions that `optiverse_collab.testing` requires.

    Attributes:
        host: the adapter.
    """

    def __init__(self) -> None:
        self.window = new_window()
        self.host = DemoHost(self.window)

    def add(self, x_mm: float = 0.0, y_mm: float = 0.0) -> str:
        """Put a lens on the bench; returns its id."""
        before = set(self.window.bench.items)
        lens = demo_window.KEYS["lens"]
        self.window.editor.add(lens, (x_mm, y_mm))
        [id] = set(self.window.bench.items) - before
        return id

    def drag(self, id: str, dx: int, dy: int) -> None:
        """Drag an item with the mouse."""
        self.select(id)
        demo_window.drag(self.window, id, dx, dy)

    def grab(self, id: str) -> None:
        """Grab an item with the mouse and move it a little."""
        self.select(id)
        at = demo_window.place(self.window, id)
        demo_window.press(self.window, at)
        self._at = (at[0] + 20.0, at[1])
        demo_window.move(self.window, self._at)

    def let_go(self) -> None:
        """Release the item."""
        demo_window.release(self.window, self._at)

    def turn(self, id: str) -> None:
        """Rotate an item."""
        self.window.editor.turn([id], 15.0)

    def edit(self, id: str, x_mm: float, meanwhile: Callable[[], object] = lambda: None) -> None:
        """Change an item's x in its dialog; something else happens before the dialog is accepted."""
        self.window.edit(id)
        meanwhile()
        dialog = self.window.dialogs[id]
        entry: Any = dialog.entries["x"]
        entry.setValue(x_mm)
        dialog.accept()

    def remove(self, id: str) -> None:
        """Delete an item."""
        self.window.editor.remove([id])

    def open(self, path: Path) -> None:
        """Open a file, which replaces the bench."""
        self.window.open_path(path)

    def start_empty_bench(self) -> None:
        """Start an empty bench."""
        self.window.setWindowModified(False)
        self.window.new()

    def undo(self) -> None:
        """Undo the last step."""
        self.window.editor.undo()

    def redo(self) -> None:
        """Redo the step."""
        self.window.editor.redo()

    def select(self, *ids: str) -> None:
        """Select these items."""
        self.window.scene.select(ids)

    def selected(self) -> list[str]:
        """The ids of the selected items."""
        return self.window.scene.selected()

    def thing(self, id: str) -> Any:
        """The host's own object for an item."""
        return self.window.bench.items.get(id)

    def undo_steps(self) -> int:
        """How many steps can be undone."""
        return self.window.editor.undo_stack.index()

    def warnings(self) -> list[str]:
        """The WARNINGs and ERRORs about collaboration in the log."""
        lines = self.window.log.lines
        return [
            line.text
            for line in lines
            if line.category == "Collaboration" and line.level in ("WARNING", "ERROR")
        ]

    def save(self, path: Path) -> None:
        """Save the bench to a file."""
        self.window.save_path(path)

    @property
    def file(self) -> Path | None:
        """The file that Save writes."""
        return self.window.path

    @property
    def is_edited(self) -> bool:
        """Whether there are unsaved changes."""
        return self.window.isWindowModified()

    def close(self) -> None:
        """Close the window."""
        self.window.editor.undo_stack.clear()
        self.window.setWindowModified(False)
        self.window.close()
        self.window.deleteLater()

"""A user of the real Optiverse, for the contract suite."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from optiverse_collab.host.optiverse.adapter import OptiverseHost
from optiverse_collab.testing.driver import Driver
from tests.helpers import optiverse_user
from tests.helpers.optiverse_user import User
from tests.helpers.optiverse_window import keep_to_own_folders, open_window


@cache
def the_window() -> Any:
    """One main window for all tests: it takes a second to make, and must not be deleted in between."""
    keep_to_own_folders(Path(tempfile.mkdtemp()))
    return open_window()


class OptiverseDriver(Driver):
    """Performs in a window of Optiverse the actions that `optiverse_collab.testing` requires.

    Attributes:
        host: the adapter.
    """

    def __init__(self) -> None:
        self.window = the_window()
        optiverse_user.clear(self.window)
        self.window.log_service.clear()
        self.window.magnetic_snap = False
        self.host = OptiverseHost(self.window)
        self._user = User(self.window)

    def add(self, x_mm: float = 0.0, y_mm: float = 0.0) -> str:
        """Put a lens on the bench; returns its id."""
        id: str = self._user.place("lens", x_mm, y_mm).item_uuid
        return id

    def drag(self, id: str, dx: int, dy: int) -> None:
        """Drag an item with the mouse."""
        self.select(id)
        self._user.drag(self.thing(id), dx, -dy)

    def grab(self, id: str) -> None:
        """Grab an item with the mouse and move it a little."""
        self.select(id)
        self._user.press(self.thing(id))
        self._user.pull(20, 0)

    def let_go(self) -> None:
        """Release the item."""
        self._user.release()

    def turn(self, id: str) -> None:
        """Rotate an item."""
        self.select(id)
        self._user.turn(self.thing(id), 0, 30)

    def edit(self, id: str, x_mm: float, meanwhile: Callable[[], object] = lambda: None) -> None:
        """Change an item's x in its dialog; something else happens before the dialog is accepted."""
        self._user.edit(self.thing(id), {0: x_mm}, meanwhile=meanwhile)

    def remove(self, id: str) -> None:
        """Delete an item."""
        self._user.delete(self.thing(id))

    def open(self, path: Path) -> None:
        """Open a file, which replaces the bench."""
        controller = self.window.file_controller
        controller.mark_clean()
        assert (
            controller.open_recent_file(str(path))
            if hasattr(controller, "open_recent_file")
            else (controller.file_manager.open_file(str(path)))
        )

    def start_empty_bench(self) -> None:
        """Start an empty bench; 0.2 can only do that by opening a file."""
        self.window.file_controller.mark_clean()
        if hasattr(self.window.file_controller, "new_assembly"):
            self.window.file_controller.new_assembly()
        else:
            self.window.file_controller.file_manager.load_from_data(optiverse_user.EMPTY)

    def undo(self) -> None:
        """Undo the last step."""
        self._user.undo()

    def redo(self) -> None:
        """Redo the step."""
        self._user.redo()

    def select(self, *ids: str) -> None:
        """Select these items."""
        self._user.select(*map(self.thing, ids))

    def selected(self) -> list[str]:
        """The ids of the selected items."""
        return [item.item_uuid for item in self.window.scene.selectedItems()]

    def thing(self, id: str) -> Any:
        """The host's own object for an item."""
        return next((item for item in self._user.items() if item.item_uuid == id), None)

    def undo_steps(self) -> int:
        """How many steps can be undone."""
        return len(self.window.undo_stack._undo_stack)

    def warnings(self) -> list[str]:
        """The WARNINGs and ERRORs about collaboration in the log."""
        messages = self.window.log_service.get_messages(category="Collaboration")
        return [one.message for one in messages if one.level.name in ("WARNING", "ERROR")]

    def save(self, path: Path) -> None:
        """Save the bench to a file."""
        self.window.file_controller.file_manager.save_to_file(str(path))

    @property
    def file(self) -> Path | None:
        """The file that Save writes."""
        path = self.window.file_controller.saved_file_path
        return Path(path) if path else None

    @property
    def is_edited(self) -> bool:
        """Whether there are unsaved changes."""
        return bool(self.window.file_controller.is_modified)

    def close(self) -> None:
        """Forget the file, and close the adapter."""
        self.window.file_controller.saved_file_path = None
        self.host.close()

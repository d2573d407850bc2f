"""A simulated user of a host's window, for the contract suite."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest
from PyQt6.QtCore import QEventLoop, QTimer

from optiverse_collab.host.api import Host


class Driver(ABC):
    """A simulated user of one window; positions are in mm.

    A derived class must implement `add`, `remove`, `thing`, `warnings` and `close`. A test that needs
    another method that the class lacks is skipped.

    Attributes:
        host: the adapter for the window.
    """

    host: Host

    @abstractmethod
    def add(self, x_mm: float = 0.0, y_mm: float = 0.0) -> str:
        """Put an item on the bench; returns its id."""

    @abstractmethod
    def remove(self, id: str) -> None:
        """Delete an item."""

    @abstractmethod
    def thing(self, id: str) -> Any:
        """The host's own object for an item; None if there is none."""

    @abstractmethod
    def warnings(self) -> list[str]:
        """WARNINGs and ERRORs that the adapter logged, oldest first."""

    @abstractmethod
    def close(self) -> None:
        """Close the adapter and the window."""

    def drag(self, id: str, dx: int, dy: int) -> None:
        """Drag an item with the mouse, by `dx` and `dy` mm."""
        self._cannot("drag")

    def grab(self, id: str) -> None:
        """Grab an item and move it a little."""
        self._cannot("grab")

    def let_go(self) -> None:
        """Release what was grabbed."""
        self._cannot("let go")

    def turn(self, id: str) -> None:
        """Rotate an item."""
        self._cannot("rotate")

    def edit(self, id: str, x_mm: float, meanwhile: Callable[[], object] = lambda: None) -> None:
        """Change an item's x with its dialog; `meanwhile` is called while the dialog is open."""
        self._cannot("edit in a dialog")

    def open(self, path: Path) -> None:
        """Open a file in place of the bench."""
        self._cannot("open files")

    def start_empty_bench(self) -> None:
        """Start an empty bench."""
        self._cannot("open files")

    def save(self, path: Path) -> None:
        """Save the bench to a file."""
        self._cannot("save files")

    @property
    def file(self) -> Path | None:
        """The file that Save writes."""
        self._cannot("save files")

    @property
    def is_edited(self) -> bool:
        """Whether there are changes that are not saved."""
        self._cannot("save files")

    def undo(self) -> None:
        """Undo the last step."""
        self._cannot("undo")

    def redo(self) -> None:
        """Redo it."""
        self._cannot("undo")

    def undo_steps(self) -> int | None:
        """How many steps can be undone; None if the editor has no undo."""
        return None

    def select(self, *ids: str) -> None:
        """Select these items, and no others."""
        self._cannot("select")

    def selected(self) -> list[str]:
        """The ids of the selected items."""
        self._cannot("select")

    def _cannot(self, what: str) -> NoReturn:
        pytest.skip(f"{type(self).__name__} can't {what}")


def needs(driver: Driver, *names: str) -> None:
    """Skip a test if the adapter leaves one of these methods or properties to `Host`."""
    for name in names:
        if getattr(type(driver.host), name, None) is getattr(Host, name):
            pytest.skip(f"{type(driver.host).__name__} leaves {name!r} to Host")


def until(holds: Callable[[], bool], deadline_s: float = 10.0) -> None:
    """Run the event loop until a condition holds.

    Raises:
        AssertionError: it didn't hold in that time.
    """
    end = time.monotonic() + deadline_s
    while not holds():
        assert time.monotonic() < end, "what was waited for did not happen"
        wait(5)


def wait(ms: int) -> None:
    """Run the event loop for some time."""
    loop = QEventLoop()
    QTimer.singleShot(ms, loop.quit)
    loop.exec()

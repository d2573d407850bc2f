"""Notices when the user puts another bench into a window."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Openings:
    """Tells of files that are opened and of benches that are begun.

    Quirk: the host has no signal for either. Every way to open a file, autosave recovery included, ends in
    `load_from_data` of its file manager. In 0.3, a new or closed bench ends in `_clear_scene`.

    Args:
        window: an Optiverse main window.
        opened: called after that.
    """

    def __init__(self, window: Any, opened: Callable[[], None]) -> None:
        controller = window.file_controller
        self._places = [(controller.file_manager, "load_from_data")]
        if hasattr(controller, "_clear_scene"):
            self._places.append((controller, "_clear_scene"))
        for holder, name in self._places:
            setattr(holder, name, _then(getattr(holder, name), opened))

    def close(self) -> None:
        """Leave the window as it was."""
        for holder, name in self._places:
            delattr(holder, name)


def _then(stock: Callable[..., Any], after: Callable[[], None]) -> Callable[..., Any]:
    def both(*args: Any, **kwargs: Any) -> Any:
        result = stock(*args, **kwargs)
        after()
        return result

    return both

"""Notices when the user puts another bench into a window."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from optiverse_collab.host.optiverse import stock


class Openings:
    """Tells of files that are opened and of benches that are begun.

    Quirk: the host has no signal for either. Every way to open a file, autosave recovery included, ends in
    `load_from_data` of its file manager. In 0.3, a new or closed bench ends in `_clear_scene`.

    Quirk: the former leaves measures of the bench that was there on the canvas. They go with the rest; else
    they would be everybody's, and twice in the window where the file has them too.

    Args:
        window: an Optiverse main window.
        opened: called after that.
    """

    def __init__(self, window: Any, opened: Callable[[], None]) -> None:
        controller = window.file_controller
        manager = controller.file_manager
        manager.load_from_data = _around(partial(_clear_measures, window), manager.load_from_data, opened)
        self._places = [(manager, "load_from_data")]
        if hasattr(controller, "_clear_scene"):
            controller._clear_scene = _around(lambda: None, controller._clear_scene, opened)
            self._places.append((controller, "_clear_scene"))

    def close(self) -> None:
        """Leave the window as it was."""
        for holder, name in self._places:
            delattr(holder, name)


def _clear_measures(window: Any) -> None:
    measures = (stock.load().PathMeasureItem, stock.load().AngleMeasureItem)
    for item in window.scene.items():
        if isinstance(item, measures):
            window.scene.removeItem(item)


def _around(
    before: Callable[[], None], do: Callable[..., Any], after: Callable[[], None]
) -> Callable[..., Any]:
    def all_three(*args: Any, **kwargs: Any) -> Any:
        before()
        result = do(*args, **kwargs)
        after()
        return result

    return all_three

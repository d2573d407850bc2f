"""Finds images on this computer for components with paths from another one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from optiverse_collab.convert.elsewhere import original, stand_in, stays_below
from optiverse_collab.host.optiverse.upstream.contract import has
from optiverse_collab.host.optiverse.upstream.item_names import item_names
from optiverse_collab.host.optiverse.upstream.window import HasLibraries, Window
from optiverse_collab.wording import hosts as wording

_LIBRARY = "/objects/library/"
"""A part of the path of every image that comes with Optiverse."""

_PORTABLE = ("@component/", "@library/", _LIBRARY[1:])
"""The prefixes of paths into a library, not to a place on a disk."""


class Images:
    """Finds images in the libraries of one window.

    No path from others reaches the file system; its names are looked up below the user's own libraries.

    Args:
        window: an Optiverse main window.
        warn: takes a sentence about an image that isn't here, once for each.
    """

    def __init__(self, window: Window, warn: Callable[[str], None]) -> None:
        self._window = window
        self._warn = warn
        self._found: dict[str, str] = {}
        self._missed: set[str] = set()
        self._own: set[str] = set()

    def find(self, path: str) -> str:
        """The file for a path on this computer; if there is none, a stand-in that keeps the path.

        Quirk: the host makes None of the path of a component that its libraries don't have. The next save
        would lose it, and the interfaces would lie elsewhere than for those who have the image: the host
        counts them from the first one only where there is a path.
        """
        path = original(path)
        if path in self._found:
            return self._found[path]
        for candidate in filter(_is_portable, _candidates(path)):
            here = item_names().to_absolute_path(candidate, self._roots())
            if here and Path(here).is_file():
                self._found[path] = here
                return str(here)
        is_below = stays_below(path)
        if path in self._own and not is_below:
            return path
        if path not in self._missed:
            self._missed.add(path)
            name = path.replace("\\", "/").rsplit("/", 1)[-1]
            self._warn(wording.image_missing(name))
        if not is_below:
            return stand_in(path)
        # The host looks for it below its own folder, as it does when it opens a file, and not where it runs.
        return path if path.startswith("@") else str(item_names().to_absolute_path(path, self._roots()))

    def note(self, path: str) -> None:
        """The host gives this path of an item; unless it is a stand-in, the image is the user's own."""
        if original(path) == path:
            self._own.add(path)

    def _roots(self) -> list[Path]:
        if has(self._window, HasLibraries):
            return self._window.library_service.get_all_roots()
        return [*item_names().get_all_library_roots(), item_names().get_builtin_library_root()]


def _is_portable(path: str) -> bool:
    return path.startswith(_PORTABLE) and stays_below(path)


def _candidates(path: str) -> Iterator[str]:
    """Possible meanings of a path from another computer, the likeliest first."""
    slashed = path.replace("\\", "/")
    yield slashed
    before, found, inside = f"/{slashed}".rpartition(_LIBRARY)
    if found and before:  # in another folder, or on another drive
        yield f"{_LIBRARY[1:]}{inside}"
    parts = slashed.split("/")
    if len(parts) > 3 and parts[-2] == "images":  # as every library has it: component/images/file
        yield f"@component/{'/'.join(parts[-3:])}"

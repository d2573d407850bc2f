"""Linked files (0.3): one to link, and what a window shows of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.helpers.optiverse_drawing import Drawing
from tests.helpers.optiverse_user import clear


def write_file(window: Any, path: Path) -> None:
    """A file with a source, a lens and a note, made in a window that is empty before and after."""
    clear(window)
    user = Drawing(window)
    user.place("source", -100.0, 0.0)
    user.place("lens", 50.0, 0.0)
    user.draw("text", (0.0, 40.0))
    path.write_text(json.dumps(window.file_controller.file_manager.serialize_scene()), "utf-8")
    clear(window)


def copy_of(file: Path) -> dict[str, Any]:
    """What travels of a file."""
    return {"source_hash": "", "snapshot": json.loads(file.read_text("utf-8"))}


def linked(window: Any) -> list[Any]:
    """The items of linked files that a window shows."""
    ids = window.linked_assembly_service.get_all_linked_item_uuids()
    return [item for item in window.scene.items() if getattr(item, "item_uuid", None) in ids]

"""A link made by others never opens a file on this computer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from optiverse_collab.convert.elsewhere import stand_in
from optiverse_collab.convert.reading import records_from_bench
from optiverse_collab.core.records import Put
from optiverse_collab.host.optiverse.adapter import OptiverseHost
from tests.helpers.optiverse_window import window_of

pytestmark = pytest.mark.optiverse


def linked(window: Any) -> list[Any]:
    """The items of linked files that a window shows."""
    ids = window.linked_assembly_service.get_all_linked_item_uuids()
    return [item for item in window.scene.items() if getattr(item, "item_uuid", None) in ids]


def test_a_file_that_others_name_is_neither_read_nor_written(file: Path, host: OptiverseHost) -> None:
    """A path from others never reaches the disk, even if this computer has a file there."""
    window = window_of(host)
    before = file.read_bytes()
    link = {"source_path": str(file), "offset_x": 0.0, "offset_y": 0.0, "rotation_deg": 0.0}
    image = str(file.parent / "secret.png")
    copy = {"items": [{"_type": "component", "item_uuid": "a", "x_mm": 5.0, "image_path": image}]}
    props = {"name": "G", "link": link, "linked_cache": {"source_hash": "", "snapshot": copy}, "order": 1.0}
    host.apply([Put("g", "group", props)])
    assert host.records()["g"].props == props
    [item] = linked(window)
    assert item.params.image_path.endswith(stand_in(image))
    window.file_controller.edit_linked_in_context("g")
    item.setPos(50.0, 0.0)
    window.file_controller.finish_edit_in_context("g")
    window.file_controller.refresh_linked_assembly("g")
    assert file.read_bytes() == before
    assert len(linked(window)) == 1
    saved = window.file_controller.file_manager.serialize_scene()
    [node] = saved["layer_state"]["nodes"]
    assert node["link_metadata"]["source_path"] == stand_in(str(file))
    assert records_from_bench(json.loads(json.dumps(saved))).records["g"].props["link"] == link

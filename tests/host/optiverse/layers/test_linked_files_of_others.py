"""What a host makes of the linked files of others (0.3), without a session."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from optiverse_collab.core.records import Put, Set
from optiverse_collab.host.optiverse.adapter import OptiverseHost
from optiverse_collab.host.optiverse.upstream.window import has_groups
from tests.helpers.optiverse_linking import copy_of, linked, write_file
from tests.helpers.optiverse_window import window_of

pytestmark = [
    pytest.mark.optiverse,
    pytest.mark.qt_log_ignore("This plugin does not support", "QImageIOHandler: Rejecting image"),
]


@pytest.fixture
def host(window: Any) -> Iterator[OptiverseHost]:
    """The adapter of an empty window."""
    host = OptiverseHost(window)
    yield host
    host.close()


@pytest.fixture
def file(windows: list[Any], tmp_path: Path) -> Path:
    """A file with a source, a lens and a note."""
    if has_groups(windows[0]):
        pytest.skip("only Optiverse 0.3 links files")
    path = tmp_path / "telescope.json"
    write_file(windows[0], path)
    return path


@pytest.mark.parametrize("snapshot", [{"items": 7}, {"items": [{"_type": "component"}, 3]}, {}])
def test_a_copy_that_makes_no_sense_does_no_harm(host: OptiverseHost, snapshot: dict[str, Any]) -> None:
    if has_groups(window_of(host)):
        pytest.skip("only Optiverse 0.3 links files")
    props = {
        "name": "G",
        "link": {"source_path": "/nowhere.json", "offset_x": 1, "future": True},
        "linked_cache": {"source_hash": "", "snapshot": snapshot},
        "order": 1.0,
    }
    host.apply([Put("g", "group", props)])
    assert host.records()["g"].props == props


def test_a_link_in_other_words_is_not_shown_anew(file: Path, host: OptiverseHost) -> None:
    """Its items stay the same objects when something else of the group changes."""
    link = {"source_path": "/nowhere.json", "rotation_deg": 0, "future": True}
    props = {"name": "G", "link": link, "linked_cache": copy_of(file)}
    host.apply([Put("g", "group", props)])
    before = linked(window_of(host))
    host.apply([Set("g", {"name": "H"})])
    assert len(before) == 3
    assert set(linked(window_of(host))) == set(before)
    assert host.records()["g"].props == {**props, "name": "H"}


def test_a_copy_that_others_take_back_is_neither_shown_nor_saved(file: Path, host: OptiverseHost) -> None:
    link = {"source_path": "/nowhere.json"}
    host.apply([Put("g", "group", {"name": "G", "link": link, "linked_cache": copy_of(file)})])
    assert len(linked(window_of(host))) == 3
    host.apply([Set("g", {}, ["linked_cache"])])
    assert [item for item in window_of(host).scene.items() if hasattr(item, "item_uuid")] == []
    assert "linked_assembly_cache" not in window_of(host).file_controller.file_manager.serialize_scene()
    assert host.records()["g"].props == {"name": "G", "link": link}


def test_optiverse_0_2_keeps_a_linked_file_and_says_so(host: OptiverseHost) -> None:
    if not has_groups(window_of(host)):
        pytest.skip("0.3 shows linked files")
    props = {"name": "G", "link": {"source_path": "/nowhere.json"}, "linked_cache": {"snapshot": {}}}
    window_of(host).log_service.clear()
    host.apply([Put("g", "group", props)])
    host.apply([Set("g", {"name": "H"})])
    assert host.records()["g"].props == {**props, "name": "H"}
    messages = window_of(host).log_service.get_messages(category="Collaboration")
    told = [message.message for message in messages if message.level.name == "WARNING"]
    assert told == ["The group 'G' shows a linked file, which this Optiverse can't."]

"""Images of components: found wherever Optiverse is installed, and harmless where they are missing."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from optiverse_collab.convert.elsewhere import stand_in, stays_below
from optiverse_collab.convert.reading import records_from_bench
from optiverse_collab.core.records import Put, Record, Remove, Set
from optiverse_collab.host.optiverse.adapter import OptiverseHost
from optiverse_collab.host.optiverse.upstream.item_names import item_names
from tests.helpers.optiverse_window import window_of

pytestmark = [
    pytest.mark.optiverse,
    pytest.mark.qt_log_ignore("This plugin does not support", "QImageIOHandler: Rejecting image"),
]

MIRROR = {"x1_mm": 0.0, "y1_mm": -10.0, "x2_mm": 5.0, "y2_mm": 10.0, "element_type": "mirror"}
IMAGE = "mirror_standard_2in/images/standard_mirror_1_inch.png"
MISSING = [
    "@component/our_new_mirror/images/new.png",
    "@component/mirror_standard_2in/images/new.png",
    "@library/ours/new.png",
    "C:\\Users\\Zoë\\Pictures\\new.png",
    "/home/zoe/pictures/new.png",
    "images/new.png",
]


def put(host: OptiverseHost, id: str, path: str | None) -> Any:
    """Let others add a component with this image; returns the item."""
    props = {"pos": [0.0, 0.0], "interfaces": [MIRROR], "object_height_mm": 50.0, "image_path": path}
    host.apply([Put(id, "component", props)])
    assert host.records([id]) == {id: Record(id, "component", props)}
    return host._bench.items[id]


def is_seen(item: Any) -> bool:
    """Whether the component's image is drawn."""
    return item._sprite is not None and item._sprite.isVisible() and not item._sprite.pixmap().isNull()


def warnings(host: OptiverseHost) -> list[str]:
    messages = window_of(host).log_service.get_messages(category="Collaboration")
    return [one.message for one in messages if one.level.name == "WARNING"]


def where(item: Any) -> list[Any]:
    """Where light meets the component."""
    return [(tuple(start), tuple(end)) for start, end, _ in item.get_interfaces_scene()]


@pytest.mark.parametrize(
    "path",
    [
        f"@component/{IMAGE}",
        f"objects/library/{IMAGE}",
        f"objects/library/{IMAGE}".replace("/", "\\"),
        f"C:/Program Files/Optiverse/src/optiverse/objects/library/{IMAGE}".replace("/", "\\"),
        f"/opt/optiverse/objects/library/{IMAGE}",
        f"D:/Lab/Our library/{IMAGE}".replace("/", "\\"),
    ],
)
def test_an_image_of_the_library_is_found_by_any_of_its_paths(host: OptiverseHost, path: str) -> None:
    item = put(host, "mirror", path)
    assert is_seen(item)
    assert Path(item.params.image_path) == item_names().get_builtin_library_root().resolve() / IMAGE
    host.apply([Set("mirror", {"image_path": None}), Set("mirror", {"image_path": path})])
    assert is_seen(item)
    assert host.records()["mirror"].props["image_path"] == path
    assert warnings(host) == []


@pytest.mark.parametrize("path", MISSING)
def test_missing_image_is_logged_once_and_its_path_is_kept(host: OptiverseHost, path: str) -> None:
    first, second = put(host, "first", path), put(host, "second", path)
    host.apply([Set("first", {"pos": [1.0, 2.0]})])
    assert not is_seen(first)
    assert not is_seen(second)
    assert warnings(host) == ["The image new.png is not on this computer; components are shown without it."]
    first.setPos(7.0, 8.0)
    assert host.records()["first"].props["image_path"] == path
    saved = window_of(host).file_controller.file_manager.serialize_scene()
    kept = [item["image_path"] for item in saved["items"]]
    assert kept == [path if stays_below(path) else stand_in(path)] * 2
    records = records_from_bench(json.loads(json.dumps(saved))).records
    assert [records[id].props["image_path"] for id in ("first", "second")] == [path, path]


def test_a_picture_that_others_name_is_not_opened(
    host: OptiverseHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only paths below the editor's own folders are looked up; no other path reaches the disk."""
    secret = tmp_path / "images" / "secret.png"
    secret.parent.mkdir()
    library = item_names().get_builtin_library_root().resolve()
    secret.write_bytes((library / IMAGE).read_bytes())
    inside = os.path.relpath(secret, library / "mirror_standard_2in").replace(os.sep, "/")
    looked_for: list[str] = []
    look = os.stat

    def spy(path: Any, **more: Any) -> os.stat_result:
        looked_for.append(str(path))
        return look(path, **more)

    monkeypatch.setattr(os, "stat", spy)
    monkeypatch.chdir(tmp_path)
    ways = [
        str(secret),
        f"@component/mirror_standard_2in/{inside}",
        f"@library/{library.name}/mirror_standard_2in/{inside}",
        f"objects/library/mirror_standard_2in/{inside}",
        "images/secret.png",
        f"//localhost{secret}",
    ]
    for number, path in enumerate(ways):
        item = put(host, f"item{number}", path)
        assert not is_seen(item), path
        assert host.records()[f"item{number}"].props["image_path"] == path
    own = str(library.parent.parent)
    elsewhere = [path for path in looked_for if "@elsewhere" not in path and not path.startswith(own)]
    assert [path for path in elsewhere if "secret" in path] == []


def test_the_users_own_picture_is_shown_again(host: OptiverseHost, tmp_path: Path) -> None:
    own = tmp_path / "own.png"
    own.write_bytes((item_names().get_builtin_library_root() / IMAGE).read_bytes())
    item = item_names().deserialize_item(
        {"_type": "component", "image_path": str(own), "interfaces": [MIRROR], "object_height_mm": 50.0}
    )
    assert item is not None
    item.item_uuid = "mine"
    window_of(host).scene.addItem(item)
    [record] = host.records().values()
    host.apply([Remove("mine")])
    host.apply([Put("again", "component", record.props)])
    assert is_seen(host._bench.items["again"])


@pytest.mark.parametrize("path", MISSING)
def test_light_takes_the_same_way_without_the_image(host: OptiverseHost, path: str) -> None:
    here, not_here = put(host, "here", f"@component/{IMAGE}"), put(host, "not_here", path)
    assert where(not_here) == where(here)
    host.apply([Set("not_here", {"image_path": None}), Set("not_here", {"image_path": path})])
    assert where(not_here) == where(here)

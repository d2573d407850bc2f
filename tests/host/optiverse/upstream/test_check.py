"""What Optiverse lacks is found before any code relies on it: in the window, in classes, and in items."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from optiverse_collab.errors import HostUnsupported
from optiverse_collab.host.optiverse.upstream.check import ITEMS, checked, missing_in_item
from optiverse_collab.host.optiverse.upstream.contract import attributes_of, methods_of
from optiverse_collab.host.optiverse.upstream.item_names import item_names
from optiverse_collab.host.optiverse.upstream.items import HasLock, HasOwner, Item
from optiverse_collab.host.optiverse.upstream.window import has_layers

QUIET = pytest.mark.qt_log_ignore("This plugin does not support", "QImageIOHandler: Rejecting image")


def fake(*protocols: type, without: str = "") -> Item:
    """Make an object that has everything that the Protocols declare, except for one name."""
    names = set().union(*(attributes_of(one).keys() | methods_of(one) for one in protocols))
    return cast(Item, SimpleNamespace(**dict.fromkeys(names - {without})))


@pytest.mark.parametrize("kind", ITEMS)
def test_each_name_that_an_item_lacks_is_found(kind: str) -> None:
    protocol = ITEMS[kind]
    assert missing_in_item(fake(protocol), kind) == []
    for name in attributes_of(protocol).keys() | methods_of(protocol):
        assert missing_in_item(fake(protocol, without=name), kind) == [name]


def test_what_some_items_have_is_there_or_not_but_never_half() -> None:
    note = ITEMS["text"]
    assert missing_in_item(fake(note, HasOwner, HasLock), "text") == []
    assert missing_in_item(fake(note, HasOwner, without="_owner_offset"), "text") == ["_owner_offset"]
    assert missing_in_item(fake(note, HasLock, without="_locked"), "text") == ["_locked"]


def test_a_kind_that_we_don_t_know_must_be_like_a_component() -> None:
    optic = fake(ITEMS["component"], without="_update_geom")
    assert missing_in_item(optic, "hologram") == []
    assert missing_in_item(optic, "component") == ["_update_geom"]


@QUIET
@pytest.mark.optiverse
def test_a_window_of_the_real_host_has_everything(window: Any) -> None:
    assert checked(window) is window


@QUIET
@pytest.mark.optiverse
@pytest.mark.parametrize(
    ("of", "name", "path"),
    [
        ("undo_stack", "can_undo", "undo_stack.can_undo"),
        ("file_controller", "_update_window_title", "file_controller._update_window_title"),
        ("", "_connect_item_signals", "_connect_item_signals"),
    ],
)
def test_a_method_that_a_window_lacks_is_named(
    window: Any, monkeypatch: pytest.MonkeyPatch, of: str, name: str, path: str
) -> None:
    monkeypatch.delattr(type(getattr(window, of) if of else window), name)
    with pytest.raises(HostUnsupported, match=rf"has no MainWindow\.{path}, which"):
        checked(window)


@QUIET
@pytest.mark.optiverse
def test_what_each_version_has_of_its_own_is_looked_for(window: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    if has_layers(window):
        monkeypatch.delattr(window.layer_panel, "_refresh_timer")
        path = "layer_panel._refresh_timer"
    else:
        monkeypatch.delattr(window.group_manager, "_item_to_group")
        path = "group_manager._item_to_group"
    with pytest.raises(HostUnsupported, match=rf"has no MainWindow\.{path}, which"):
        checked(window)


@QUIET
@pytest.mark.optiverse
def test_a_method_that_a_class_lacks_is_named(window: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    names = item_names()
    monkeypatch.delattr(names.PathMeasureItem, "update_path")
    item_names.cache_clear()
    with pytest.raises(HostUnsupported, match=r"path_measure_item\.PathMeasureItem\.update_path, which"):
        checked(window)
    monkeypatch.undo()
    assert item_names() == names

"""A group that shows another file (0.3) shows it to everybody, even to those who don't have the file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from optiverse_collab.core.client.effects import Conflict
from optiverse_collab.core.records import Op, Put, Set, difference
from optiverse_collab.host.optiverse.adapter import OptiverseHost
from optiverse_collab.host.optiverse.layers import linked_files
from optiverse_collab.host.optiverse.upstream.window import has_groups
from tests.helpers.optiverse_session import Participant, differences, rest, settle, truth
from tests.helpers.optiverse_user import clear
from tests.helpers.optiverse_window import window_of
from tests.helpers.wire import Wire

pytestmark = [
    pytest.mark.optiverse,
    pytest.mark.qt_log_ignore("This plugin does not support", "QImageIOHandler: Rejecting image"),
]

Session = tuple[Wire, Participant, Participant]
Link = Callable[[Participant], str]


def copy_of(file: Path) -> dict[str, Any]:
    """The copy of a file that is sent to others."""
    return {"source_hash": "", "snapshot": json.loads(file.read_text("utf-8"))}


def linked(window: Any) -> list[Any]:
    """The items of linked files that a window shows."""
    ids = window.linked_assembly_service.get_all_linked_item_uuids()
    return [item for item in window.scene.items() if getattr(item, "item_uuid", None) in ids]


def shown(one: Participant) -> dict[str, tuple[str, float, float]]:
    """The items of linked files that a window shows: id → class and place."""
    return {item.item_uuid: (type(item).__name__, item.x(), item.y()) for item in linked(one.window)}


def traced(one: Participant) -> list[Any]:
    """The rays that a window traces, to the nanometre."""
    one.user.retrace()
    return [[tuple(round(float(mm), 6) for mm in at) for at in ray.points] for ray in one.window.ray_data]


def drag(one: Participant, dx: int, dy: int) -> None:
    """Drag the linked lens; it is not selectable, and its whole file moves with it."""
    [lens] = [item for item in one.user.items() if type(item).__name__ == "ComponentItem"]
    one.user.drag(lens, dx, dy)


def test_everybody_sees_the_items_of_a_linked_file(session: Session, link: Link, file: Path) -> None:
    wire, ann, bob = session
    id = link(ann)
    file.unlink()
    rest(wire, ann, bob)
    assert len(shown(ann)) == 3
    assert shown(bob) == shown(ann)
    assert bob.window.layer_state.get_node(id).is_linked()
    assert traced(bob) == traced(ann) != []
    assert differences(wire, ann, bob) == []
    assert {record.kind for record in ann.host.records().values()} == {"group"}


def test_who_joins_later_sees_them_too(session: Session, link: Link, windows: list[Any]) -> None:
    wire, ann, bob = session
    link(ann)
    rest(wire, ann, bob)
    clear(windows[2])
    cem = Participant(wire, "cem", windows[2])
    try:
        rest(wire, ann, bob, cem)
        assert shown(cem) == shown(ann)
        assert differences(wire, ann, bob, cem) == []
    finally:
        cem.host.close()


def test_dragging_it_travels_and_so_does_taking_that_back(session: Session, link: Link) -> None:
    wire, ann, bob = session
    link(ann)
    rest(wire, ann, bob)
    before = shown(ann)
    drag(ann, 40, 30)
    rest(wire, ann, bob)
    assert shown(bob) == shown(ann) != before
    ann.user.undo()
    rest(wire, ann, bob)
    assert shown(bob) == shown(ann) == before
    assert differences(wire, ann, bob) == []


def test_taking_back_a_drag_after_others_dragged_it_too(session: Session, link: Link) -> None:
    wire, ann, bob = session
    link(ann)
    rest(wire, ann, bob)
    drag(ann, 40, 30)
    rest(wire, ann, bob)
    drag(bob, -10, 0)
    rest(wire, ann, bob)
    theirs = shown(bob)
    for press in (ann.user.undo, ann.user.redo):
        press()
        rest(wire, ann, bob)
        assert shown(bob) == shown(ann) == theirs
    assert differences(wire, ann, bob) == []
    [text] = ann.log("WARNING", "ERROR")
    assert text.startswith("bob changed ")


def test_what_is_in_hand_is_not_exchanged(session: Session, link: Link) -> None:
    wire, ann, bob = session
    id = link(ann)
    rest(wire, ann, bob)
    items = linked(ann.window)
    ann.window.file_controller.edit_linked_in_context(id)
    drag(bob, 20, 0)
    settle(wire, ann, bob)
    assert shown(ann) != shown(bob)
    assert [item.scene() for item in items] == [ann.window.scene] * 3
    ann.window.file_controller.finish_edit_in_context(id)
    rest(wire, ann, bob)
    assert shown(ann) == shown(bob)
    assert differences(wire, ann, bob) == []


def test_reloading_the_file_travels(session: Session, link: Link, file: Path) -> None:
    wire, ann, bob = session
    id = link(ann)
    rest(wire, ann, bob)
    bench = json.loads(file.read_text("utf-8"))
    bench["items"][0]["x_mm"] += 5.0
    del bench["texts"]
    file.write_text(json.dumps(bench), "utf-8")
    ann.window.file_controller.refresh_linked_assembly(id)
    rest(wire, ann, bob)
    assert len(shown(ann)) == 2
    assert shown(bob) == shown(ann)
    assert differences(wire, ann, bob) == []


def test_deleting_it_travels(session: Session, link: Link) -> None:
    wire, ann, bob = session
    id = link(ann)
    rest(wire, ann, bob)
    bob.window.layer_panel._delete_linked_group(id)
    rest(wire, ann, bob)
    assert ann.user.items() == bob.user.items() == []
    assert shown(ann) == shown(bob) == {}
    assert differences(wire, ann, bob) == []


@pytest.mark.parametrize("breaks", ["ann", "bob"])
def test_a_broken_link_leaves_items_of_the_bench(session: Session, link: Link, breaks: str) -> None:
    wire, ann, bob = session
    id = link(ann)
    rest(wire, ann, bob)
    before = shown(ann)
    one, other = (ann, bob) if breaks == "ann" else (bob, ann)
    one.window.file_controller.unlink_embed(id)
    rest(wire, ann, bob)
    assert shown(ann) == shown(bob) == {}
    assert before.keys() < ann.host.records().keys()
    assert len(other.window.scene.items()) == len(one.window.scene.items())
    lens = next(item for item in other.user.items() if type(item).__name__ == "ComponentItem")
    other.user.select(lens)
    other.user.drag(lens, 40, 0)
    rest(wire, ann, bob)
    assert one.item(lens.item_uuid).pos() == lens.pos()
    assert differences(wire, ann, bob) == []


def test_two_people_break_one_link_at_once(session: Session, link: Link) -> None:
    """Both create the same items, since the ids follow from the link; so there is only one copy."""
    wire, ann, bob = session
    id = link(ann)
    rest(wire, ann, bob)
    items = shown(ann).keys()
    for one in (ann, bob):
        one.window.file_controller.unlink_embed(id)
    rest(wire, ann, bob)
    assert shown(ann) == shown(bob) == {}
    assert truth(wire).keys() == {id, *items}
    assert differences(wire, ann, bob) == []
    assert [one.told(Conflict) for one in (ann, bob)] == [[], []]


def test_two_people_link_one_file_at_once(session: Session, link: Link) -> None:
    wire, ann, bob = session
    ids = {link(ann), link(bob)}
    rest(wire, ann, bob)
    assert truth(wire).keys() == ids
    assert len(ids) == 2
    assert len(shown(ann)) == len(shown(bob)) == 6
    assert differences(wire, ann, bob) == []


def test_a_group_of_a_linked_file_is_not_empty(session: Session, link: Link) -> None:
    """docs/bench-format.md, "Groups without members"."""
    wire, ann, bob = session
    id = link(ann)
    rest(wire, ann, bob)
    ops: list[Op] = [Put("outer", "group", {"name": "Outer", "order": -5.0}), Set(id, {"parent": "outer"})]
    bob.replica.edit(ops)
    bob.host.apply(ops)
    rest(wire, ann, bob)
    assert ann.panel.groups() == bob.panel.groups() == sorted((id, "outer"))
    ann.window.layer_panel._delete_linked_group(id)
    rest(wire, ann, bob)
    assert ann.panel.groups() == bob.panel.groups() == []
    assert truth(wire).keys() == {"outer"}
    assert differences(wire, ann, bob) == []


def test_a_file_that_is_too_large_to_share_is_told_on_both_sides(
    session: Session, link: Link, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire, ann, bob = session
    monkeypatch.setattr(linked_files, "MOST_BYTES", 100)
    link(ann)
    rest(wire, ann, bob)
    assert len(shown(ann)) == 3
    assert shown(bob) == {}
    # All windows of one process write to the same log.
    mine, bobs = ann.log("WARNING")
    assert mine.startswith("The linked file 'telescope' shows its items only in your window")
    assert bobs == "The linked file 'telescope' is not shown: it was too large to be shared."
    assert difference(truth(wire), bob.host.records()) == []


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


def test_a_link_spelled_differently_is_not_shown_again(file: Path, host: OptiverseHost) -> None:
    """Its items stay the same objects when something else in the group changes."""
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

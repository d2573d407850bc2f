"""A move by others has the same effect as a whole edit, though the item is not read."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from optiverse_collab.convert import read_bench, records_from_bench
from optiverse_collab.core.records import Op, Put, Record, Set, put
from optiverse_collab.host.optiverse.adapter import OptiverseHost
from optiverse_collab.host.optiverse.mover import Mover
from optiverse_collab.host.optiverse.reader import Reader
from tests.helpers.benches import ASSEMBLIES, DATA, REAL
from tests.helpers.optiverse_user import clear
from tests.helpers.optiverse_window import window_of

pytestmark = [
    pytest.mark.optiverse,
    pytest.mark.qt_log_ignore("This plugin does not support", "QImageIOHandler: Rejecting image"),
]

BENCHES = [*(f"{name}.json" for name in REAL), *(f"assemblies/{name}.json" for name in ASSEMBLIES)]
MOST = 40
"""How many records of a large bench are moved."""

NUMBERS = (0, 1, -0.0, 12.5, 1 / 3, 1e-9, -170.0, 370, 720.25, 1e6, 2**60)
BAD: tuple[Any, ...] = ("wide", None, True, [], {"x": 1}, 2**70, [1.0], [1.0, "2"])


class Pair:
    """Two windows that get the same changes; one of them reads items before and after each move."""

    def __init__(self, windows: list[Any]) -> None:
        self.quick, self.whole = self.hosts = [OptiverseHost(window) for window in windows]
        self.signs: list[list[str]] = [[], []]
        for host, signs in zip(self.hosts, self.signs, strict=True):
            host.watch(signs.extend)

    def apply(self, monkeypatch: pytest.MonkeyPatch, ops: list[Op]) -> None:
        """Show others' changes in both windows."""
        self.quick.apply(ops)
        with monkeypatch.context() as without:
            without.setattr(Mover, "apply", lambda self, op, item: False)
            self.whole.apply(ops)

    def assert_equal(self) -> None:
        """The windows give the same records and the same items, byte for byte, and report the same edits."""
        assert _bytes(self.quick.records()) == _bytes(self.whole.records())
        assert _bytes(_items(self.quick)) == _bytes(_items(self.whole))
        assert self.signs[0] == self.signs[1]

    def do(self, id: str, x: float, angle: float) -> None:
        """Both users move an item."""
        for host in self.hosts:
            for item in window_of(host).scene.items():
                if getattr(item, "item_uuid", None) == id:
                    item.setPos(x, item.y())
                    item.setRotation(angle)


def _bytes(value: object) -> bytes:
    return msgspec.json.encode(value, order="sorted")


def _items(host: OptiverseHost) -> dict[str, Any]:
    items = [item for item in window_of(host).scene.items() if hasattr(type(item), "to_dict")]
    return {item.item_uuid: item.to_dict() for item in items}


@pytest.fixture
def pair(windows: list[Any]) -> Iterator[Pair]:
    for window in windows[:2]:
        clear(window)
        window.magnetic_snap = False
    pair = Pair(windows[:2])
    yield pair
    for host in pair.hosts:
        host.close()
    for window in windows[:2]:
        window.magnetic_snap = True
        clear(window)


def _move(rng: random.Random, id: str) -> Set:
    values = NUMBERS if rng.random() < 0.9 else BAD
    place: dict[str, Any] = {"pos": [rng.choice(values), rng.choice(values)], "angle_deg": rng.choice(values)}
    if values is BAD and rng.random() < 0.5:
        place["pos"] = rng.choice(values)
    names = rng.choice([["pos"], ["angle_deg"], ["pos", "angle_deg"], ["angle_deg", "pos"]])
    return Set(id, {name: place[name] for name in names})


def _other(rng: random.Random, record: Record) -> Op:
    """A change of something else, so that moves find items in all states."""
    changes: list[Op] = [
        Set(record.id, {"locked": rng.choice([True, False])}),
        Set(record.id, {"z_value": rng.choice([1, 2.0, "high"])}),
        Set(record.id, {"future": {"a": 1}, "layer_visible": rng.choice([True, False])}),
        Set(record.id, {"image_path": "/there/lens.png"}),
        Set(record.id, unset=["angle_deg"]),
        Set(record.id, unset=["locked", "future"]),
        Put(record.id, record.kind, record.props),
    ]
    return rng.choice(changes)


@pytest.mark.parametrize("name", BENCHES)
def test_a_move_leaves_what_a_whole_edit_would(
    pair: Pair, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Items of all kinds, on real benches, whatever was done to them before."""
    records = list(records_from_bench(read_bench(DATA / name)).records.values())
    extra = [
        Record("laser", "source", {"pos": [1, 2], "angle_deg": 30, "custom_jones": [1, 0, 0, 1]}),
        Record("unknown", "not of this version", {"pos": [1, 2]}),
        Record("group", "group", {"pos": [1, 2]}),
        Record("inside", "component", {"pos": [1, 2], "parent": "group", "interfaces": []}),
        Record("nowhere", "component", {"interfaces": [], "mm_per_pixel": "wide"}),
    ]
    pair.apply(monkeypatch, [put(record) for record in (*records, *extra)])
    pair.assert_equal()
    rng = random.Random(name)
    some = [*rng.sample(records, min(MOST, len(records))), *extra]
    for _ in range(6):
        pair.apply(monkeypatch, [_move(rng, one.id) for one in rng.sample(some, len(some))])
        pair.assert_equal()
        pair.apply(monkeypatch, [_other(rng, one) for one in rng.sample(some, 3)])
        pair.do(rng.choice(some).id, rng.choice(NUMBERS), rng.choice(NUMBERS))
        pair.assert_equal()


def test_an_item_that_others_move_is_not_read(host: OptiverseHost, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading takes longer than moving."""
    lens = Put("lens", "component", {"pos": [0.0, 0.0], "angle_deg": 0.0, "interfaces": []})
    host.apply([lens])
    read: list[str] = []
    with monkeypatch.context() as watched:
        watched.setattr(Reader, "shown", lambda self, item: read.append(item.item_uuid))
        host.apply([Set("lens", {"pos": [1, 0.0]}), Set("lens", {"angle_deg": 365})])
    assert read == []
    props = host.records()["lens"].props
    assert _bytes([props["pos"], props["angle_deg"]]) == b"[[1,0.0],365]"


def test_a_place_that_no_item_can_have_is_kept(host: OptiverseHost) -> None:
    host.apply([Put("lens", "component", {"pos": [3.0, 4.0], "angle_deg": 5.0, "interfaces": []})])
    host.apply([Set("lens", {"pos": "there"}), Set("lens", {"angle_deg": None})])
    props = host.records()["lens"].props
    assert (props["pos"], props["angle_deg"]) == ("there", None)
    assert [item["x_mm"] for item in _items(host).values()] == [3.0]

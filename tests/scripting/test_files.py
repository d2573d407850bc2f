"""Files imported into a session and exported from it: nothing is destroyed unasked."""

from __future__ import annotations

import asyncio
import json
import logging
import math
from pathlib import Path

import pytest

from optiverse_collab.convert import same_bench
from optiverse_collab.core.client.effects import Conflict
from optiverse_collab.core.records import Op, Record, apply
from optiverse_collab.errors import BenchFileError, WouldOverwrite
from optiverse_collab.scripting.files import plan_import, read_file, write_records
from tests.helpers.benches import DATA, bench, load
from tests.helpers.wire import Peer, Wire

SMALL = DATA / "bench_small.json"


def lens(name: str = "Lens 1", order: float = 0.0, id: str = "lens") -> Record:
    return Record(id, "component", {"name": name, "pos": [0.0, 0.0], "order": order})


def by_id(*records: Record) -> dict[str, Record]:
    return {record.id: record for record in records}


def test_other_content_is_in_the_way() -> None:
    """Then the import does nothing, not even for new items."""
    view = by_id(lens("Mine"), lens(id="same"))
    with pytest.raises(WouldOverwrite, match='The session holds "Mine" with other content') as caught:
        plan_import(view, by_id(lens("Theirs"), lens(id="same"), lens(id="new")), replace=False)
    assert "ask to replace" in str(caught.value)


def test_many_in_the_way_are_counted() -> None:
    view = by_id(*(lens(id=f"lens-{n}") for n in range(10)))
    records = by_id(*(lens("Other", id=f"lens-{n}") for n in range(10)))
    with pytest.raises(WouldOverwrite, match='"Lens 1", "Lens 1", "Lens 1" and 7 more'):
        plan_import(view, records, replace=False)


def test_another_kind_is_in_the_way() -> None:
    with pytest.raises(WouldOverwrite):
        plan_import(by_id(Record("lens", "ruler", {})), by_id(lens()), replace=False)


def test_the_place_among_layers_is_not_in_the_way() -> None:
    """Items that others restacked meanwhile stay where they are."""
    plan = plan_import(by_id(lens(order=-7.0)), by_id(lens(order=3.0)), replace=False)
    assert plan == ([], 0, 0, 1)


def test_replacing_changes_what_differs_and_keeps_the_rest() -> None:
    view = by_id(lens("Mine"), lens(id="same", order=1.0), lens(id="besides", order=5.0))
    file = by_id(lens("Theirs"), lens(id="same", order=1.0), lens(id="new", order=2.0))
    plan = plan_import(view, file, replace=True)
    result = dict(view)
    for op in plan.ops:
        apply(result, op)
    assert (plan.added, plan.changed, plan.unchanged) == (1, 1, 1)
    assert result["lens"].props["name"] == "Theirs"
    assert result["besides"] == view["besides"]
    assert set(result) == {"lens", "same", "besides", "new"}


def test_import_into_an_empty_session_is_all_new() -> None:
    records = asyncio.run(read_file(SMALL)).records
    plan = plan_import({}, records, replace=False)
    view: dict[str, Record] = {}
    ops: list[Op] = plan.ops
    assert all(apply(view, op) for op in ops)
    assert (plan.added, plan.changed, plan.unchanged) == (len(records), 0, 0)
    assert plan_import(view, records, replace=False) == ([], 0, 0, len(records))


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"version": "1.0", "items": []}', "\0"])
def test_what_is_no_bench(tmp_path: Path, content: str) -> None:
    path = tmp_path / "bench.json"
    path.write_text(content, "utf-8")
    with pytest.raises(BenchFileError, match=r"bench\.json"):
        asyncio.run(read_file(path))
    with pytest.raises(BenchFileError, match="There is no file"):
        asyncio.run(read_file(tmp_path / "nowhere.json"))


def test_what_cannot_be_used_is_in_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "bench.json"
    item = {"_type": "component", "name": "Lens\n1", "x_mm": math.nan, "y_mm": 0.0, "item_uuid": "lens"}
    path.write_text(json.dumps(bench(items=[item])), "utf-8")
    assert asyncio.run(read_file(path)).records == {}
    [record] = caplog.records
    assert record.levelno == logging.WARNING
    assert record.getMessage().startswith(f"{path}: Left out: ")
    assert record.getMessage().isprintable()


def test_files_are_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "bench.json"
    path.write_text("precious", "utf-8")
    with pytest.raises(WouldOverwrite, match=r"bench\.json exists"):
        asyncio.run(write_records(path, {}))
    assert path.read_text("utf-8") == "precious"
    records = asyncio.run(read_file(SMALL)).records
    asyncio.run(write_records(path, records, replace=True))
    assert same_bench(load("bench_small"), json.loads(path.read_text("utf-8"))) == []


def test_dangling_link_is_not_overwritten(tmp_path: Path) -> None:
    link = tmp_path / "link.json"
    try:
        link.symlink_to(tmp_path / "nowhere.json")
    except OSError:
        pytest.skip("this user may not make links")
    with pytest.raises(WouldOverwrite):
        asyncio.run(write_records(link, {}))


def test_nowhere_to_write(tmp_path: Path) -> None:
    with pytest.raises(BenchFileError, match="there is no folder"):
        asyncio.run(write_records(tmp_path / "nowhere" / "bench.json", {}))


def test_two_scripts_import_one_file_at_once() -> None:
    """Both put the same records under the same ids, so there is one copy and no conflict; SEEN-8."""
    records = asyncio.run(read_file(SMALL)).records
    wire = Wire()
    ann, bob = Peer("ann"), Peer("bob")
    wire.connect(ann, bob)
    for script in (ann, bob):
        script.replica.edit(plan_import(script.replica.view, records, replace=False).ops)
    wire.settle()
    assert ann.replica.view == bob.replica.view == wire.room.history.document.records == records
    for script in (ann, bob):
        assert script.told(Conflict) == []
        assert plan_import(script.replica.view, records, replace=False).ops == []

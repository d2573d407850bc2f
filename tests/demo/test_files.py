"""Saved files open unchanged, and a file that is no bench gives an error that says so."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from optiverse_collab.convert import same_bench
from optiverse_collab.errors import BenchFileError
from optiverse_collab_demo import files
from optiverse_collab_demo.model import Item
from tests.helpers.benches import DATA, REAL, bench, load
from tests.helpers.demo_window import GARBAGE


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not a complete JSON file"),
        ('{"version": "2.0", "items": [', "not a complete JSON file"),
        ("[]", "no JSON object"),
        ('{"items": []}', "states no version of the format"),
        ('{"version": "3.0", "items": []}', "is of version '3.0'"),
        ('{"version": "2.0", "items": 5}', "are not a list"),
    ],
)
def test_what_is_no_bench_is_refused_with_a_sentence(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(BenchFileError, match=says):
        files.read(written(tmp_path / "file.json", text))


def test_file_that_is_not_there_or_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BenchFileError, match="There is no file"):
        files.read(tmp_path / "missing.json")
    with pytest.raises(BenchFileError, match="can't be read"):
        files.read(tmp_path)


def test_bad_entry_is_left_out_with_a_warning(tmp_path: Path) -> None:
    good = {"_type": "component", "item_uuid": "good", "x_mm": 1.0, "y_mm": 2.0}
    opened = files.read(written(tmp_path / "file.json", json.dumps(bench(items=[5, good]))))
    assert [item.id for item in opened.items] == ["good"]
    assert len(opened.warnings) == 1


@pytest.mark.parametrize("name", REAL)
def test_real_file_comes_back_as_it_was(tmp_path: Path, name: str) -> None:
    opened = files.read(DATA / f"{name}.json")
    assert opened.warnings == []
    files.write(tmp_path / "copy.json", opened.items)
    assert same_bench(load(name), json.loads((tmp_path / "copy.json").read_text(encoding="utf-8"))) == []


@given(GARBAGE)
def test_item_with_bad_values_is_kept_or_nothing_is_written(
    tmp_path_factory: pytest.TempPathFactory, item: Item
) -> None:
    """JSON has no NaN; rather than drop an item that has one, the editor leaves the file unchanged."""
    path = written(tmp_path_factory.mktemp("files") / "bench.json", "as it was")
    items = [item, Item("lens", "component", {"pos": [1.0, 2.0]})]
    with contextlib.suppress(BenchFileError):
        files.write(path, items)
    text = path.read_text(encoding="utf-8")
    assert text == "as it was" or "lens" in text
    is_no_item = item.kind in ("assembly", "group")  # the rest of the file, or a group without members
    assert text == "as it was" or "garbage" in text or is_no_item


def test_number_that_json_can_not_hold_is_named(tmp_path: Path) -> None:
    lens = Item("lens", "component", {"pos": [1.0, 2.0], "angle_deg": float("nan")})
    with pytest.raises(BenchFileError, match=r"was not written: .*angle_deg is nan"):
        files.write(tmp_path / "bench.json", [lens])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("kind", "props"),
    [
        ("component", {"pos": "here", "angle_deg": None, "name": 5}),
        ("ruler", {"points": [[0, None]]}),
        ("text", {"pos": [1.0, 2.0], "text": 7}),
        ("source", {"n_rays": "many"}),
        ("from the future", {"pos": [1.0, 2.0], "of": {"a later": "version"}}),
        ("component", {}),
    ],
)
def test_item_with_wrong_types_is_there_again(tmp_path: Path, kind: str, props: dict[str, Any]) -> None:
    files.write(tmp_path / "file.json", [Item("odd", kind, props)])
    (item,) = (item for item in files.read(tmp_path / "file.json").items if item.id == "odd")
    assert item.kind == kind
    assert {name: item.props.get(name) for name in props} == props


def test_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(BenchFileError, match="there is no folder"):
        files.write(tmp_path / "missing" / "file.json", [])


def test_records_do_not_share_their_properties_with_the_items() -> None:
    item = Item("lens", "component", {"pos": [1.0, 2.0]})
    record = files.records([item])["lens"]
    item.props["pos"] = [3.0, 4.0]
    assert (record.kind, record.props) == ("component", {"pos": [1.0, 2.0]})

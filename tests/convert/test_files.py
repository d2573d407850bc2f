"""Bench files on disk."""

from __future__ import annotations

import json
import math
import os
import shutil
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from optiverse_collab.convert import read_bench, write_bench
from optiverse_collab.errors import BenchFileError
from tests.helpers.benches import DATA, bench


def refusal(path: Path) -> str:
    with pytest.raises(BenchFileError) as error:
        read_bench(path)
    return str(error.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "bench.json"
    assert refusal(path) == f"There is no file {path}; check the path."


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is not a complete JSON file (line 1, column 1: Expecting value); use a complete copy."),
        (b'{"version": "2.0",\n "items": [', "is not a complete JSON file (line 2, column 12: "),
        (b"\x89PNG\r\n\x1a\n", "is not a bench file: it is not text in UTF-8."),
        (b"[" * 200_000, "can't be read: it nests too deep to be a bench."),
        (b'{"version": "2.0", "items": [' + b"9" * 5000 + b"]}", "can't be read: "),
        (b"[1, 2]", "is not an Optiverse bench: it holds no JSON object."),
        (b'{"items": []}', "states no version of the format, and only '2.0' "),
    ],
    ids=["empty", "cut off", "picture", "deep", "huge number", "list", "no version"],
)
def test_a_file_that_is_no_bench_is_refused_with_its_name(
    tmp_path: Path, content: bytes, sentence: str
) -> None:
    if content.startswith(b'{"version": "2.0", "items": [9') and not hasattr(sys, "get_int_max_str_digits"):
        pytest.skip("this Python reads integers of any length")
    path = tmp_path / "bench.json"
    path.write_bytes(content)
    assert f"{path} {sentence}" in refusal(path)


def test_a_folder_can_not_be_read(tmp_path: Path) -> None:
    assert refusal(tmp_path).startswith(f"{tmp_path} can't be read: ")


def test_nan_in_a_file_leaves_the_rest_of_it_usable(tmp_path: Path) -> None:
    path = tmp_path / "bench.json"
    path.write_text('{"version": "2.0", "items": [{"x_mm": NaN}, {"x_mm": 1.0}]}', encoding="utf-8")
    first, second = read_bench(path)["items"]
    assert math.isnan(first["x_mm"])
    assert second == {"x_mm": 1.0}


@pytest.mark.parametrize("prefix", [b"", b"\xef\xbb\xbf"], ids=["plain", "byte order mark"])
def test_a_bench_is_read_unchanged(tmp_path: Path, prefix: bytes) -> None:
    path = tmp_path / "Bänk 光.json"
    content = (DATA / "bench_small.json").read_bytes()
    path.write_bytes(prefix + content)
    assert read_bench(str(path)) == json.loads(content)


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (math.nan, "items[0].x_mm is nan, which JSON can't hold."),
        (-math.inf, "items[0].x_mm is -inf, which JSON can't hold."),
        ({1, 2}, "Object of type set is not JSON serializable."),
    ],
)
def test_values_outside_json_leave_the_old_file_in_place(tmp_path: Path, value: Any, sentence: str) -> None:
    path = tmp_path / "bench.json"
    write_bench(path, bench(title="old"))
    with pytest.raises(BenchFileError) as error:
        write_bench(path, bench(items=[{"x_mm": value}]))
    assert str(error.value) == f"{path} was not written: {sentence}"
    assert read_bench(path)["title"] == "old"
    assert os.listdir(tmp_path) == ["bench.json"]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "gone" / "bench.json"
    with pytest.raises(BenchFileError) as error:
        write_bench(path, bench())
    assert str(error.value) == f"{path} was not written: there is no folder {path.parent.resolve()}."


def test_a_folder_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "bench.json").mkdir()
    with pytest.raises(BenchFileError, match="choose another place"):
        write_bench(tmp_path / "bench.json", bench())
    assert os.listdir(tmp_path) == ["bench.json"]


def test_a_file_is_written_as_optiverse_writes_it(tmp_path: Path) -> None:
    path = tmp_path / "bench.json"
    write_bench(path, bench(title="Δ"))
    assert path.read_bytes() == b'{\n  "version": "2.0",\n  "items": [],\n  "title": "\\u0394"\n}'
    assert os.listdir(tmp_path) == ["bench.json"]


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX permissions")
@pytest.mark.parametrize("mode", [0o640, 0o664])
def test_a_replaced_file_keeps_its_permissions(tmp_path: Path, mode: int) -> None:
    """A lab shares a folder; a file that only its last author can read is as good as lost."""
    path = tmp_path / "bench.json"
    write_bench(path, bench())
    path.chmod(mode)
    write_bench(path, bench(title="new"))
    assert stat.S_IMODE(path.stat().st_mode) == mode
    assert read_bench(path)["title"] == "new"


@pytest.mark.skipif(os.name != "posix", reason="links need a privilege on Windows")
def test_a_link_is_followed(tmp_path: Path) -> None:
    target = tmp_path / "real.json"
    shutil.copyfile(DATA / "bench_small.json", target)
    (tmp_path / "link.json").symlink_to(target)
    write_bench(tmp_path / "link.json", bench(title="new"))
    assert (tmp_path / "link.json").is_symlink()
    assert read_bench(target)["title"] == "new"

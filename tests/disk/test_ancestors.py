"""Files as last saved in a session, kept on disk: bounded, checked, and never in the way."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from optiverse_collab.core.records import Record
from optiverse_collab.disk.ancestors import Ancestor, Ancestors, key_of
from optiverse_collab.errors import DiskError

LENS, MIRROR = (
    Record("lens", "component", {"pos": [0.0, 1.0], "name": "Ä"}),
    Record("mirror", "component", {}),
)
ANCESTOR = Ancestor([LENS, MIRROR], "lab", "epoch 1", 12, 1_700_000_000_000)


def ancestor(text: str) -> Ancestor:
    return Ancestor([Record("note", "text", {"text": text})], "lab", "epoch 1", 12, 0)


def age(folder: Path, *keys: str) -> None:
    """Give the files ages; the first one is the oldest."""
    for at, key in enumerate(keys):
        for path in folder.glob(f"{key}.*"):
            os.utime(path, (at, at))


def test_what_is_kept_is_found_again(tmp_path: Path) -> None:
    folder = tmp_path / "made" / "when needed"
    assert Ancestors(folder).get("a") == []
    Ancestors(folder).put("a", ANCESTOR)
    assert Ancestors(folder).get("a") == [ANCESTOR]
    assert Ancestors(folder).get("b") == []
    assert len(list(folder.iterdir())) == 1
    assert Ancestors(folder).keys() == {"a"}


def test_each_history_has_one_and_the_latest_comes_first(tmp_path: Path) -> None:
    kept = Ancestors(tmp_path)
    kept.put("a", ANCESTOR, keep=True)
    kept.put("a", ancestor("later"), keep=True)
    assert kept.get("a") == [ANCESTOR]
    kept.put("a", ancestor("later"))
    assert kept.get("a") == [ancestor("later")]
    other = Ancestor([], "lab", "epoch 2", 1, 1)
    kept.put("a", other, keep=True)
    assert kept.get("a") == [other, ancestor("later")]


def test_an_autosave_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    """Autosaves are frequent; saved versions stay, even under the same key."""
    kept = Ancestors(tmp_path)
    kept.put("a", ANCESTOR)
    for key, before in (("a", ""), ("b", "a"), ("c", "b"), ("c", "c")):
        other = Ancestor([], "lab", "epoch 2", 1, 1)
        kept.put_of_autosave(key, [ancestor(key), other], before)
        assert kept.get(key)[-2:] == [other, ancestor(key)]
    assert kept.keys() == {"a", "c"}
    assert kept.get("a") == [ANCESTOR]
    kept.put_of_autosave("d", [], "c")
    assert kept.keys() == {"a"}


def test_records_can_be_left_out() -> None:
    assert ANCESTOR.without({"lens"}) == Ancestor([MIRROR], "lab", "epoch 1", 12, 1_700_000_000_000)


def test_the_key_is_of_the_content_alone() -> None:
    same = Record("lens", "component", {"name": "Ä", "pos": [0.0, 1.0]})
    assert key_of({"lens": LENS, "mirror": MIRROR}) == key_of({"mirror": MIRROR, "lens": same})
    others = [{}, {"lens": LENS}, {"lens": Record("lens", "component", {"pos": [0, 1], "name": "Ä"})}]
    keys = {key_of(records) for records in [{"lens": LENS, "mirror": MIRROR}, *others]}
    assert len(keys) == 4
    assert all(len(key) == 32 for key in keys)


def test_the_oldest_go_when_there_are_too_many(tmp_path: Path) -> None:
    kept = Ancestors(tmp_path, most_files=2)
    for key in "abc":
        kept.put(key, ANCESTOR)
        if key == "b":
            age(tmp_path, "a", "b")
            kept.get("a")  # the last used
    assert [bool(kept.get(key)) for key in "abc"] == [True, False, True]


def test_the_oldest_go_when_they_are_too_long(tmp_path: Path) -> None:
    kept = Ancestors(tmp_path, most_bytes=700)
    for key in "abc":
        kept.put(key, ancestor(os.urandom(150).hex()))
        age(tmp_path, *("abc"[: "abc".index(key) + 1]))
    assert [bool(kept.get(key)) for key in "abc"] == [False, True, True]
    kept.put("long", ancestor(os.urandom(1000).hex()))
    assert kept.get("long"), "one always stays"
    assert not kept.get("c")


def test_damage_is_told_and_a_new_one_takes_its_place(tmp_path: Path) -> None:
    kept = Ancestors(tmp_path)
    kept.put("a", ANCESTOR)
    [path] = tmp_path.iterdir()
    whole = path.read_bytes()
    for place in range(0, len(whole), 7):
        for data in (whole[:place], whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]):
            path.write_bytes(data)
            with pytest.raises(DiskError, match="is not used: "):
                kept.get("a")
    kept.put("a", ANCESTOR)
    assert kept.get("a") == [ANCESTOR]


def test_a_newer_one_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.0.ancestor"
    path.write_bytes(b"optiverse-collab ancestor 2\nsomething else")
    with pytest.raises(DiskError, match="a newer version wrote it"):
        Ancestors(tmp_path).get("a")
    assert path.exists()


def test_a_folder_that_can_not_be_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", "utf-8")
    with pytest.raises(DiskError):
        Ancestors(tmp_path / "file").put("a", ANCESTOR)
    assert Ancestors(tmp_path / "file").get("a") == []

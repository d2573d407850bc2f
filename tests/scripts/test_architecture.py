"""The tree of rooms in docs/architecture.md matches the packages' own docstrings."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts import architecture


def test_the_page_has_the_tree_of_today() -> None:
    [found] = architecture.BLOCK.findall(architecture.PAGE.read_text(encoding="utf-8"))
    assert found == architecture.tree(), "run `make architecture`"


def test_rooms_come_in_the_order_of_the_laws() -> None:
    tree = architecture.tree()
    rooms = ["core/", "wording/", "host/", "drivers/", "scripting/", "window/"]
    assert sorted(rooms, key=lambda room: tree.index(f"\n  {room}")) == rooms


def test_a_room_without_a_purpose_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "__init__.py").write_text("", encoding="utf-8")
    monkeypatch.setattr(architecture, "ROOT", tmp_path)
    monkeypatch.setattr(architecture, "PACKAGES", [tmp_path / "empty"])
    with pytest.raises(SystemExit, match="empty has no docstring"):
        architecture.tree()


def test_every_room_says_what_does_not_belong_in_it() -> None:
    for package in architecture.PACKAGES:
        for path in package.rglob("__init__.py"):
            first, _, rest = path.read_text(encoding="utf-8").partition("\n\n")
            assert first.startswith('"""')
            assert rest.partition('"""')[0].strip(), f"{path} says only what it is for"

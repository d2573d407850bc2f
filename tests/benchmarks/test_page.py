"""Sections of the page about performance, and tables that are read in a terminal, too."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.page import aligned, write_section


def test_only_the_section_of_the_page_is_replaced(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("a\n<!-- peers -->\nold\n<!-- end of peers -->\nb\n", encoding="utf-8")
    write_section("peers", r"new \1", page)
    assert page.read_text(encoding="utf-8") == "a\n<!-- peers -->\nnew \\1\n<!-- end of peers -->\nb\n"
    with pytest.raises(ValueError, match="needs one section 'others'"):
        write_section("others", "new", page)


def test_columns_of_a_table_are_aligned() -> None:
    assert aligned([("a", "bcd"), ("efg", "")]) == ["| a   | bcd |", "|-----|-----|", "| efg |     |"]

"""Sections of pages that a command writes, and tables; docs/performance.md is the benchmarks' own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"


def write_section(name: str, text: str, page: Path) -> None:
    """Replace what stands between the two comments of a section of a page.

    Raises:
        ValueError: the page has no such section.
    """
    before = page.read_text(encoding="utf-8")
    after, count = re.subn(
        f"(<!-- {name} -->\n).*?(<!-- end of {name} -->)",
        lambda marks: f"{marks[1]}{text}\n{marks[2]}",
        before,
        flags=re.DOTALL,
    )
    if count != 1:
        raise ValueError(f"{page.name} needs one section {name!r}.")
    page.write_text(after, encoding="utf-8")


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows of a Markdown table that can be read in a terminal, too."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    head, *others = (
        "| " + " | ".join(field.ljust(width) for field, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    )
    return [head, "|" + "|".join("-" * (width + 2) for width in widths) + "|", *others]

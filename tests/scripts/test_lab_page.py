"""The picture of a lab book page in docs/history.md."""

from __future__ import annotations

from pathlib import Path

from optiverse_collab.report.picture import picture
from scripts.lab_page import day

PICTURE = Path(__file__).parent.parent.parent / "docs" / "images" / "report.svg"


def test_the_picture_in_the_pages_is_what_is_drawn_today() -> None:
    """If the drawing changed, `make screenshots` writes it again."""
    assert PICTURE.read_text(encoding="utf-8") == picture(day()).svg

"""The pictures of the timeline in the real Optiverse can be made again, and are small."""

from __future__ import annotations

from pathlib import Path

import pytest
from PyQt6.QtGui import QImage

from tests.helpers.processes import run_python

ROOT = Path(__file__).parents[2]
IMAGES = ROOT / "docs" / "images"
MOST_BYTES = 200_000
NAMES = "timeline", "timeline-preview", "timeline-comparison"


@pytest.mark.optiverse
def test_the_pictures_can_be_made_again(tmp_path: Path) -> None:
    """Both themes, and a narrow window."""
    ended = run_python(str(ROOT / "scripts" / "timeline_pictures.py"), str(tmp_path), deadline=180)
    assert ended.code == 0, ended.errors
    names = {f"{name}{theme}" for name in NAMES for theme in ("", "-dark")} | {"timeline-narrow"}
    assert {path.stem for path in tmp_path.glob("*.png")} == names
    assert QImage(str(tmp_path / "timeline-narrow.png")).width() >= 700


def test_what_the_users_guide_shows_is_not_heavy() -> None:
    guide = (ROOT / "docs" / "users.md").read_text("utf-8")
    for name in NAMES:
        assert f"images/{name}.png" in guide
        assert (IMAGES / f"{name}.png").stat().st_size <= MOST_BYTES

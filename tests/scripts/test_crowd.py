"""The pictures of the real Optiverse with fifteen people can be made again, and are small."""

from __future__ import annotations

from pathlib import Path

import pytest
from PyQt6.QtGui import QImage

from tests.helpers.processes import run_python

ROOT = Path(__file__).parents[2]
IMAGES = ROOT / "docs" / "images"
MOST_BYTES = 200_000


@pytest.mark.optiverse
def test_the_pictures_can_be_made_again(tmp_path: Path) -> None:
    """Both themes, three zooms and a narrow window."""
    ended = run_python(str(ROOT / "scripts" / "crowd.py"), str(tmp_path), deadline=180)
    assert ended.code == 0, ended.errors
    zooms = [f"crowd-{theme}-{zoom}" for theme in ("dark", "light") for zoom in ("0.5", "1", "2", "narrow")]
    assert sorted(path.stem for path in tmp_path.glob("*.png")) == sorted(zooms)
    assert QImage(str(tmp_path / "crowd-light-narrow.png")).width() == 700


def test_what_the_users_guide_shows_is_not_heavy() -> None:
    guide = (ROOT / "docs" / "users.md").read_text("utf-8")
    for theme in ("light", "dark"):
        assert f"images/crowd-{theme}.png" in guide
        assert (IMAGES / f"crowd-{theme}.png").stat().st_size <= MOST_BYTES

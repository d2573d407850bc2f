"""The README's animation shows the real Optiverse, can be made again, and is small."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from tests.helpers.processes import run_python

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "docs" / "images" / "together.gif"
MOST_BYTES = 2_000_000


def check(path: Path) -> None:
    """Check that it moves, repeats, shows both windows, and loads quickly."""
    with Image.open(path) as animation:
        assert (getattr(animation, "n_frames", 1) > 30, animation.info["loop"]) == (True, 0)
        assert animation.size == (1252, 496)
    assert path.stat().st_size < MOST_BYTES


def test_the_animation_of_the_readme_is_not_heavy() -> None:
    assert KEPT.relative_to(ROOT).as_posix() in (ROOT / "README.md").read_text("utf-8")
    check(KEPT)


@pytest.mark.optiverse
def test_the_animation_can_be_made_again(tmp_path: Path) -> None:
    path = tmp_path / "together.gif"
    ended = run_python(str(ROOT / "scripts" / "animation.py"), str(path), deadline=180)
    assert ended.code == 0, ended.errors
    check(path)

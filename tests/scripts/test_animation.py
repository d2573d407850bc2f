"""The animation of the README can be made by anyone, and is not heavy."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from tests.helpers.processes import python

ROOT = Path(__file__).parents[2]
MOST_BYTES = 2_000_000


def test_the_animation_of_the_readme_can_be_made_again(tmp_path: Path) -> None:
    path = tmp_path / "together.gif"
    with python(str(ROOT / "scripts" / "animation.py"), str(path)) as made:
        output, _ = made.communicate()
    assert made.returncode == 0, output
    kept = ROOT / "docs" / "images" / "together.gif"
    assert "docs/images/together.gif" in (ROOT / "README.md").read_text("utf-8")
    for file in (path, kept):
        with Image.open(file) as animation:
            assert (getattr(animation, "n_frames", 1) > 30, animation.info["loop"]) == (True, 0)
            assert animation.size == (1040, 400)
        assert file.stat().st_size < MOST_BYTES

"""`make demo` without a screen plays two windows in one session and reports the true result."""

from __future__ import annotations

from pathlib import Path

import pytest
from PyQt6.QtGui import QImage

from tests.helpers.processes import python

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _no_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.skipif("not sys.platform.startswith('linux')", reason="elsewhere there always is a screen")
def test_the_demo_plays_and_writes_a_picture() -> None:
    picture = ROOT / "build" / "demo.png"
    picture.unlink(missing_ok=True)
    with python(str(ROOT / "scripts" / "demo.py")) as demo:
        output, _ = demo.communicate()
    assert demo.returncode == 0, output
    assert "both windows show the same" in output
    assert "build/demo.png" in output
    assert QImage(str(picture)).width() == 1800


def test_the_screenshots_of_the_readme_can_be_made_by_anyone(tmp_path: Path) -> None:
    with python(str(ROOT / "scripts" / "screenshots.py"), str(tmp_path)) as made:
        output, _ = made.communicate()
    assert made.returncode == 0, output
    kept = {path.name for path in (ROOT / "docs" / "images").glob("*.png")}
    of_the_real_editor = {name for name in kept if name.startswith(("crowd-", "timeline"))}
    assert {path.name for path in tmp_path.glob("*.png")} == kept - of_the_real_editor

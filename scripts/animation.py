"""Plays two windows in one session, and makes the animation of the README (``make animation``)."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:
    from PyQt6.QtGui import QImage

    from scripts.two_windows import Person

FILE = Path(__file__).resolve().parent.parent / "docs" / "images" / "together.gif"
FRAME_MS = 80
WIDTH, HEIGHT = 520, 400
"""Of one window, in pixels."""


class Film:
    """What happens in two windows, frame by frame.

    Attributes:
        frames: one for each `FRAME_MS`.
    """

    def __init__(self, *people: Person) -> None:
        self.frames: list[Image.Image] = []
        self._people = people

    def rest(self, ms: int) -> None:
        """Nobody moves."""
        self._take(ms, {})

    def move(self, ms: int, **ways: tuple[tuple[float, float], tuple[float, float]]) -> None:
        """Move mice evenly.

        Args:
            ways: name → from where to where, in mm.
        """
        self._take(ms, ways)

    def save(self, path: Path) -> None:
        """Write an animation that goes on and on."""
        first, *others = self.frames
        first.save(path, save_all=True, append_images=others, duration=FRAME_MS, loop=0, optimize=True)

    def _take(self, ms: int, ways: dict[str, tuple[tuple[float, float], tuple[float, float]]]) -> None:
        from scripts.two_windows import wait

        count = ms // FRAME_MS
        for number in range(1, count + 1):
            for person in self._people:
                if person.name in ways:
                    (x, y), (to_x, to_y) = ways[person.name]
                    share = number / count
                    person.point(x + share * (to_x - x), y + share * (to_y - y))
            wait(FRAME_MS)
            self.frames.append(self._frame())

    def _frame(self) -> Image.Image:
        frame = Image.new("RGB", (WIDTH * len(self._people), HEIGHT))
        for place, person in enumerate(self._people):
            frame.paste(_image(person.window.grab().toImage()), (WIDTH * place, 0))
        return frame.quantize(64, dither=Image.Dither.NONE)


def _image(picture: QImage) -> Image.Image:
    from PyQt6.QtGui import QImage

    rgb = picture.convertToFormat(QImage.Format.Format_RGBA8888)
    data = rgb.constBits()
    assert data is not None
    return Image.frombytes("RGBA", (rgb.width(), rgb.height()), data.asstring(rgb.sizeInBytes()))


def main(path: Path) -> None:
    """Play it, and write the file."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PyQt6.QtWidgets import QApplication

    from scripts.two_windows import quiet_qt, two_windows, until

    quiet_qt()
    app = QApplication(sys.argv[:1])
    app.setStyle("Fusion")
    with two_windows() as (_, ann, bob):
        for person in (ann, bob):
            person.window.resize(WIDTH, HEIGHT)
            person.window.view.fit()
        film = Film(ann, bob)
        arm, lens = (30.0, 150.0), (0.0, -110.0)
        film.move(1200, Bob=((-180.0, 60.0), arm), Ann=((160.0, -160.0), (90.0, -140.0)))
        bob.press()
        film.move(1600, Bob=(arm, (0.0, 150.0)), Ann=((90.0, -140.0), lens))
        bob.release()
        ann.press()
        film.move(1200, Ann=(lens, (0.0, -80.0)), Bob=((0.0, 150.0), (-90.0, 90.0)))
        ann.release()
        until(lambda: ann.place_of("lens") == bob.place_of("lens"))
        film.rest(1600)
        film.save(path)
    print(f"Wrote {len(film.frames)} frames to {path.name}.")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FILE)

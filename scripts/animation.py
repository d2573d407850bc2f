"""Plays two windows of the real Optiverse in one session, for the README (``make animation``)."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageDraw, ImageFont

from scripts.optiverse_window import home_of_nobody

if TYPE_CHECKING:
    from PyQt6.QtGui import QImage

    from scripts.hand import Hand

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "docs" / "images" / "together.gif"
BENCH = ROOT / "tests" / "data" / "assemblies" / "validated.json"
FRAME_MS = 80
WIDTH, HEIGHT = 620, 470
"""The size of one window, in pixels."""
TITLE, GAP = 26, 12
"""The sizes of the title bar, which windows without a screen lack, and of the space between them."""
SIZE = 2 * WIDTH + GAP, HEIGHT + TITLE
FONT = ImageFont.load_default(15)
COLOURS = 96
MIDDLE, ZOOM = (205.0, -48.0), 1.15
"""The visible part: the middle in mm, and pixels per mm."""

Place = tuple[float, float]


class Film:
    """The events in two windows, frame by frame.

    Args:
        people: name → their window and hand.

    Attributes:
        frames: one for each `FRAME_MS`.
    """

    def __init__(self, **people: tuple[Any, Hand]) -> None:
        self.frames: list[Image.Image] = []
        self._people = people

    def rest(self, ms: int) -> None:
        """Nobody moves."""
        self._take(ms, {})

    def move(self, ms: int, **ways: tuple[Place, Place]) -> None:
        """Move mice, faster in the middle than at the ends.

        Args:
            ways: name → start and end, in mm.
        """
        self._take(ms, ways)

    def save(self, path: Path) -> None:
        """Write an animation that repeats."""
        first, *others = self.frames
        first.save(path, save_all=True, append_images=others, duration=FRAME_MS, loop=0, optimize=True)

    def _take(self, ms: int, ways: dict[str, tuple[Place, Place]]) -> None:
        from scripts.two_windows import wait

        count = ms // FRAME_MS
        for number in range(1, count + 1):
            share = number / count
            share = share * share * (3.0 - 2.0 * share)
            for name, ((x, y), (to_x, to_y)) in ways.items():
                self._people[name][1].point(x + share * (to_x - x), y + share * (to_y - y))
            wait(FRAME_MS)
            self.frames.append(self._frame())

    def _frame(self) -> Image.Image:
        frame = Image.new("RGB", SIZE, "white")
        draw = ImageDraw.Draw(frame)
        for place, (name, (window, _)) in enumerate(self._people.items()):
            left = (WIDTH + GAP) * place
            draw.rectangle((left, 0, left + WIDTH - 1, TITLE - 1), fill="#3a4250")
            draw.text((left + WIDTH / 2, TITLE / 2), f"Optiverse: {name}", "white", FONT, "mm")
            frame.paste(_image(window.grab().toImage()), (left, TITLE))
        return frame.quantize(COLOURS, dither=Image.Dither.NONE)


def _image(picture: QImage) -> Image.Image:
    from PyQt6.QtGui import QImage

    rgb = picture.convertToFormat(QImage.Format.Format_RGBA8888)
    data = rgb.constBits()
    assert data is not None
    return Image.frombytes("RGBA", (rgb.width(), rgb.height()), data.asstring(rgb.sizeInBytes()))


def main(path: Path) -> None:
    """Play it, and write the file."""
    from PyQt6.QtWidgets import QApplication

    from optiverse_collab.convert.files import read_bench
    from optiverse_collab.convert.reading import records_from_bench
    from scripts.hand import Hand
    from scripts.optiverse_window import optiverse
    from scripts.two_windows import quiet_qt, server

    quiet_qt()
    app = QApplication(sys.argv[:1])
    app.setApplicationName("Optiverse")
    bench = [*records_from_bench(read_bench(BENCH)).records.values()]
    with ExitStack() as stack:
        url = stack.enter_context(server(Path(stack.enter_context(TemporaryDirectory())), bench))
        people: dict[str, tuple[Any, Hand]] = {}
        for colour, name in enumerate(("Ann", "Bob")):
            window, _ = stack.enter_context(optiverse(url, name, colour))
            arrange(window)
            people[name] = window, Hand(window.view)
        film = Film(**people)
        play(film, people["Ann"][1], people["Bob"][1])
        film.save(path)
    print(f"Wrote {len(film.frames)} frames to {path.name}.")


def arrange(window: Any) -> None:
    """Show the bench and no more: a light window of a size that can be read in the README."""
    from PyQt6.QtWidgets import QDockWidget

    window.act_dark_mode.setChecked(False)
    for dock in window.findChildren(QDockWidget):
        dock.hide()
    window.resize(WIDTH, HEIGHT)
    window.view.resetTransform()
    window.view.scale(ZOOM, -ZOOM)
    window.view.centerOn(*MIDDLE)


def play(film: Film, ann: Hand, bob: Hand) -> None:
    """Bob drags a mirror, while Ann points; then she drags the waveplate, and he holds the mirror."""
    mirror, lower, waveplate, aside = (145.0, -150.0), (145.0, -105.0), (60.0, 0.0), (95.0, 0.0)
    film.move(1200, Bob=((300.0, -60.0), mirror), Ann=((60.0, -120.0), (250.0, 30.0)))
    bob.press()
    film.move(1600, Bob=(mirror, lower), Ann=((250.0, 30.0), waveplate))
    film.rest(400)
    ann.press()
    film.move(1200, Ann=(waveplate, aside))
    ann.release()
    film.move(1200, Bob=(lower, mirror), Ann=(aside, (230.0, -120.0)))
    bob.release()
    film.rest(1200)


if __name__ == "__main__":
    with home_of_nobody():
        main(Path(sys.argv[1]) if len(sys.argv) > 1 else FILE)

"""Pictures of earlier benches in a window of the real editor."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from statistics import median
from time import thread_time

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QGraphicsView

from benchmarks.bench import elsewhere
from optiverse_collab.host.api import Host, Picture


def scrub(host: Host, positions: int) -> tuple[float, float, float]:
    """Show benches in a picture, as a slider does: that of now, with everything in other places.

    Returns:
        The CPU time to show one, to paint it, and to show it in a new picture [ms]; medians.
    """
    records, picture = host.records(), _picture(host)
    view = QGraphicsView(picture.scene, host.window)
    view.setGeometry(0, 0, 900, 600)
    view.show()
    picture.show(elsewhere(records, 0))
    times = []
    for number in range(1, positions + 1):
        bench, new = elsewhere(records, number), _picture(host)
        show_ms = _ms(partial(picture.show, bench))
        view.fitInView(picture.scene.sceneRect(), Qt.AspectRatioMode.KeepAspectRatio)
        paint_ms = _ms(view.viewport().repaint)  # type: ignore[union-attr]
        times.append((show_ms, paint_ms, _ms(partial(new.show, bench))))
        new.scene.deleteLater()
    view.deleteLater()
    picture.scene.deleteLater()
    shows, paints, news = zip(*times, strict=True)
    return median(shows), median(paints), median(news)


def _picture(host: Host) -> Picture:
    picture = host.picture()
    assert picture is not None
    return picture


def _ms(do: Callable[[], object]) -> float:
    began_s = thread_time()
    do()
    return (thread_time() - began_s) * 1000

"""Gaussian beams (0.3) appear in every view of their scene, and nowhere else."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QImage, QPainter
from PyQt6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from optiverse_collab.core.records import Record
from optiverse_collab.host.optiverse.adapter import OptiverseHost
from optiverse_collab.host.optiverse.upstream.beams import repair_beams
from optiverse_collab.host.optiverse.upstream.version import knows_layers

pytestmark = [
    pytest.mark.optiverse,
    pytest.mark.qt_log_ignore("This plugin does not support", "QImageIOHandler: Rejecting image"),
]

SOURCE = Record(
    "s",
    "source",
    {
        "pos": [0.0, 0.0],
        "angle_deg": 0.0,
        "source_type": "gaussian",
        "beam_waist_mm": 8.0,
        "ray_length_mm": 100.0,
        "color_hex": "#00ff00",
        "n_rays": 1,
        "size_mm": 1.0,
    },
)


class QOpenGLWidget(QWidget):
    """Stands in for OpenGL's, which a test may not have; Qt knows it by the name of its class."""


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The widgets for which a beam was drawn by OpenGL, as if a context were current."""
    if not knows_layers():
        pytest.skip("0.2 has no Gaussian beams")
    repair_beams()
    renderer, widgets = import_module("optiverse.ui.controllers.ray_renderer"), list[Any]()
    monkeypatch.setattr(renderer, "_OPENGL_AVAILABLE", True)

    def draw(item: Any, painter: QPainter, widget: QWidget) -> bool:
        widgets.append(widget)
        return True

    monkeypatch.setattr(renderer._GaussianBeamItem, "_draw_gl", draw)
    return widgets


@pytest.mark.parametrize("widget_class", [QWidget, QOpenGLWidget])
def test_opengl_draws_in_its_own_widgets(
    host: OptiverseHost, drawn: list[Any], widget_class: type[QWidget]
) -> None:
    """In all others, the beam is painted without it."""
    picture = host.picture()
    picture.show({"s": SOURCE})
    [beam] = [item for item in picture.scene.items() if type(item).__name__ == "_GaussianBeamItem"]
    image, widget = QImage(100, 40, QImage.Format.Format_RGB32), widget_class()
    image.fill(Qt.GlobalColor.black)
    painter = QPainter(image)
    beam.paint(painter, QStyleOptionGraphicsItem(), widget)
    painter.end()
    has_opengl = widget_class is QOpenGLWidget
    assert drawn == [widget] * has_opengl
    assert (image.pixelColor(50, 20).green() > 100) is not has_opengl
    picture.scene.deleteLater()
